// SPDX-License-Identifier: MIT
#include "daemon/inbound/delivery_report.hpp"

#include "daemon/store/handover.hpp"
#include "daemon/store/suppressions.hpp"
#include "tests/store/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using inbound::Delivery;
using store::sample::k_now;

namespace {

/// A message that was handed over; without an answer so far.
struct Scene : store::sample::Store {
    Scene() { REQUIRE(store::commit_batch(database, {}, std::vector{request()}, {}, k_now).front().go()); }
    void in_doubt() { store::recover(database, k_now); }
    void answered(connectors::Answer answer) {
        store::T3 outcome;
        outcome.message = message;
        outcome.attempt = request().attempt;
        outcome.outcome.answer = answer;
        outcome.retry_at = k_now + std::chrono::minutes{5};
        store::commit_batch(database, std::vector{outcome}, {}, {}, k_now);
    }
    void accepted() { answered(connectors::Answer::accepted); }
    std::vector<std::string> came_back() const {
        std::vector<std::string> kinds;
        for (const auto& feedback : store::feedback_of(database, message))
            kinds.push_back(feedback.kind);
        return kinds;
    }
    store::MessageState state() const { return store::message(database, message)->state; }
    bool suppressed() const {
        const auto row = store::message(database, message);
        return store::suppression(database, row->addr_key, row->channel, k_now).has_value();
    }
};

}  // namespace

TEST_CASE("a delivery report settles a doubt, whatever it says") {
    const auto what = GENERATE(Delivery::delivered, Delivery::failed, Delivery::address_dead);
    Scene scene;
    scene.in_doubt();
    REQUIRE(scene.state() == store::MessageState::in_doubt);
    CHECK(inbound::delivery_report(scene.database, scene.message, what, k_now));
    CHECK(scene.state() == store::MessageState::sent);
    CHECK(scene.suppressed() == (what == Delivery::address_dead));
}

TEST_CASE("only a dead number or a stop at the gateway ends what is written to a phone") {
    const auto [what, ends] = GENERATE(table<Delivery, bool>({{Delivery::delivered, false},
                                                              {Delivery::failed, false},
                                                              {Delivery::address_dead, true},
                                                              {Delivery::opted_out, true}}));
    Scene scene;
    scene.accepted();
    CHECK(inbound::delivery_report(scene.database, scene.message, what, k_now));
    CHECK(scene.suppressed() == ends);
}

TEST_CASE("a report that is here before the gateway's answer is kept") {
    const auto [what, kinds] =
        GENERATE(table<Delivery, std::vector<std::string>>({{Delivery::delivered, {"delivered", "delivery report"}},
                                                            {Delivery::address_dead, {"bounced", "delivery report"}}}));
    Scene scene;
    REQUIRE(scene.state() == store::MessageState::inflight);
    CHECK(inbound::delivery_report(scene.database, scene.message, what, k_now));
    CHECK(scene.state() == store::MessageState::inflight);
    scene.accepted();
    CHECK(scene.state() == store::MessageState::sent);
    CHECK(scene.came_back() == kinds);
}

TEST_CASE("what a gateway reports about was sent, whatever becomes of its answer") {
    using connectors::Answer;
    const auto what = GENERATE(Delivery::delivered, Delivery::failed, Delivery::address_dead, Delivery::opted_out);
    Scene scene;
    inbound::delivery_report(scene.database, scene.message, what, k_now);
    SECTION("a connection that broke") { scene.answered(Answer::in_doubt); }
    SECTION("a later, please") { scene.answered(Answer::deferred); }
    SECTION("a no") { scene.answered(Answer::rejected); }
    SECTION("none, as the program ended") { scene.in_doubt(); }
    CHECK(scene.state() == store::MessageState::sent);
}

TEST_CASE("a click says nothing of an answer that is still to come") {
    Scene scene;
    store::add_feedback(scene.database, scene.message, "clicked", k_now);
    scene.answered(connectors::Answer::deferred);
    CHECK(scene.state() == store::MessageState::ready);
}

TEST_CASE("a report that comes twice counts once") {
    Scene scene;
    scene.accepted();
    inbound::delivery_report(scene.database, scene.message, Delivery::address_dead, k_now);
    const auto told = store::inbox_end(scene.database);
    inbound::delivery_report(scene.database, scene.message, Delivery::address_dead, k_now);
    CHECK(store::inbox_end(scene.database) == told);
}

TEST_CASE("nothing is reported about a message that never left") {
    store::sample::Store scene;
    CHECK_FALSE(inbound::delivery_report(scene.database, scene.message, Delivery::address_dead, k_now));
    CHECK_FALSE(inbound::delivery_report(scene.database, 999, Delivery::delivered, k_now));
}
