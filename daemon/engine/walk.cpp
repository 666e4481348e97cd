// SPDX-License-Identifier: MIT
//
// From the line that is done to the next one that takes time: waits, branches, tasks, approvals, messages. What is due
// goes by (due, id). A wait that ended in the past (the daemon was down) counts from where it ended, so nothing drifts.
#include "daemon/base/hash.hpp"
#include "daemon/engine/contact.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>
#include <cassert>

namespace nurture::engine {
namespace {

/// Behind this the daemon was down, and what follows is late.
constexpr std::chrono::minutes k_late{15};

class Walk {
public:
    Walk(Draft& draft, const Enrolment& e) : draft_(draft), e_(e) {}

    void from(dsl::StepIx line, Minute at) {
        at_ = at;
        std::optional<dsl::StepIx> next = line;
        while (next) {
            assert(*next < e_.steps->lines.size());  // the last line is End
            e_.position = *next;
            next = std::visit(*this, e_.line().op);
        }
    }

    // Each gives the line that follows at once; nothing when the enrolment rests there or has ended.

    std::optional<dsl::StepIx> operator()(const dsl::op::Message& message) {
        const Choice choice = choose(draft_, e_, message);
        if (may_not_go(choice.skip) && message.miss == dsl::op::Miss::stop) {
            end(draft_, e_, {ReasonCode::may_not_go, span()});
            return {};
        }
        if (choice.skip != ReasonCode::none) {
            at_ = draft_.now();
            done(e_, at_);
            draft_.decide(decision::Move{{}, {choice.skip, span()}, e_, e_.position});
            return following();
        }
        e_.phase = Phase::ready;
        e_.ready_since = e_.due = draft_.now();
        e_.blocked = ReasonCode::none;
        rest(ReasonCode::message_due);
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::Approval& approval) {
        if (e_.muted)
            return following();  // nothing will be sent that could be approved
        e_.phase = Phase::asked;
        e_.approval = e_.position;
        e_.anchor = draft_.now();
        e_.due = draft_.times().deadline(draft_.now(), approval.within);
        decision::Ask ask{{},          {ReasonCode::approval_asked, span()},
                          e_,          decision::Ask::Kind::approval,
                          e_.position, person(draft_, row(), draft_.rule(e_), approval.by),
                          e_.due,      k_no_step,
                          {},          {}};
        show_next_message(ask);
        draft_.decide(std::move(ask));
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::Note& note) {
        Enrolment then = e_;
        then.position = following();
        const Choice choice = choose(draft_, then, std::get<dsl::op::Message>(then.line().op));
        if (choice.skip != ReasonCode::none)
            return following();  // nobody writes for a message that will not go
        e_.phase = Phase::asked;
        e_.anchor = draft_.now();
        e_.due = draft_.times().deadline(draft_.now(), note.within);
        draft_.decide(decision::Ask{{},
                                    {ReasonCode::note_asked, span()},
                                    e_,
                                    decision::Ask::Kind::note,
                                    e_.position,
                                    person(draft_, row(), draft_.rule(e_), note.by),
                                    e_.due,
                                    then.position,
                                    choice.channel,
                                    choice.message_template});
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::Task& task) {
        done(e_, at_);
        draft_.decide(decision::Ask{{},
                                    {ReasonCode::task_made, span()},
                                    e_,
                                    decision::Ask::Kind::task,
                                    e_.position,
                                    person(draft_, row(), draft_.rule(e_), task.owner),
                                    base::k_never,
                                    k_no_step,
                                    {},
                                    {}});
        return following();
    }

    // What changes the person rests there until the change has come back as a fact, at this same minute: what follows
    // sees it, and no message gets a slot before.

