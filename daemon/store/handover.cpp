// SPDX-License-Identifier: MIT
#include "daemon/store/handover.hpp"

#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace nurture::store {
namespace {

constexpr std::string_view k_refusals[] = {
    "",           "unknown message", "not ready",       "stopped",          "erased",          "suppressed",
    "no consent", "never contact",   "address changed", "approval missing", "approval lapsed", "window closed",
    "too late",   "cap full",        "clock went back"};

// A clock that is corrected by NTP may step back a little; more than this is somebody setting it.
constexpr std::chrono::minutes k_clock_slack{5};
// Accepted this much after the slot still counts as accepted at the slot (the design's rule for caps and waits).
constexpr std::chrono::minutes k_at_the_slot{15};
// After this nobody expects evidence any more; the message stays in doubt, off the list.
constexpr std::chrono::hours k_doubt_is_open{72};

/// What becomes of the row; none: it stays as it is.
std::optional<MessageState> state_after(Refusal refusal) {
    switch (refusal) {
    case Refusal::erased: return MessageState::cancelled;
    case Refusal::suppressed:
    case Refusal::no_consent:
    case Refusal::never_contact: return MessageState::suppressed;
    case Refusal::too_late: return MessageState::expired;
    case Refusal::address_changed:
    case Refusal::approval_missing:
    case Refusal::approval_lapsed:
    case Refusal::window_closed:
    case Refusal::cap_full: return MessageState::held;
    default: return std::nullopt;
    }
}

bool is_erased(const Database& database, CandidateId candidate) {
    return candidate != 0 &&
           Statement(database, "SELECT 1 FROM candidate WHERE id=? AND erased_at IS NOT NULL", candidate).step();
}

bool names(const std::vector<std::string>& campaigns, const Message& m) {
    return std::find(campaigns.begin(), campaigns.end(), m.campaign) != campaigns.end();
}

bool never_contact(const Database& database, const Message& m, const T2Policy& policy, Instant now) {
    const auto on = [&](const std::string& list) { return is_list_member(database, m.candidate, list, now); };
    return std::any_of(policy.never_contact_lists.begin(), policy.never_contact_lists.end(), on) ||
           std::any_of(policy.never_contact_below.begin(), policy.never_contact_below.end(),
                       [&](const NeverContact& below) { return names(below.campaigns, m) && on(below.list); });
}

Refusal approval_refusal(const Database& database, const Message& m, const Hash& text_hash) {
    if (m.approval == 0) {
        return Refusal::none;
    }
    if (!Statement(database, "SELECT 1 FROM human_step WHERE id=? AND decision='approved'", m.approval).step()) {
        return Refusal::approval_missing;
    }
    // Without a hash it is a later message under the same approval: only the next one was shown.
    return !m.shown || m.shown == text_hash ? Refusal::none : Refusal::approval_lapsed;
}

bool cap_full(const Database& database, const Message& m, const T2Policy& policy, Instant now) {
    for (const auto& cap : policy.caps) {
        if ((cap.channel && *cap.channel != m.channel) || (!cap.campaigns.empty() && !names(cap.campaigns, m))) {
            continue;
        }
        Statement query(database,
                        "SELECT count(*) FROM message WHERE candidate=? AND counted_at>? AND counted_at<=?"
                        " AND (? IS NULL OR channel=?) AND purpose='campaign' AND id<>?",
                        m.candidate, now - cap.in, now, cap.channel, cap.channel, m.id);
        query.step();
        if (query.integer() >= cap.count) {
            return true;
        }
    }
    return false;
}

/// Everything that another hand may have changed since the engine released the message.
Refusal look_again(const Database& database, const Message& m, const T2& request, const T2Policy& policy, Instant now) {
    const bool campaign = m.purpose == MessagePurpose::campaign;
    if (m.state != MessageState::ready) {
        return Refusal::not_ready;
    }
    if (policy.stop_file || stopped(database)) {
        return Refusal::stopped;
    }
    if (now + k_clock_slack < clock_max(database).value_or(now)) {
        return Refusal::clock_back;
    }
    if (is_erased(database, m.candidate)) {
        return Refusal::erased;
    }
    if (suppression(database, request.addr_key, m.channel, now)) {
        return Refusal::suppressed;
    }
    if (campaign && !m.consent.empty() && consent_status(database, m.candidate, m.consent) != ConsentStatus::given) {
        return Refusal::no_consent;
    }
    if (campaign && never_contact(database, m, policy, now)) {
        return Refusal::never_contact;
    }
    if (m.addr_key != request.addr_key) {
        return Refusal::address_changed;
    }
    if (const Refusal refusal = approval_refusal(database, m, request.text_hash); refusal != Refusal::none) {
        return refusal;
    }
    if (now >= m.expires) {
        return Refusal::too_late;
    }
    if (now >= m.closes) {
        return Refusal::window_closed;
    }
    return campaign && cap_full(database, m, policy, now) ? Refusal::cap_full : Refusal::none;
}

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

/// A state that ends the outbox's business with a message, for engine and journal.
void move(Database& database, const Message& m, MessageState to, std::string_view reason, Instant now) {
    Statement(database, "UPDATE message SET state=?,reason=? WHERE id=?", to_text(to), reason, m.id).run();
    tell_engine(database, m, to, reason, now);
    note(database, m, "outcome", JournalBody().add("state", to_text(to)).add("reason", reason), now);
}

void hand_over(Database& database, const Message& m, const T2& request, Instant now) {
    Statement(database, "UPDATE message SET state='INFLIGHT',text_hash=?,subject=?,counted_at=? WHERE id=?",
              request.text_hash, request.subject, counted_at(m.slot, now), m.id)
        .run();
    Statement(database, "INSERT INTO attempt VALUES(?,?,?,?,NULL,'',0,'','')", request.attempt, m.id, request.relay,
              now)
        .run();
    note(database, m, "handover",
         JournalBody()
             .add("candidate", m.candidate)
             .add("campaign", m.campaign)
             .add("step", m.step)
             .add("channel", to_text(m.channel))
             .add("slot", base::to_unix(m.slot))
             .add("text", request.text_hash)
             .add("key", request.addr_key)
             .add("rule_set", m.rule_set)
             .add("attempt", base::hex(request.attempt)),
         now);
}

T2Verdict last_look(Database& database, const T2& request, const T2Policy& policy, Instant now) {
    const auto m = message(database, request.message);
    if (!m) {
        return {request.message, Refusal::unknown};
    }
    const Refusal refusal = look_again(database, *m, request, policy, now);
    if (refusal == Refusal::none) {
        hand_over(database, *m, request, now);
    } else if (const auto state = state_after(refusal)) {
        move(database, *m, *state, to_text(refusal), now);
    }
    return {request.message, refusal};
}

// --- T3 -----------------------------------------------------------------------------------------------------------

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
    // What failed before T2 has no row yet.
    Statement(database,
              "INSERT INTO attempt VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET ended_at=excluded.ended_at,"
              "outcome=excluded.outcome,code=excluded.code,enhanced=excluded.enhanced,remote_id=excluded.remote_id",
              t3.attempt, t3.message, t3.relay, now, now, word(o.answer), o.code, o.enhanced, o.remote_id)
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

void record(Database& database, const T3& t3, Instant now) {
    const auto m = message(database, t3.message);
    const bool open = m && (m->state == MessageState::inflight || m->state == MessageState::ready);
    // A withdrawn message whose attempt failed before T2: nothing was sent, and its row says already why.
    if (!open || t3.outcome.answer == connectors::Answer::refused) {
        return;
    }
    end_attempt(database, t3, now);
    const std::string code = code_text(t3.outcome);
    note(database, *m, "outcome",
         JournalBody().add("answer", word(t3.outcome.answer)).add("code", code).add("attempt", base::hex(t3.attempt)),
         now);
    switch (t3.outcome.answer) {
    case connectors::Answer::accepted:
        settle(database, *m, MessageState::sent, "", counted_at(m->slot, now), now, now);
        break;
    case connectors::Answer::in_doubt:
        settle(database, *m, MessageState::in_doubt, code, m->slot, std::nullopt, now);
        break;
    case connectors::Answer::rejected:
        Statement(database, "UPDATE message SET state='REJECTED',reason=?,counted_at=NULL WHERE id=?", code, m->id)
            .run();
        tell_engine(database, *m, MessageState::rejected, code, now);
        break;
    default: try_later(database, *m, t3, now); break;
    }
    if (!t3.suppress.empty()) {
        suppress(database, m->addr_key, m->channel, t3.suppress, now, t3.suppress_until);
    }
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

std::string_view to_text(Refusal refusal) { return name_of(k_refusals, refusal); }

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
    for (const auto& outcome : outcomes) {
        record(database, outcome, now);
    }
    for (const auto& request : requests) {
        verdicts.push_back(last_look(database, request, policy, now));
    }
    raise_clock_max(database, now);
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
        }
        return static_cast<int>(inflight.size());
    });
}

int close_old_doubts(Database& database, Instant now) {
    return in_transaction(database, [&] {
        return Statement(database,
                         "UPDATE message SET closed_at=? WHERE state='IN_DOUBT' AND closed_at IS NULL AND id IN"
                         " (SELECT message FROM attempt WHERE started_at<=?)",
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
