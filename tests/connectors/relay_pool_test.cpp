// SPDX-License-Identifier: MIT
#include "connectors/relay_pool.hpp"

#include "tests/connectors/names.hpp"
#include "tests/connectors/recording_gate.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

using namespace nurture::connectors;
using nurture::test::RecordingGate;

namespace {

constexpr Outcome k_no_connection{.answer = Answer::deferred, .blame = Blame::connection};
constexpr Outcome k_no_smtputf8{.answer = Answer::rejected, .blame = Blame::no_smtputf8};
constexpr Outcome k_wrong_password{.answer = Answer::deferred, .blame = Blame::credentials, .code = 535};

/// A relay that does what the test says, when it says so.
struct Toy final : Connector {
    Toy(Gate& to, std::string called) : gate(to), label(std::move(called)) {}
    int capacity() const override { return 4; }
    void submit(Job job) override { jobs.push_back(job.id); }
    void release(JobId id, bool go) override { released[id] = go; }
    void close() override { closed = true; }
    void stop() override {}
    std::string name() const override { return label; }

    Gate& gate;
    std::string label;
    std::vector<JobId> jobs;
    std::map<JobId, bool> released;
    bool closed = false;
};

struct House {
    RecordingGate gate;
    std::vector<Toy*> relays;
    std::unique_ptr<Connector> pool;

    explicit House(std::vector<int> weights) {
        std::vector<RelayMember> members;
        for (std::size_t i = 0; i < weights.size(); ++i)
            members.push_back({[this, i](Gate& to) {
                                   auto toy = std::make_unique<Toy>(to, "smtp://mx" + std::to_string(i + 1));
                                   relays.push_back(toy.get());
                                   return toy;
                               },
                               weights[i]});
        pool = make_relay_pool(members, gate);
    }
    void submit(JobId id) {
        Job job;
        job.id = id;
        pool->submit(std::move(job));
    }
    void accept(Toy& relay, JobId id) { relay.gate.done(id, {.answer = Answer::accepted}); }
};

}  // namespace

TEST_CASE("messages are dealt out by weight") {
    House house({3, 1});
    for (JobId id = 1; id <= 40; ++id) {
        house.submit(id);
        house.accept(*house.relays[house.relays[0]->jobs.empty() || house.relays[0]->jobs.back() != id], id);
    }
    CHECK(house.relays[0]->jobs.size() == 30);
    CHECK(house.relays[1]->jobs.size() == 10);
}

TEST_CASE("a message that a relay could not take goes to the next, and the outbox hears of that one only") {
    House house({1, 1});
    house.submit(1);
    REQUIRE(house.relays[0]->jobs == std::vector<JobId>{1});
    house.relays[0]->gate.done(1, k_no_connection);
    REQUIRE(house.relays[1]->jobs == std::vector<JobId>{1});
    CHECK(house.gate.outcomes(1) == 0);
    house.relays[1]->gate.ready(1);
    CHECK(house.pool->name_of(1) == "smtp://mx2");
    house.pool->release(1, true);
    CHECK(house.relays[1]->released.at(1));
    CHECK(house.relays[0]->released.empty());
    house.accept(*house.relays[1], 1);
    CHECK(house.gate.outcome(1).answer == Answer::accepted);
    CHECK(house.gate.outcome(1).relay == "smtp://mx2");
    // The one that was out of reach rests meanwhile.
    for (JobId id = 2; id <= 4; ++id)
        house.submit(id);
    CHECK(house.relays[0]->jobs.size() == 1);
}

