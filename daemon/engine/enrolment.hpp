// SPDX-License-Identifier: MIT
//
// Where one person stands in one campaign. Everything the store's row holds, as a value. Whole minutes; k_never where
// nothing is due, Minute{} where an instant is not set. Plain value: any thread.
#pragma once

#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"
#include "daemon/engine/reasons.hpp"
#include "dsl/rules.hpp"

#include <memory>
#include <string>

namespace nurture::engine {

using base::CandidateId;
using base::Day;
using base::EnrolmentId;
using base::Minute;

/// pending: started by a change or a date, may not come in yet; due: when to try again.
/// waiting: the line at `position` is done at `due`; the next one follows.
/// asked: somebody is to approve, or to write the note at `position`, until `due`; asked at `anchor`.
/// ready: the message at `position` looks for a slot, next at `due`.
/// released: the message at `position` is with the outbox.
enum class Phase : std::uint8_t { pending, waiting, asked, ready, released, ended };

inline constexpr dsl::StepIx k_no_step = 0xffff;

struct Enrolment {
    EnrolmentId id = 0;
    CandidateId who = 0;
    dsl::CampaignIx campaign = 0;                // in the live rules
    std::shared_ptr<const dsl::StepList> steps;  // the list it began with
    dsl::StepIx position = 0;
    dsl::StepIx approval = k_no_step;  // the approval that is open or was given and still covers what follows
    std::uint64_t address = 0;         // roster::AddressNumber of the first message's channel on entering; 0: none
    std::uint16_t round = 0;           // 1 + earlier entries of that address; 0: has not come in
    Phase phase = Phase::pending;
    ReasonCode blocked{};  // pending, ready: why it waits
    ReasonCode end_reason{};
    bool muted = false;      // a human reply came: no message any more
    Minute entered_at{};     // pending: since when
    Minute event_at{};       // of the change or date that started it
    Minute anchor{};         // what the running wait counts from
    Minute months_anchor{};  // of month waits in a row: what the first of them counts from
    Minute ready_since{};
    Minute due = base::k_never;
    Minute paused_until{};
    Minute held_since{};  // in a hold segment; its clock stands still
    Minute ended_at{};
    std::string event_value;

    const dsl::StepLine& line() const { return steps->lines[position]; }
    bool live() const { return phase != Phase::ended; }
    bool inside() const { return phase != Phase::ended && phase != Phase::pending; }

    friend bool operator==(const Enrolment& a, const Enrolment& b);  // step lists by hash
};

}  // namespace nurture::engine
