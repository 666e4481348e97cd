// SPDX-License-Identifier: MIT
#include "daemon/inbound/feedback.hpp"
#include "daemon/store/breakers.hpp"
#include "tests/store/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::store::sample;
using store::MessageState;

namespace {

/// The sample's message was handed over, and the answer was lost.
struct InDoubt : Store {
    InDoubt() {
        REQUIRE(try_hand_over() == store::Refusal::none);
        answer(connectors::Answer::in_doubt, k_now);
        REQUIRE(row().state == MessageState::in_doubt);
    }
    void comes(std::string_view kind) { inbound::feedback(database, row(), kind, k_now + hours(1), "test"); }
    bool may_write() const { return !store::suppression(database, key(7), store::Channel::email, k_now + hours(2)); }
};

}  // namespace

TEST_CASE("a bounce settles a doubt as not delivered, and suppresses the address") {
    InDoubt store;
    store.comes("bounced");
    CHECK(store.row().state == MessageState::rejected);
    CHECK(store.row().reason == "it bounced");
    CHECK_FALSE(store.may_write());
    CHECK(store::open_doubts(store.database).empty());
}

TEST_CASE("who gets a delivery report, a click or an answer was sent the message") {
    for (const auto* kind : {"delivered", "clicked", "opened", "replied"}) {
        InDoubt store;
        store.comes(kind);
        CHECK(store.row().state == MessageState::sent);
        CHECK(store.may_write());
    }
}

TEST_CASE("who complains is never written to again") {
    InDoubt store;
    store.comes("complained");
    CHECK(store.row().state == MessageState::sent);
    CHECK_FALSE(store.may_write());
}

TEST_CASE("more than 0.3 % complaints of at least 100 messages open the breaker") {
    InDoubt store;
    store.commit([&] {
        store::Tallies tallies;
        tallies.add(store.row(), {99, 0, 0, 0});
        tallies.write(store.database, k_now);
    });
    CHECK(store::gates(store.database).empty());
    store.comes("complained");
    const auto gates = store::gates(store.database);
    REQUIRE(gates.size() == 2);
    CHECK(gates[0].why == "1 of 100 messages were complained about (the limit is 0.3 %)");
}
