// SPDX-License-Identifier: MIT
#include "daemon/store/breakers.hpp"

#include "tests/store/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture::store;
using namespace nurture::store::sample;
using nurture::connectors::Answer;
using nurture::connectors::Blame;
using Strings = std::vector<std::string>;

namespace {

/// So many messages of the sample's campaign end like this, at that hour.
void end(Store& store, int times, Answer answer, Blame blame = Blame::none, Instant now = k_now) {
    store.commit([&] {
        Tallies tallies;
        for (int i = 0; i < times; ++i)
            tallies.count(store.row(), {answer, blame});
        tallies.write(store.database, now);
    });
}

Strings held(const Store& store) {
    Strings names;
    for (const auto& gate : gates(store.database))
        names.push_back(gate.kind + " " + gate.name + ": " + gate.why);
    return names;
}

}  // namespace

TEST_CASE("more than 5 % hard bounces of at least 100 messages hold back the campaign and its relay") {
    Store store;
    const auto before = inbox_end(store.database);
    end(store, 93, Answer::accepted);
    end(store, 6, Answer::rejected, Blame::address_dead);
    CHECK(held(store).empty());  // 6 of 99
    end(store, 1, Answer::rejected, Blame::bare_550);
    const Strings both{"breaker ICU re-engagement: 7 of 100 messages bounced (the limit is 5 %)",
                       "hold email: 7 of 100 messages bounced (the limit is 5 %)"};
    CHECK(held(store) == both);
    CHECK(store.told(before) ==
          Strings{"gate breaker to ICU re-engagement", "outcome HELD to held back", "gate hold to email"});
}

TEST_CASE("5 % exactly is not too many, nor is a refusal that is nobody's dead address") {
    Store store;
    end(store, 95, Answer::accepted);
    end(store, 5, Answer::rejected, Blame::address_dead);
    end(store, 50, Answer::rejected, Blame::rate_or_policy);
    end(store, 50, Answer::deferred, Blame::mailbox_full);
    CHECK(held(store).empty());
}

TEST_CASE("more than 1 % in doubt opens the breaker") {
    Store store;
    end(store, 198, Answer::accepted);
    end(store, 2, Answer::in_doubt);
    CHECK(held(store).empty());
    end(store, 1, Answer::in_doubt);
    CHECK(held(store).at(0) == "breaker ICU re-engagement: 3 of 201 messages are in doubt (the limit is 1 %)");
}

TEST_CASE("what happened more than a day ago opens no breaker") {
    Store store;
    end(store, 100, Answer::accepted, Blame::none, k_now - hours(24));
    end(store, 99, Answer::rejected, Blame::address_dead, k_now);
    CHECK(held(store).empty());
    end(store, 1, Answer::accepted, Blame::none, k_now - hours(23));
    end(store, 1, Answer::rejected, Blame::address_dead, k_now);
    CHECK(held(store).size() == 2);
}

TEST_CASE("a breaker stays until a person closes it, and then counts anew") {
    Store store;
    end(store, 100, Answer::rejected, Blame::address_dead);
    CHECK(store.row().state == MessageState::held);  // released already: back to the engine
    CHECK(store.row().reason == "held back");
    const auto again = [&] { reslot(store.database, store.message, k_now, k_now + hours(2), k_now + hours(24)); };
    store.commit(again);  // by an engine that has not heard of it yet
    CHECK(store.try_hand_over() == Refusal::held_back);
    CHECK(store.row().state == MessageState::held);
    end(store, 1000, Answer::accepted);
    CHECK(held(store).size() == 2);
    store.commit([&] {
        CHECK(let_go_on(store.database, k_breaker_gate, "ICU re-engagement", "lee.ortiz", "list cleaned", k_now));
        CHECK(let_go_on(store.database, k_hold_gate, "email", "lee.ortiz", "list cleaned", k_now));
        CHECK_FALSE(let_go_on(store.database, k_hold_gate, "email", "lee.ortiz", "list cleaned", k_now));
        again();
    });
    end(store, 99, Answer::rejected, Blame::address_dead);
    CHECK(held(store).empty());
    CHECK(store.try_hand_over() == Refusal::none);
}