TEST_CASE("a message that was in flight at one relay never reaches another") {
    const Outcome outcome = GENERATE(Outcome{.answer = Answer::in_doubt, .blame = Blame::connection},
                                     Outcome{.answer = Answer::deferred, .blame = Blame::connection},
                                     Outcome{.answer = Answer::deferred, .blame = Blame::credentials});
    House house({1, 1});
    house.submit(1);
    house.relays[0]->gate.ready(1);
    house.pool->release(1, true);
    house.relays[0]->gate.done(1, outcome);
    CHECK(house.relays[1]->jobs.empty());
    CHECK(house.gate.outcome(1).answer == outcome.answer);
    CHECK(house.gate.outcome(1).relay == "smtp://mx1");
}

TEST_CASE("what a relay says of the recipient is final for this try") {
    const Outcome outcome = GENERATE(Outcome{.answer = Answer::rejected, .blame = Blame::address_dead},
                                     Outcome{.answer = Answer::deferred, .blame = Blame::mailbox_full},
                                     Outcome{.answer = Answer::deferred, .blame = Blame::rate_or_policy});
    House house({1, 1});
    house.submit(1);
    house.relays[0]->gate.done(1, outcome);
    CHECK(house.relays[1]->jobs.empty());
    CHECK(house.gate.outcome(1).blame == outcome.blame);
}

TEST_CASE("a relay that refuses our password is left alone, and the others carry on") {
    House house({1, 1});
    house.submit(1);
    house.relays[0]->gate.done(1, k_wrong_password);
    house.accept(*house.relays[1], 1);
    for (JobId id = 2; id <= 9; ++id) {
        house.submit(id);
        CHECK(house.relays[1]->jobs.back() == id);
        house.accept(*house.relays[1], id);
    }
    CHECK(house.pool->capacity() == 4);
    house.submit(10);
    house.relays[1]->gate.done(10, k_no_connection);
    CHECK(house.gate.outcome(10).blame == Blame::connection);
}

TEST_CASE("only when every relay refuses our password is the channel held") {
    House house({1, 1});
    house.submit(1);
    house.relays[0]->gate.done(1, k_wrong_password);
    house.relays[1]->gate.done(1, k_wrong_password);
    CHECK(house.gate.outcome(1).blame == Blame::credentials);
}

TEST_CASE("a pool that is closed gives what it has to no other relay") {
    House house({1, 1});
    house.submit(1);
    house.pool->close();
    CHECK(house.relays[0]->closed);
    CHECK(house.relays[1]->closed);
    house.relays[0]->gate.done(1, k_no_connection);
    CHECK(house.relays[1]->jobs.empty());
    CHECK(house.gate.outcome(1).answer == Answer::deferred);
}

TEST_CASE("an address that one relay does not carry goes to one that does, and the first goes on with the others") {
    House house({1, 1});
    house.submit(1);
    house.relays[0]->gate.done(1, k_no_smtputf8);
    REQUIRE(house.relays[1]->jobs == std::vector<JobId>{1});
    house.accept(*house.relays[1], 1);
    CHECK(house.gate.outcome(1).relay == "smtp://mx2");
    for (JobId id = 2; id <= 5; ++id)
        house.submit(id);
    CHECK(house.relays[0]->jobs.size() == 3);
}

TEST_CASE("an address is rejected only when every relay has said that it does not carry it") {
    House house({1, 1});
    house.submit(1);
    house.relays[0]->gate.done(1, k_no_smtputf8);
    house.relays[1]->gate.done(1, k_no_smtputf8);
    CHECK(house.gate.outcome(1).answer == Answer::rejected);
    CHECK(house.gate.outcome(1).blame == Blame::no_smtputf8);

    house.submit(2);
    const std::size_t first = house.relays[0]->jobs.back() == 2 ? 0 : 1;
    house.relays[first]->gate.done(2, k_no_connection);  // it might have taken it
    house.relays[1 - first]->gate.done(2, k_no_smtputf8);
    CHECK(house.gate.outcome(2).answer == Answer::deferred);
    house.submit(3);  // while that one rests
    house.relays[1 - first]->gate.done(3, k_no_smtputf8);
    CHECK(house.gate.outcome(3).answer == Answer::deferred);
}
