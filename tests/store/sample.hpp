// SPDX-License-Identifier: MIT
//
// A small store for tests: one live rule set, one person in one campaign, one message ready to go.
#pragma once

#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/rule_sets.hpp"
#include "daemon/store/suppressions.hpp"
#include "tests/support/instants.hpp"

#include <string>
#include <vector>

namespace nurture::store::sample {

inline const Instant k_now = support::at("2026-03-03T16:00Z");
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline AddrKey key(std::uint8_t byte) {
    AddrKey value;
    value.fill(byte);
    return value;
}
inline Hash hash(std::uint8_t byte) { return key(byte); }
inline AttemptId attempt(std::uint8_t byte) {
    AttemptId id;
    id.bytes.fill(byte);
    return id;
}

inline Birth birth() { return {std::string(32, '1'), std::string(32, 'p')}; }

inline RuleSet rules(std::uint8_t byte = 1) {
    RuleSet set;
    set.hash = hash(byte);
    set.files = {{"house-rules.nurture", "edition 2026\n"}};
    set.bounds = {{"ICU re-engagement", 161}};
    set.plan = "7f3a91";
    set.applied_at = k_now - days(1);
    set.applied_by = "dana.wu";
    return set;
}

inline CandidateId add_person(Database& database, const std::string& ref, std::optional<AddrKey> email_key,
                              std::optional<AddrKey> phone_key = std::nullopt) {
    CandidateWriter writer(
        database, {{"first_name", ColumnType::text}, {"email", ColumnType::text}, {"phone", ColumnType::text}}, {});
    const auto put =
        writer.put({ref, email_key, phone_key, {std::string("Ana"), ref + "@candidates.example", Value()}}, k_now);
    writer.finish_batch(k_now);
    return put.id;
}

inline Enrolment enrolment_of(CandidateId candidate, std::uint8_t mailbox = 7) {
    Enrolment e;
    e.candidate = candidate;
    e.campaign = "ICU re-engagement";
    e.step_list = hash(9);
    e.addr_key = key(mailbox);
    e.entered_at = k_now - days(1);
    e.step = "hello";
    e.phase = Phase::released;
    return e;
}

inline Message message_for(const Enrolment& e, EnrolmentId id, RuleSetId set, std::string step = "hello") {
    Message m;
    m.enrolment = id;
    m.campaign = e.campaign;
    m.step = std::move(step);
    m.round = e.round;
    m.candidate = e.candidate;
    m.addr_key = *e.addr_key;
    m.message_template = "icu-hello";
    m.owner = "dana.wu";
    m.rule_set = set;
    m.consent = "job news";
    m.slot = m.not_before = k_now;
    m.closes = k_now + hours(2);
    m.expires = k_now + hours(24);
    return m;
}

/// Everything below is committed.
struct Store {
    explicit Store(Database opened = Database::in_memory(birth())) : database(std::move(opened)) {
        Transaction transaction(database);
        rule_set = apply_rule_set(database, rules(), {{hash(9), "ICU re-engagement"}});
        person = add_person(database, "ana.ruiz", key(7), key(8));
        add_consent(database, {person, "job news", k_now - days(30), true, "form"});
        enrolment = insert_enrolment(database, enrolment_of(person));
        message = *insert_message(database, message_for(enrolment_of(person), enrolment, rule_set));
        transaction.commit();
    }

    /// Runs in a transaction of its own.
    template<class Work>
    auto commit(Work work) {
        Transaction transaction(database);
        if constexpr (std::is_void_v<decltype(work())>) {
            work();
            transaction.commit();
        } else {
            auto result = work();
            transaction.commit();
            return result;
        }
    }

    store::Message row() const { return *store::message(database, message); }
    T2 request(std::uint8_t id = 1) const { return {message, attempt(id), key(7), hash(5), "smtp://relay.example:25"}; }
    Refusal try_hand_over(Instant now = k_now, const T2Policy& policy = {}) {
        const T2 one[] = {request()};
        return commit_batch(database, {}, one, policy, now).at(0).refusal;
    }
    void answer(connectors::Answer answer, Instant now, std::optional<Instant> retry_at = std::nullopt) {
        T3 t3{message, attempt(1), "smtp://relay.example:25", {}, retry_at, {}, {}};
        t3.outcome.answer = answer;
        const T3 one[] = {t3};
        commit_batch(database, one, {}, {}, now);
    }
    /// What the engine has been told since `after`, as "kind field now".
    std::vector<std::string> told(InboxSeq after) const {
        std::vector<std::string> lines;
        for (const auto& row : inbox_after(database, after, 1000)) {
            std::string line(to_text(row.kind));
            line += row.field.empty() ? "" : ' ' + row.field;
            line += row.old ? " from " + *row.old : "";
            line += row.now && !row.now->empty() ? " to " + *row.now : "";
            lines.push_back(line);
        }
        return lines;
    }

    Database database;
    RuleSetId rule_set = 0;
    CandidateId person = 0;
    EnrolmentId enrolment = 0;
    MessageId message = 0;
};

}  // namespace nurture::store::sample
