// SPDX-License-Identifier: MIT
//
// `pause 14 days when …`: the enrolment stands still until the same wall-clock time N days later, and every relative
// wait grows by as much; a second pause only by what it goes beyond the first. Deadlines and dates do not move.
#include "daemon/engine/steps.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

void shift_wait(const Draft& draft, Enrolment& e, Minute from, Minute until) {
    const base::ZoneId zone = draft.zone(e);
    const auto& op = e.line().op;
    const bool runs = running(e);
    if (const auto* time = std::get_if<dsl::op::WaitUntilTime>(&op); time != nullptr && runs) {
        if (e.due < until)
            e.due = next_time(zone, time->days, time->at, until);
        return;
    }
    const bool relative = std::holds_alternative<dsl::op::WaitFor>(op) || std::holds_alternative<dsl::op::WaitUpTo>(op);
    if (!relative || !runs) {
        e.due = std::max(e.due, until);
        if (!runs)
            e.anchor = e.due;
        return;
    }
    e.due = shift(zone, e.due, from, until);
    e.anchor = shift(zone, e.anchor, from, until);
    if (e.months_anchor != Minute{})
        e.months_anchor = shift(zone, e.months_anchor, from, until);
}

}  // namespace

void pause_by(Draft& draft, const Enrolment& enrolment, const dsl::Pause& pause, Minute at) {
    Enrolment e = enrolment;
    const base::ZoneId zone = draft.zone(e);
    const Minute until = draft.times().add(zone, at, {pause.days, dsl::Unit::days});
    const Minute from = std::max(at, e.paused_until);
    if (until <= from)
        return;
    const Why why{ReasonCode::paused_by_rule, pause.span};
    e.paused_until = until;
    if (e.phase == Phase::released) {
        e.phase = Phase::ready;
        draft.decide(decision::Cancel{{}, why, e, e.line().name, true});
    }
    if (e.phase == Phase::waiting) {
        shift_wait(draft, e, from, until);
    } else if (e.phase == Phase::ready) {
        e.due = until;
        e.ready_since = shift(zone, e.ready_since, from, until);
        e.blocked = ReasonCode::paused;
    }
    draft.decide(decision::Pause{{}, why, e});
}

void pause(Draft& draft) {
    for (const Fact& fact : draft.state().arrived) {
        const auto happened = happening(fact);
        if (!happened)
            continue;
        for (const EnrolmentId id : draft.of(happened->who)) {
            const Enrolment e = *draft.find(id);
            if (!e.inside() || happened->at < e.entered_at)
                continue;
            for (const dsl::Pause& rule : draft.rule(e).pauses)
                if (is_change(rule.when, fact))
                    pause_by(draft, *draft.find(id), rule, happened->at);
        }
    }
}

}  // namespace nurture::engine
