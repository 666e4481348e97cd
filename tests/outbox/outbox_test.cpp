// SPDX-License-Identifier: MIT
#include "tests/outbox/house.hpp"

using namespace nurture;
using namespace nurture::test;

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
