// SPDX-License-Identifier: MIT
//
// Any stop or refusal beats any send: the erased and never-contact people first, then replies and `stop when` in the
// order of the facts, then leavers; last the holds, and dates that a wait looks at.
#include "daemon/engine/contact.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

/// Live enrolments of people about whom something is different, by id. Who became pending was not asked all this then:
/// that is done when the day is over.
std::vector<EnrolmentId> to_look_at(const Draft& draft) {
    if (draft.state().everybody)
        return draft.everybody();
    std::vector<EnrolmentId> ids;
    for (const Row row : draft.state().touched)
        for (const EnrolmentId id : draft.of(draft.columns().id(row)))
            ids.push_back(id);
    if (draft.state().new_day)
        for (const EnrolmentId id : draft.pending())
            ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

void refuse(Draft& draft, const Enrolment& e) {
    const Row row = draft.row(e);
    if (draft.columns().flags(row).erased)
        end(draft, e, {ReasonCode::erased, {}});
    else if (never_contact(draft, draft.rule(e), row))
        end(draft, e, {ReasonCode::never_contact, {}});
}

/// A human reply: no message any more; tasks and branches go on.
void mute(Draft& draft, Enrolment e) {
    const Why why{ReasonCode::human_reply, {}};
    e.muted = true;
    if (e.phase == Phase::asked) {
        draft.decide(decision::Withdraw{{}, why, e, asked_about(e)});
        cancel_message(draft, e, why);
        e.approval = k_no_step;
        done(e, draft.now());
    } else if (e.phase == Phase::ready || e.phase == Phase::released) {
        return skip(draft, e, ReasonCode::human_reply);
    }
    draft.decide(decision::Move{{}, why, e, {}});
}

bool is_reply(const Fact& fact) {
    const auto* event = std::get_if<fact::Happened>(&fact);
    return event != nullptr && event->event == static_cast<dsl::EventIx>(dsl::BuiltInEvent::replied);
}

void stop_by(Draft& draft, const Fact& fact) {
    const auto happened = happening(fact);
    if (!happened)
        return;
    for (const EnrolmentId id : draft.of(happened->who)) {
        const Enrolment e = *draft.find(id);
        if (!e.inside() || happened->at < e.entered_at)
            continue;  // only what happens after entry counts
        const auto& stops = draft.rule(e).stops;
        const auto stop =
            std::find_if(stops.begin(), stops.end(), [&](const dsl::Stop& s) { return is_change(s.when, fact); });
        if (stop != stops.end())
            end(draft, e, {ReasonCode::stop_rule, stop->span});
        else if (is_reply(fact) && !e.muted)
            mute(draft, e);
    }
}

void leave(Draft& draft, const Enrolment& e) {
    const dsl::Campaign& campaign = draft.rule(e);
    if (!campaign.stop_leavers || !e.inside() || draft.in(campaign.audience, draft.row(e)))
        return;
    end(draft, e, {ReasonCode::left_audience, campaign.leavers_span});
}

/// Why the clock stands still, if it does.
ReasonCode stands_still(const Draft& draft, const Enrolment& e) {
    if (draft.rule(e).draft && !draft.state().settings.run_drafts)
        return ReasonCode::campaign_draft;
    return on_hold(draft, draft.rule(e), draft.row(e)) ? ReasonCode::held : ReasonCode::none;
}

void begin_hold(Draft& draft, Enrolment e, ReasonCode reason) {
    const Why why{reason == ReasonCode::held ? ReasonCode::hold_begins : reason, {}};
    e.held_since = draft.now();
    if (e.phase == Phase::released) {
        e.phase = Phase::ready;
        e.due = draft.now();
        draft.decide(decision::Cancel{{}, why, e, e.line().name, true});
    }
    if (e.phase == Phase::ready)
        e.blocked = reason;
    draft.decide(decision::Move{{}, why, e, {}});
}

/// The clock goes on: what was left of a wait is still left.
void end_hold(Draft& draft, Enrolment e) {
    const auto stood_still = draft.now() - e.held_since;
    const auto later = [&](Minute& minute) {
        if (minute != Minute{} && minute != base::k_never)
            minute += stood_still;
    };
    e.held_since = Minute{};
    later(e.ready_since);
    if (e.phase == Phase::ready) {
        e.due = draft.now();
        e.blocked = ReasonCode::none;
    } else if (e.phase == Phase::waiting) {
        const auto* time = std::get_if<dsl::op::WaitUntilTime>(&e.line().op);
        if (time != nullptr && running(e))
            e.due = next_time(draft.zone(e), time->days, time->at, std::max(e.due, draft.now()));
        else if (!std::holds_alternative<dsl::op::WaitUntilDate>(e.line().op))
            later(e.due);
        later(e.anchor);
        later(e.months_anchor);
    }
    draft.decide(decision::Move{{}, {ReasonCode::hold_ends, {}}, e, {}});
}

void hold(Draft& draft, const Enrolment& e) {
    if (!e.inside())
        return;
    const bool held = e.held_since != Minute{};
    const ReasonCode reason = stands_still(draft, e);
    if ((reason != ReasonCode::none) == held)
        return;
    if (held)
        end_hold(draft, e);
    else
        begin_hold(draft, e, reason);
}

/// `wait until 7 days before license_expires`: the new date holds.
void follow_date(Draft& draft, Enrolment e) {
    const auto* wait = e.phase == Phase::waiting ? std::get_if<dsl::op::WaitUntilDate>(&e.line().op) : nullptr;
    if (wait == nullptr || !running(e) || e.paused_until > draft.now() || e.held_since != Minute{})
        return;  // what is paused or held looks at the date when it goes on
    const auto due = wait_until(draft, e, *wait, draft.now());
    const Minute was = e.due;
    if (due)
        e.due = *due;
    else
        go_to(e, wait->past, draft.now());
    if (!due || e.due != was)
        draft.decide(
            decision::Move{{}, {due ? ReasonCode::date_moved : ReasonCode::date_is_past, e.line().span}, e, {}});
}

/// A gate is open again: what it held back looks for a slot.
void free_from_gates(Draft& draft) {
    for (const EnrolmentId id : draft.everybody()) {
        Enrolment e = *draft.find(id);
        const bool waits = e.blocked == ReasonCode::stopped || e.blocked == ReasonCode::breaker ||
                           e.blocked == ReasonCode::step_held || e.blocked == ReasonCode::no_way;
        if (!waits || e.due <= draft.now() || e.phase != Phase::ready)
            continue;
        e.due = draft.now();
        draft.decide(decision::Move{{}, {ReasonCode::new_slot, {}}, e, {}});
    }
}

}  // namespace

void refuse_and_stop(Draft& draft) {
    const std::vector<EnrolmentId> ids = to_look_at(draft);
    const auto each = [&](auto&& look) {
        for (const EnrolmentId id : ids)
            if (const Enrolment* e = draft.find(id))
                look(draft, Enrolment(*e));
    };
    each(refuse);
    for (const Fact& fact : draft.state().arrived)
        stop_by(draft, fact);
    each(leave);
    each(hold);
    each(follow_date);
    if (draft.state().gates_moved)
        free_from_gates(draft);
}

}  // namespace nurture::engine
