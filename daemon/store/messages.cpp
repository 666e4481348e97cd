// SPDX-License-Identifier: MIT
#include "daemon/store/messages.hpp"

#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"

#include <utility>

namespace nurture::store {
namespace {

constexpr std::string_view k_states[] = {"READY",    "HELD",       "INFLIGHT", "SENT",      "IN_DOUBT",
                                         "REJECTED", "SUPPRESSED", "EXPIRED",  "CANCELLED", "FAILED_RENDER"};
constexpr std::string_view k_purposes[] = {"campaign", "digest", "test"};

constexpr std::string_view k_select =
    "SELECT "
    "id,purpose,enrolment,campaign,step,round,channel,candidate,addr_key,template,owner,recipient,rule_set,consent,"
    "approval,note,shown,thread,slot,closes,expires,not_before,state,reason,tries,counted_at,accepted_at,closed_at,"
    "text_hash,subject FROM message ";

constexpr std::string_view k_the_text_is = "the text is ", k_at_most = " segments, at most ";

// A NULL text or id reads as empty or 0, which is how Message says "none".
Message read(Statement& row) {
    Message m;
    m.id = row.integer();
    m.purpose = named<MessagePurpose>(k_purposes, row.view());
    m.enrolment = row.integer();
    m.campaign = row.text();
    m.step = row.text();
    m.round = static_cast<int>(row.integer());
    m.channel = row.view() == "email" ? Channel::email : Channel::sms;
    m.candidate = row.integer();
    m.addr_key = row.array<AddrKey>();
    m.message_template = row.text();
    m.owner = row.text();
    m.recipient = row.text();
    m.rule_set = row.integer();
    m.consent = row.text();
    m.approval = row.integer();
    m.note = row.integer();
    m.shown = row.maybe_array<Hash>();
    m.thread = row.integer();
    m.slot = row.instant();
    m.closes = row.instant();
    m.expires = row.instant();
    m.not_before = row.instant();
    m.state = named<MessageState>(k_states, row.view());
    m.reason = row.text();
    m.tries = static_cast<int>(row.integer());
    m.counted_at = row.maybe_instant();
    m.accepted_at = row.maybe_instant();
    m.closed_at = row.maybe_instant();
    m.text_hash = row.maybe_array<Hash>();
    m.subject = row.text();
    return m;
}

template<class... Values>
std::vector<Message> several(const Database& database, std::string_view where, const Values&... values) {
    std::vector<Message> all;
    Statement query(database, std::string(k_select).append(where), values...);
    while (query.step()) {
        all.push_back(read(query));
    }
    return all;
}

template<class... Values>
std::optional<Message> one(const Database& database, std::string_view where, const Values&... values) {
    Statement query(database, std::string(k_select).append(where), values...);
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

constexpr const char* k_ledger =
    "SELECT candidate,id,enrolment,campaign,step,template,channel,state,slot,counted_at FROM message"
    " WHERE purpose='campaign' ORDER BY id";
constexpr const char* k_ledger_of =
    "SELECT candidate,id,enrolment,campaign,step,template,channel,state,slot,counted_at FROM message"
    " WHERE purpose='campaign' AND candidate BETWEEN ? AND ? ORDER BY candidate,id";
constexpr const char* k_feedback = "SELECT 0,message,kind,at FROM feedback ORDER BY message,kind";
constexpr const char* k_feedback_of =
    "SELECT m.candidate,f.message,f.kind,f.at FROM feedback f JOIN message m ON m.id=f.message"
    " WHERE m.candidate BETWEEN ? AND ? ORDER BY m.candidate,f.message,f.kind";

Statement about(const Database& database, IdRange people, const char* everybody, const char* some) {
    return people.everybody() ? Statement(database, everybody) : Statement(database, some, people.first, people.last);
}

/// The table of what came back, read beside that of the messages, in the same order.
class CameBack {
public:
    CameBack(const Database& database, IdRange people) : row_(about(database, people, k_feedback, k_feedback_of)) {
        next();
    }

    std::span<const Feedback> of(CandidateId who, MessageId message) {
        feedback_.clear();
        for (; at_ && *at_ <= std::pair(who, message); next())  // some belong to messages that are not a campaign's
            if (*at_ == std::pair(who, message)) {
                std::string kind = row_.text();
                feedback_.push_back({std::move(kind), row_.instant()});
            }
        return feedback_;
    }

private:
    void next() {
        at_.reset();
        if (!row_.step())
            return;
        const CandidateId who = row_.integer();
        at_ = {who, row_.integer()};
    }

    Statement row_;
    std::optional<std::pair<CandidateId, MessageId>> at_;
    std::vector<Feedback> feedback_;
};

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::string_view to_text(MessageState state) { return name_of(k_states, state); }
MessageState message_state(std::string_view text) { return named<MessageState>(k_states, text); }
std::string too_long(int segments, int at_most) {
    return std::string(k_the_text_is) + std::to_string(segments) + std::string(k_at_most) + std::to_string(at_most) +
           (at_most == 1 ? " is allowed" : " are allowed");
}

bool says_too_long(std::string_view reason) {
    return reason.starts_with(k_the_text_is) && reason.find(k_at_most) != std::string_view::npos;
}

bool is_final(MessageState state) {
    return state != MessageState::ready && state != MessageState::held && state != MessageState::inflight;
}
bool counts(MessageState state) { return state == MessageState::sent || state == MessageState::in_doubt; }
bool has_place(MessageState state) { return counts(state) || !is_final(state); }

std::optional<MessageId> insert_message(Database& database, const Message& m) {
    // Only a key that exists is ignored; every other constraint still throws.
    Statement insert(
        database,
        "INSERT INTO message(purpose,enrolment,campaign,step,round,channel,candidate,addr_key,template,owner,"
        "recipient,rule_set,consent,approval,note,shown,thread,slot,closes,expires,not_before,state,reason)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT(enrolment,step) DO NOTHING ON CONFLICT(campaign,step,round,addr_key) DO NOTHING"
        " RETURNING id",
        name_of(k_purposes, m.purpose), unless_zero(m.enrolment), unless_empty(m.campaign), unless_empty(m.step),
        m.round, m.channel, unless_zero(m.candidate), m.addr_key, m.message_template, m.owner, m.recipient,
        unless_zero(m.rule_set), unless_empty(m.consent), unless_zero(m.approval), unless_zero(m.note), m.shown,
        unless_zero(m.thread), m.slot, m.closes, m.expires, m.not_before, to_text(m.state), m.reason);
    return insert.step() ? std::optional(insert.integer()) : std::nullopt;
}

std::optional<Message> message(const Database& database, MessageId id) { return one(database, "WHERE id=?", id); }
std::optional<Message> message_of(const Database& database, EnrolmentId enrolment, std::string_view step) {
    return one(database, "WHERE enrolment=? AND step=?", enrolment, step);
}
bool key_used(const Database& database, std::string_view campaign, std::string_view step, std::int32_t round,
              const AddrKey& key) {
    return Statement(database, "SELECT 1 FROM message WHERE campaign=? AND step=? AND round=? AND addr_key=?", campaign,
                     step, round, key)
        .step();
}
std::vector<Message> messages_of_enrolment(const Database& database, EnrolmentId enrolment) {
    return several(database, "WHERE enrolment=? ORDER BY id", enrolment);
}
std::vector<Message> messages_of_candidate(const Database& database, CandidateId candidate) {
    return several(database, "WHERE candidate=? ORDER BY id", candidate);
}

std::vector<Message> due_messages(const Database& database, Channel channel, Instant now, int limit) {
    return several(database, "WHERE state='READY' AND channel=? AND not_before<=? ORDER BY not_before,id LIMIT ?",
                   channel, now, limit);
}

std::optional<Instant> next_due(const Database& database, Channel channel) {
    Statement query(database,
                    "SELECT not_before FROM message WHERE state='READY' AND channel=? ORDER BY not_before LIMIT 1",
                    channel);
    return query.step() ? std::optional(query.instant()) : std::nullopt;
}

void scan_ledger(const Database& database, IdRange people, const std::function<void(const LedgerRow&)>& each) {
    Statement row = about(database, people, k_ledger, k_ledger_of);
    CameBack came_back(database, people);
    while (row.step()) {
        LedgerRow entry;
        entry.candidate = row.integer();
        entry.message = row.integer();
        entry.enrolment = row.integer();
        entry.campaign = row.view();
        entry.step = row.view();
        entry.message_template = row.view();
        entry.channel = row.view() == "email" ? Channel::email : Channel::sms;
        entry.state = named<MessageState>(k_states, row.view());
        entry.slot = row.instant();
        entry.counted_at = row.maybe_instant();
        entry.feedback = came_back.of(people.everybody() ? 0 : entry.candidate, entry.message);
        each(entry);
    }
}

MessageId last_message(const Database& database) {
    Statement query(database, "SELECT max(id) FROM message");
    query.step();
    return query.integer();
}

void scan_messages(const Database& database, const std::function<void(const Message&)>& each) {
    Statement row(database, std::string(k_select).append("ORDER BY id"));
    while (row.step()) {
        each(read(row));
    }
}

std::vector<Message> messages_in(const Database& database, MessageState state) {
    return several(database, "WHERE state=? ORDER BY id", to_text(state));
}
std::vector<Message> open_doubts(const Database& database) {
    return several(database, "WHERE state='IN_DOUBT' AND closed_at IS NULL ORDER BY id");
}

std::vector<StateCount> message_counts(const Database& database) {
    std::vector<StateCount> all;
    Statement row(database, "SELECT state,count(*) FROM message GROUP BY state ORDER BY state");
    while (row.step()) {
        const auto state = named<MessageState>(k_states, row.view());
        all.push_back({state, row.integer()});
    }
    return all;
}

std::vector<ReasonCount> rejections(const Database& database, Instant since) {
    std::vector<ReasonCount> all;
    Statement row(database,
                  "SELECT reason,count(*) AS messages FROM message WHERE state='REJECTED' AND slot>=? GROUP BY reason"
                  " ORDER BY messages DESC,reason",
                  since);
    while (row.step()) {
        auto reason = row.text();
        all.push_back({std::move(reason), row.integer()});
    }
    return all;
}

bool reslot(Database& database, MessageId id, Instant slot, Instant closes, Instant expires,
            const std::optional<AddrKey>& addr_key) {
    return Statement(database,
                     "UPDATE message SET state='READY',reason='',slot=?,not_before=?,closes=?,expires=?,"
                     "addr_key=coalesce(?,addr_key) WHERE id=? AND state IN ('READY','HELD')",
                     slot, slot, closes, expires, addr_key, id)
               .run() > 0;
}

void renew_approval(Database& database, MessageId id, HumanStepId approval) {
    Statement(database,
              "UPDATE message SET approval=?,shown=(SELECT shown FROM human_step WHERE id=?) WHERE id=? AND state IN "
              "('READY','HELD')",
              approval, approval, id)
        .run();
}

bool withdraw(Database& database, MessageId id, MessageState to, std::string_view reason) {
    // HELD to HELD is no edge: only the reason changes.
    if (to == MessageState::held &&
        Statement(database, "UPDATE message SET reason=? WHERE id=? AND state='HELD'", reason, id).run() > 0) {
        return true;
    }
    return Statement(database, "UPDATE message SET state=?,reason=? WHERE id=? AND state IN ('READY','HELD')",
                     to_text(to), reason, id)
               .run() > 0;
}

bool add_feedback(Database& database, MessageId message, std::string_view kind, Instant at) {
    return Statement(database, "INSERT INTO feedback VALUES(?,?,?) ON CONFLICT DO NOTHING", message, kind, at).run() >
           0;
}

std::vector<Feedback> feedback_of(const Database& database, MessageId message) {
    std::vector<Feedback> all;
    Statement row(database, "SELECT kind,at FROM feedback WHERE message=? ORDER BY at,kind", message);
    while (row.step()) {
        std::string kind = row.text();
        all.push_back({std::move(kind), row.instant()});
    }
    return all;
}

std::vector<Attempt> attempts_of(const Database& database, MessageId message) {
    std::vector<Attempt> all;
    Statement row(
        database,
        "SELECT id,message,relay,started_at,ended_at,outcome,code,enhanced,remote_id FROM attempt WHERE message=?"
        " ORDER BY started_at,id",
        message);
    while (row.step()) {
        Attempt attempt;
        attempt.id = row.unique_id();
        attempt.message = row.integer();
        attempt.relay = row.text();
        attempt.started_at = row.instant();
        attempt.ended_at = row.maybe_instant();
        attempt.outcome = row.text();
        attempt.code = static_cast<int>(row.integer());
        attempt.enhanced = row.text();
        attempt.remote_id = row.text();
        all.push_back(std::move(attempt));
    }
    return all;
}

}  // namespace nurture::store