    std::optional<dsl::StepIx> operator()(const dsl::op::OnList& list) {
        done(e_, at_);
        const Minute until =
            list.add && list.lasts ? draft_.times().add(zone(), draft_.now(), *list.lasts) : base::k_never;
        const Why why{list.add ? ReasonCode::put_on_list : ReasonCode::taken_off_list, span()};
        draft_.decide(decision::Enlist{{}, why, e_, e_.position, list.list, list.add, until});
        draft_.changes(e_.who);
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::WithdrawConsent& withdraw) {
        done(e_, at_);
        const Why why{ReasonCode::consent_withdrawn, span()};
        draft_.decide(decision::WithdrawConsent{{}, why, e_, e_.position, withdraw.consent});
        draft_.changes(e_.who);
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::WaitFor& wait) {
        const Minute alone = draft_.times().add(zone(), at_, wait.length);
        const bool years = wait.length.unit == dsl::Unit::years;
        if (!years && wait.length.unit != dsl::Unit::months)
            return until(alone);
        // A series of months counts from its first, so that 31 January does not become the 28th for ever; but never
        // less than this wait after the line before it, which may have come late.
        const bool first = wait.first_of_months || e_.months_anchor == Minute{};
        if (first)
            e_.months_anchor = at_;
        const std::int32_t months = (first ? 0 : wait.months_before) + wait.length.count * (years ? 12 : 1);
        const Minute in_series = draft_.times().add(zone(), e_.months_anchor, {months, dsl::Unit::months});
        return until(std::max(alone, in_series), true);
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::WaitUntilTime& wait) {
        return until(next_time(zone(), wait.days, wait.at, at_));
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::WaitUntilDate& wait) {
        if (const auto due = wait_until(draft_, e_, wait, draft_.now()))
            return until(std::max(*due, at_));
        draft_.decide(decision::Move{{}, {ReasonCode::date_is_past, span()}, e_, {}});
        return wait.past;
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::WaitUpTo& wait) {
        if (const auto came = happened(wait.step, wait.events)) {
            at_ = std::max(at_, std::min(*came, draft_.now()));
            return following();
        }
        return until(draft_.times().add(zone(), at_, wait.length));
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::If& branch) {
        const bool yes = branch.condition ? draft_.holds(*branch.condition, row())
                                          : happened(branch.step, bit(branch.what)).has_value();
        done(e_, at_);
        if (!yes)
            e_.position = static_cast<dsl::StepIx>(branch.otherwise - 1);
        const Why why{yes ? ReasonCode::branch_true : ReasonCode::branch_false, span()};
        draft_.decide(decision::Move{{}, why, e_, {}});
        return following();
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::Split& split) {
        const dsl::StepIx to = arm(split);
        done(e_, at_);
        e_.position = static_cast<dsl::StepIx>(to - 1);
        draft_.decide(decision::Move{{}, {ReasonCode::arm_drawn, e_.steps->lines[to].span}, e_, {}});
        return to;
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::HeldOut&) {
        end(draft_, e_, {ReasonCode::held_out, span()});
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::Jump& jump) { return jump.to; }

    std::optional<dsl::StepIx> operator()(const dsl::op::Retired& retired) {
        if (!retired.to) {
            end(draft_, e_, {ReasonCode::step_retired_stop, span()});
            return {};
        }
        done(e_, at_);
        draft_.decide(decision::Move{{}, {ReasonCode::step_retired, span()}, e_, e_.position});
        return retired.to;
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::Stop&) {
        end(draft_, e_, {ReasonCode::stop_line, span()});
        return {};
    }

    std::optional<dsl::StepIx> operator()(const dsl::op::End&) {
        end(draft_, e_, {ReasonCode::completed, span()});
        return {};
    }

private:
    dsl::Span span() const { return e_.line().span; }
    Row row() const { return draft_.row(e_); }
    base::ZoneId zone() const { return draft_.zone(e_); }
    dsl::StepIx following() const { return static_cast<dsl::StepIx>(e_.position + 1); }
    static std::uint8_t bit(dsl::StepEvent what) {
        return static_cast<std::uint8_t>(1u << static_cast<unsigned>(what));
    }

    std::optional<dsl::StepIx> until(Minute due, bool of_months = false) {
        if (!of_months)
            e_.months_anchor = Minute{};
        if (due <= draft_.now()) {
            at_ = std::max(at_, due);
            return following();
        }
        e_.phase = Phase::waiting;
        e_.blocked = ReasonCode::none;
        e_.anchor = at_;
        e_.due = due;
        rest(ReasonCode::wait_begins);
        return {};
    }

    void rest(ReasonCode reason) { draft_.decide(decision::Move{{}, {reason, span()}, e_, {}}); }

    /// When the first of these came to the message of that step; a skipped step has none.
    std::optional<Minute> happened(dsl::StepIx step, std::uint8_t events) const {
        const Sent* sent = find_sent(draft_.sent(e_.who), e_.id, e_.steps->lines[step].name);
        if (sent == nullptr || !sent->counted)
            return {};
        std::optional<Minute> first;
        for (std::size_t i = 0; i < sent->events.size(); ++i) {
            const Minute at = i == 0 ? sent->at : sent->events[i];  // StepEvent::sent is the first
            if ((events >> i & 1) != 0 && at != Minute{} && (!first || at < *first))
                first = at;
        }
        return first;
    }

    /// The person's lot, from 0 to 99, which the arms share among them in their order. It hangs on the campaign, the
    /// split's name and the person's ref alone, so it is the same on every machine and whenever it is drawn.
    dsl::StepIx arm(const dsl::op::Split& split) const {
        const base::Digest seed = base::sha256(e_.steps->campaign + '\n' + split.name);
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof number; ++i)
            number = number << 8 | seed[i];
        auto left = static_cast<std::int32_t>(base::spread(number, draft_.columns().lot(row())) % 100);
        for (const dsl::op::Split::Arm& arm : split.arms)
            if ((left -= arm.percent) < 0)
                return arm.to;
        return split.arms.back().to;
    }

