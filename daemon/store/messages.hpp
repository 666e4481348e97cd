// SPDX-License-Identifier: MIT
//
// Messages and their states. Safety rests on two unique keys, (enrolment, step) and (campaign, step, round, addr_key),
// on triggers that refuse every edge that is not in the table, and on rows never being deleted. The engine inserts and
// re-slots, the outbox moves states (handover.hpp). Threads and errors as in database.hpp; writers want a write
// transaction.
#pragma once

#include "connectors/outcome.hpp"
#include "daemon/store/database.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

enum class MessageState : std::uint8_t {
    ready,
    held,
    inflight,
    sent,
    in_doubt,
    rejected,
    suppressed,
    expired,
    cancelled,
    failed_render
};
std::string_view to_text(MessageState state);       // "READY", … as stored and shown
MessageState message_state(std::string_view text);  // of InboxRow::field; base::StoreError for any other word
bool is_final(MessageState state);                  // nothing follows but evidence: all but ready, held, inflight
bool counts(MessageState state);                    // for caps, waits, threads: sent, in_doubt
bool has_place(MessageState state);                 // counts, or may still go and holds its place until then

/// The reason of a text message that its rules hold back: "the text is 3 segments, at most 2 are allowed".
std::string too_long(int segments, int at_most);
bool says_too_long(std::string_view reason);

enum class MessagePurpose : std::uint8_t { campaign, digest, test };

struct Message {
    MessageId id = 0;
    MessagePurpose purpose = MessagePurpose::campaign;
    EnrolmentId enrolment = 0;   // 0: digest, test
    std::string campaign, step;  // empty: digest, test
    int round = 1;
    Channel channel{};
    CandidateId candidate = 0;  // 0: to staff
    AddrKey addr_key{};
    std::string message_template;
    std::string owner;      // the person whose name it carries
    std::string recipient;  // digest, test: the person of [people] or the allow-listed address
    RuleSetId rule_set = 0;
    std::string consent;        // the kind that must be given; empty: none
    HumanStepId approval = 0;   // the approval that must stand; 0: none
    HumanStepId note = 0;       // whose note fills {{personal_note}}; 0: none
    std::optional<Hash> shown;  // what was approved
    MessageId thread = 0;       // the message of the same enrolment that it answers; 0: none
    Instant slot, closes, expires;
    Instant not_before;  // slot, or the next try
    MessageState state = MessageState::ready;
    std::string reason;  // of held and of what ended it
    int tries = 0;
    std::optional<Instant> counted_at;   // SENT, IN_DOUBT, INFLIGHT: the minute that caps and waits use
    std::optional<Instant> accepted_at;  // the real instant
    std::optional<Instant> closed_at;    // in doubt for more than 72 h, or settled
    std::optional<Hash> text_hash;       // of what was handed over
    std::string subject;                 // likewise: a thread keeps its first; cleared by erase
};

/// READY or HELD; none when one of the keys exists already (then nothing is written).
std::optional<MessageId> insert_message(Database& database, const Message& message);

std::optional<Message> message(const Database& database, MessageId id);
std::optional<Message> message_of(const Database& database, EnrolmentId enrolment, std::string_view step);
/// Whether insert_message() would find a row with this key.
bool key_used(const Database& database, std::string_view campaign, std::string_view step, std::int32_t round,
              const AddrKey& key);
std::vector<Message> messages_of_enrolment(const Database& database, EnrolmentId enrolment);  // by id
std::vector<Message> messages_of_candidate(const Database& database, CandidateId candidate);

/// READY with not_before <= now on that channel, by not_before then id (an index: however many wait, this costs what it
/// returns). A claim is the outbox's memory of what it took; it skips those.
std::vector<Message> due_messages(const Database& database, Channel channel, Instant now, int limit);
/// When the next READY message of that channel may go; none: there is none.
std::optional<Instant> next_due(const Database& database, Channel channel);

/// What came back for a message: delivered bounced complained clicked opened replied, or k_reported.
struct Feedback {
    std::string kind;
    Instant at;
};

/// A campaign's message, whatever became of it: for caps, `has received`, `next unsent`, and what people did with it.
struct LedgerRow {
    CandidateId candidate = 0;
    MessageId message = 0;
    EnrolmentId enrolment = 0;
    std::string_view campaign, step, message_template;  // until the next row
    Channel channel{};
    MessageState state{};
    Instant slot;
    std::optional<Instant> counted_at;
    std::span<const Feedback> feedback;  // likewise; by kind
};
/// Of everybody by id, of some people by candidate and id. One pass through each of the two tables.
void scan_ledger(const Database& database, IdRange people, const std::function<void(const LedgerRow&)>& each);

MessageId last_message(const Database& database);  // the largest id; 0: none

/// All messages by id; for reports and conservation checks.
void scan_messages(const Database& database, const std::function<void(const Message&)>& each);
/// Of one state, by id.
std::vector<Message> messages_in(const Database& database, MessageState state);
std::vector<Message> open_doubts(const Database& database);

struct StateCount {
    MessageState state{};
    std::int64_t messages = 0;
};
std::vector<StateCount> message_counts(const Database& database);

struct ReasonCount {
    std::string reason;
    std::int64_t messages = 0;
};
/// Why messages of slots since then were rejected, the most frequent reason first.
std::vector<ReasonCount> rejections(const Database& database, Instant since);

// --- what the engine may do to a message that was not handed over (T0) -------------------------------------------

/// READY or HELD -> READY at a new slot. False: it is neither any more.
bool reslot(Database& database, MessageId id, Instant slot, Instant closes, Instant expires,
            const std::optional<AddrKey>& addr_key = std::nullopt);
/// The message goes by another approval now, with the text that was shown there.
void renew_approval(Database& database, MessageId id, HumanStepId approval);
/// READY or HELD -> HELD, CANCELLED, SUPPRESSED, EXPIRED or FAILED_RENDER. False: it is neither any more (in flight or
/// final).
bool withdraw(Database& database, MessageId id, MessageState to, std::string_view reason);

// --- feedback and attempts ---------------------------------------------------------------------------------------

/// That a gateway's delivery report was here before its answer: evidence for what becomes of the message, and nothing
/// that happened to the person (with a space: no event of the rules is called so).
inline constexpr std::string_view k_reported = "delivery report";
/// True when it was not known yet.
bool add_feedback(Database& database, MessageId message, std::string_view kind, Instant at);
std::vector<Feedback> feedback_of(const Database& database, MessageId message);

struct Attempt {
    AttemptId id{};
    MessageId message = 0;
    std::string relay;
    Instant started_at;
    std::optional<Instant> ended_at;
    std::string outcome;  // accepted, deferred, rejected, in doubt; empty: under way
    int code = 0;
    std::string enhanced, remote_id;
};
std::vector<Attempt> attempts_of(const Database& database, MessageId message);

}  // namespace nurture::store
