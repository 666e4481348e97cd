// SPDX-License-Identifier: MIT
//
// Other rules are live and have retired a step that somebody is on: whoever was asked about it is no longer asked, its
// message is taken back if it has not been handed over, and the person goes on as the rules say. Who comes to such a
// step later finds it in the walk. Once, right after the rules came in: before anything else looks at those steps.
#include "daemon/engine/steps.hpp"

namespace nurture::engine {
namespace {

const dsl::op::Retired* retired(const Enrolment& e, dsl::StepIx line) {
    return line == k_no_step ? nullptr : std::get_if<dsl::op::Retired>(&e.steps->lines[line].op);
}

/// The approval has gone: what it was asked for goes without.
void without_approval(Draft& draft, Enrolment& e, Why why) {
    const bool asked = e.phase == Phase::asked;
    const dsl::StepIx approval = e.approval;
    e.approval = k_no_step;
    if (!asked)
        return draft.decide(decision::Move{{}, why, e, {}});
    e.phase = Phase::ready;  // a message that stood waiting; the approval itself is left below
    e.due = draft.now();
    e.blocked = ReasonCode::none;
    draft.decide(decision::Withdraw{{}, why, e, approval});
}

void leave_step(Draft& draft, Enrolment e, const dsl::op::Retired& step) {
    const dsl::StepIx line = e.position;
    const Why why{ReasonCode::step_retired, e.line().span};
    if (!step.to)
        return end(draft, e, {ReasonCode::step_retired_stop, e.line().span});
    if (e.phase == Phase::asked)  // for a note
        draft.decide(decision::Withdraw{{}, why, e, asked_about(e)});
    cancel_message(draft, e, why);
    go_to(e, *step.to, draft.now());
    draft.decide(decision::Move{{}, why, e, line});
}

}  // namespace

void retire(Draft& draft) {
    if (!draft.state().everybody)
        return;
    for (const EnrolmentId id : draft.everybody()) {
        Enrolment e = *draft.find(id);
        if (!e.inside())
            continue;
        if (retired(e, e.approval) != nullptr)
            without_approval(draft, e, {ReasonCode::step_retired, e.steps->lines[e.approval].span});
        const auto* step = retired(e, e.position);
        if (step != nullptr && (e.phase != Phase::waiting || running(e)))
            leave_step(draft, e, *step);
    }
}

}  // namespace nurture::engine
