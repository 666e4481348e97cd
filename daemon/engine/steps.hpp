// SPDX-License-Identifier: MIT
//
// The parts of a tick, in the order in which tick() calls them, and what they share. Within daemon/engine only.
#pragma once

#include "daemon/engine/draft.hpp"

namespace nurture::engine {

void retire(Draft& draft);           // retire.cpp: steps that today's rules have retired
void take_outcomes(Draft& draft);    // outcomes.cpp: what became of messages, what people decided, clicks
void refuse_and_stop(Draft& draft);  // refusals.cpp: erased, never contact, replies, `stop when`, leavers, holds
void pause(Draft& draft);            // pauses.cpp
void start(Draft& draft);            // starts.cpp: pending enrolments
void enter(Draft& draft);            // entries.cpp
void walk(Draft& draft);             // walk.cpp: waits, branches, tasks, approvals, up to a message
void give_slots(Draft& draft);       // slots.cpp

// --- shared ---------------------------------------------------------------------------------------------------------

/// It ends: what was not handed over is cancelled, what was asked is withdrawn.
void end(Draft& draft, Enrolment enrolment, Why why);
/// What is not handed over yet and will not go: the row, if there is one.
void cancel_message(Draft& draft, Enrolment& enrolment, Why why);
/// The message is not sent and the next line follows.
void skip(Draft& draft, Enrolment enrolment, ReasonCode reason);
/// The line it is at was done at `at`; the next follows then, or when the pause or hold is over.
void done(Enrolment& enrolment, Minute at);
/// While it is asked: the line whose question is open, a note or an approval.
dsl::StepIx asked_about(const Enrolment& enrolment);
const dsl::op::Question& question(const Enrolment& enrolment);
/// Whether the wait that it is at runs, and is not just done: then it is due later than it began.
inline bool running(const Enrolment& e) { return e.phase == Phase::waiting && e.due > e.anchor; }
/// As if the line before `target` were done.
void go_to(Enrolment& enrolment, dsl::StepIx target, Minute at);

/// When `wait until 7 days before …` ends; nothing if that is past or the date is unknown.
std::optional<Minute> wait_until(const Draft& draft, const Enrolment& e, const dsl::op::WaitUntilDate& wait,
                                 Minute now);

/// Somebody came into a campaign: what other campaigns make of it. pauses.cpp and starts.cpp do the rest.
void entered(Draft& draft, const Enrolment& enrolment);
void pause_by(Draft& draft, const Enrolment& enrolment, const dsl::Pause& pause, Minute at);
void start_pending(Draft& draft, dsl::CampaignIx campaign, CandidateId who, ReasonCode reason, dsl::Span line,
                   Minute at, const std::string& value);

/// From its first line on.
void begin(Draft& draft, const Enrolment& enrolment);
/// `re-enter after`: the person, or the address, was in this campaign too recently.
bool too_recent(const Draft& draft, dsl::CampaignIx campaign, Row row);
/// A pending enrolment whose event lies too far back to come in.
bool too_old(const Draft& draft, const Enrolment& pending);

/// Whether a fact is the change that the rule speaks of. `leaves the audience` and `entered campaign` are no facts.
bool is_change(const dsl::Change& change, const Fact& fact);
/// Whom, when, whether it starts campaigns, and the value that {{event_value}} shows. Nothing for facts about nobody.
struct Happening {
    CandidateId who = 0;
    Minute at{};
    bool live = false;
    std::string value;
};
std::optional<Happening> happening(const Fact& fact);

}  // namespace nurture::engine
