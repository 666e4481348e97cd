// SPDX-License-Identifier: MIT
#include "daemon/outbox/outbox.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/rule_sets.hpp"
#include "daemon/store/suppressions.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace nurture;
using namespace std::chrono_literals;

namespace {

const store::Instant k_now = base::from_unix(1'772'463'600);  // Mon 2 Mar 2026 15:00 UTC

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

connectors::Outcome answer(connectors::Answer what, connectors::Blame blame = connectors::Blame::none) {
    return {what, blame, 0, {}, {}, 0};
}

}  // namespace

TEST_CASE("every due message is handed over once and ends as SENT") {
    House house(10);
    house.pump();
    CHECK(house.relay->handed_over == 10);
    CHECK(house.in_state(store::MessageState::sent) == 10);
    CHECK(house.outbox.idle());
    house.pump(k_now + 1h);
    CHECK(house.relay->handed_over == 10);
}

TEST_CASE("never more messages are under way than the connector takes") {
    House house(10, 3);
    house.outbox.pump(k_now, {});
    CHECK(house.relay->submitted.size() == 3);
}

TEST_CASE("a message that waits for a slow relay is not claimed a second time") {
    House house(1);
    house.relay->slow = true;
    house.pump();
    house.pump(k_now + 1min);
    CHECK(house.relay->submitted.size() == 1);
}

TEST_CASE("a message that is not due yet stays where it is") {
    House house(1);
    house.pump(k_now - 1min);
    CHECK(house.relay->submitted.empty());
    CHECK(house.outbox.next_due(k_now - 1min) == k_now);
}

TEST_CASE("a lost answer leaves the message in doubt, and it is never sent again") {
    House house(1);
    house.relay->answers = {answer(connectors::Answer::in_doubt)};
    house.pump();
    CHECK(house.message(1).state == store::MessageState::in_doubt);
    house.pump(k_now + 3h);
    house.pump(k_now + 30h);
    CHECK(house.relay->handed_over == 1);
}

TEST_CASE("a temporary refusal is tried again later, after a growing wait") {
    House house(1);
    house.relay->answers = {answer(connectors::Answer::deferred)};
    house.pump();
    CHECK(house.message(1).state == store::MessageState::ready);
    CHECK(house.message(1).not_before > k_now + 3min);
    house.pump(k_now + 1min);
    CHECK(house.relay->handed_over == 1);
    house.pump(k_now + 10min);
    CHECK(house.relay->handed_over == 2);
    CHECK(house.message(1).state == store::MessageState::sent);
}

TEST_CASE("a dead address is rejected and suppressed, and its other messages do not go") {
    House house(1);
    house.relay->answers = {answer(connectors::Answer::rejected, connectors::Blame::address_dead)};
    house.pump();
    CHECK(house.message(1).state == store::MessageState::rejected);
    CHECK(store::suppression(house.database, House::key(0), store::Channel::email, k_now));
}

TEST_CASE("a full mailbox is suspended after the third refusal in a week, and its message does not go then") {
    House house(1);
    const auto full = answer(connectors::Answer::deferred, connectors::Blame::mailbox_full);
    house.relay->answers = {full, full, full, full, full};
    house.pump();
    house.pump(k_now + 5min);
    house.pump(k_now + 15min);
    CHECK(house.relay->handed_over == 3);  // of one hour: they count once
    auto now = k_now;
    for (const int day : {1, 2}) {
        CHECK_FALSE(store::suppression(house.database, House::key(0), store::Channel::email, now));
        store::Transaction transaction(house.database);
        now = k_now + day * 24h;
        store::reslot(house.database, 1, now, now + 2h, now + 24h);
        transaction.commit();
        house.pump(now);
    }
    const auto entry = store::suppression(house.database, House::key(0), store::Channel::email, now);
    REQUIRE(entry);
    CHECK(entry->reason == "mailbox-full");
    CHECK(entry->until == now + 14 * 24h);
    house.relay->answers.clear();
    const auto handed_over = house.relay->handed_over;
    house.pump(now + 90min);  // its next try
    CHECK(house.relay->handed_over == handed_over);
    CHECK(house.message(1).state == store::MessageState::suppressed);
}

TEST_CASE("a 550 that says nothing more rejects the message and not yet the address") {
    House house(1);
    house.relay->answers = {answer(connectors::Answer::rejected, connectors::Blame::bare_550)};
    house.pump();
    CHECK(house.message(1).state == store::MessageState::rejected);
    CHECK_FALSE(store::suppression(house.database, House::key(0), store::Channel::email, k_now));
}

TEST_CASE("a refused text holds its step: what else of it is due waits for a person") {
    House house(6, 2);
    house.relay->answers = {answer(connectors::Answer::rejected, connectors::Blame::content)};
    house.pump();
    CHECK(house.relay->handed_over <= 2);  // the other was let go in the same commit
    CHECK(house.in_state(store::MessageState::rejected) == 1);
    CHECK(house.in_state(store::MessageState::held) == 6 - house.relay->handed_over);
}

TEST_CASE("what a domain has no room for goes in the next minutes, and holds up nobody else") {
    House house(5);
    auto connector = std::make_unique<ScriptedConnector>(house.outbox, 4);
    auto* relay = connector.get();
    house.outbox.attach(store::Channel::email, std::move(connector), 2);
    house.composer.other_domain = 5;
    house.pump();
    CHECK(house.in_state(store::MessageState::sent) == 3);  // two of one domain, and the one behind them
    CHECK(house.message(5).state == store::MessageState::sent);
    CHECK(house.outbox.next_due(k_now) == k_now + 1min);
    house.pump(k_now + 1min);
    CHECK(house.in_state(store::MessageState::sent) == 5);
    CHECK(relay->handed_over == 5);
}

TEST_CASE("policy refusals never suppress the person") {
    House house(1);
    house.relay->answers = {answer(connectors::Answer::rejected, connectors::Blame::rate_or_policy)};
    house.pump();
    CHECK_FALSE(store::suppression(house.database, House::key(0), store::Channel::email, k_now));
}

TEST_CASE("an opt-out between claim and hand-over wins") {
    House house(1);
    house.outbox.pump(k_now, {});  // claimed and submitted; T2 comes with the next round
    {
        store::Transaction transaction(house.database);
        store::suppress(house.database, House::key(0), store::Channel::email, "unsubscribed", k_now);
        transaction.commit();
    }
    house.pump();
    CHECK(house.relay->handed_over == 0);
    CHECK(house.message(1).state == store::MessageState::suppressed);
}

TEST_CASE("the STOP file holds everything back and nothing is lost") {
    House house(3);
    store::T2Policy stopped;
    stopped.stop_file = true;
    house.outbox.pump(k_now, {});  // claimed and submitted before the file came
    for (int rounds = 0; rounds < 5; ++rounds)
        house.outbox.pump(k_now, stopped);
    CHECK(house.relay->handed_over == 0);
    CHECK(house.in_state(store::MessageState::ready) == 3);
    CHECK(house.relay->submitted.size() == 3);
    house.pump();
    CHECK(house.relay->handed_over == 3);
}

TEST_CASE("a relay that fails before the hand-over costs a retry and no doubt") {
    House house(1);
    house.relay->fail_before_t2 = answer(connectors::Answer::deferred, connectors::Blame::connection);
    house.pump();
    CHECK(house.message(1).state == store::MessageState::ready);
    CHECK(house.message(1).tries == 1);
    CHECK(house.outbox.idle());
}

TEST_CASE("refused credentials hold the relay until somebody looks") {
    House house(2);
    house.relay->fail_before_t2 = answer(connectors::Answer::deferred, connectors::Blame::credentials);
    house.pump();
    const auto tried = house.relay->submitted.size();
    CHECK(house.outbox.held(store::Channel::email));
    house.pump(k_now + 5h);
    CHECK(house.relay->submitted.size() == tried);
    house.relay->fail_before_t2.reset();
    house.outbox.release_holds();
    house.pump(k_now + 90min);
    CHECK(house.in_state(store::MessageState::sent) + house.in_state(store::MessageState::held) == 2);
}

TEST_CASE("a text that cannot be rendered ends its message with a reason") {
    House house(1);
    house.composer.unsendable = outbox::Unsendable{store::MessageState::failed_render, "a value is blank"};
    house.pump();
    CHECK(house.message(1).state == store::MessageState::failed_render);
    CHECK(house.message(1).reason == "a value is blank");
    CHECK(house.relay->submitted.empty());
}

TEST_CASE("what a dead process left in flight is in doubt after the restart") {
    House house(1);
    house.outbox.pump(k_now, {});
    // T2 is committed by hand, as by a process that died right after it.
    const store::T2 request{1, {}, House::key(0), {}, "scripted"};
    REQUIRE(store::commit_batch(house.database, {}, {&request, 1}, {}, k_now)[0].go());
    CHECK(store::recover(house.database, k_now + 1min) == 1);
    CHECK(house.message(1).state == store::MessageState::in_doubt);
}
