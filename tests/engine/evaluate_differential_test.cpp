// SPDX-License-Identifier: MIT
#include "tests/engine/scene.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>

using namespace nurture;
using namespace nurture::engine;
using support::at;

TEST_CASE("evaluation over columns agrees with judging one person at a time, also after changes") {
    int members_seen = 0;
    for (unsigned seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        Scene scene(chance);
        // Some blocks are not full, and some cases span several.
        const int size = seed % 100 == 0 ? 4096 + 200 : 1 + chance.below(150);
        for (int id = 1; id <= size; ++id)
            scene.add(random_person(chance, id));
        const base::Minute now = at("2026-03-01T00:00Z") + std::chrono::minutes{chance.below(3 * 24 * 60)};
        scene.columns.advance(now);
        std::vector<Flip> flips;
        Memberships members = scene.evaluator.evaluate_all(scene.view(now), flips);
        scene.check(members, now);
        members_seen += static_cast<int>(members.count(0));

        std::vector<Row> touched;
        for (Row row = 0; row < scene.people.size(); ++row)
            if (chance.one_in(5)) {
                scene.replace(row, random_person(chance, scene.people[row].id));
                touched.push_back(row);
            }
        touched.push_back(static_cast<Row>(scene.people.size()));
        scene.add(random_person(chance, size + 1));
        scene.evaluator.evaluate_rows(scene.view(now), touched, Look::at_everything, members, flips);
        scene.check(members, now);
    }
    CHECK(members_seen > 1000);
}

TEST_CASE("answers do not depend on threads, on the size of blocks or on what the processor can do") {
    for (unsigned seed = 5000; seed < 5012; ++seed) {
        CAPTURE(seed);
        const auto evaluated = [&](Tuning tuning) {
            Chance chance(seed);
            Scene scene(chance, tuning);
            const int size = 1 + chance.below(3000);
            for (int id = 1; id <= size; ++id)
                scene.add(random_person(chance, id));
            std::vector<Flip> flips;
            const base::Minute now = at("2026-03-01T00:00Z") + std::chrono::minutes{chance.below(3 * 24 * 60)};
            scene.columns.advance(now);
            auto members = scene.evaluator.evaluate_all(scene.view(now), flips);
            std::vector<Row> some;
            for (Row row = 0; row < scene.people.size(); ++row)
                if (chance.one_in(7))
                    some.push_back(row);
            Memberships again = scene.evaluator.nobody();
            std::vector<Flip> of_some;
            scene.evaluator.evaluate_rows(scene.view(now), some, Look::at_everything, again, of_some);
            for (dsl::SegmentIx segment = 0; segment < scene.rules->segments.size(); ++segment)
                for (const Row row : some)
                    REQUIRE(members.in(segment, row) == again.in(segment, row));
            auto moved = scene.evaluator.moved_by_date(scene.view(now), scene.view(now).today - std::chrono::days{3});
            std::sort(flips.begin(), flips.end());
            std::sort(of_some.begin(), of_some.end());
            return std::tuple(members, flips, of_some, moved);
        };
        const auto one_way = evaluated({4096, 1, true});
        CHECK(evaluated({64, 1, true}) == one_way);
        CHECK(evaluated({64, 5, false}) == one_way);
        CHECK(evaluated({128, 2, false}) == one_way);
        CHECK(evaluated({}) == one_way);
    }
}
