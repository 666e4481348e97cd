// SPDX-License-Identifier: MIT
//
// What a tick decided, as values: each says about whom, by which rule line and why, and holds all that its rows in the
// store need. A decision that touches an enrolment holds its whole new value, so T0 is an upsert and may be repeated.
// Decisions about one person stand together; run.hpp never cuts between them. Plain values: any thread.
#pragma once

#include "daemon/engine/enrolment.hpp"
#include "daemon/engine/ledger.hpp"

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace nurture::engine {

struct Why {
    ReasonCode reason{};
    dsl::Span line;  // of the rule line that says so; empty span: none
    friend bool operator==(const Why&, const Why&) = default;
};

/// The line of a cap that has no room. `ahead`: whose message holds the person's place, in the live rules;
/// k_no_campaign: of the caps per day, which everybody's messages fill.
struct FullCap {
    dsl::Span line;
    dsl::CampaignIx ahead = k_no_campaign;
    friend bool operator==(const FullCap&, const FullCap&) = default;
};

namespace decision {

/// Somebody comes in, or is pending. `counts_on`: the day whose enrol quota this uses; none for pending.
struct Enrol {
    Minute at{};
    Why why;
    Enrolment enrolment;
    std::optional<Day> counts_on;
    friend bool operator==(const Enrol&, const Enrol&) = default;
};

/// The enrolment goes on, or waits for another reason than before. `of`: the line that was done or skipped, if any.
struct Move {
    Minute at{};
    Why why;
    Enrolment enrolment;
    dsl::StepIx of = k_no_step;
    std::optional<FullCap> full = {};  // where a cap is why it waits; for reports
    friend bool operator==(const Move&, const Move&) = default;
};

/// A human is asked: an approval or a personal note with its deadline, or a task (which waits for nothing).
struct Ask {
    enum class Kind : std::uint8_t { approval, note, task };
    Minute at{};
    Why why;
    Enrolment enrolment;
    Kind kind{};
    dsl::StepIx step = 0;             // whose name and text; a task's text is in its op
    std::string owner;                // a person of [people]
    Minute deadline = base::k_never;  // not of tasks
    dsl::StepIx message = k_no_step;  // not of tasks: the message that follows, to be shown …
    dsl::Channel channel{};
    std::string message_template;  // … with this text
    friend bool operator==(const Ask&, const Ask&) = default;
};

/// What was asked needs no answer any more.
struct Withdraw {
    Minute at{};
    Why why;  // approval_too_late, note_too_late, or why the enrolment ends
    Enrolment enrolment;
    dsl::StepIx step = 0;
    friend bool operator==(const Withdraw&, const Withdraw&) = default;
};

/// A message row, READY at its slot.
struct Release {
    Minute at{};
    Why why;
    Enrolment enrolment;
    std::string step;
    dsl::Channel channel{};
    std::string message_template;
    std::string owner;            // whose name it carries
    std::string consent;          // that must be given; empty: none
    bool needs_approval = false;  // the latest approval given in this enrolment
    bool with_note = false;       // the personal note that was written for this step
    std::string thread_of;        // a step of the same enrolment; empty: none
    bool canary = false;          // counts for the campaign's canary
    Minute slot{}, closes{}, expires{};
    friend bool operator==(const Release&, const Release&) = default;
};

/// The same row at a new slot (HELD or READY -> READY).
struct Reslot {
    Minute at{};
    Why why;
    Enrolment enrolment;
    std::string step;
    Minute slot{}, closes{}, expires{};
    friend bool operator==(const Reslot&, const Reslot&) = default;
};

/// A row that was not handed over: CANCELLED, or, with `keep`, HELD until it gets a new slot.
struct Cancel {
    Minute at{};
    Why why;
    Enrolment enrolment;
    std::string step;
    bool keep = false;
    friend bool operator==(const Cancel&, const Cancel&) = default;
};

struct End {
    Minute at{};
    Why why;
    Enrolment enrolment;
    friend bool operator==(const End&, const End&) = default;
};

struct Pause {
    Minute at{};
    Why why;
    Enrolment enrolment;
    friend bool operator==(const Pause&, const Pause&) = default;
};

/// The person is put on a list, until then (k_never: for good), or taken off it.
struct Enlist {
    Minute at{};
    Why why;
    Enrolment enrolment;
    dsl::StepIx step = 0;
    dsl::ListIx list = 0;  // in the live rules
    bool add = true;
    Minute until = base::k_never;
    friend bool operator==(const Enlist&, const Enlist&) = default;
};

struct WithdrawConsent {
    Minute at{};
    Why why;
    Enrolment enrolment;
    dsl::StepIx step = 0;
    dsl::ConsentIx consent = 0;  // in the live rules
    friend bool operator==(const WithdrawConsent&, const WithdrawConsent&) = default;
};

/// The audience was looked at for the check of that minute (a date start: for that day). `left_over`: who may enter and
/// could not, because of the enrol quota.
struct RunMark {
    Minute at{};
    Why why;
    std::string campaign;
    Minute ran_for{};
    std::int32_t left_over = 0;
    friend bool operator==(const RunMark&, const RunMark&) = default;
};

/// Everything in the inbox up to here is dealt with. Always the last.
struct Cursor {
    base::InboxSeq seq = 0;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

}  // namespace decision

using Decision = std::variant<decision::Enrol, decision::Move, decision::Ask, decision::Withdraw, decision::Release,
                              decision::Reslot, decision::Cancel, decision::End, decision::Pause, decision::Enlist,
                              decision::WithdrawConsent, decision::RunMark, decision::Cursor>;
using Decisions = std::vector<Decision>;

/// Null for RunMark and Cursor.
const Enrolment* enrolment(const Decision& decision);

}  // namespace nurture::engine
