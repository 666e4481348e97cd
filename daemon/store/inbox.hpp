// SPDX-License-Identifier: MIT
//
// How anybody tells the engine something: a row, in the same transaction as its own effect. The engine reads rows after
// its cursor, in order, and moves the cursor in T0. T3 and refused hand-overs speak this way too, so facts have one
// order. Threads and errors as in database.hpp; append wants a write transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

enum class InboxKind : std::uint8_t {
    changed,     // first..last: candidates to be read again (new, changed, events, consents, lists)
    became,      // first: candidate; field, old, now: a text or yes/no field; `live` starts campaigns
    gained,      // first, field, now: an entry of a list field
    lost,        // first, field, old
    happened,    // first, field: event kind, now: its name, happened_at; `live` starts campaigns
    joined,      // first, field: list name
    suppressed,  // first: candidate; field: channel, now: reason
    lifted,      // as suppressed
    erased,      // first: candidate
    replied,     // first: candidate; subject: message, if known; happened_at. A human reply
    feedback,    // first: candidate; subject: message; field: delivered bounced complained clicked opened; happened_at
    outcome,     // subject: message, first: candidate; field: its state now; now: reason. Written by T2 refusals and T3
    decided,     // subject: human step, first: candidate; field: approved or refused
    noted,       // subject: human step, first: candidate: the personal note is there
    applied,     // subject: rule set
    stopped,
    resumed,
    gate,  // field: gate kind, now: its name: a breaker, relay hold … opened or closed
};
std::string_view to_text(InboxKind kind);

struct InboxRow {
    InboxSeq seq = 0;
    Instant at{};  // when it was written
    InboxKind kind{};
    CandidateId first = 0, last = 0;  // 0: nobody; last of one person equals first
    std::int64_t subject = 0;         // 0: none
    std::string field{};
    std::optional<std::string> old{}, now{};
    std::optional<Instant> happened_at{};
    bool live = false;
    std::string by{};
};

/// `seq` is given by the store and returned.
InboxSeq append(Database& database, const InboxRow& row);
/// `changed` for a set of people, as few rows as runs of ids. Sorted or not.
void append_changed(Database& database, std::vector<CandidateId> candidates, Instant at, std::string_view by);

std::vector<InboxRow> inbox_after(const Database& database, InboxSeq cursor, int limit);
InboxSeq inbox_end(const Database& database);  // the last seq ever given; 0: none
/// Removes rows at or before the cursor; the last one always stays, so that seq never goes back.
void prune_inbox(Database& database, InboxSeq cursor);

}  // namespace nurture::store
