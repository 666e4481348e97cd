// SPDX-License-Identifier: MIT
// T3, and what else the outbox writes.
#include "daemon/store/handover.hpp"

#include "daemon/store/breakers.hpp"
#include "daemon/store/handover_parts.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/statement.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::store {
namespace {

// Accepted this much after the slot still counts as accepted at the slot (the design's rule for caps and waits).
constexpr std::chrono::minutes k_at_the_slot{15};
// After this nobody expects evidence any more; the message stays in doubt, off the list.
constexpr std::chrono::hours k_doubt_is_open{72};

std::string_view word(connectors::Answer answer) {
    switch (answer) {
    case connectors::Answer::accepted: return "accepted";
    case connectors::Answer::deferred: return "deferred";
    case connectors::Answer::rejected: return "rejected";
    case connectors::Answer::in_doubt: return "in doubt";
    case connectors::Answer::refused: break;
    }
    return "refused";
}

/// "550 5.1.1": codes only, a reply's text may hold an address.
std::string code_text(const connectors::Outcome& outcome) {
    const std::string code = outcome.code == 0 ? "" : fmt::format("{}", outcome.code);
    return code.empty() || outcome.enhanced.empty() ? code + outcome.enhanced : code + ' ' + outcome.enhanced;
}

void end_attempt(Database& database, const T3& t3, Instant now) {
    const auto& o = t3.outcome;
    Statement end(database,
                  "UPDATE attempt SET ended_at=?,outcome=?,code=?,enhanced=?,remote_id=? WHERE message=? AND id=?", now,
                  word(o.answer), o.code, o.enhanced, o.remote_id, t3.message, t3.attempt);
    if (end.run() > 0) {
        return;
    }
    // What failed before T2 has no row yet.
    Statement(database, "INSERT INTO attempt VALUES(?,?,?,?,?,?,?,?,?)", t3.message, t3.attempt, t3.relay, now, now,
              word(o.answer), o.code, o.enhanced, o.remote_id)
        .run();
}

void try_later(Database& database, const Message& m, const T3& t3, Instant now) {
    Statement(
        database,
        "UPDATE message SET state='READY',counted_at=NULL,tries=tries+1,not_before=max(slot,?),reason=? WHERE id=?",
        t3.retry_at.value_or(m.expires), code_text(t3.outcome), m.id)
        .run();
    if (!t3.retry_at || *t3.retry_at >= m.expires) {
        move(database, m, MessageState::expired, "too late", now);
    }
}

void settle(Database& database, const Message& m, MessageState state, std::string_view reason, Instant counted,
            std::optional<Instant> accepted, Instant now) {
    Statement(database, "UPDATE message SET state=?,reason=?,counted_at=?,accepted_at=? WHERE id=?", to_text(state),
              reason, counted, accepted, m.id)
        .run();
    tell_engine(database, m, state, reason, now);
}

/// The gateway's report was here before its answer.
bool reported(const Database& database, const Message& m) {
    const auto all = feedback_of(database, m.id);
    return std::any_of(all.begin(), all.end(), [](const Feedback& heard) { return heard.kind == k_reported; });
}

/// An answer that is not there, or says no, says less than the report: nobody reports on what was not handed over, and
/// to try again would send it twice.
void believe_the_report(Database& database, const Message& m, std::string_view code, Instant now) {
    settle(database, m, MessageState::in_doubt, code, m.slot, std::nullopt, now);
    settle_doubt(database, m.id, true, k_reported, now);
}

/// What the outcome says of the address, or of our own text.
void blame(Database& database, const Message& m, const T3& t3, Instant now) {
    const AddrKey& key = t3.addr_key.value_or(m.addr_key);
    if (!t3.suppress.empty()) {
        suppress(database, key, m.channel, t3.suppress, now);
    }
    if (t3.strike) {
        strike(database, key, m.channel, *t3.strike, now);
    }
    if (t3.hold_step && m.purpose == MessagePurpose::campaign) {
        hold_back(database, k_step_gate, step_gate_name(m.campaign, m.step),
                  fmt::format("the relay refused its text ({})", code_text(t3.outcome)), now);
    }
    if (!t3.shut_way.empty()) {
        hold_back(database, k_way_gate, to_text(m.channel), t3.shut_way, now);
    }
}

void record(Database& database, const T3& t3, Tallies& tallies, Instant now) {
    const auto m = message(database, t3.message);
    if (!m || t3.outcome.answer == connectors::Answer::refused) {
        return;
    }
    if (m->state != MessageState::inflight && m->state != MessageState::ready) {
        // Withdrawn or held while it was on its way, and the attempt failed before T2: nothing was sent, and its row
        // says already why. What was learned of the address counts all the same.
        return blame(database, *m, t3, now);
    }
    end_attempt(database, t3, now);
    const std::string code = code_text(t3.outcome);
    const std::string why = t3.words.empty() ? code : std::string(t3.words);
    note(database, *m, "outcome",
         JournalBody().add("answer", word(t3.outcome.answer)).add("code", code).add("attempt", base::hex(t3.attempt)),
         now);
    using connectors::Answer;
    if (t3.outcome.answer != Answer::accepted && m->state == MessageState::inflight && reported(database, *m)) {
        believe_the_report(database, *m, code, now);
        return tallies.add(*m, {1, 0, 0, 0});
    }
    switch (t3.outcome.answer) {
    case Answer::accepted: settle(database, *m, MessageState::sent, "", counted_at(m->slot, now), now, now); break;
    case Answer::in_doubt: settle(database, *m, MessageState::in_doubt, code, m->slot, std::nullopt, now); break;
    case Answer::rejected:
        Statement(database, "UPDATE message SET state='REJECTED',reason=?,counted_at=NULL WHERE id=?", why, m->id)
            .run();
        tell_engine(database, *m, MessageState::rejected, why, now);
        break;
    default: try_later(database, *m, t3, now); break;
    }
    blame(database, *m, t3, now);
    tallies.count(*m, t3.outcome);
}

/// Runs in the caller's transaction, or in one of its own.
template<class Work>
auto in_transaction(Database& database, Work work) {
    if (database.in_transaction()) {
        return work();
    }
    Transaction transaction(database);
    auto result = work();
    transaction.commit();
    return result;
}

std::vector<MessageId> ids(const Database& database, std::string_view where, Instant now) {
    std::vector<MessageId> all;
    Statement query(database, fmt::format("SELECT id FROM message WHERE {} ORDER BY id", where), now);
    while (query.step()) {
        all.push_back(query.integer());
    }
    return all;
}

}  // namespace