    /// What the person who is asked will see: the first message that can follow and may go to this candidate, as it
    /// would be chosen now. If none may go, the first that can follow.
    void show_next_message(decision::Ask& ask) const {
        const auto& lines = e_.steps->lines;
        for (std::size_t i = e_.position + 1u; i < lines.size(); ++i) {
            if (std::holds_alternative<dsl::op::Approval>(lines[i].op) ||
                std::holds_alternative<dsl::op::HeldOut>(lines[i].op))
                return;
            if (const auto* split = std::get_if<dsl::op::Split>(&lines[i].op)) {
                i = arm(*split) - 1u;
                continue;
            }
            const auto* message = std::get_if<dsl::op::Message>(&lines[i].op);
            if (message == nullptr)
                continue;
            Enrolment then = e_;
            then.position = static_cast<dsl::StepIx>(i);
            const Choice choice = choose(draft_, then, *message);
            const bool goes = choice.skip == ReasonCode::none;
            if (!goes && ask.message != k_no_step)
                continue;
            ask.message = then.position;
            ask.channel = choice.channel;
            ask.message_template = goes ? choice.message_template : message->templates.front();
            if (goes || (may_not_go(choice.skip) && message->miss == dsl::op::Miss::stop))
                return;
        }
    }

    Draft& draft_;
    Enrolment e_;
    Minute at_{};
};

/// A date that moved while the clock stood still.
bool waits_on(Draft& draft, Enrolment e) {
    const auto* wait = std::get_if<dsl::op::WaitUntilDate>(&e.line().op);
    if (wait == nullptr || !running(e))
        return false;
    const auto due = wait_until(draft, e, *wait, draft.now());
    if (!due || *due <= draft.now())
        return false;
    e.due = *due;
    draft.decide(decision::Move{{}, {ReasonCode::date_moved, e.line().span}, e, {}});
    return true;
}

void go_on(Draft& draft, Enrolment e) {
    if (e.paused_until > draft.now()) {
        e.due = e.paused_until;
        return draft.decide(decision::Move{{}, {ReasonCode::paused, e.line().span}, e, {}});
    }
    if (waits_on(draft, e))
        return;
    Walk(draft, e).from(static_cast<dsl::StepIx>(e.position + 1), e.due);
}

/// Nobody answered in time.
void too_late(Draft& draft, Enrolment e) {
    const dsl::StepIx step = asked_about(e);
    const dsl::StepLine& line = e.steps->lines[step];
    const dsl::op::Question& asked = question(e);
    const bool note = std::holds_alternative<dsl::op::Note>(line.op);
    const Minute deadline = e.due;
    if (asked.otherwise_stop)
        return end(draft, e, {note ? ReasonCode::note_too_late : ReasonCode::approval_too_late, line.span});
    const Why why{note ? ReasonCode::note_late_go_on : ReasonCode::approval_late_go_on, line.span};
    draft.decide(decision::Withdraw{{}, why, e, step});
    cancel_message(draft, e, why);
    if (!note)
        e.approval = k_no_step;
    go_to(e, asked.otherwise, deadline);
    draft.decide(decision::Move{{}, why, e, step});
    if (e.due <= draft.now() && e.held_since == Minute{})
        go_on(draft, e);
}

}  // namespace

std::optional<Minute> wait_until(const Draft& draft, const Enrolment& e, const dsl::op::WaitUntilDate& wait,
                                 Minute now) {
    const Row row = draft.row(e);
    const auto date = draft.columns().date(wait.field, row);
    if (!date)
        return {};
    const base::ZoneId zone = draft.columns().zone(row);
    const Day day = dsl::add(*date, wait.offset);
    if (day < base::local_day(zone, now))
        return {};
    return base::day_start(zone, day);
}

void begin(Draft& draft, const Enrolment& e) { Walk(draft, e).from(0, e.entered_at); }

void walk(Draft& draft) {
    for (const auto& [due, id] : draft.due()) {
        const Enrolment* e = draft.find(id);
        if (e == nullptr || e->due > draft.now() || draft.changing(e->who))
            continue;
        if (draft.now() - due >= k_late)
            draft.note_late(id);
        const Enrolment copy = *e;
        if (copy.phase == Phase::waiting)
            go_on(draft, copy);
        else if (copy.phase == Phase::asked)
            too_late(draft, copy);
    }
}

}  // namespace nurture::engine
