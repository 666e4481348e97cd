// SPDX-License-Identifier: MIT
#include "daemon/base/log.hpp"
#include "daemon/cli/arguments.hpp"

#include <pwd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace {

/// Whoever types: behind sudo, the person and not root.
std::string user_name() {
    const char* behind = ::geteuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
    if (behind != nullptr && *behind != '\0')
        return behind;
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : "uid " + std::to_string(::getuid());
}

int terminal_columns() {
    constexpr int k_usual = 80, k_widest = 132;  // longer lines are hard to read
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return k_usual;
    return std::clamp<int>(size.ws_col, k_usual / 2, k_widest);
}

bool colours_wanted() {
    const char* no_colour = std::getenv("NO_COLOR");
    return no_colour == nullptr || *no_colour == '\0';
}

}  // namespace

int main(int argc, char** argv) {
    using namespace nurture;
    // Group members may read and write what is made here, nobody else may.
    ::umask(0007);
    base::set_log_level(base::Level::warning);  // a command prints its own report
    std::ios::sync_with_stdio(false);
    const base::SystemClock clock;
    std::error_code unknown;
    cli::Session session{
        std::cin,    std::cout,       std::cerr, clock, std::filesystem::read_symlink("/proc/self/exe", unknown),
        user_name(), NURTURED_VERSION};
    session.colour = ::isatty(STDOUT_FILENO) != 0 && colours_wanted();
    session.err_colour = ::isatty(STDERR_FILENO) != 0 && colours_wanted();
    session.progress = ::isatty(STDERR_FILENO) != 0;
    session.asks = ::isatty(STDIN_FILENO) != 0;
    session.columns = terminal_columns();
    return cli::run(session, argc, argv);
}
