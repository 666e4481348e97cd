// SPDX-License-Identifier: MIT
#include "daemon/persist/load.hpp"

#include "daemon/engine/engine.hpp"
#include "daemon/persist/rows.hpp"
#include "daemon/roster/load.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/rule_sets.hpp"

#include <algorithm>
#include <utility>

namespace nurture::persist {
namespace {

using StepLists = std::map<dsl::Hash, std::shared_ptr<const dsl::StepList>>;

dsl::SourceSet sources_of(const store::RuleSet& set) {
    dsl::SourceSet sources;
    for (const auto& file : set.files)
        sources.files.push_back({file.path, file.text});
    return sources;
}

/// Those of the live rules, and those that somebody is still on.
StepLists step_lists(const store::Database& database, dsl::Rules& rules, dsl::Diagnostics& diagnostics) {
    StepLists lists;
    for (const auto& campaign : rules.campaigns)
        lists[campaign.steps->hash] = campaign.steps;
    for (const auto& used : store::step_lists_in_use(database)) {
        if (lists.contains(used.hash))
            continue;
        const auto set = store::rule_set(database, used.rule_set);
        if (!set)
            continue;
        if (auto list = dsl::compile_step_list(sources_of(*set), used.campaign, rules, diagnostics))
            lists[list->hash] = std::move(list);
    }
    return lists;
}

class Loader {
public:
    Loader(const store::Database& database, engine::State& state, const StepLists& lists)
        : database_(database),
          state_(state),
          lists_(lists) {}

    void enrolments() {
        store::scan_enrolments(database_, [&](const store::Enrolment& row) {
            state_.next_enrolment = std::max(state_.next_enrolment, row.id + 1);
            const auto campaign = state_.rules->campaign(row.campaign);
            const auto list = lists_.find(row.step_list);
            if (!campaign || (list == lists_.end() && row.phase != store::Phase::ended))
                return;
            const auto e = from_row(row, *campaign, list == lists_.end() ? nullptr : list->second);
            state_.past.add(e);
            if (!e.live())
                return;
            state_.book.put(e);
            if (const auto at = state_.columns->find(e.who))
                state_.member.put(e, *at);
        });
    }

    /// Ended enrolments too count for `has entered` and `has completed`.
    void messages() {
        store::scan_ledger(database_, {}, [&](const store::LedgerRow& row) {
            if (row.enrolment == 0)
                return;
            engine::Sent sent{row.enrolment,
                              std::string(row.step),
                              state_.rules->campaign(row.campaign).value_or(engine::k_no_campaign),
                              channel_of(row.channel),
                              std::string(row.message_template),
                              base::floor_minute(row.slot),
                              store::counts(row.state),
                              {}};
            if (sent.counted && row.counted_at)
                sent.at = base::floor_minute(*row.counted_at);
            if (base::floor_minute(row.slot) == state_.now)
                ++state_.pace.used[static_cast<std::size_t>(sent.channel)];
            steps_[row.message] = {row.enrolment, sent.step};
            state_.ledger.put(row.candidate, sent);
        });
    }

    void feedback() {
        store::scan_feedback(database_, {}, [&](const store::Feedback& row) {
            const auto what = step_event(row.kind);
            const auto step = steps_.find(row.message);
            if (!what || step == steps_.end())
                return;
            const auto* known =
                engine::find_sent(state_.ledger.of(row.candidate), step->second.first, step->second.second);
            auto sent = *known;
            auto& first = sent.events[static_cast<std::size_t>(*what)];
            const auto at = base::floor_minute(row.at);
            first = first == base::Minute{} ? at : std::min(first, at);
            state_.ledger.put(row.candidate, sent);
        });
    }

