// SPDX-License-Identifier: MIT
#include "daemon/cli/installation.hpp"

#include "daemon/persist/edits.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/candidates.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace nurture::cli {

config::Config load_config(Session& session) {
    const auto file = config::find_file(session.config_file);
    if (!std::filesystem::exists(file))
        throw Failure(
            fmt::format("there is no configuration at {}: go to the directory that `nurture init` made, or name "
                        "the file with --config",
                        file.string()));
    auto loaded = config::load(file);
    print(session, loaded.diagnostics, loaded.source);
    if (!loaded.config)
        throw Reported{};
    return std::move(*loaded.config);
}

Checked check_rules(Session& session, const config::Config& config) {
    auto sources = service::read_rules(config.rules_directory);
    auto compiled = dsl::compile(sources, service::checker_world(config, session.now()));
    if (!compiled.rules) {
        std::erase_if(compiled.diagnostics, [](const auto& d) { return d.severity == dsl::Severity::warning; });
        print(session, compiled.diagnostics, sources);
        throw Reported{};
    }
    return {std::move(compiled.rules), count(compiled.diagnostics, dsl::Severity::warning)};
}

std::shared_ptr<const dsl::Rules> compile_stored(Session& session, const store::RuleSet& set) {
    const auto sources = persist::sources_of(set);
    auto compiled = dsl::compile(sources);
    if (compiled.rules)
        return std::move(compiled.rules);
    std::erase_if(compiled.diagnostics, [](const auto& d) { return d.severity == dsl::Severity::warning; });
    print(session, compiled.diagnostics, sources);
    throw Failure(
        fmt::format("the rule set {} was applied once, but this version of the program cannot run it any more: "
                    "plan and apply again",
                    base::hex(set.hash).substr(0, 6)));
}

std::optional<Live> live_rules(Session& session, const store::Database& database) {
    auto set = store::live_rule_set(database);
    if (!set)
        return std::nullopt;
    auto rules = compile_stored(session, *set);
    return Live{std::move(*set), std::move(rules)};
}

Live need_live_rules(Session& session, const store::Database& database) {
    auto live = live_rules(session, database);
    if (!live)
        throw Failure("no rules have been applied yet: see what they would do with `nurture plan`, then make them live "
                      "with `nurture apply HASH`");
    return std::move(*live);
}

namespace {

void must_exist(const std::filesystem::path& store) {
    if (!std::filesystem::exists(store))
        throw Failure(
            fmt::format("there is no store at {} yet: `nurture import candidates FILE.csv` makes it", store.string()));
}

}  // namespace

store::Database read_store(Session& session, const config::Config& config) {
    const auto& path = session.store.empty() ? config.store_path : session.store;
    must_exist(path);
    return store::Database::open_read_only(path);
}

store::Database read_or_empty_store(Session& session, const config::Config& config) {
    const bool missing = session.store.empty() && !std::filesystem::exists(config.store_path);
    return missing ? store::Database::in_memory() : read_store(session, config);
}

store::Database write_store(Session& session, const config::Config& config) {
    if (!session.store.empty())
        throw Usage("--store is for commands that only read; this one writes");
    must_exist(config.store_path);
    return store::Database::open(config.store_path);
}

base::ZoneId policy_zone(const dsl::Rules& rules) {
    return base::find_zone(rules.policy.zone).value_or(base::ZoneId::utc);
}

base::Minute as_of(Session& session, const store::Database& database, const std::string& text,
                   const dsl::Rules& rules) {
    if (text.empty()) {
        if (store::purpose(database) == store::Purpose::rehearsal)
            return base::floor_minute(store::clock_max(database).value_or(session.now()));
        return base::floor_minute(session.now());
    }
    const auto instant = base::parse_instant(text, policy_zone(rules));
    if (!instant)
        throw Usage(fmt::format("`{}` is not an instant: write 2026-03-02T07:00 (then it is {} time) or "
                                "2026-03-02T07:00-06:00",
                                text, rules.policy.zone));
    return base::floor_minute(*instant);
}

forecast::Assumptions assumptions(const std::vector<std::string>& options) {
    forecast::Assumptions all;
    for (const auto& option : options)
        if (const auto problem = forecast::assume(all, option))
            throw Usage(*problem);
    return all;
}

forecast::Inputs inputs(const store::Database& database, const config::Config& config,
                        std::shared_ptr<const dsl::Rules> rules, base::Minute now, bool test_mode) {
    engine::Settings settings;
    settings.per_minute = {config.email_per_minute, config.sms_per_minute};
    settings.canary_wait = config.canary_wait;
    settings.test_mode = test_mode;
    return {database,
            std::move(rules),
            service::house(config),
            settings,
            {config.growth_percent, config.growth_people, config.canary_percent},
            [&config](std::string_view address) { return config.allowed(address); },
            now,
            {}};
}

void watch(Progress& progress, forecast::Inputs& inputs) {
    constexpr std::int64_t k_large = 50'000;  // people; fewer are read in the blink of an eye
    if (store::candidate_count(inputs.store) < k_large)
        return;
    progress.show(0, 1, "reading the store");
    inputs.progress = [&progress, from = inputs.now](base::Minute at, base::Minute until) {
        progress.show(static_cast<std::uint64_t>((at - from).count()),
                      static_cast<std::uint64_t>((until - from).count()),
                      base::format_day(std::chrono::floor<std::chrono::days>(at)));
    };
}

bool poke(const config::Config& config) { return service::ask(config.state_directory, "poke").has_value(); }

void print(Session& session, const dsl::Diagnostics& diagnostics, const dsl::SourceSet& sources) {
    for (const auto& diagnostic : diagnostics)
        session.err << dsl::render(diagnostic, sources, session.err_colour) << '\n';
}

std::size_t count(const dsl::Diagnostics& diagnostics, dsl::Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(diagnostics.begin(), diagnostics.end(), [&](const auto& d) { return d.severity == severity; }));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const auto nearest = dsl::nearest(word, known);
    return nearest ? fmt::format(", did you mean `{}`?", *nearest) : std::string();
}

dsl::CampaignIx need_campaign(const dsl::Rules& rules, const std::string& name) {
    if (const auto found = rules.campaign(name))
        return *found;
    std::vector<std::string> names;
    for (const auto& campaign : rules.campaigns)
        names.push_back(campaign.name);
    const auto hint = did_you_mean(name, names);
    throw Usage(fmt::format("there is no campaign \"{}\"{}", name,
                            hint.empty() ? fmt::format("; there are: \"{}\"", fmt::join(names, "\", \"")) : hint));
}

}  // namespace nurture::cli
