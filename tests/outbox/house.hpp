// SPDX-License-Identifier: MIT
//
// An outbox over a store in memory, with a relay that does what the test says.
#pragma once

#include "daemon/outbox/outbox.hpp"
#include "daemon/store/breakers.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/rule_sets.hpp"
#include "daemon/store/suppressions.hpp"

#include <catch2/catch.hpp>

#include <deque>

namespace nurture::test {

using namespace std::chrono_literals;

inline const store::Instant k_now = base::from_unix(1'772'463'600);  // Mon 2 Mar 2026 15:00 UTC

/// Accepts what it is let go, unless the script says otherwise; asks the gate on submit, as a quick relay would.
class ScriptedConnector final : public connectors::Connector {
public:
    ScriptedConnector(connectors::Gate& gate, int capacity) : gate_(gate), capacity_(capacity) {}

    int capacity() const override { return capacity_; }
    void submit(connectors::Job job) override {
        submitted.push_back(job.file_stem);
        if (slow)
            return;
        if (fail_before_t2)
            return gate_.done(job.id, *fail_before_t2);
        gate_.ready(job.id);
    }
    void release(connectors::JobId id, bool go) override {
        if (!go)
            return gate_.done(id, {connectors::Answer::refused, {}, 0, {}, {}, 0});
        ++handed_over;
        if (answers.empty())
            return gate_.done(id, {connectors::Answer::accepted, {}, 250, "2.0.0", "queue-1", 0});
        gate_.done(id, answers.front());
        answers.pop_front();
    }
    void stop() override {}
    std::string name() const override { return "scripted"; }

    std::vector<std::string> submitted;
    std::deque<connectors::Outcome> answers;
    std::optional<connectors::Outcome> fail_before_t2;
    bool slow = false;  // says nothing, as a relay that takes its time
    int handed_over = 0;

private:
    connectors::Gate& gate_;
    int capacity_;
};

struct AnyLetter final : outbox::Composer {
    std::variant<outbox::Letter, outbox::Unsendable> letter(const store::Message& message, store::Instant) override {
        if (unsendable)
            return *unsendable;
        outbox::Letter letter;
        letter.addr_key = message.addr_key;
        letter.job.email.to.address = message.id == other_domain ? "c@other.example" : "c@Candidates.example";
        return letter;
    }
    store::MessageId other_domain = 0;
    std::optional<outbox::Unsendable> unsendable;
};

/// A store with one rule set and people who have messages READY at k_now.
struct House {
    store::Database database = store::Database::in_memory(store::Birth{std::string(32, 'a'), {}});
    AnyLetter composer;
    outbox::Outbox outbox{database, composer, base::IdSource("seed"), [] {}};
    ScriptedConnector* relay = nullptr;
    store::RuleSetId rules = 0;

    explicit House(int people, int capacity = 4) {
        store::Transaction transaction(database);
        store::RuleSet set;
        set.applied_at = k_now;
        set.applied_by = "a test";
        rules = store::apply_rule_set(database, set, {{store::Hash{}, "Campaign"}});
        store::CandidateWriter writer(database, {{"email", store::ColumnType::text}}, {});
        for (int i = 0; i < people; ++i)
            add_person(writer, i);
        writer.finish_batch(k_now);
        transaction.commit();
        auto connector = std::make_unique<ScriptedConnector>(outbox, capacity);
        relay = connector.get();
        outbox.attach(store::Channel::email, std::move(connector));
    }

    void add_person(store::CandidateWriter& writer, int number) {
        store::CandidateRecord record{"c" + std::to_string(number), key(number), {}, {}};
        record.values = {std::string("c@candidates.example")};
        const auto who = writer.put(record, k_now).id;
        store::Enrolment enrolment;
        enrolment.candidate = who;
        enrolment.campaign = "Campaign";
        enrolment.addr_key = key(number);
        enrolment.entered_at = k_now;
        enrolment.phase = store::Phase::released;
        store::Message message;
        message.enrolment = store::insert_enrolment(database, enrolment);
        message.campaign = "Campaign";
        message.step = "hello";
        message.candidate = who;
        message.addr_key = key(number);
        message.rule_set = rules;
        message.slot = message.not_before = k_now;
        message.closes = k_now + 2h;
        message.expires = k_now + 24h;
        REQUIRE(store::insert_message(database, message));
    }

    static store::AddrKey key(int number) {
        store::AddrKey key{};
        key[0] = static_cast<std::uint8_t>(number + 1);
        return key;
    }

    void pump(store::Instant now = k_now, store::T2Policy policy = {}) {
        for (int rounds = 0; rounds < 100 && outbox.pump(now, policy); ++rounds) {
        }
    }
    store::Message message(store::MessageId id) { return *store::message(database, id); }
    std::int64_t in_state(store::MessageState state) {
        return static_cast<std::int64_t>(store::messages_in(database, state).size());
    }
};

inline connectors::Outcome answer(connectors::Answer what, connectors::Blame blame = connectors::Blame::none) {
    return {what, blame, 0, {}, {}, 0};
}

}  // namespace nurture::test
