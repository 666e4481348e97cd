// SPDX-License-Identifier: MIT
#include "daemon/base/files.hpp"
#include "daemon/service/guard.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace nurture;
using namespace std::chrono_literals;

namespace {

const store::Instant k_now = support::at("2026-03-03T16:00Z");

void write_something(store::Database& database, store::Instant now) {
    store::Transaction transaction(database);
    store::append(database, {.at = now, .kind = "test"});
    transaction.commit();
}

/// A state directory with a store that a daemon has used.
struct Place {
    support::TempDirectory folder;
    base::SteppedClock clock{k_now};

    std::filesystem::path store() const { return folder / "nurtured.db"; }
    store::Database open() const { return store::Database::open(store()); }

    Place() { use(); }
    void use(int rows = 3) {
        auto database = open();
        service::Guards guards(database, folder.path(), clock);
        for (int i = 0; i < rows; ++i)
            write_something(database, clock.now());
        guards.note();
        database.checkpoint();
    }
    /// What the guard of a daemon that starts now says; empty: it may run.
    std::string hold() {
        auto database = open();
        const service::Guards guards(database, folder.path(), clock);
        const auto found = store::hold(database, store::Guard::store);
        return found ? found->why : "";
    }
};

}  // namespace

TEST_CASE("a store that is still the same is not held") {
    Place place;
    CHECK(place.hold().empty());
    place.use();
    CHECK(place.hold().empty());
}

TEST_CASE("a store that was put back into its own file is held until a person reconciles") {
    Place place;
    const auto backup = place.folder / "backup.db";
    std::filesystem::copy_file(place.store(), backup);
    place.use(5);
    {
        std::ofstream target(place.store(),
                             std::ios::binary);  // the same file, as `cat backup > nurtured.db` leaves it
        target << std::ifstream(backup, std::ios::binary).rdbuf();
    }
    CHECK_THAT(place.hold(),
               Catch::StartsWith("this store is an older copy: its journal ends at row 3, and row 8 was"));
    auto database = place.open();
    CHECK(store::stopped(database)->by == "the store guard");
    store::Transaction transaction(database);
    service::accept(database, k_now, "lee.ortiz", "compared with the relay's log");
    transaction.commit();
    service::mark_again(database, place.folder.path(), place.clock);
    CHECK_FALSE(store::stopped(database));
    CHECK(place.hold().empty());
}

TEST_CASE("an older copy that has gone on by itself is found by its past") {
    Place place;
    const auto backup = place.folder / "backup.db";
    std::filesystem::copy_file(place.store(), backup);
    place.use(1);
    {
        std::ofstream target(place.store(), std::ios::binary);
        target << std::ifstream(backup, std::ios::binary).rdbuf();
    }
    auto database = place.open();
    write_something(database, k_now + 1h);
    write_something(database, k_now + 2h);
    CHECK_THAT(service::suspicion(database, place.folder.path()),
               Catch::StartsWith("this store has another past: row 4"));
}

TEST_CASE("a copy of the whole directory is another store") {
    Place place;
    const support::TempDirectory elsewhere;
    std::filesystem::copy(place.folder.path(), elsewhere.path(), std::filesystem::copy_options::recursive);
    auto database = store::Database::open(elsewhere / "nurtured.db");
    const service::Guards guards(database, elsewhere.path(), place.clock);
    CHECK_THAT(store::hold(database, store::Guard::store).value().why,
               Catch::StartsWith("this store was in use on another machine or as another file"));
}

TEST_CASE("an empty mark, as a power cut may leave it, holds nothing") {
    Place place;
    std::ofstream(service::high_water_file(place.folder.path()), std::ios::trunc);
    CHECK(place.hold().empty());
}

TEST_CASE("a clock that jumps holds everything until it is right again") {
    Place place;
    auto database = place.open();
    service::Guards guards(database, place.folder.path(), place.clock);
    CHECK(guards.look());
    place.clock.advance(10h);
    CHECK(guards.look());
    place.clock.jump(4min);  // a correction
    CHECK(guards.look());
    for (const auto jump : {std::chrono::seconds(24h), std::chrono::seconds(-2h)}) {
        place.clock.jump(jump);
        CHECK_FALSE(guards.look());
        CHECK(store::stopped(database)->by == "the clock guard");
        place.clock.advance(1h);
        CHECK_FALSE(guards.look());
        place.clock.jump(-jump);
        CHECK(guards.look());
        CHECK_FALSE(store::stopped(database));
    }
}

TEST_CASE("a person may say that the clock is right now") {
    Place place;
    auto database = place.open();
    service::Guards guards(database, place.folder.path(), place.clock);
    place.clock.jump(24h);
    CHECK_FALSE(guards.look());
    store::Transaction transaction(database);
    service::accept(database, place.clock.now(), "lee.ortiz", "it was a day slow");
    transaction.commit();
    CHECK(guards.look());
    place.clock.jump(-24h);
    CHECK_FALSE(guards.look());
}

TEST_CASE("a clock that was set while no daemon ran is noticed at the start, in the same run of the machine") {
    Place place;
    place.clock.jump(24h);
    auto database = place.open();
    service::Guards guards(database, place.folder.path(), place.clock);
    CHECK_FALSE(guards.look());
}

TEST_CASE("a machine that starts anew does not make a clock right that was wrong before") {
    Place place;
    {
        auto database = place.open();
        service::Guards guards(database, place.folder.path(), place.clock);
        place.clock.jump(24h);
        CHECK_FALSE(guards.look());
    }
    const auto path = service::high_water_file(place.folder.path());
    auto mark = base::read_file(path, 4096);
    const auto boot = mark.find(service::read_mark(place.folder.path())->boot);
    REQUIRE(boot != mark.npos);
    mark[boot] = mark[boot] == 'x' ? 'y' : 'x';
    base::write_file(path, mark);
    auto database = place.open();
    service::Guards guards(database, place.folder.path(), place.clock);
    CHECK_FALSE(guards.look());
    store::Transaction transaction(database);
    service::accept(database, place.clock.now(), "lee.ortiz", "the clock is right");
    transaction.commit();
    CHECK(guards.look());
}

TEST_CASE("a clock behind the last hand-over holds everything, whatever the time since boot says") {
    Place place;
    auto database = place.open();
    store::raise_clock_max(database, k_now + 1h);
    service::Guards guards(database, place.folder.path(), place.clock);
    CHECK_FALSE(guards.look());
    place.clock.advance(56min);
    CHECK(guards.look());
}

TEST_CASE("a person's stop outlives the guard's hold") {
    Place place;
    auto database = place.open();
    service::Guards guards(database, place.folder.path(), place.clock);
    {
        store::Transaction transaction(database);
        store::stop(database, k_now, "dana.wu", "typing error");
        transaction.commit();
    }
    place.clock.jump(24h);
    CHECK_FALSE(guards.look());
    place.clock.jump(-24h);
    CHECK(guards.look());
    CHECK(store::stopped(database)->by == "dana.wu");
}