void tell_engine(Database& database, const Message& m, MessageState state, std::string_view reason, Instant now) {
    append(database, InboxRow{.at = now,
                              .kind = InboxKind::outcome,
                              .first = m.candidate,
                              .subject = m.id,
                              .field = std::string(to_text(state)),
                              .now = std::string(reason)});
}

void note(Database& database, const Message& m, std::string kind, const JournalBody& body, Instant now) {
    append(database,
           JournalEntry{
               .at = now, .kind = std::move(kind), .message = m.id, .enrolment = m.enrolment, .body = body.text()});
}

void move(Database& database, const Message& m, MessageState to, std::string_view reason, Instant now) {
    Statement(database, "UPDATE message SET state=?,reason=? WHERE id=?", to_text(to), reason, m.id).run();
    tell_engine(database, m, to, reason, now);
    note(database, m, "outcome", JournalBody().add("state", to_text(to)).add("reason", reason), now);
}

Instant counted_at(Instant slot, Instant accepted) {
    return accepted - slot < k_at_the_slot ? slot : Instant(base::floor_minute(accepted));
}

std::vector<T2Verdict> commit_batch(Database& database, std::span<const T3> outcomes, std::span<const T2> requests,
                                    const T2Policy& policy, Instant now) {
    std::vector<T2Verdict> verdicts;
    if (outcomes.empty() && requests.empty()) {
        return verdicts;
    }
    Transaction transaction(database);
    Tallies tallies;
    for (const auto& outcome : outcomes) {
        record(database, outcome, tallies, now);
    }
    tallies.write(database, now);
    const Moment moment = look_at_gates(database, now);  // after the outcomes: what they shut is shut for these
    for (const auto& request : requests) {
        verdicts.push_back(last_look(database, request, policy, moment, now));
    }
    if (std::any_of(verdicts.begin(), verdicts.end(), [](const T2Verdict& verdict) { return verdict.go(); })) {
        raise_clock_max(database, now);
    }
    transaction.commit();
    return verdicts;
}

