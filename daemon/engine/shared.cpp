// SPDX-License-Identifier: MIT
//
// How an enrolment ends, skips a message or goes on: the same from every part of the tick.
#include "daemon/engine/steps.hpp"

#include <algorithm>

namespace nurture::engine {

void cancel_message(Draft& draft, Enrolment& e, Why why) {
    const Sent* row = draft.message(e);
    if (row != nullptr && !row->counted && !row->step.empty())
        draft.decide(decision::Cancel{{}, why, e, row->step, false});
}

void end(Draft& draft, Enrolment e, Why why) {
    if (e.phase == Phase::asked)
        draft.decide(decision::Withdraw{{}, why, e, asked_about(e)});
    cancel_message(draft, e, why);
    e.phase = Phase::ended;
    e.due = base::k_never;
    e.blocked = ReasonCode::none;
    e.ended_at = draft.now();
    e.end_reason = why.reason;
    draft.decide(decision::End{{}, why, e});
}

void done(Enrolment& e, Minute at) {
    e.phase = Phase::waiting;
    e.blocked = ReasonCode::none;
    e.ready_since = Minute{};
    // While a hold lasts everything stands at its beginning: what is added when it ends brings it to that end.
    e.due = e.held_since != Minute{} ? std::min(at, e.held_since) : std::max(at, e.paused_until);
    e.anchor = e.due;
}

void go_to(Enrolment& e, dsl::StepIx target, Minute at) {
    e.position = static_cast<dsl::StepIx>(target - 1);  // a target always has a line before it
    done(e, at);
}

dsl::StepIx asked_about(const Enrolment& e) {
    // An approval that is asked for again leaves the enrolment at the message.
    return std::holds_alternative<dsl::op::Note>(e.line().op) ? e.position : e.approval;
}

const dsl::op::Question& question(const Enrolment& e) {
    const dsl::Op& op = e.steps->lines[asked_about(e)].op;
    if (const auto* note = std::get_if<dsl::op::Note>(&op))
        return *note;
    return std::get<dsl::op::Approval>(op);
}

void skip(Draft& draft, Enrolment e, ReasonCode reason) {
    const Why why{reason, e.line().span};
    cancel_message(draft, e, why);
    done(e, draft.now());
    draft.decide(decision::Move{{}, why, e, e.position});
}

}  // namespace nurture::engine
