// SPDX-License-Identifier: MIT
// `plan`, `apply`, `preview`: what would happen, and yes to it.
#include "daemon/forecast/plan.hpp"

#include "daemon/base/files.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/cli/plan_record.hpp"
#include "daemon/forecast/apply.hpp"
#include "daemon/forecast/lints.hpp"
#include "daemon/persist/edits.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/render/render.hpp"
#include "daemon/report/report.hpp"
#include "daemon/store/breakers.hpp"
#include "daemon/store/enrolments.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <ostream>
#include <set>

namespace nurture::cli {
namespace {

using forecast::counted;

constexpr std::int32_t k_longest_preview = 400;  // days: beyond a year a forecast is about its assumptions
constexpr std::size_t k_short = 6;
constexpr unsigned k_personal = 0600, k_for_all = 0644;  // permissions of a report

void refuse(const forecast::Plan& plan, const std::vector<std::string>& refusals, const std::string& what) {
    std::string text = what + ": nothing was applied.";
    for (const auto& obstacle : plan.obstacles)
        text += fmt::format("\n  {}:{}: {}: {}\n      {}", obstacle.place.file, obstacle.place.line, obstacle.code,
                            obstacle.sentence, fmt::join(obstacle.write, "\n      "));
    for (const auto& sentence : refusals)
        text += "\n  " + sentence;
    if (!plan.obstacles.empty() || !refusals.empty())
        throw Failure(text + "\nLook again: nurture plan");
}

/// A step that is held because the relay refused its text gets another chance with another text.
void free_changed_steps(Session& session, store::Database& database, const std::set<std::string>& changed) {
    for (const auto& gate : store::gates(database))
        if (gate.kind == store::k_step_gate && changed.contains(std::string(store::step_of_gate(gate.name).first)))
            store::let_go_on(database, gate.kind, gate.name, session.user, "another text was applied", session.now());
}

/// Fields get their columns first: a set is never live without them.
void make_live(Session& session, const config::Config& config, store::Database& database, store::RuleSet set,
               const dsl::Rules& rules, const forecast::Verdict& verdict) {
    const auto columns = store::ensure_columns(database, render::store_columns(rules.schema));
    for (const auto& clash : columns.clashes)
        throw Failure(
            fmt::format("the field {} is \"{}\" in the store and \"{}\" in the rules: give the new one another "
                        "name; nothing was applied",
                        clash.name, store::to_text(clash.stored), store::to_text(clash.wanted)));
    set.applied_at = session.now();
    set.applied_by = session.user;
    store::Transaction transaction(database);
    persist::make_live(database, rules, set);
    for (const auto& [campaign, messages] : verdict.canaries)
        persist::begin_canary(database, campaign, messages, base::floor_minute(session.now()));
    free_changed_steps(session, database, verdict.changed);
    transaction.commit();
    const bool heard = poke(config);
    session.out << fmt::format("Live now: {}, rules {}{}.\n{}{}\n",
                               counted(static_cast<std::int64_t>(rules.campaigns.size()), "campaign", "campaigns"),
                               dsl::hex(rules.hash).substr(0, k_short),
                               set.plan.empty() ? "" : ", as in plan " + set.plan.substr(0, k_short),
                               heard ? "The daemon takes them over at once. What it does: nurture status"
                                     : "No daemon is running: nothing is sent before `nurtured` is started.",
                               config.live ? "" : "\nTest mode: only addresses that nurtured.toml allows are reached.");
}

/// Without what people mid-sequence still need there is no plan at all: it could not say what they get.
void must_carry(Session& session, const store::Database& database, const forecast::Inputs& wanted) {
    dsl::Rules with_older(*wanted.rules);
    dsl::Diagnostics problems;
    persist::step_lists(database, with_older, problems);
    if (!problems.empty()) {
        print(session, problems, with_older.sources);
        throw Reported{};
    }
}

forecast::Plan plan_of(Session& session, store::Database& database, const forecast::Inputs& wanted,
                       std::size_t warnings) {
    const store::Transaction picture(database, store::Transaction::For::read);
    must_carry(session, database, wanted);
    return forecast::plan(wanted, warnings);
}

/// With the bounds it had then: whoever goes back in a hurry lets in no more people than were looked at.
int go_back(Session& session, const config::Config& config, const std::string& hash) {
    auto database = write_store(session, config);
    std::optional<store::RuleSet> found;
    for (const auto& set : store::rule_set_history(database)) {
        if (hash.size() < k_short || !base::hex(set.hash).starts_with(hash))
            continue;
        if (found)
            throw Failure(fmt::format("several rule sets begin with {}: give more of the hash", hash));
        found = store::rule_set(database, set.id);
    }
    if (!found)
        throw Failure(fmt::format("no rule set {} was ever applied here; `nurture history` lists them", hash));
    if (found->live)
        throw Failure(fmt::format("the rule set {} is live already", hash));
    const auto rules = compile_stored(session, *found);
    const auto wanted = inputs(database, config, rules, base::floor_minute(session.now()), !config.live);
    const auto fresh = plan_of(session, database, wanted, 0);
    refuse(fresh, {}, fmt::format("The rule set {} cannot come back", hash));
    make_live(session, config, database, *found, *rules,
              forecast::check_apply(fresh, forecast::record(fresh), wanted.guard));
    return 0;
}

}  // namespace

int plan(Session& session, const PlanOptions& options) {
    const auto config = load_config(session);
    const auto checked = check_rules(session, config);
    auto database = read_or_empty_store(session, config);
    const store::Transaction picture(database, store::Transaction::For::read);
    const auto now = as_of(session, database, options.as_of, *checked.rules);
    auto wanted = inputs(database, config, checked.rules, now, !config.live);
    wanted.assumptions = assumptions(options.assume);
    must_carry(session, database, wanted);
    std::optional<Progress> progress(std::in_place, session, "planning");
    watch(*progress, wanted);
    wanted.loaded = forecast::load_shared(wanted);
    const auto found = forecast::lints(wanted);
    const auto report = forecast::plan(wanted, checked.warnings + found.size());
    progress.reset();
    keep_plan(config.state_directory, {forecast::record(report), !options.as_of.empty()});
    session.out << (options.json ? forecast::to_json(report, options.people) + "\n"
                                 : forecast::to_text(report, session.page(), options.people));
    for (const auto& lint : found)
        session.err << dsl::render_short(lint.diagnostic, checked.rules->sources) << '\n';
    if (!report.obstacles.empty())
        return 1;
    return options.detailed_exit_code && report.changes() ? 4 : 0;
}

int apply(Session& session, const ApplyOptions& options) {
    const auto config = load_config(session);
    if (!options.back_to.empty())
        return go_back(session, config, options.back_to);
    const auto agreed = find_plan(config.state_directory, options.hash);
    const auto checked = check_rules(session, config);
    auto database = store::Database::open(config.store_path);  // rules may come before people
    const auto now = agreed.as_of_given ? agreed.record.as_of : base::floor_minute(session.now());
    const auto wanted = inputs(database, config, checked.rules, now, !config.live);
    const auto fresh = plan_of(session, database, wanted, checked.warnings);
    const auto verdict = forecast::check_apply(fresh, agreed.record, wanted.guard);
    refuse(fresh, verdict.refusals,
           fmt::format("Plan {} {}", agreed.record.hash.substr(0, k_short),
                       verdict.refusals.empty() ? "cannot be applied" : "is stale"));
    store::RuleSet set;
    set.bounds = verdict.bounds;
    set.plan = agreed.record.hash;
    make_live(session, config, database, std::move(set), *checked.rules, verdict);
    return 0;
}

namespace {

/// Of one campaign: it and its audience.
void keep_only(forecast::Plan& plan, const std::string& campaign) {
    std::erase_if(plan.campaigns, [&](const auto& one) { return one.name != campaign; });
    std::erase_if(plan.segments, [&](const auto& segment) {
        return plan.campaigns.empty() || segment.name != plan.campaigns.front().audience_name;
    });
    plan.removed.clear();
}

int write_report(Session& session, const config::Config& config, const store::Database& database,
                 const forecast::Inputs& wanted, const forecast::Preview& report, std::size_t warnings,
                 const PreviewOptions& options) {
    must_carry(session, database, wanted);
    auto plan = forecast::plan(wanted, warnings);
    if (!options.campaign.empty())
        keep_only(plan, report.campaigns.front().name);
    report::Material material{plan, report, *wanted.rules, config.organisation_name, nullptr, options.anonymous, {}};
    const auto live = store::live_rule_set(database);
    const auto live_text = live ? persist::sources_of(*live) : dsl::SourceSet{};
    if (live)
        material.live = &live_text;
    for (const auto& person : config.people)
        material.colleagues.push_back(person.id);
    const auto html = report::to_html(material);
    base::write_file(options.html, html, options.anonymous ? k_for_all : k_personal);
    session.out << fmt::format(
        "Wrote {} ({} KB). It opens in any browser, without a network.{}\n", options.html.string(),
        (html.size() + 1023) / 1024,
        options.anonymous ? "" : " It holds personal data: pass it on with care, or use --anonymous.");
    return 0;
}

/// A date alone begins at its midnight.
base::Minute later(const std::string& text, const dsl::Rules& rules, base::Minute now) {
    constexpr std::size_t k_day_alone = 10;  // 2026-03-02
    const auto from = instant(text.size() == k_day_alone ? text + "T00:00" : text, rules);
    if (from < now)
        throw Usage(fmt::format("--from {} has passed: a forecast begins now or later (--as-of moves now)", text));
    if (from > now + std::chrono::days(k_longest_preview))
        throw Usage(fmt::format("--from is at most {} days ahead", k_longest_preview));
    return from;
}

forecast::PreviewOptions about(Session& session, const store::Database& database, const dsl::Rules& rules,
                               base::Minute now, const PreviewOptions& options) {
    forecast::PreviewOptions about;
    about.days = options.days;
    about.people = options.people;
    about.specimens = !options.html.empty();
    about.messages = options.json;
    if (!options.campaign.empty())
        about.only = need_campaign(rules, options.campaign);
    if (!options.from.empty())
        about.from = later(options.from, rules, now);
    if (!options.person.empty())
        about.person = need_person(database, or_from_input(session, options.person)).id;
    return about;
}

}  // namespace

int preview(Session& session, const PreviewOptions& options) {
    if (options.anonymous && options.html.empty())
        throw Usage("--anonymous is for the report: add --html FILE");
    if (options.json && !options.html.empty())
        throw Usage("--json and --html are two forms: ask for one of them");
    if (!options.person.empty() && !options.html.empty())
        throw Usage("--person is text or --json; the report is about everybody");
    if (options.days < 1 || options.days > k_longest_preview)
        throw Usage(fmt::format("--days is from 1 to {}", k_longest_preview));
    const auto config = load_config(session);
    const auto checked = check_rules(session, config, options.with);
    auto database = read_or_empty_store(session, config);
    const store::Transaction picture(database, store::Transaction::For::read);
    const auto now = as_of(session, database, options.as_of, *checked.rules);
    auto wanted = inputs(database, config, checked.rules, now, options.test_mode);
    wanted.assumptions = assumptions(options.assume);
    std::optional<Progress> progress(std::in_place, session, "looking ahead");
    watch(*progress, wanted);
    if (!options.html.empty())  // the page has the plan, too
        wanted.loaded = forecast::load_shared(wanted);
    auto report = forecast::preview(wanted, about(session, database, *checked.rules, now, options));
    progress.reset();
    report.replaced = checked.replaced;
    if (!options.html.empty())
        return write_report(session, config, database, wanted, report, checked.warnings, options);
    session.out << (options.json ? forecast::to_json(report) + "\n" : forecast::to_text(report, session.page()));
    return 0;
}

}  // namespace nurture::cli
