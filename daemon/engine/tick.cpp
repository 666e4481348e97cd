// SPDX-License-Identifier: MIT
#include "daemon/engine/draft.hpp"
#include "daemon/engine/effects.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

/// The state itself, for effect().
struct StatePicture {
    State& state;

    void put(const Enrolment& e) {
        state.next_enrolment = std::max(state.next_enrolment, e.id + 1);
        const bool comes_or_goes = engine::comes_or_goes(state.book.find(e.id), e);
        state.book.put(e);
        if (!comes_or_goes)
            return;
        state.past.add(e);
        const Row row = *state.columns->find(e.who);
        state.admission.put(e, row);
        if (state.member.put(e, row))
            state.touched.push_back(row);
    }
    void put_sent(CandidateId who, const Sent& sent) {
        state.ledger.put(who, sent);
        state.ledger.looked_after(who, charged_owner(state, who));
    }
    void remove_sent(CandidateId who, EnrolmentId enrolment, std::string_view step) {
        state.ledger.remove(who, enrolment, step);
    }
    const Sent* find_message(CandidateId who, EnrolmentId enrolment, std::string_view step) const {
        return find_sent(state.ledger.of(who), enrolment, step);
    }
    CampaignState& campaign_state(dsl::CampaignIx ix) { return state.campaigns[ix]; }
    Pace& pace_state() { return state.pace; }
    void cursor(base::InboxSeq seq) { state.cursor = seq; }
};

}  // namespace

bool has_work(const State& state) {
    return !state.quiet() || state.book.next_due() <= state.now || next_check(state) <= state.now;
}

Decisions tick(const State& state) {
    if (!has_work(state))
        return {};
    Draft draft(state);
    retire(draft);
    take_outcomes(draft);
    refuse_and_stop(draft);
    pause(draft);
    start(draft);
    enter(draft);
    walk(draft);
    give_slots(draft);
    return draft.finish();
}

void apply(State& state, std::span<const Decision> decisions) {
    state.arrived.clear();
    state.touched.clear();
    state.everybody = false;
    state.new_day = false;
    state.gates_moved = false;
    StatePicture picture{state};
    for (const Decision& decision : decisions)
        std::visit(Effect<StatePicture>{picture, *state.rules, state.settings}, decision);
    // Who came into or left a campaign may have come into or left a segment: the next round looks.
    sort_out(state.touched);
    if (!state.touched.empty())
        state.member.evaluate(state.touched, Look::at_campaigns, *state.columns, state.today, state.now);
}

Minute next_check(const State& state) {
    if (state.stopped)
        return base::k_never;
    Minute next = base::k_never;
    for (dsl::CampaignIx ix = 0; ix < state.campaigns.size(); ++ix) {
        const dsl::Campaign& rule = state.rules->campaigns[ix];
        const CampaignState& is = state.campaigns[ix];
        const bool closed = rule.closing || (rule.draft && !state.settings.run_drafts) ||
                            (rule.expires_on && state.today >= *rule.expires_on);
        if (!closed)
            next = std::min(next, state.times->next_check(ix, is.ran_for, is.left_over > 0, state.today));
    }
    return next;
}

Minute next_wake(const State& state) {
    Minute wake = state.times->day_start(state.today + std::chrono::days{1});
    wake = std::min(
        {wake, state.book.next_due(), next_check(state), state.member.next_flip(), state.columns->next_advance()});
    return std::max(wake, state.now + std::chrono::minutes{1});
}

const Enrolment* enrolment(const Decision& decision) {
    return std::visit(
        [](const auto& d) -> const Enrolment* {
            if constexpr (requires { d.enrolment; })
                return &d.enrolment;
            else
                return nullptr;
        },
        decision);
}

}  // namespace nurture::engine
