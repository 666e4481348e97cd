// SPDX-License-Identifier: MIT
//
// What the two halves of a hand-over have in common, for this folder only: last_look.cpp is T2, handover.cpp T3 and the
// rest.
#pragma once

#include "daemon/store/enrolments.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/journal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

/// What holds for every message of one commit.
struct Moment {
    bool stopped = false;
    bool clock_back = false;
    std::vector<Gate> gates;
};
Moment look_at_gates(const Database& database, Instant now);

/// Looks, and makes the row INFLIGHT with its attempt, or says why not.
T2Verdict last_look(Database& database, const T2& request, const T2Policy& policy, const Moment& moment, Instant now);

void tell_engine(Database& database, const Message& m, MessageState state, std::string_view reason, Instant now);
void note(Database& database, const Message& m, std::string kind, const JournalBody& body, Instant now);
/// A state that ends the outbox's business with a message, for engine and journal.
void move(Database& database, const Message& m, MessageState to, std::string_view reason, Instant now);

}  // namespace nurture::store