TEST_CASE("a step whose text the relay refuses is held, and the other steps of the campaign go on") {
    Store store;
    auto second = message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide");
    const auto guide = store.commit([&] { return *insert_message(store.database, second); });
    REQUIRE(store.try_hand_over() == Refusal::none);
    T3 refused{store.message, attempt(1), "relay", {Answer::rejected, Blame::content, 554, "5.6.0"}, {}, {}};
    refused.hold_step = true;
    commit_batch(store.database, {&refused, 1}, {}, {}, k_now);
    CHECK(held(store) == Strings{"step ICU re-engagement/hello: the relay refused its text (554 5.6.0)"});
    CHECK(store.row().state == MessageState::rejected);
    CHECK(holds_back(gates(store.database), store.row()));
    const T2 next[] = {{guide, attempt(2), key(7), hash(5), "relay"}};
    CHECK(commit_batch(store.database, {}, next, {}, k_now).at(0).go());
}

TEST_CASE("mail to staff waits for a held relay, and is not lost") {
    Store store;
    Message test;
    test.purpose = MessagePurpose::test;
    test.channel = Channel::email;
    test.addr_key = key(9);
    test.recipient = "dana.wu@lonestar.example";
    test.slot = test.not_before = k_now;
    test.closes = test.expires = k_now + hours(24);
    const auto id = store.commit([&] {
        hold_back(store.database, k_hold_gate, "email", "too many bounces", k_now);
        return *insert_message(store.database, test);
    });
    CHECK_FALSE(may_claim(store.database, Channel::email, k_now));
    CHECK(may_claim(store.database, Channel::sms, k_now));
    const T2 one[] = {{id, attempt(3), key(9), hash(5), "relay"}};
    CHECK(commit_batch(store.database, {}, one, {}, k_now).at(0).refusal == Refusal::stopped);
    CHECK(message(store.database, id)->state == MessageState::ready);
}

TEST_CASE("three refusals of a full mailbox in 7 days suspend it for 14, and tries of one hour count once") {
    Store store;
    const Strike full{"mailbox-full", 3, hours(7 * 24), hours(1), hours(14 * 24)};
    const auto once = [&](Instant at) {
        return store.commit([&] { return strike(store.database, key(7), Channel::email, full, at); });
    };
    CHECK_FALSE(once(k_now - hours(8 * 24)));  // too long ago to count
    CHECK_FALSE(once(k_now));
    CHECK_FALSE(once(k_now + minutes(5)));
    CHECK_FALSE(once(k_now + minutes(59)));
    CHECK_FALSE(once(k_now + hours(2)));
    CHECK_FALSE(suppression(store.database, key(7), Channel::email, k_now + hours(3)));
    CHECK(once(k_now + hours(4)));
    const auto until = k_now + hours(4 + 14 * 24);
    const auto entry = suppression(store.database, key(7), Channel::email, until - seconds(1));
    REQUIRE(entry);
    CHECK(entry->reason == "mailbox-full");
    CHECK(entry->until == until);
    CHECK_FALSE(suppression(store.database, key(7), Channel::email, until));
    CHECK_FALSE(suppression(store.database, key(8), Channel::email, k_now + hours(5)));
    CHECK_FALSE(once(until + hours(1)));  // counted anew
}

TEST_CASE("a bare 550 suppresses the address at the second one, a day later") {
    Store store;
    const Strike bare{"refused-twice", 2, {}, hours(24), {}};
    const auto once = [&](Instant at) {
        return store.commit([&] { return strike(store.database, key(7), Channel::email, bare, at); });
    };
    CHECK_FALSE(once(k_now));
    CHECK_FALSE(once(k_now + hours(23)));
    CHECK_FALSE(suppression(store.database, key(7), Channel::email, k_now + hours(24)));
    CHECK(once(k_now + hours(24)));
    const auto entry = suppression(store.database, key(7), Channel::email, k_now + hours(25));
    REQUIRE(entry);
    CHECK_FALSE(entry->until);
}
