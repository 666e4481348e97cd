// SPDX-License-Identifier: MIT
// Ways out that are replaced, taken away and given back while messages are under way.
#include "tests/outbox/house.hpp"

#include <memory>

using namespace nurture;
using namespace nurture::test;
using connectors::Answer;
using connectors::Blame;
using connectors::JobId;

namespace {

/// What a test sees of a relay that takes its time for the last answer.
struct Seen {
    std::vector<JobId> asking, handed_over;
    bool waited = false;  // somebody stood there until the relay had answered
    bool gone = false;
};

/// Asks for its first job only; answers when the test does.
class Patient final : public connectors::Connector {
public:
    Patient(connectors::Gate& gate, std::shared_ptr<Seen> seen) : gate_(gate), seen_(std::move(seen)) {}
    ~Patient() override { seen_->gone = true; }
    int capacity() const override { return 2; }
    void submit(connectors::Job job) override {
        waiting_.push_back(job.id);
        if (seen_->asking.empty()) {
            seen_->asking.push_back(job.id);
            gate_.ready(job.id);
        }
    }
    void release(JobId id, bool go) override {
        std::erase(waiting_, id);
        if (go)
            seen_->handed_over.push_back(id);
    }
    void close() override {
        for (const auto id : std::exchange(waiting_, {}))
            gate_.done(id, answer(Answer::refused));
    }
    void stop() override {
        seen_->waited = seen_->waited || !seen_->handed_over.empty();
        close();
    }
    std::string name() const override { return "patient"; }

private:
    connectors::Gate& gate_;
    std::shared_ptr<Seen> seen_;
    std::vector<JobId> waiting_;
};

std::shared_ptr<Seen> attach_patient(House& house) {
    auto seen = std::make_shared<Seen>();
    house.outbox.attach(store::Channel::email, std::make_unique<Patient>(house.outbox, seen));
    return seen;
}

void attach_another(House& house) {
    auto connector = std::make_unique<ScriptedConnector>(house.outbox, 4);
    house.relay = connector.get();
    house.outbox.attach(store::Channel::email, std::move(connector));
}

/// Why nothing goes by email, as `nurture status` shows it.
std::string no_way(const House& house) {
    for (const auto& gate : store::gates(house.database))
        if (gate.kind == store::k_way_gate && gate.name == "email")
            return gate.why;
    return {};
}

void reslot(House& house, store::MessageId id, store::Instant at) {
    store::Transaction transaction(house.database);
    REQUIRE(store::reslot(house.database, id, at, at + 2h, at + 24h));
    transaction.commit();
}

}  // namespace

TEST_CASE("a reload waits for no relay, and what was handed over to the old one gets its answer") {
    House house(4);
    const auto old = attach_patient(house);
    house.pump();
    REQUIRE(old->handed_over.size() == 1);
    attach_another(house);
    CHECK_FALSE(old->waited);
    CHECK_FALSE(old->gone);
    house.pump();
    CHECK(house.relay->handed_over == 3);  // one of them had been given to the old one, which had not asked yet
    CHECK(house.in_state(store::MessageState::sent) == 3);
    CHECK(house.message(1).state == store::MessageState::inflight);
    house.outbox.done(old->handed_over.front(), {Answer::accepted, Blame::none, 250});
    house.pump(k_now + 9min);
    CHECK(house.message(1).state == store::MessageState::sent);
    CHECK(store::attempts_of(house.database, 1).at(0).relay == "patient");
    CHECK(old->gone);
    CHECK(house.outbox.idle());
}

TEST_CASE("what the old relay gave up when a reload came goes by the new one at once") {
    House house(1);
    const auto old = attach_patient(house);
    house.pump();
    REQUIRE(old->handed_over.size() == 1);
    attach_another(house);
    house.outbox.done(old->handed_over.front(), answer(Answer::refused));
    house.pump();
    CHECK(house.message(1).state == store::MessageState::sent);
    CHECK(house.relay->handed_over == 1);
}

TEST_CASE("a stop waits for the last answer of a relay that a reload replaced") {
    House house(1);
    const auto old = attach_patient(house);
    house.pump();
    attach_another(house);
    house.outbox.stop(k_now, {});
    CHECK(old->waited);
}

TEST_CASE("what an old relay says of our password does not hold the new one") {
    House house(2);
    const auto old = attach_patient(house);
    house.pump();
    attach_another(house);
    house.outbox.done(old->handed_over.front(), answer(Answer::deferred, Blame::credentials));
    house.pump();
    CHECK(no_way(house).empty());
    CHECK(house.message(2).state == store::MessageState::sent);
}

TEST_CASE("without a way out messages are held and do not expire, and go on when there is one again") {
    House house(2);
    house.outbox.detach(store::Channel::email);
    house.pump();
    CHECK(house.in_state(store::MessageState::held) == 2);
    CHECK_THAT(no_way(house), Catch::Contains("write a section [sms], then reload"));
    CHECK_FALSE(house.outbox.next_due(k_now));
    house.pump(k_now + 25h);
    CHECK(house.in_state(store::MessageState::held) == 2);
    attach_another(house);
    house.pump(k_now + 25h);
    CHECK(no_way(house).empty());
    for (const store::MessageId id : {1, 2})
        reslot(house, id, k_now + 25h);  // the engine's part
    house.pump(k_now + 25h);
    CHECK(house.in_state(store::MessageState::sent) == 2);
}

TEST_CASE("a relay that does not let us in holds its channel until another one is attached, and says what to do") {
    House house(3, 1);
    house.relay->fail_before_t2 = {Answer::deferred, Blame::credentials, 535, "5.7.8"};
    house.pump();
    CHECK(house.relay->submitted.size() == 1);
    CHECK(no_way(house) ==
          "scripted does not let us in (535 5.7.8): look at its user, password and certificate in nurtured.toml, then "
          "reload");
    CHECK(house.in_state(store::MessageState::held) == 3);
    house.pump(k_now + 1h);
    CHECK(house.relay->submitted.size() == 1);
    attach_another(house);
    house.pump(k_now + 1h);
    CHECK(no_way(house).empty());
}
