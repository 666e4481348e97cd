// SPDX-License-Identifier: MIT
#include "tests/engine/scene.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace nurture;
using namespace nurture::engine;
using support::at;

namespace {

/// Memberships as the engine keeps them: evaluated once, then only where something changed, flipped or was moved by the
/// date.
struct Kept {
    Scene& scene;
    base::Minute now;
    std::vector<Flip> flips;
    Memberships members;

    Kept(Scene& of, base::Minute at) : scene(of), now(at) {
        scene.columns.advance(at);
        members = of.evaluator.evaluate_all(of.view(at), flips);
    }

    base::Minute next() const {
        base::Minute next = std::min(scene.evaluator.next_date_flip(scene.view(now)), scene.columns.next_advance());
        for (const Flip& flip : flips)
            next = std::min(next, flip.at);
        return next;
    }
    /// `rows` are of people who changed; to those in `mailed` went a message and no more, `moved` came into campaigns.
    void wake(base::Minute minute, std::vector<Row> rows = {}, const std::vector<Row>& mailed = {},
              const std::vector<Row>& moved = {}) {
        const base::Day before = scene.view(now).today;
        now = minute;
        const auto due = std::partition(flips.begin(), flips.end(), [&](const Flip& flip) { return flip.at > minute; });
        std::transform(due, flips.end(), std::back_inserter(rows), [](const Flip& flip) { return flip.row; });
        flips.erase(due, flips.end());
        const auto come = scene.columns.advance(minute);
        rows.insert(rows.end(), come.begin(), come.end());
        const auto look = [&](const std::vector<Row>& at, Look for_what) {
            const auto was = members;
            const auto different = scene.evaluator.evaluate_rows(scene.view(minute), at, for_what, members, flips);
            for (const Row row : at)
                for (dsl::SegmentIx segment = 0; segment < scene.rules->segments.size(); ++segment)
                    if (was.in(segment, row) != members.in(segment, row))
                        REQUIRE(std::find(different.begin(), different.end(), row) != different.end());
        };
        look(rows, Look::at_everything);
        look(mailed, Look::at_messages);
        look(moved, Look::at_campaigns);
        if (scene.view(minute).today != before)
            look(scene.evaluator.moved_by_date(scene.view(minute), before), Look::at_the_date);
    }
};

}  // namespace

