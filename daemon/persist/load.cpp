// SPDX-License-Identifier: MIT
#include "daemon/persist/load.hpp"

#include "daemon/base/how_far.hpp"
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
std::optional<dsl::CampaignIx> today(const dsl::Rules& rules, std::string_view campaign) {
    return rules.campaign(rules.campaign_today(campaign));
}

/// An ended enrolment only leaves its trace, for which any list of its campaign will do; who is pending comes in by
/// today's.
void read_enrolments(const store::Database& database, engine::State& state, const StepLists& lists, base::HowFar& way) {
    std::size_t live = 0;
    for (const auto& [campaign, people] : store::people_in_campaigns(database))
        live += static_cast<std::size_t>(people);
    state.book.reserve(live);
    store::scan_enrolments(database, [&](const store::Enrolment& row) {
        way.at(row.id);
        state.next_enrolment = std::max(state.next_enrolment, row.id + 1);
        const auto campaign = today(*state.rules, row.campaign);
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

/// In percent of the time: two enrolments take about as long as a person.
int share_of_people(std::int64_t people, std::int64_t enrolments) {
    return static_cast<int>(200 * people / std::max<std::int64_t>(2 * people + enrolments, 1));
}

/// What the loader of people hears of messages: it goes through their table anyway.
class LedgerReader {
public:
    LedgerReader(const dsl::Rules& rules, Minute now) : rules_(rules) {
        const engine::Timetable times(rules);
        const Minute day_start = times.day_start(times.day(now));
        // Before the first message, so that only those of this day are counted, and not all there ever were.
        ledger.begin_day(day_start, [](store::CandidateId) { return roster::Code{}; });
        pace.minute = now;
    }

    void operator()(const store::LedgerRow& row) {
        if (!store::has_place(row.state))
            return;
        const Minute slot = base::floor_minute(row.slot);
        const bool counted = store::counts(row.state);
        engine::Sent sent{row.enrolment,
                          std::string(row.step),
                          today(rules_, row.campaign).value_or(engine::k_no_campaign),
                          channel(row.channel),
                          std::string(row.message_template),
                          counted && row.counted_at ? base::floor_minute(*row.counted_at) : slot,
                          counted,
                          {}};
        for (const store::Feedback& feedback : row.feedback)
            if (const auto what = feedback_of_step(feedback.kind))
                sent.events[static_cast<std::size_t>(*what)] = base::floor_minute(feedback.at);
        ledger.put(row.candidate, sent);
        if (slot == pace.minute)
            ++pace.used[static_cast<std::size_t>(sent.channel)];
    }

    engine::Ledger ledger;
    engine::Pace pace;

private:
    const dsl::Rules& rules_;
};

/// People, what was sent to them, and where they stand.
std::shared_ptr<engine::State> read_people(const store::Database& database,
                                           const std::shared_ptr<const dsl::Rules>& rules, const StepLists& lists,
                                           const Setup& setup, Minute now) {
    std::vector<std::shared_ptr<const dsl::StepList>> older;
    for (const auto& [of, list] : lists)
        older.push_back(list);
    const auto enrolments = store::last_enrolment(database);
    const int share = share_of_people(store::last_candidate(database), enrolments);
    LedgerReader messages(*rules, now);
    base::HowFar way(setup.reading);
    way.within(0, share);
    auto columns =
        std::make_shared<roster::Columns>(roster::load(database, *rules, older, now, {&way, std::ref(messages)}));
    auto state = std::make_shared<engine::State>(rules, std::move(columns), setup.settings);
    state->today = state->times->day(now);
    state->ledger = std::move(messages.ledger);
    state->pace = messages.pace;
    way.within(share, 100);
    way.part(0, 100, enrolments);
    read_enrolments(database, *state, lists, way);
    return state;
}

void read_counters(const store::Database& database, engine::State& state) {
    for (const store::CheckRun& run : store::check_runs(database))
        if (const auto campaign = today(*state.rules, run.campaign)) {
            state.campaigns[*campaign].ran_for = base::floor_minute(run.ran_for);
            state.campaigns[*campaign].left_over = static_cast<std::int32_t>(run.left_over);
        }
    for (const store::Quota& quota : store::quotas(database))
        if (const auto campaign = today(*state.rules, quota.name);
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
    const auto state = read_people(database, rules, lists, setup, now);
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
