// SPDX-License-Identifier: MIT
#include "daemon/base/calendar.hpp"
#include "daemon/base/files.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/config/config.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <ostream>

namespace nurture::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest_sample = 64u << 20;
// Nothing of theirs lies in the future of any zone.
constexpr std::chrono::hours k_west{12};
constexpr std::size_t k_date = 10;                    // characters of 2026-03-02
constexpr const char* k_invented_for = "2026-03-02";  // the day that rules/sample/generate.py made the people for

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

bool digit_at(const std::string& text, std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

/// Every date in it, so many days later.
std::string moved(const std::string& text, std::chrono::days by) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const bool begins = digit_at(text, at) && (at == 0 || !digit_at(text, at - 1)) && !digit_at(text, at + k_date);
        const auto day = begins ? base::parse_day(std::string_view(text).substr(at, k_date)) : std::nullopt;
        if (!day) {
            result += text[at++];
            continue;
        }
        result += base::format_day(*day + by);
        at += k_date;
    }
    return result;
}

/// The sample people are as old as they were made to be, whenever somebody meets them.
void move_sample(const fs::path& directory, base::Day today) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(directory, none))
        if (entry.path().extension() == ".csv")
            base::write_file(entry.path(), moved(base::read_file(entry.path(), k_largest_sample),
                                                 today - *base::parse_day(k_invented_for)));
}

base::Day sample_today(const Session& session, const InitOptions& options) {
    if (options.as_of.empty())
        return std::chrono::floor<std::chrono::days>(session.now() - k_west);
    const auto day = base::parse_day(options.as_of);
    if (!day)
        throw Usage("--as-of is a day such as 2026-03-02: the today of the sample people");
    return *day;
}

/// As a word that a shell takes as one.
std::string quoted(const std::string& word) {
    constexpr const char* k_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    return word.find_first_not_of(k_plain) == std::string::npos ? word : "'" + word + "'";
}

}  // namespace

int init(Session& session, const InitOptions& options) {
    const auto data = data_directory(session);
    const auto today = sample_today(session, options);
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
    move_sample(directory / "sample", today);
    // Last, because with it the directory counts as made.
    base::write_file(directory / "nurtured.toml", config::sample_text());

    session.out << fmt::format("Made {}:\n"
                               "  nurtured.toml   how this installation sends: test mode, mail is written to files\n"
                               "  rules/          who gets what and when: yours to change\n"
                               "  sample/         12,000 invented people to try it on, as of {}\n"
                               "\n"
                               "Next:\n"
                               "{}"
                               "  nurture import candidates sample/candidates.csv\n"
                               "  nurture import events sample/events.csv\n"
                               "  nurture import consents sample/consents.csv\n"
                               "  nurture import list \"Do not contact\" sample/do-not-contact.csv\n"
                               "  nurture check\n"
                               "  nurture plan\n",
                               directory.string(), base::format_day(today),
                               directory == "." ? std::string() : fmt::format("  cd {}\n", quoted(directory.string())));
    return 0;
}

}  // namespace nurture::cli
