// SPDX-License-Identifier: MIT
//
// What became of messages, what people decided, and clicks that a wait is waiting for: in the order in which they were
// written. The ledger has them already (absorb); here enrolments go on.
#include "daemon/engine/contact.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

class Outcomes {
public:
    explicit Outcomes(Draft& draft) : draft_(draft) {}

    void operator()(const fact::Outcome& f) const {
        const Enrolment* found = draft_.find(f.enrolment);
        if (found == nullptr || !found->inside() || found->line().name != f.step || found->phase == Phase::waiting)
            return;
        using Now = fact::Outcome::Now;
        switch (f.now) {
        case Now::sent: return sent(*found, f, ReasonCode::message_sent);
        case Now::in_doubt: return sent(*found, f, ReasonCode::message_in_doubt);
        case Now::rejected: return refused(*found, ReasonCode::rejected);
        case Now::suppressed: return refused(*found, ReasonCode::suppressed);
        case Now::key_used: return refused(*found, ReasonCode::same_mailbox);
        case Now::cancelled: return refused(*found, ReasonCode::rejected);
        case Now::expired: return lost(*found, ReasonCode::message_expired, ReasonCode::first_message_expired);
        case Now::failed_render:
            return f.too_long ? lost(*found, ReasonCode::text_too_long, ReasonCode::first_text_too_long)
                              : lost(*found, ReasonCode::render_failed, ReasonCode::first_render_failed);
        case Now::held: return f.approval_lapsed ? ask_again(*found) : not_now(*found, draft_.now());
        }
    }

    void operator()(const fact::Decided& f) const {
        const Enrolment* found = draft_.find(f.enrolment);
        if (found == nullptr || found->phase != Phase::asked || found->anchor != f.asked_at ||
            found->steps->lines[asked_about(*found)].name != f.step || f.at > found->due)
            return;  // not what is asked now, or too late
        if (f.yes)
            approve(*found, f.at);
        else
            refuse(*found, f.at);
    }

    /// What `wait up to … until` waits for.
    void operator()(const fact::Happened& f) const {
        const Enrolment* found = draft_.find(f.enrolment);
        if (found == nullptr || !running(*found))
            return;
        const auto* wait = std::get_if<dsl::op::WaitUpTo>(&found->line().op);
        if (wait == nullptr || found->steps->lines[wait->step].name != f.step || !waits_for(wait->events, f.event))
            return;
        Enrolment e = *found;
        done(e, std::max(e.anchor, std::min(f.at, draft_.now())));
        if (e.due < found->due)
            draft_.decide(decision::Move{{}, {ReasonCode::event_came, e.line().span}, e, {}});
    }

    template<class Other>
    void operator()(const Other&) const {}

private:
    static bool waits_for(std::uint8_t events, dsl::EventIx event) {
        const auto bit = [&](dsl::StepEvent what) { return (events >> static_cast<unsigned>(what) & 1) != 0; };
        switch (static_cast<dsl::BuiltInEvent>(event)) {
        case dsl::BuiltInEvent::clicked: return bit(dsl::StepEvent::clicked);
        case dsl::BuiltInEvent::opened: return bit(dsl::StepEvent::opened);
        case dsl::BuiltInEvent::replied: return bit(dsl::StepEvent::replied);
        default: return false;
        }
    }

    void sent(Enrolment e, const fact::Outcome& f, ReasonCode reason) const {
        done(e, std::min(f.counted_at, draft_.now()));
        draft_.decide(decision::Move{{}, {reason, e.line().span}, e, e.position});
    }

    void refused(const Enrolment& e, ReasonCode reason) const {
        const auto* message = std::get_if<dsl::op::Message>(&e.line().op);
        // The row has used up the key of this step, so `otherwise` another message cannot follow any more.
        if (message != nullptr && message->miss == dsl::op::Miss::stop)
            end(draft_, e, {ReasonCode::may_not_go, e.line().span});
        else
            skip(draft_, e, reason);
    }

    void lost(const Enrolment& e, ReasonCode later, ReasonCode first) const {
        const auto entries = draft_.sent(e.who);
        const bool any = std::any_of(entries.begin(), entries.end(),
                                     [&](const Sent& one) { return one.enrolment == e.id && one.counted; });
        end(draft_, e, {any ? later : first, e.line().span});
    }

    void not_now(Enrolment e, Minute due) const {
        e.phase = Phase::ready;
        e.due = due;
        e.blocked = ReasonCode::none;
        draft_.decide(decision::Move{{}, {ReasonCode::new_slot, e.line().span}, e, {}});
    }

    void ask_again(Enrolment e) const {
        if (e.approval == k_no_step)
            return not_now(e, draft_.now());
        // A question is known by its minute: somebody who has just answered one is asked the next a minute later.
        if (e.anchor == draft_.now())
            return not_now(e, draft_.now() + std::chrono::minutes{1});
        const dsl::StepLine& line = e.steps->lines[e.approval];
        const auto& approval = std::get<dsl::op::Approval>(line.op);
        const Sent* row = draft_.message(e);
        e.phase = Phase::asked;
        e.anchor = draft_.now();
        e.due = draft_.times().deadline(draft_.now(), approval.within);
        draft_.decide(decision::Ask{{},
                                    {ReasonCode::approval_lapsed, line.span},
                                    e,
                                    decision::Ask::Kind::approval,
                                    e.approval,
                                    person(draft_, draft_.row(e), draft_.rule(e), approval.by),
                                    e.due,
                                    e.position,
                                    row != nullptr ? row->channel : dsl::Channel{},
                                    row != nullptr ? row->message_template : std::string()});
    }

    void approve(Enrolment e, Minute at) const {
        const dsl::StepIx asked = asked_about(e);
        const dsl::StepLine& line = e.steps->lines[asked];
        const bool note = std::holds_alternative<dsl::op::Note>(line.op);
        if (e.position == asked) {
            done(e, std::clamp(at, e.anchor, draft_.now()));
        } else {  // asked again: the message stands waiting
            e.phase = Phase::ready;
            e.due = draft_.now();
        }
        const ReasonCode reason = note ? ReasonCode::note_written : ReasonCode::approved;
        draft_.decide(decision::Move{{}, {reason, line.span}, e, asked});
    }

    void refuse(Enrolment e, Minute at) const {
        const dsl::StepIx step = asked_about(e);
        const dsl::StepLine& line = e.steps->lines[step];
        const dsl::op::Question& asked = question(e);
        if (step == e.approval)
            e.approval = k_no_step;
        e.phase = Phase::waiting;  // nothing is asked any more
        if (asked.otherwise_stop)
            return end(draft_, e, {ReasonCode::refused_by_person, line.span});
        cancel_message(draft_, e, {ReasonCode::refused_go_on, line.span});
        go_to(e, asked.otherwise, std::clamp(at, e.anchor, draft_.now()));
        draft_.decide(decision::Move{{}, {ReasonCode::refused_go_on, line.span}, e, step});
    }

    Draft& draft_;
};

}  // namespace

void take_outcomes(Draft& draft) {
    for (const Fact& fact : draft.state().arrived)
        std::visit(Outcomes{draft}, fact);
}

}  // namespace nurture::engine
