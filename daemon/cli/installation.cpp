// SPDX-License-Identifier: MIT
#include "daemon/cli/installation.hpp"

#include "daemon/base/files.hpp"
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

namespace {

constexpr std::size_t k_most_bytes = 4u << 20;  // of a rule file, as in the directory

/// A file stands in for the one whose whole path ends its own, else for the only one of its name.
std::string put_in(dsl::SourceSet& sources, const std::filesystem::path& file) {
    if (!dsl::is_rule_file(file.string()))
        throw Usage(fmt::format("--with is for rule files, which end in .nurture: {} does not", file.string()));
    const auto whole = "/" + std::filesystem::absolute(file).lexically_normal().generic_string();
    dsl::SourceFile* same_path = nullptr;
    std::vector<dsl::SourceFile*> same_name;
    for (auto& source : sources.files) {
        if (whole.ends_with("/" + source.path) && (same_path == nullptr || source.path.size() > same_path->path.size()))
            same_path = &source;
        if (std::filesystem::path(source.path).filename() == file.filename())
            same_name.push_back(&source);
    }
    if (same_path == nullptr && same_name.size() > 1)
        throw Usage(fmt::format("{} rule files are called {}: put yours in a directory with the same name as that of "
                                "the one it stands for",
                                same_name.size(), file.filename().string()));
    auto text = base::read_file(file, k_most_bytes);
    auto* target = same_path != nullptr ? same_path : same_name.empty() ? nullptr : same_name.front();
    if (target != nullptr) {
        target->text = std::move(text);
        return fmt::format("{} as it stands in {}", target->path, file.generic_string());
    }
    sources.files.push_back({file.filename().string(), std::move(text)});
    std::sort(sources.files.begin(), sources.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return fmt::format("{}, which is not in the rules directory", file.generic_string());
}

}  // namespace

Checked check_rules(Session& session, const config::Config& config, const std::vector<std::filesystem::path>& with) {
    auto sources = service::read_rules(config.rules_directory);
    std::vector<std::string> replaced;
    for (const auto& file : with)
        replaced.push_back(put_in(sources, file));
    if (std::none_of(sources.files.begin(), sources.files.end(),
                     [](const auto& f) { return dsl::is_rule_file(f.path); }))
        throw Failure(
            fmt::format("there is no rule file in {}, so there is nothing to go by, and what is live goes on; "
                        "`nurture new campaign` writes one to start from, `nurture stop` stops all sending",
                        config.rules_directory.string()));
    auto compiled = dsl::compile(sources, service::checker_world(config, session.now()));
    if (!compiled.rules) {
        std::erase_if(compiled.diagnostics, [](const auto& d) { return d.severity == dsl::Severity::warning; });
        print(session, compiled.diagnostics, sources);
        throw Reported{};
    }
    return {std::move(compiled.rules), count(compiled.diagnostics, dsl::Severity::warning), std::move(replaced)};
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

base::Minute instant(const std::string& text, const dsl::Rules& rules) {
    const auto instant = base::parse_instant(text, policy_zone(rules));
    if (!instant)
        throw Usage(fmt::format("`{}` is not an instant: write 2026-03-02T07:00 (then it is {} time) or "
                                "2026-03-02T07:00-06:00",
                                text, rules.policy.zone));
    return base::floor_minute(*instant);
}

base::Minute as_of(Session& session, const store::Database& database, const std::string& text,
                   const dsl::Rules& rules) {
    if (text.empty()) {
        if (store::purpose(database) == store::Purpose::rehearsal)
            return base::floor_minute(store::clock_max(database).value_or(session.now()));
        return base::floor_minute(session.now());
    }
    return instant(text, rules);
}

forecast::Assumptions assumptions(const std::vector<std::string>& options) {
    forecast::Assumptions all;
    for (const auto& option : options)
        if (const auto problem = forecast::assume(all, option))
            throw Usage(*problem);
    return all;
}

namespace {

/// Directories of this machine are nobody's business in a report.
forecast::Ways ways(const config::Config& config) {
    forecast::Ways ways;
    ways.relay = config.relay.starts_with("file:") ? "files, instead of email" : config.relay;
    if (!config.more_relays.empty()) {
        ways.relay = fmt::format("{} relays", config.relays().size());
        for (const auto& relay : config.relays())
            ways.relays.push_back({relay.url, relay.weight});
    }
    if (config.gateway == config::Gateway::file)
        ways.gateway = "files, instead of SMS";
    else if (config.gateway != config::Gateway::none)
        ways.gateway = config.sms_url.substr(0, config.sms_url.find('/', config.sms_url.find("//") + 2));
    ways.price_per_segment = config.sms_price;
    ways.currency = config.sms_currency;
    return ways;
}

}  // namespace

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
            {},
            ways(config)};
}

void watch(Progress& progress, forecast::Inputs& inputs) {
    constexpr std::int64_t k_large = 50'000;  // people; fewer are read in the blink of an eye
    if (store::last_candidate(inputs.store) < k_large)
        return;
    inputs.reading = [&progress](int percent) {
        progress.show(static_cast<std::uint64_t>(percent), 100, "reading the store");
    };
    inputs.progress = [&progress, from = inputs.now](base::Minute at, base::Minute until) {
        progress.show(static_cast<std::uint64_t>((at - from).count()),
                      static_cast<std::uint64_t>((until - from).count()),
                      base::format_day(std::chrono::floor<std::chrono::days>(at)));
    };
}

bool poke(const config::Config& config) { return service::ask(config.state_directory, "poke").has_value(); }

void print(Session& session, const dsl::Diagnostics& diagnostics, const dsl::SourceSet& sources) {
    session.err << dsl::render_all(diagnostics, sources, session.err_colour);
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
