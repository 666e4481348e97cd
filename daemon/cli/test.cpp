// SPDX-License-Identifier: MIT
// `test`: the `test` blocks of the rules, played.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/trial/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>

namespace nurture::cli {
namespace {

/// The files as the rules call them.
std::set<std::string> wanted_files(const config::Config& config, const dsl::Rules& rules,
                                   const std::vector<path>& files) {
    std::set<std::string> wanted;
    for (const auto& file : files) {
        std::error_code missing;
        const auto inside = std::filesystem::relative(file, config.rules_directory, missing).generic_string();
        if (!dsl::is_rule_file(inside) || rules.sources.find(inside) == nullptr)
            throw Usage(fmt::format("{} is no rule file of {}: `nurture test` plays the tests of the rules as a whole",
                                    file.string(), config.rules_directory.string()));
        wanted.insert(inside);
    }
    return wanted;
}

}  // namespace

int test(Session& session, const TestOptions& options) {
    const auto config = load_config(session);
    const auto rules = check_rules(session, config).rules;
    const auto wanted = wanted_files(config, *rules, options.files);
    const auto results = trial::play({rules, config.rules_directory, config},
                                     [&](const std::string& file) { return wanted.empty() || wanted.contains(file); });
    session.out << (options.json ? trial::to_json(results, rules->sources)
                                 : trial::to_text(results, rules->sources, options.timelines, session.colour));
    return std::all_of(results.begin(), results.end(), [](const auto& r) { return r.passed(); }) ? 0 : 1;
}

}  // namespace nurture::cli
