// SPDX-License-Identifier: MIT
//
// What must hold whatever happens to a dozen people in three weeks.
#include "tests/support/busy_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

using namespace nurture;
using namespace nurture::engine;
using support::Story;

namespace {

constexpr int k_seeds = 12;

Story busy(std::uint64_t seed, bool trouble = true) {
    Story s(support::busy_rules());
    support::fill(s, seed, trouble);
    return s;
}

void play(Story& s, bool minute_by_minute = false) {
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-24 00:00", minute_by_minute);
}

}  // namespace

TEST_CASE("The same rules, people and happenings give the same decisions") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        Story one = busy(seed), two = busy(seed);
        play(one);
        play(two);
        CHECK(!one.messages().empty());
        CHECK(one.decisions() == two.decisions());
    }
}

TEST_CASE("Jumping from wake to wake decides what going minute by minute decides") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        Story jumps = busy(seed), steps = busy(seed);
        play(jumps);
        play(steps, true);
        INFO("seed " << seed);
        CHECK(jumps.journal() == steps.journal());
        CHECK(jumps.decisions() == steps.decisions());
    }
}

TEST_CASE("No rolling cap is ever exceeded, and nothing goes outside its window") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        Story s = busy(seed, false);
        play(s);
        std::map<CandidateId, std::vector<Minute>> sent;
        std::map<Day, int> per_day;
        for (const Decision& d : s.decisions()) {
            const auto* release = std::get_if<decision::Release>(&d);
            if (release == nullptr)
                continue;
            const auto row = s.state().columns->find(release->enrolment.who);
            const base::Local local = base::local(s.state().columns->zone(*row), release->slot);
            CHECK(local.minute >= std::chrono::hours{8});
            CHECK(local.minute < std::chrono::hours{20});
            CHECK(std::chrono::weekday{local.day} != std::chrono::Sunday);
            CHECK(release->slot < release->closes);
            ++per_day[s.state().times->day(release->slot)];
            sent[release->enrolment.who].push_back(release->slot);
        }
        for (auto& [who, times] : sent)
            for (std::size_t i = 1; i < times.size(); ++i)
                CHECK(times[i] - times[i - 1] >= std::chrono::hours{24});
        for (const auto& [day, count] : per_day)
            CHECK(count <= 6);
    }
}

TEST_CASE("Nobody is in a campaign twice at once, no step is sent twice, rounds of an address only grow") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        Story s = busy(seed);
        std::set<std::pair<EnrolmentId, std::string>> sent;
        std::map<std::pair<dsl::CampaignIx, std::uint64_t>, int> rounds;
        s.committed = [&](std::span<const Decision> chunk) {
            for (const Decision& d : chunk) {
                if (const auto* release = std::get_if<decision::Release>(&d))
                    CHECK(sent.emplace(release->enrolment.id, release->step).second);
                if (const auto* enrol = std::get_if<decision::Enrol>(&d); enrol != nullptr && enrol->counts_on) {
                    int& round = rounds[{enrol->enrolment.campaign, enrol->enrolment.address}];
                    CHECK(enrol->enrolment.round > round);
                    round = enrol->enrolment.round;
                }
            }
        };
        s.after_round = [&](State& state) {
            std::set<std::pair<dsl::CampaignIx, CandidateId>> people;
            std::set<std::pair<dsl::CampaignIx, std::uint64_t>> addresses;
            state.book.for_each([&](const Enrolment& e) {
                CHECK(people.emplace(e.campaign, e.who).second);
                if (e.inside() && e.address != 0)
                    CHECK(addresses.emplace(e.campaign, e.address).second);
            });
        };
        play(s);
    }
}

TEST_CASE("Decisions about one person stand together, the cursor last") {
    Story s = busy(3);
    s.committed = [](std::span<const Decision> chunk) {
        std::set<CandidateId> done;
        CandidateId last = 0;
        for (const Decision& d : chunk) {
            const Enrolment* e = enrolment(d);
            const CandidateId who = e != nullptr ? e->who : -1;
            if (who == last)
                continue;
            CHECK(done.insert(who).second);
            last = who;
        }
    };
    play(s);
}

TEST_CASE("A tick at which nothing has happened decides nothing") {
    Story s = busy(2);
    play(s);
    CHECK(tick(s.state()).empty());
    CHECK(s.state().quiet());
    CHECK(next_wake(s.state()) > s.state().now);
}

TEST_CASE("A tick leaves the state as it is") {
    Story s = busy(5);
    s.begin("2026-03-02 06:00");
    absorb(s.state(), {}, s.minute("2026-03-02 07:00"));
    const State before = s.state();
    const Decisions first = tick(s.state());
    CHECK(!first.empty());
    CHECK(same(before, s.state()));
    CHECK(tick(s.state()) == first);
}

namespace {

/// A world that only counts.
struct Counting : World {
    std::vector<std::size_t> chunks;
    std::vector<CandidateId> ends, begins;
    Facts facts(base::InboxSeq, Minute) override { return {}; }
    void commit(std::span<const Decision> chunk) override {
        chunks.push_back(chunk.size());
        const Enrolment* first = enrolment(chunk.front());
        const Enrolment* last = enrolment(chunk.back());
        begins.push_back(first != nullptr ? first->who : 0);
        ends.push_back(last != nullptr ? last->who : 0);
    }
    void deliver(Minute) override {}
    Minute sleep_until(Minute) override { return base::k_never; }
};

}  // namespace

TEST_CASE("A large tick is committed in chunks of at most 2,000 decisions, never between two of one person") {
    Story s(support::house() + "segment \"Open people\"\n  stage is \"Open\"\nend\n" + R"(
campaign "Drip"
  owner "dana.wu"
  audience "Open people"
  from owner
  check every day at 07:00
  enroll at most 5000 per day
  re-enter never
  keep candidates who leave the audience
  step a: email "one"
end
)" + support::templates({"one"}));
    for (int i = 0; i < 1500; ++i) {
        const std::string name = "p" + std::to_string(i);
        s.person(name);
        s.set(name, "stage", "Open");
    }
    s.begin("2026-03-02 06:00");
    Counting world;
    settle(s.state(), world, s.minute("2026-03-02 07:00"));
    REQUIRE(world.chunks.size() > 1);
    for (std::size_t i = 0; i < world.chunks.size(); ++i) {
        CHECK(world.chunks[i] <= k_chunk);
        if (i > 0)
            CHECK(world.begins[i] != world.ends[i - 1]);
    }
    CHECK(world.ends.back() == 0);  // the mark of the check
}

TEST_CASE("A tick at which nothing is due looks at nobody") {
    Story s = busy(5);
    play(s);
    State& state = s.state();
    REQUIRE(state.book.size() > 0);
    const auto people = std::exchange(state.columns, nullptr);  // it could not look at anybody
    CHECK_FALSE(has_work(state));
    CHECK(tick(state).empty());
    state.columns = people;

    const Minute wake = next_wake(state);
    REQUIRE(wake > state.now + std::chrono::minutes{1});
    absorb(state, {}, wake - std::chrono::minutes{1});
    CHECK(state.touched.empty());
    CHECK_FALSE(has_work(state));
    absorb(state, {}, wake);
    CHECK(has_work(state));
}
