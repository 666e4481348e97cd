// SPDX-License-Identifier: MIT
#include "daemon/base/files.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/config/config.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <ostream>

namespace nurture::cli {
namespace {

namespace fs = std::filesystem;

/// Rules and sample people lie beside the program: ../share/nurtured, or wherever $NURTURE_DATA says.
fs::path data_directory(const Session& session) {
    const char* given = std::getenv("NURTURE_DATA");
    const auto directory =
        given != nullptr ? fs::path(given) : session.program.parent_path().parent_path() / "share" / "nurtured";
    if (!fs::is_directory(directory / "rules"))
        throw Failure(fmt::format("the rules to start from are not at {}: set NURTURE_DATA to the directory that holds "
                                  "`rules` and `sample`",
                                  directory.string()));
    return directory;
}

void copy_folder(const fs::path& from, const fs::path& to) {
    std::error_code problem;
    if (fs::is_directory(from))
        fs::copy(from, to, fs::copy_options::recursive, problem);
    if (problem)
        throw Failure(fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), problem.message()));
}

/// As a word that a shell takes as one.
std::string quoted(const std::string& word) {
    constexpr const char* k_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    return word.find_first_not_of(k_plain) == std::string::npos ? word : "'" + word + "'";
}

}  // namespace

int init(Session& session, const InitOptions& options) {
    const auto data = data_directory(session);
    const auto& directory = options.directory;
    std::error_code problem;
    if (fs::exists(directory, problem) && !(fs::is_directory(directory) && fs::is_empty(directory)))
        throw Failure(
            fmt::format("{} exists already and is not an empty directory: nothing was written", directory.string()));
    fs::create_directories(directory, problem);
    if (problem)
        throw Failure(fmt::format("cannot make {}: {}", directory.string(), problem.message()));
    copy_folder(data / "rules", directory / "rules");
    copy_folder(data / "sample", directory / "sample");
    // Last, because with it the directory counts as made.
    base::write_file(directory / "nurtured.toml", config::sample_text());

    session.out << fmt::format("Made {}:\n"
                               "  nurtured.toml   how this installation sends: test mode, mail is written to files\n"
                               "  rules/          who gets what and when: yours to change\n"
                               "  sample/         12,000 invented people to try it on\n"
                               "\n"
                               "Next:\n"
                               "  cd {}\n"
                               "  nurture import candidates sample/candidates.csv\n"
                               "  nurture import events sample/events.csv\n"
                               "  nurture import consents sample/consents.csv\n"
                               "  nurture import list \"Do not contact\" sample/do-not-contact.csv\n"
                               "  nurture check\n"
                               "  nurture plan --as-of 2026-03-02T07:00\n",
                               directory.string(), quoted(directory.string()));
    return 0;
}

}  // namespace nurture::cli
