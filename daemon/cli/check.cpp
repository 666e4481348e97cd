// SPDX-License-Identifier: MIT
// `check` and `fmt`: what can be said about rule files, and with a store also what the data say.
#include "daemon/base/calendar.hpp"
#include "daemon/base/files.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/forecast/lints.hpp"
#include "daemon/persist/edits.hpp"
#include "daemon/service/wiring.hpp"
#include "dsl/codes.hpp"
#include "dsl/compile.hpp"
#include "dsl/limits.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>

namespace nurture::cli {
namespace {

using forecast::counted;

// A suggestion that is accepted can uncover the next mistake. Each round mends at least one; nobody needs more rounds.
constexpr int k_rounds = 10;

struct Examined {
    path directory;
    dsl::World world;
    std::optional<config::Config> config;
};

/// With a directory on the command line nurtured.toml is welcome, but not needed.
Examined examined(Session& session, const CheckOptions& options) {
    if (options.directory.empty() || !session.config_file.empty()) {
        auto config = load_config(session);
        const auto directory = options.directory.empty() ? config.rules_directory : options.directory;
        auto world = service::checker_world(config, session.now());
        return {directory, std::move(world), std::move(config)};
    }
    // The very directory that nurtured.toml names is checked in full, however it is named.
    if (std::error_code none; std::filesystem::exists(config::find_file({}), none)) {
        auto config = load_config(session);
        if (std::filesystem::equivalent(config.rules_directory, options.directory, none)) {
            auto world = service::checker_world(config, session.now());
            return {config.rules_directory, std::move(world), std::move(config)};
        }
    }
    dsl::World world;
    world.today = std::chrono::floor<std::chrono::days>(session.now());
    world.zones = base::zone_names();
    return {options.directory, std::move(world), {}};
}

/// What the data say joins what the rules say; nothing without a store.
std::vector<forecast::Lint> look_at_data(Session& session, const std::optional<config::Config>& config,
                                         dsl::Compiled& compiled) {
    const auto rules = compiled.rules ? compiled.rules : compiled.but_for_blanks;
    if (!config || !rules || (session.store.empty() && !std::filesystem::exists(config->store_path)))
        return {};
    const auto database = read_store(session, *config);
    const auto wanted = inputs(database, *config, rules, as_of(session, database, {}, *rules), false);
    if (!compiled.rules)
        return forecast::count_blanks(wanted, compiled.diagnostics);
    // Rules that people are in the way of cannot be looked at with the data: what they need is gone.
    auto problems = persist::edit_problems(database, *rules);
    auto found = problems.empty() ? forecast::lints(wanted) : std::vector<forecast::Lint>();
    for (const auto& lint : found)
        problems.push_back(lint.diagnostic);
    compiled.diagnostics.insert(compiled.diagnostics.end(), problems.begin(), problems.end());
    dsl::tidy(compiled.diagnostics);
    return found;
}

/// The people whom messages with that code count, each once.
void print_people(Session& session, const config::Config& config, const std::vector<forecast::Lint>& found,
                  const std::string& code) {
    std::set<base::CandidateId> people;
    for (const auto& lint : found)
        if (lint.diagnostic.code == code)
            people.insert(lint.people.begin(), lint.people.end());
    if (people.empty()) {
        session.out << fmt::format("No message with the code {} counts anybody.\n", code);
        return;
    }
    const auto database = read_store(session, config);
    session.out << fmt::format("{}:\n", counted(static_cast<std::int64_t>(people.size()), "person", "people"));
    for (const auto id : people)
        if (const auto who = person(database, id))
            session.out << fmt::format("  {}  {}\n", forecast::printable(who->ref), forecast::printable(who->name));
}

/// With the permissions that the file had.
void rewrite(const path& file, const std::string& text) {
    base::write_file(file, text, static_cast<unsigned>(std::filesystem::status(file).permissions()) & 0777u);
}

/// From the end of each file to its beginning, so that places stay where they are. Number of edits.
std::size_t accept_suggestions(const path& directory, const dsl::SourceSet& sources,
                               const dsl::Diagnostics& diagnostics) {
    std::map<std::uint32_t, std::vector<dsl::Fix>> by_file;
    for (const auto& diagnostic : diagnostics)
        if (diagnostic.fix)
            by_file[diagnostic.fix->span.file].push_back(*diagnostic.fix);
    std::size_t edits = 0;
    for (auto& [file, fixes] : by_file) {
        std::stable_sort(fixes.begin(), fixes.end(),
                         [](const auto& a, const auto& b) { return a.span.begin > b.span.begin; });
        auto text = sources.files[file].text;
        std::size_t untouched = text.size();
        for (const auto& fix : fixes) {
            if (fix.span.end > untouched)
                continue;  // overlaps one that was made; the next round sees what is left
            text.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
            untouched = fix.span.begin;
            ++edits;
        }
        rewrite(directory / sources.files[file].path, text);
    }
    return edits;
}

std::string verdict(const dsl::SourceSet& sources, const dsl::Compiled& compiled, std::size_t errors,
                    std::size_t warnings) {
    const auto files = counted(std::count_if(sources.files.begin(), sources.files.end(),
                                             [](const auto& file) { return dsl::is_rule_file(file.path); }),
                               "rule file", "rule files");
    const auto found = counted(static_cast<std::int64_t>(errors), "error", "errors") + ", " +
                       counted(static_cast<std::int64_t>(warnings), "warning", "warnings");
    if (errors > 0)
        return fmt::format("{} in {}. Nothing can be applied until the errors are mended.\n", found, files);
    return fmt::format("{} in {}: {}, {}. See what they would do: nurture plan\n", found, files,
                       counted(static_cast<std::int64_t>(compiled.rules->campaigns.size()), "campaign", "campaigns"),
                       counted(static_cast<std::int64_t>(compiled.rules->segments.size()), "segment", "segments"));
}

}  // namespace

int check(Session& session, const CheckOptions& options) {
    const auto [directory, world, config] = examined(session, options);
    if (!options.people.empty() && dsl::code_info(options.people) == nullptr)
        throw Usage(
            fmt::format("there is no message with the code {}; `nurture explain` lists them all", options.people));
    if (!options.people.empty() && !config)
        throw Usage("--people needs a store: run it where nurtured.toml is, or name that with --config");
    auto sources = service::read_rules(directory);
    auto compiled = dsl::compile(sources, world);
    std::size_t fixed = 0;
    for (int round = 0; options.fix && round < k_rounds; ++round) {
        const auto edits = accept_suggestions(directory, sources, compiled.diagnostics);
        if (edits == 0)
            break;
        fixed += edits;
        sources = service::read_rules(directory);
        compiled = dsl::compile(sources, world);
    }
    const auto found = look_at_data(session, config, compiled);

    const auto errors = count(compiled.diagnostics, dsl::Severity::error);
    const auto warnings = count(compiled.diagnostics, dsl::Severity::warning);
    if (options.json) {
        session.out << dsl::render_json(compiled.diagnostics, sources) << '\n';
    } else {
        if (options.is_short)
            for (const auto& diagnostic : compiled.diagnostics)
                session.err << dsl::render_short(diagnostic, sources) << '\n';
        else
            print(session, compiled.diagnostics, sources);
        if (fixed > 0)
            session.out << fmt::format("Accepted {}.\n",
                                       counted(static_cast<std::int64_t>(fixed), "suggestion", "suggestions"));
        session.out << verdict(sources, compiled, errors, warnings);
        if (!options.people.empty())
            print_people(session, *config, found, options.people);
    }
    if (errors > 0)
        return 1;
    return options.strict && warnings > 0 ? 3 : 0;
}

namespace {

/// No layout helps a file that is no text, or is too deep: it stays as it is, and somebody has to know.
bool can_be_laid_out(Session& session, const std::string& path, const std::string& text) {
    dsl::SourceSet sources;
    sources.files.push_back({path, text});
    dsl::Diagnostics all, unreadable;
    dsl::parse(sources, 0, all);
    std::copy_if(all.begin(), all.end(), std::back_inserter(unreadable),
                 [](const auto& one) { return one.code == "N0120" || one.code == "N0130"; });
    print(session, unreadable, sources);
    return unreadable.empty();
}

}  // namespace

int format(Session& session, const FormatOptions& options) {
    auto files = options.files;
    if (files.empty()) {
        const auto directory = load_config(session).rules_directory;
        for (const auto& file : service::read_rules(directory).files)
            if (dsl::is_rule_file(file.path))
                files.push_back(directory / file.path);
    }
    std::int64_t different = 0, unreadable = 0;
    for (const auto& file : files) {
        const auto text = base::read_file(file, dsl::k_file_bytes);
        if (!can_be_laid_out(session, file.string(), text)) {
            ++unreadable;
            continue;
        }
        const auto formatted = dsl::format(text);
        if (formatted == text)
            continue;
        ++different;
        if (!options.check)
            rewrite(file, formatted);
        session.out << file.string() << '\n';
    }
    const auto what = counted(different, "file", "files");
    if (options.check && different > 0) {
        session.err << fmt::format("{} not in the one layout; `nurture fmt` writes them so.\n",
                                   what + (different == 1 ? " is" : " are"));
        return 1;
    }
    return unreadable > 0 ? 1 : 0;
}

}  // namespace nurture::cli