    void campaigns(const std::map<std::string, std::int64_t>& bounds) {
        for (const auto& run : store::check_runs(database_))
            if (auto* campaign = find(run.campaign)) {
                campaign->ran_for = base::floor_minute(run.ran_for);
                campaign->left_over = static_cast<std::int32_t>(run.left_over);
            }
        const auto today = base::to_day_number(state_.times->day(state_.now));
        for (const auto& quota : store::quotas(database_))
            if (auto* campaign = find(quota.name); campaign && quota.scope == k_enrol_quota && quota.period == today)
                campaign->entered_today = static_cast<std::int32_t>(quota.used);
        for (const auto& [name, bound] : bounds)
            if (auto* campaign = find(name))
                campaign->bound = bound;
        for (const auto& gate : store::gates(database_))
            take_gate(gate);
    }

private:
    engine::CampaignState* find(const std::string& name) {
        const auto ix = state_.rules->campaign(name);
        return ix ? &state_.campaigns[*ix] : nullptr;
    }

    void take_gate(const store::Gate& gate) {
        if (gate.kind == k_relay)
            state_
                .channel_held[static_cast<std::size_t>(gate.name == "sms" ? dsl::Channel::sms : dsl::Channel::email)] =
                true;
        auto* campaign = find(gate.name);
        if (campaign == nullptr)
            return;
        if (gate.kind == k_breaker)
            campaign->breaker = true;
        if (gate.kind == k_canary) {
            campaign->canary = engine::Canary{static_cast<std::int32_t>(gate.value), {}};
            if (gate.until)
                campaign->canary->until = base::floor_minute(*gate.until);
        }
    }

    const store::Database& database_;
    engine::State& state_;
    const StepLists& lists_;
    std::map<store::MessageId, std::pair<store::EnrolmentId, std::string>> steps_;
};

std::set<base::CandidateId> allowed_people(const store::Database& database,
                                           const std::function<bool(std::string_view)>& allowed) {
    std::set<base::CandidateId> people;
    const std::vector<std::string> fields{"email", "phone"};
    for (store::CandidateScan scan(database, fields); scan.next();)
        for (std::size_t field = 0; field < fields.size(); ++field)
            if (scan.known(field) && allowed(scan.text(field)))
                people.insert(scan.id());
    return people;
}

}  // namespace

std::optional<LiveRules> live_rules(const store::Database& database) {
    const auto set = store::live_rule_set(database);
    if (!set)
        return std::nullopt;
    return LiveRules{set->id, sources_of(*set), set->bounds};
}

bool is_allowed(const store::Database& database, base::CandidateId who,
                const std::function<bool(std::string_view)>& allowed) {
    const auto row =
        store::read_candidate(database, who, {{"email", store::ColumnType::text}, {"phone", store::ColumnType::text}});
    return row && allowed && std::any_of(row->values.begin(), row->values.end(), [&](const store::Value& value) {
               const auto* text = std::get_if<std::string>(&value);
               return text != nullptr && allowed(*text);
           });
}

std::unique_ptr<engine::State> load(const store::Database& database, dsl::Rules rules, const Options& options,
                                    base::Second now, dsl::Diagnostics& diagnostics) {
    const auto lists = step_lists(database, rules, diagnostics);
    std::vector<std::shared_ptr<const dsl::StepList>> older;
    for (const auto& [hash, list] : lists)
        older.push_back(list);
    const auto shared = std::make_shared<const dsl::Rules>(std::move(rules));
    auto columns = std::make_shared<roster::Columns>(roster::load(database, *shared, older, now));
    auto state = std::make_unique<engine::State>(shared, std::move(columns), options.settings);
    state->now = base::floor_minute(now);
    state->cursor = store::inbox_cursor(database);
    state->stopped = store::stopped(database).has_value();
    if (options.settings.test_mode && options.allowed)
        state->allowed = allowed_people(database, options.allowed);
    Loader loader(database, *state, lists);
    loader.enrolments();
    loader.messages();
    loader.feedback();
    loader.campaigns(options.bounds);
    engine::look_around(*state, base::floor_minute(now));
    return state;
}

}  // namespace nurture::persist
