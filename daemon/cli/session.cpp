// SPDX-License-Identifier: MIT
#include "daemon/cli/session.hpp"

#include <fmt/format.h>

#include <istream>
#include <ostream>
#include <utility>

namespace nurture::cli {
namespace {

constexpr std::uint64_t k_bar = 30;  // characters: fits beside any label on 80 columns

}  // namespace

Progress::Progress(Session& session, std::string what) : session_(session), what_(std::move(what)) {}

Progress::~Progress() {
    if (shown_ >= 0)
        session_.err << "\r\x1b[K" << std::flush;
}

void Progress::show(std::uint64_t done, std::uint64_t total, std::string_view note) {
    const auto percent = total == 0 ? 100 : static_cast<int>(done * 100 / total);
    if (!session_.progress || percent == shown_)
        return;
    shown_ = percent;
    const auto full = k_bar * static_cast<std::uint64_t>(percent) / 100;
    session_.err << fmt::format("\r{} [{:=<{}}{:{}}] {:3} % {}\x1b[K", what_, "", full, "", k_bar - full, percent, note)
                 << std::flush;
}

std::string or_from_input(Session& session, const std::string& text) {
    if (text != "-")
        return text;
    std::string line;
    if (!std::getline(session.in, line) || line.empty())
        throw Usage("`-` reads from standard input, and there was nothing to read");
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

}  // namespace nurture::cli
