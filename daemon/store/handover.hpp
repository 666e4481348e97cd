// SPDX-License-Identifier: MIT
//
// T2 and T3: the last look before a message leaves, and what became of it. commit_batch writes many of both in one
// durable transaction, every T3 before any T2, so that a connection never has two messages in doubt. It returns after
// the disk has it: only then may `go` reach a transfer thread. When it throws, nothing was written and nobody may go.
// Crash windows: before the commit nothing was sent; after it the row is INFLIGHT and recover() makes it IN_DOUBT. A
// gateway's delivery report that is here before its answer outweighs the answer: the message is SENT.
#pragma once

#include "connectors/outcome.hpp"
#include "daemon/base/calendar.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/suppressions.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

/// Why a message does not go. What happens to the row is in the comment; the engine hears of all but `unknown`,
/// `not_ready`, `stopped` and `clock_back` through the inbox (`outcome`).
enum class Refusal : std::uint8_t {
    none,
    unknown,           // no such message
    not_ready,         // another hand was faster
    stopped,           // stays READY until `resume`
    erased,            // CANCELLED
    suppressed,        // SUPPRESSED
    no_consent,        // SUPPRESSED
    never_contact,     // SUPPRESSED
    address_changed,   // HELD; the engine re-slots it with the new key
    approval_missing,  // HELD
    approval_lapsed,   // HELD: the text is no longer the one that was approved
    window_closed,     // HELD; the engine gives it a new slot
    too_late,          // EXPIRED
    cap_full,          // HELD; likewise
    clock_back,        // the clock went back: stays READY until it is right again
    off_allow_list,    // SUPPRESSED: test mode
    held_back,         // HELD: a breaker, or a hold of the step or the channel (breakers.hpp)
    day_over,          // HELD; the engine gives it a slot of a day on which caps have room
};
std::string_view to_text(Refusal refusal);  // "no consent", as shown and stored in message.reason

/// The caps that T2 counts itself, in (now - in, now].
struct CandidateCap {
    int count = 0;
    std::optional<Channel> channel;  // none: email and SMS together
    std::chrono::seconds in{};
    std::vector<std::string> campaigns{};                      // whose messages it holds back; empty: everybody's
    std::vector<std::pair<Channel, std::string>> templates{};  // which messages it is about; empty: all
};
/// A list whose people get nothing of some campaigns.
struct NeverContact {
    std::string list;
    std::vector<std::string> campaigns;
};
/// What the installation and the live rule set say at this moment.
struct T2Policy {
    bool stop_file = false;  // a STOP file lies there
    std::vector<std::string> never_contact_lists;
    std::vector<CandidateCap> caps;
    std::function<bool(std::string_view address)> reachable{};  // test mode: the allow-list; empty: everybody
    std::vector<NeverContact> never_contact_below{};            // what single directories of the rules add
    std::optional<base::ZoneId> days_of{};                      // whose calendar days a cap counts; none: no cap does
};

/// Caps per day were asked about the day of the slot: a message that was tried again past midnight asks anew.
bool day_over(base::ZoneId days_of, Instant slot, Instant now);

/// "Message `message` is about to be handed over as attempt `attempt`."
struct T2 {
    MessageId message = 0;
    AttemptId attempt{};
    AddrKey addr_key{};  // of the address that the connector was given
    Hash text_hash{};    // of what compose made
    std::string relay;
    std::string subject = {};    // email
    std::string recipient = {};  // the address itself; never stored
};
struct T2Verdict {
    MessageId message = 0;
    Refusal refusal = Refusal::none;
    bool go() const { return refusal == Refusal::none; }
};

/// What became of an attempt. Also for what failed before T2: then the row is still READY and only `deferred` or
/// `rejected` make sense.
struct T3 {
    MessageId message = 0;
    AttemptId attempt{};
    std::string relay;
    connectors::Outcome outcome;
    std::optional<Instant> retry_at;    // deferred: the next try; past `expires` the message expires
    std::string suppress;               // not empty: suppress the address for good, for this reason
    std::optional<Strike> strike{};     // or count it against the address
    bool hold_step = false;             // our own text was refused: nothing more of that step
    std::string shut_way = {};          // not empty: nothing more on its channel, for this reason (k_way_gate)
    std::string_view words{};           // rejected: why, where no code says it; a literal
    std::optional<AddrKey> addr_key{};  // where it was tried, if that may not be the message's address any more
};

std::vector<T2Verdict> commit_batch(Database& database, std::span<const T3> outcomes, std::span<const T2> requests,
                                    const T2Policy& policy, Instant now);

/// What counts as the minute of a message: its slot when it left less than 15 minutes after it, else its own minute.
Instant counted_at(Instant slot, Instant accepted);

// The rest of the outbox's writes. Each takes its own transaction unless one is open.

/// READY messages that are too late or whose opening has closed: EXPIRED, or HELD(window closed). Number of rows.
int expire_messages(Database& database, Instant now);
/// READY messages whose recipients' domains take no more now: looked at again then.
struct PutOff {
    MessageId message = 0;
    Instant until{};
};
void put_off(Database& database, std::span<const PutOff> messages);
/// Whether anything may leave on that channel: not stopped, not held, clock not gone back. T2 asks again.
bool may_claim(const Database& database, Channel channel, Instant now);
/// The clock is behind the latest instant that was ever committed, by more than a correction.
bool clock_is_back(const Database& database, Instant now);
/// A channel has no way out: what is due on it goes back to the engine, which holds it from then on. False: nothing is
/// due, or it was known.
bool shut_way(Database& database, Channel channel, std::string_view why, Instant now);
/// It has another way out, which has not refused us yet.
void open_way(Database& database, Channel channel, Instant now);
/// READY -> FAILED_RENDER, EXPIRED, CANCELLED, SUPPRESSED or HELD by the outbox, with the inbox row. False: not READY.
bool give_up(Database& database, MessageId id, MessageState to, std::string_view reason, Instant now);
/// At start: whatever a dead process left INFLIGHT is IN_DOUBT, counted at its slot; SENT, if its gateway has reported.
/// Number of rows.
int recover(Database& database, Instant now);
/// Open doubts older than 72 h leave the list of open doubts. Number of rows.
int close_old_doubts(Database& database, Instant now);
/// Evidence came: IN_DOUBT -> SENT or REJECTED. False: not in doubt.
bool settle_doubt(Database& database, MessageId id, bool was_sent, std::string_view evidence, Instant now);

}  // namespace nurture::store