int expire_messages(Database& database, Instant now) {
    return in_transaction(database, [&] {
        const auto late = ids(database, "state='READY' AND expires<=?", now);
        for (const MessageId id : late) {
            move(database, *message(database, id), MessageState::expired, to_text(Refusal::too_late), now);
        }
        const auto closed = ids(database, "state='READY' AND closes<=?", now);
        for (const MessageId id : closed) {
            move(database, *message(database, id), MessageState::held, to_text(Refusal::window_closed), now);
        }
        return static_cast<int>(late.size() + closed.size());
    });
}

void put_off(Database& database, std::span<const PutOff> messages) {
    in_transaction(database, [&] {
        for (const auto& later : messages) {
            Statement(database, "UPDATE message SET not_before=max(not_before,?) WHERE id=? AND state='READY'",
                      later.until, later.message)
                .run();
        }
        return 0;
    });
}

bool may_claim(const Database& database, Channel channel, Instant now) {
    const Moment moment = look_at_gates(database, now);
    return !moment.stopped && !moment.clock_back && !holds_channel(moment.gates, channel);
}

bool shut_way(Database& database, Channel channel, std::string_view why, Instant now) {
    return next_due(database, channel) &&
           in_transaction(database, [&] { return hold_back(database, k_way_gate, to_text(channel), why, now); });
}

void open_way(Database& database, Channel channel, Instant now) {
    in_transaction(database, [&] {
        return let_go_on(database, k_way_gate, to_text(channel), "", "nurtured.toml has another way for it", now);
    });
}

bool give_up(Database& database, MessageId id, MessageState to, std::string_view reason, Instant now) {
    return in_transaction(database, [&] {
        const auto m = message(database, id);
        const bool ready = m && m->state == MessageState::ready;
        if (ready) {
            move(database, *m, to, reason, now);
        }
        return ready;
    });
}

int recover(Database& database, Instant now) {
    return in_transaction(database, [&] {
        const auto inflight = messages_in(database, MessageState::inflight);
        for (const auto& m : inflight) {
            Statement(database, "UPDATE attempt SET ended_at=?,outcome='in doubt' WHERE message=? AND ended_at IS NULL",
                      now, m.id)
                .run();
            settle(database, m, MessageState::in_doubt, "the program ended before the answer", m.slot, std::nullopt,
                   now);
            note(database, m, "outcome", JournalBody().add("answer", "in doubt").add("code", "restart"), now);
            if (reported(database, m)) {
                settle_doubt(database, m.id, true, k_reported, now);
            }
        }
        return static_cast<int>(inflight.size());
    });
}

int close_old_doubts(Database& database, Instant now) {
    return in_transaction(database, [&] {
        return Statement(database,
                         "UPDATE message SET closed_at=? WHERE state='IN_DOUBT' AND closed_at IS NULL"
                         " AND (SELECT max(started_at) FROM attempt WHERE attempt.message=message.id)<=?",
                         now, now - k_doubt_is_open)
            .run();
    });
}

bool settle_doubt(Database& database, MessageId id, bool was_sent, std::string_view evidence, Instant now) {
    return in_transaction(database, [&] {
        const auto m = message(database, id);
        if (!m || m->state != MessageState::in_doubt) {
            return false;
        }
        const auto state = was_sent ? MessageState::sent : MessageState::rejected;
        Statement(database, "UPDATE message SET state=?,reason=?,closed_at=? WHERE id=?", to_text(state), evidence, now,
                  id)
            .run();
        tell_engine(database, *m, state, evidence, now);
        note(database, *m, "evidence", JournalBody().add("state", to_text(state)).add("evidence", evidence), now);
        return true;
    });
}

}  // namespace nurture::store
