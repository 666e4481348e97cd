// SPDX-License-Identifier: MIT
//
// What is so, before anything is decided: facts into ledger and gates, the day, memberships. Who is touched here is
// looked at by the next tick.
#include "daemon/engine/engine.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

class Absorb {
public:
    /// Rows about which anything may be different, and rows to which a message of ours went and nothing more.
    Absorb(State& state, std::vector<Row>& anything, std::vector<Row>& messages)
        : state_(state),
          anything_(anything),
          messages_(messages) {}

    void operator()(const fact::Changed& f) const {
        for (CandidateId who = f.first; who <= f.last; ++who)
            touch(who);
    }
    void operator()(const fact::FieldMoved& f) const { touch(f.who); }
    void operator()(const fact::JoinedList& f) const { touch(f.who); }
    void operator()(const fact::Decided& f) const { touch(f.who); }

    void operator()(const fact::Happened& f) const {
        touch(f.who);
        const Sent* known = f.enrolment == 0 ? nullptr : find_sent(state_.ledger.of(f.who), f.enrolment, f.step);
        const auto what = kind_of(f.event);
        if (known == nullptr || !what)
            return;
        Sent sent = *known;
        Minute& first = sent.events[static_cast<std::size_t>(*what)];
        first = first == Minute{} ? f.at : std::min(first, f.at);
        state_.ledger.put(f.who, sent);
    }

    void operator()(const fact::Outcome& f) const {
        using Now = fact::Outcome::Now;
        touch(f.who, f.now == Now::sent ? messages_ : anything_);
        const Sent* known = find_sent(state_.ledger.of(f.who), f.enrolment, f.step);
        if (f.now == Now::sent || f.now == Now::in_doubt) {
            Sent sent = known != nullptr ? *known : made_from(f);
            sent.at = f.counted_at;
            sent.counted = true;
            state_.ledger.put(f.who, sent);
        } else if (f.now != Now::held && known != nullptr) {
            state_.pace.give_back(known->at, known->channel);
            state_.ledger.remove(f.who, f.enrolment, f.step);  // final and unsent: its place is free
        }
    }

    void operator()(const fact::Allowed& f) const {
        touch(f.who);
        if (f.yes)
            state_.allowed.insert(f.who);
        else
            state_.allowed.erase(f.who);
    }
    void operator()(const fact::Stopped&) const { state_.stopped = true; }
    void operator()(const fact::Resumed&) const {
        state_.stopped = false;
        state_.gates_moved = true;
    }
    void operator()(const fact::Gate& f) const {
        if (f.kind == fact::Gate::Kind::channel)
            state_.channel_held[static_cast<std::size_t>(f.channel)] = f.open;
        else if (f.kind == fact::Gate::Kind::way)
            state_.no_way[static_cast<std::size_t>(f.channel)] = f.open;
        else if (const auto campaign = state_.rules->campaign(state_.rules->campaign_today(f.campaign)))
            shut(state_.campaigns[*campaign], f);
        state_.gates_moved = state_.gates_moved || !f.open;
    }
    static void shut(CampaignState& campaign, const fact::Gate& f) {
        if (f.kind == fact::Gate::Kind::campaign)
            campaign.breaker = f.open;
        else if (f.open)
            campaign.held_steps.insert(f.step);
        else
            campaign.held_steps.erase(f.step);
    }
    void operator()(const fact::Applied&) const {}  // absorb() has seen to it

private:
    void touch(CandidateId who) const { touch(who, anything_); }
    void touch(CandidateId who, std::vector<Row>& rows) const {
        if (const auto row = state_.columns->find(who))
            rows.push_back(*row);
    }

    static std::optional<dsl::StepEvent> kind_of(dsl::EventIx event) {
        switch (static_cast<dsl::BuiltInEvent>(event)) {
        case dsl::BuiltInEvent::clicked: return dsl::StepEvent::clicked;
        case dsl::BuiltInEvent::opened: return dsl::StepEvent::opened;
        case dsl::BuiltInEvent::replied: return dsl::StepEvent::replied;
        default: return {};
        }
    }

    /// It was cancelled here while it was being handed over there: it counts all the same.
    Sent made_from(const fact::Outcome& f) const {
        const auto campaign = state_.rules->campaign(f.campaign);
        return {f.enrolment, f.step, campaign.value_or(k_no_campaign), f.channel, f.message_template, {}, false, {}};
    }

    State& state_;
    std::vector<Row>& anything_;
    std::vector<Row>& messages_;
};

void begin_ledger(State& state) {
    state.ledger.begin_day(state.times->day_start(state.today),
                           [&](CandidateId who) { return charged_owner(state, who); });
}

void begin_day(State& state, Day today) {
    state.today = today;
    begin_ledger(state);
    for (CampaignState& campaign : state.campaigns)
        campaign.entered_today = 0;
    state.admission.begin_day(today);
    state.new_day = true;
}

void add(std::vector<Row>& to, std::span<const Row> rows) { to.insert(to.end(), rows.begin(), rows.end()); }

/// What they are members of, as it is now. The next tick looks at those for whom that is different.
void evaluate(State& state, std::vector<Row> rows, Look look) {
    sort_out(rows);
    if (!rows.empty())
        add(state.touched, state.member.evaluate(rows, look, *state.columns, state.today, state.now));
}

/// Another rule set, another picture; what it still has to look at comes with it.
void replace(State& state, const Facts& facts) {
    for (const Fact& fact : facts.list)
        if (const auto* applied = std::get_if<fact::Applied>(&fact))
            state = std::move(*applied->state);
}

void looked_after(State& state, std::span<const Row> rows) {
    if (!state.caps_senders)
        return;
    for (const Row row : rows)
        state.ledger.looked_after(state.columns->id(row), state.columns->owner(row));
}

}  // namespace

void absorb(State& state, const Facts& facts, Minute now) {
    replace(state, facts);
    const Day before = state.today;
    state.now = now;
    if (state.pace.minute != now)
        state.pace = {now, {}};
    std::vector<Row> anything, messages;
    for (const Fact& fact : facts.list)
        std::visit(Absorb{state, anything, facts.read_again ? anything : messages}, fact);
    state.arrived.insert(state.arrived.end(), facts.list.begin(), facts.list.end());
    state.arrived_until = std::max(state.arrived_until, facts.cursor);

    add(anything, state.columns->advance(now));
    for (const Row row : anything)
        state.admission.look_again_at(row);
    looked_after(state, anything);
    looked_after(state, messages);
    add(anything, state.member.flipped(now));
    std::vector<Row> dated;
    if (const Day today = state.times->day(now); today != before) {
        begin_day(state, today);
        dated = state.member.moved_by_date(*state.columns, before, today, now);
    }
    add(state.touched, anything);
    evaluate(state, std::move(anything), Look::at_everything);
    evaluate(state, std::move(messages), Look::at_messages);
    evaluate(state, std::move(dated), Look::at_the_date);
    sort_out(state.touched);
    if (next_check(state) <= now)
        state.admission.refresh(state);
}

void look_around(State& state, Minute now) {
    state.now = now;
    state.today = state.times->day(now);
    begin_ledger(state);
    state.pace.minute = now;
    state.columns->advance(now);
    state.member.evaluate_all(*state.columns, state.today, now);
    state.admission.look_again_at_everybody();
    state.everybody = true;
}

}  // namespace nurture::engine
