// SPDX-License-Identifier: MIT
#include "daemon/base/schedule.hpp"

#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::base;
using support::at;
using support::day;
using support::zone;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> runs(const Schedule& schedule, std::string_view zone_name, std::string_view after, int count,
                              Holidays holidays = {}) {
    const ZoneId in = zone(zone_name);
    std::vector<std::string> found;
    Minute run = at(after, in);
    for (int i = 0; i < count; ++i) {
        run = next_run(schedule, in, holidays, run);
        found.push_back(support::shown(run, in).substr(0, 16));
        CHECK(last_run(schedule, in, holidays, run) == run);
        CHECK(last_run(schedule, in, holidays, next_run(schedule, in, holidays, run) - 1min) == run);
    }
    return found;
}

using Runs = std::vector<std::string>;

}  // namespace

TEST_CASE("an audience is looked at every weekday at its time") {
    const Schedule weekdays{.days = 0b0011111, .at = 7h};
    CHECK(runs(weekdays, "America/Chicago", "2026-03-05T07:00", 3) ==
          Runs{"2026-03-06T07:00", "2026-03-09T07:00", "2026-03-10T07:00"});
}

TEST_CASE("on named weekdays, and on business days only where it says so") {
    const Day holidays[] = {day("2026-05-25")};
    const Schedule schedule{.days = 0b0001001, .business_days_only = true, .at = 7h};
    CHECK(runs(schedule, "America/Chicago", "2026-05-21T07:00", 2, holidays) ==
          Runs{"2026-05-28T07:00", "2026-06-01T07:00"});
}

TEST_CASE("on the first business day of the months it names") {
    const Day holidays[] = {day("2026-01-01")};
    const Schedule every{.every = Every::first_business_day, .at = 9h};
    CHECK(runs(every, "America/Chicago", "2025-12-31T00:00", 3, holidays) ==
          Runs{"2026-01-02T09:00", "2026-02-02T09:00", "2026-03-02T09:00"});
    const Schedule twice{.every = Every::first_business_day, .months = 0b000000001001, .at = 9h};
    CHECK(runs(twice, "America/Chicago", "2026-01-10T00:00", 2, holidays) ==
          Runs{"2026-04-01T09:00", "2027-01-01T09:00"});
}

TEST_CASE("a check in a skipped hour runs right after it, one in a repeated hour runs once") {
    const Schedule night{.at = 2h + 30min};
    CHECK(runs(night, "America/New_York", "2026-03-07T12:00", 2) == Runs{"2026-03-08T03:30", "2026-03-09T02:30"});
    const Schedule early{.at = 1h + 30min};
    CHECK(runs(early, "America/New_York", "2026-10-31T12:00", 2) == Runs{"2026-11-01T01:30", "2026-11-02T01:30"});
}

TEST_CASE("a date that does not exist is not checked a second time") {
    CHECK(runs({.at = 9h}, "Pacific/Apia", "2011-12-28T12:00", 3) ==
          Runs{"2011-12-29T09:00", "2011-12-31T09:00", "2012-01-01T09:00"});
}

TEST_CASE("every hour is every full hour on the wall") {
    CHECK(runs({.every = Every::hour}, "America/New_York", "2026-03-08T00:10", 3) ==
          Runs{"2026-03-08T01:00", "2026-03-08T03:00", "2026-03-08T04:00"});
    CHECK(runs({.every = Every::hour}, "Australia/Lord_Howe", "2026-10-04T00:10", 3) ==
          Runs{"2026-10-04T01:00", "2026-10-04T03:00", "2026-10-04T04:00"});
    CHECK(runs({.every = Every::hour}, "Asia/Kolkata", "2026-03-08T00:10", 2) ==
          Runs{"2026-03-08T01:00", "2026-03-08T02:00"});
}

TEST_CASE("what never comes is never, and never was") {
    const Schedule no_day{.days = 0, .at = 7h};
    CHECK(next_run(no_day, ZoneId::utc, {}, at("2026-03-02T00:00Z")) == k_never);
    CHECK_FALSE(last_run(no_day, ZoneId::utc, {}, at("2026-03-02T00:00Z")));
}