TEST_CASE("what is kept and only looked at when something is due is what judging everybody anew would say") {
    int wakes = 0, changes = 0;
    for (unsigned seed = 9000; seed < 9400; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        Scene scene(chance);
        for (int id = 1; id <= 25; ++id)
            scene.add(random_person(chance, id));
        Kept kept(scene, at("2026-02-27T00:00Z") + std::chrono::minutes{chance.below(24 * 60)});
        for (int step = 0; step < 12; ++step) {
            const base::Minute next = std::min(kept.next(), kept.now + std::chrono::minutes{1 + chance.below(600)});
            REQUIRE(next > kept.now);
            scene.check(kept.members, next - std::chrono::minutes{1});  // it slept until then
            std::vector<Row> rows, mailed, moved;
            for (Row row = 0; row < scene.people.size(); ++row) {
                Person person = scene.people[row];
                const Person other = random_person(chance, person.id);
                if (chance.one_in(30)) {
                    scene.replace(row, other);
                    rows.push_back(row);
                } else if (chance.one_in(20)) {
                    person.events.push_back({k_received, kept.now, chance.word(), dsl::Channel::email});
                    scene.replace(row, person);
                    mailed.push_back(row);
                } else if (chance.one_in(20)) {
                    person.campaigns = other.campaigns;
                    scene.replace(row, person);
                    moved.push_back(row);
                }
            }
            const auto before = kept.members;
            kept.wake(next, rows, mailed, moved);
            scene.check(kept.members, next);
            ++wakes;
            changes += before != kept.members ? 1 : 0;
        }
    }
    CHECK(wakes > 4'000);
    CHECK(changes > 400);
}

namespace {

/// Each segment changes by time alone, in one way each.
std::shared_ptr<const dsl::Rules> rules_that_look_at_time() {
    using namespace dsl::cond;
    auto rules = std::make_shared<dsl::Rules>(empty_rules());
    rules->policy.zone = "America/Chicago";
    const auto add = [&](dsl::Condition condition) {
        rules->conditions.push_back(std::move(condition));
        rules->segments.emplace_back().whole = static_cast<dsl::ConditionIx>(rules->conditions.size() - 1);
    };
    add(Happened{k_applied, {}, {}, {}, 1, {{}, 36}});
    add(Happened{k_applied, {}, {}, {}, 2, {dsl::DayOffset{0, -30}, 0}});
    add(Happened{k_received, {}, dsl::Channel::email, {}, 1, {dsl::DayOffset{-3, 0}, 0}});
    add(DateNear{k_date, dsl::DayOffset{0, 0}, dsl::DayOffset{2, 0}});
    add(DateNear{k_date, {}, dsl::DayOffset{-1, -1}});
    add(Anniversary{k_date, 7});
    add(Consent{0, ConsentIs::given, dsl::DayOffset{-6, 0}, {}});
    add(InList{0});
    return rules;
}

/// People to whom things happen through a year and beyond, which is known in advance.
struct Year {
    base::Minute start = at("2026-01-01T06:00Z"), end = start + std::chrono::days{365};
    Chance chance{77};
    Scene scene{rules_that_look_at_time()};
    std::vector<base::Second> leaves;  // the list, by row

    Year() {
        for (int id = 1; id <= 20; ++id)
            come(id);
    }
    void come(base::CandidateId id) {
        const auto some_minute = [&] { return start + std::chrono::minutes{chance.below(380 * 24 * 60)}; };
        Person person = random_person(chance, id);
        person.erased = false;
        person.campaigns.clear();
        person.lists.clear();
        person.dates[k_date] = base::local_day(scene.columns.policy_zone(), some_minute()) -
                               (chance.one_in(2) ? std::chrono::days{0} : std::chrono::days{730});
        for (int i = 0; i < 6; ++i)
            person.events.push_back({k_applied, some_minute(), "", {}});
        for (int i = 0; i < 3; ++i)
            person.events.push_back({k_received, some_minute(), "", dsl::Channel::email});
        std::sort(person.events.begin(), person.events.end(), [](auto& a, auto& b) { return a.at < b.at; });
        scene.add(person);
        leaves.push_back(some_minute() + std::chrono::seconds{chance.below(3) * 30});
        const auto row = static_cast<Row>(scene.people.size() - 1);
        scene.columns.set_in_list(0, row, leaves[row]);
        scene.people[row].lists.insert(0);
    }
    /// For the reference evaluator, which knows of no end of a list.
    void until(base::Minute minute) {
        for (Row row = 0; row < leaves.size(); ++row)
            if (leaves[row] <= minute)
                scene.people[row].lists.clear();
    }
};

}  // namespace

TEST_CASE("through a year, minute by minute, nobody comes or goes while it sleeps") {
    Year year;
    Scene& scene = year.scene;
    Kept kept(scene, year.start);
    roster::Columns awake = scene.columns;  // go with time, as a view of them must
    const std::size_t segments = scene.rules->segments.size();
    int wakes = 0, changes = 0;
    while (kept.now < year.end) {
        const base::Minute next = std::min(kept.next(), year.end);
        const base::Minute last = next - std::chrono::minutes{1};
        for (base::Minute asleep = kept.now; asleep <= last; asleep += std::chrono::minutes{1}) {
            year.until(asleep);
            // Each minute another person and segment, without columns: those would be late together with what is kept,
            // if they told too late that something is to come. Everybody is judged before and after each wake.
            const auto turn = static_cast<std::size_t>((asleep - year.start).count());
            const auto row = static_cast<Row>(turn % scene.people.size());
            const auto segment = static_cast<dsl::SegmentIx>(turn / scene.people.size() % segments);
            if (kept.members.in(segment, row) != scene.belongs(segment, row, asleep))
                FAIL("row " << row << " is wrong in segment " << segment << " " << (asleep - kept.now).count()
                            << " minutes after it fell asleep");
        }
        scene.check(kept.members, last);
        awake.advance(last);
        std::vector<Flip> unused;
        const View view{awake, base::local_day(awake.policy_zone(), last), last, scene.campaigns};
        CHECK(scene.evaluator.evaluate_all(view, unused) == kept.members);
        const auto before = kept.members;
        kept.wake(next);
        year.until(next);
        scene.check(kept.members, next);
        ++wakes;
        changes += before != kept.members ? 1 : 0;
    }
    CHECK(wakes < 1000);
    CHECK(changes > 200);
}
