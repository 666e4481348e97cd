// SPDX-License-Identifier: MIT
#include "daemon/persist/load.hpp"

#include "daemon/engine/engine.hpp"
#include "daemon/persist/edits.hpp"
#include "daemon/persist/gates.hpp"
#include "daemon/persist/rows.hpp"
#include "daemon/roster/load.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::persist {
namespace {

/// Whatever it was called when the row was written.
std::optional<dsl::CampaignIx> today(const engine::State& state, std::string_view campaign) {
    return state.rules->campaign(state.rules->campaign_today(campaign));
}

/// An ended enrolment only leaves its trace, for which any list of its campaign will do; who is pending comes in by
/// today's.
void read_enrolments(const store::Database& database, engine::State& state, const StepLists& lists) {
    store::scan_enrolments(database, [&](const store::Enrolment& row) {
        state.next_enrolment = std::max(state.next_enrolment, row.id + 1);
        const auto campaign = today(state, row.campaign);
        const auto who = state.columns->find(row.candidate);
        if (!campaign || !who)
            return;  // carry_over() sees to those that are live
        const bool ended = row.phase == store::Phase::ended;
        const dsl::Campaign& rule = state.rules->campaigns[*campaign];
        const auto list = lists.find({rule.name, row.step_list});
        const bool inside = !ended && row.phase != store::Phase::pending;
        if (inside && list == lists.end())  // in another list its position would be another step
            throw base::StoreError(
                fmt::format("the steps that somebody in \"{}\" is on are not in the store", rule.name));
        const engine::Enrolment e = from_row(row, *campaign, list != lists.end() ? list->second : rule.steps);
        if (!ended)
            state.book.put(e);
        state.past.add(e);
        state.member.put(e, *who);
    });
}

void read_ledger(const store::Database& database, engine::State& state, Minute now) {
    std::map<store::MessageId, engine::EnrolmentId> known;
    std::map<store::MessageId, std::string> steps;
    store::scan_ledger(database, {}, [&](const store::LedgerRow& row) {
        if (row.enrolment == 0)
            return;
        const Minute slot = base::floor_minute(row.slot);
        const bool counted = store::counts(row.state);
        const dsl::Channel of = channel(row.channel);
        state.ledger.put(row.candidate, {row.enrolment,
                                         std::string(row.step),
                                         today(state, row.campaign).value_or(engine::k_no_campaign),
                                         of,
                                         std::string(row.message_template),
                                         counted && row.counted_at ? base::floor_minute(*row.counted_at) : slot,
                                         counted,
                                         {}});
        if (slot == now)
            ++state.pace.used[static_cast<std::size_t>(of)];
        known.emplace(row.message, row.enrolment);
        steps.emplace(row.message, row.step);
    });
    store::scan_feedback(database, {}, [&](const store::Feedback& feedback) {
        const auto what = feedback_of_step(feedback.kind);
        const auto message = known.find(feedback.message);
        if (!what || message == known.end())
            return;
        const auto* sent =
            engine::find_sent(state.ledger.of(feedback.candidate), message->second, steps[feedback.message]);
        if (sent == nullptr)
            return;
        engine::Sent with = *sent;
        with.events[static_cast<std::size_t>(*what)] = base::floor_minute(feedback.at);
        state.ledger.put(feedback.candidate, with);
    });
}

void read_counters(const store::Database& database, engine::State& state) {
    for (const store::CheckRun& run : store::check_runs(database))
        if (const auto campaign = today(state, run.campaign)) {
            state.campaigns[*campaign].ran_for = base::floor_minute(run.ran_for);
            state.campaigns[*campaign].left_over = static_cast<std::int32_t>(run.left_over);
        }
    for (const store::Quota& quota : store::quotas(database))
        if (const auto campaign = today(state, quota.name);
            campaign && quota.scope == k_enrol_quota && quota.period == base::to_day_number(state.today))
            state.campaigns[*campaign].entered_today = static_cast<std::int32_t>(quota.used);
    for (const store::Gate& gate : store::gates(database))
        read_gate(gate, state);
    state.stopped = store::stopped(database).has_value();
    state.cursor = store::inbox_cursor(database);
}

void read_allow_list(const store::Database& database, engine::State& state, const Setup& setup) {
    if (!state.settings.test_mode || !setup.allowed)
        return;
    const std::vector<std::string> fields{"email", "phone"};
    store::CandidateScan scan(database, fields);
    while (scan.next())
        if ((scan.known(0) && setup.allowed(scan.text(0))) || (scan.known(1) && setup.allowed(scan.text(1))))
            state.allowed.insert(scan.id());
}

}  // namespace

dsl::Compiled compile_live(const store::Database& database) {
    const auto set = store::live_rule_set(database);
    return set ? dsl::compile(sources_of(*set)) : dsl::Compiled{};
}

std::int64_t bound(std::int64_t approved, const Setup& setup) {
    return approved + std::max<std::int64_t>(approved * setup.growth_percent / 100, setup.growth_people);
}

std::shared_ptr<engine::State> load(const store::Database& database, std::shared_ptr<const dsl::Rules> given,
                                    const Setup& setup, Minute now, const std::map<std::string, std::int64_t>& bounds) {
    const auto rules = std::make_shared<dsl::Rules>(*given);  // older step lists bring conditions of their own
    dsl::Diagnostics problems;
    const StepLists lists = step_lists(database, *rules, problems);
    if (!problems.empty())
        throw base::StoreError(problems.front().title);
    std::vector<std::shared_ptr<const dsl::StepList>> older;
    for (const auto& [of, list] : lists)
        older.push_back(list);
    auto columns = std::make_shared<roster::Columns>(roster::load(database, *rules, older, now, setup.reading));
    auto state = std::make_shared<engine::State>(rules, std::move(columns), setup.settings);
    state->today = state->times->day(now);
    state->pace.minute = now;
    read_enrolments(database, *state, lists);
    read_ledger(database, *state, now);
    read_counters(database, *state);
    read_allow_list(database, *state, setup);
    for (const auto& [campaign, approved] : bounds)
        if (const auto ix = rules->campaign(campaign))
            state->campaigns[*ix].bound = bound(approved, setup);
    engine::look_around(*state, now);
    return state;
}

std::shared_ptr<engine::State> load_live(const store::Database& database, std::shared_ptr<const dsl::Rules> rules,
                                         const Setup& setup, Minute now) {
    const auto set = store::live_rule_set(database);
    return load(database, std::move(rules), setup, now, set ? set->bounds : std::map<std::string, std::int64_t>{});
}

store::RuleSetId make_live(store::Database& database, const dsl::Rules& rules, store::RuleSet set) {
    set.hash = rules.hash;
    set.files.clear();
    for (const auto& file : rules.sources.files)
        set.files.push_back({file.path, file.text});
    set.live = true;
    std::vector<store::StepListRef> lists;
    for (const auto& campaign : rules.campaigns)
        lists.push_back({campaign.steps->hash, campaign.name});
    return store::apply_rule_set(database, set, lists);
}

void begin_canary(store::Database& database, std::string_view campaign, std::int64_t messages, Minute now) {
    if (messages <= 0)
        store::remove_gate(database, k_canary_gate, campaign);
    else
        store::put_gate(
            database, {std::string(k_canary_gate), std::string(campaign), now, {}, messages, "steps or texts changed"});
}

}  // namespace nurture::persist
