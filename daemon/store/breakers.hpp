// SPDX-License-Identifier: MIT
//
// Breakers and holds: what keeps messages back because of what became of others. A breaker belongs to a campaign, a
// hold to a channel (its relay) or to a step whose text was refused; each is a gate row, so that engine, preview and T2
// see the same. They stay until a person lets go on; a way that is shut, until nurtured.toml is read again. Counted by
// the hour over the last 24 hours, in the transaction that records the outcome. Writers want a write transaction, and
// tell inbox and journal themselves. Threads and errors as in database.hpp.
#pragma once

#include "connectors/outcome.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nurture::store {

// Kinds of gates, and what their names are.
inline constexpr std::string_view k_breaker_gate = "breaker";  // a campaign
inline constexpr std::string_view k_hold_gate = "hold";        // a channel: "email", "sms"
inline constexpr std::string_view k_step_gate = "step";        // "CAMPAIGN/STEP"
inline constexpr std::string_view k_way_gate = "way";          // a channel without a gateway, or whose relay refuses us

std::string step_gate_name(std::string_view campaign, std::string_view step);
/// The inverse: a step's name has no slash in it.
std::pair<std::string_view, std::string_view> step_of_gate(std::string_view name);

/// What became of messages that were handed over, or refused for good.
struct Tally {
    std::int64_t ended = 0;       // with an answer, or in doubt
    std::int64_t bounced = 0;     // refused as a dead address
    std::int64_t complained = 0;  // marked as spam by the recipient
    std::int64_t doubted = 0;     // the answer was lost
};
/// Why that is too many: "7 of 120 messages bounced (the limit is 5 %)"; empty: it is not. Nothing is judged before
/// 100 have ended.
std::string too_many(const Tally& tally);

/// How a message's end counts.
Tally tally_of(const connectors::Outcome& outcome);

/// Collects the outcomes of one transaction; write() adds them to what the store knows and opens breakers.
class Tallies {
public:
    void count(const Message& message, const connectors::Outcome& outcome) { add(message, tally_of(outcome)); }
    void add(const Message& message, const Tally& tally);
    void write(Database& database, Instant now);

private:
    std::map<std::pair<std::string, std::string>, Tally> by_gate_;  // kind and name of the gate that it could shut
};

/// False: it was held back already; the first reason stays.
bool hold_back(Database& database, std::string_view kind, std::string_view name, std::string_view why, Instant now);
/// A person lets it go on; what was counted for it is forgotten. False: it was not held back.
bool let_go_on(Database& database, std::string_view kind, std::string_view name, std::string_view by,
               std::string_view why, Instant now);

bool holds_back(const std::vector<Gate>& gates, const Message& message);
bool holds_channel(const std::vector<Gate>& gates, Channel channel);

}  // namespace nurture::store
