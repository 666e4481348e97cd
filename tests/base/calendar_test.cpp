// SPDX-License-Identifier: MIT
#include "daemon/base/calendar.hpp"

#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::base;
using support::at;
using support::day;
using support::shown;
using support::zone;
using namespace std::chrono_literals;

TEST_CASE("a wall-clock time that a clock change skips is read with the offset before it") {
    const auto [name, date, minute, expected] =
        GENERATE(table<std::string, std::string, std::chrono::minutes, std::string>({
            {"America/New_York", "2026-03-08", 2h + 30min, "2026-03-08T03:30:00-04:00"},
            {"Europe/Dublin", "2026-03-29", 1h + 30min, "2026-03-29T02:30:00+01:00"},
            {"Australia/Lord_Howe", "2026-10-04", 2h + 15min, "2026-10-04T02:45:00+11:00"},
            {"Africa/Casablanca", "2025-04-06", 2h + 30min, "2025-04-06T03:30:00+01:00"},
            {"Pacific/Apia", "2011-12-30", 9h, "2011-12-31T09:00:00+14:00"},
        }));
    CHECK(shown(to_instant(zone(name), day(date), minute), zone(name)) == expected);
}

TEST_CASE("a wall-clock time that comes twice is the first of the two") {
    const auto [name, date, minute, expected] =
        GENERATE(table<std::string, std::string, std::chrono::minutes, std::string>({
            {"America/New_York", "2026-11-01", 1h + 30min, "2026-11-01T01:30:00-04:00"},
            {"Europe/Dublin", "2026-10-25", 1h + 30min, "2026-10-25T01:30:00+01:00"},
            {"Australia/Lord_Howe", "2026-04-05", 1h + 45min, "2026-04-05T01:45:00+11:00"},
            {"Africa/Casablanca", "2025-02-23", 2h + 30min, "2025-02-23T02:30:00+01:00"},
        }));
    CHECK(shown(to_instant(zone(name), day(date), minute), zone(name)) == expected);
}

TEST_CASE("the minutes around a clock change show what the clock on the wall shows") {
    const ZoneId new_york = zone("America/New_York");
    CHECK(local(new_york, at("2026-03-08T06:59Z")) == Local{day("2026-03-08"), 1h + 59min});
    CHECK(local(new_york, at("2026-03-08T07:00Z")) == Local{day("2026-03-08"), 3h});
    CHECK(local(new_york, at("2026-11-01T05:59Z")) == Local{day("2026-11-01"), 1h + 59min});
    CHECK(local(new_york, at("2026-11-01T06:00Z")) == Local{day("2026-11-01"), 1h});
}

TEST_CASE("a date begins at its first existing minute") {
    CHECK(shown(day_start(zone("America/Havana"), day("2026-03-08")), zone("America/Havana")) ==
          "2026-03-08T01:00:00-04:00");
    CHECK(shown(day_start(zone("America/Chicago"), day("2026-03-08")), zone("America/Chicago")) ==
          "2026-03-08T00:00:00-06:00");

    SECTION("and one that was left out begins with the next") {
        const ZoneId apia = zone("Pacific/Apia");
        CHECK(day_start(apia, day("2011-12-30")) == day_start(apia, day("2011-12-31")));
        CHECK(shown(day_start(apia, day("2011-12-31")), apia) == "2011-12-31T00:00:00+14:00");
    }
    SECTION("and one whose midnight comes twice begins at the first") {
        const ZoneId havana = zone("America/Havana");
        CHECK(shown(day_start(havana, day("2026-11-01")), havana) == "2026-11-01T00:00:00-04:00");
    }
}

TEST_CASE("every minute of two years goes to the wall clock and back") {
    const ZoneId lord_howe = zone("Australia/Lord_Howe");
    int repeated = 0;
    for (Minute minute = at("2025-01-01T00:00Z"); minute < at("2027-01-01T00:00Z"); minute += 1min) {
        const auto [on, clock] = local(lord_howe, minute);
        const Minute back = to_instant(lord_howe, on, clock);
        if (back == minute)
            continue;
        REQUIRE(minute - back == 30min);
        ++repeated;
    }
    CHECK(repeated == 2 * 30);
}

TEST_CASE("days keep the time on the wall, hours elapse") {
    const ZoneId new_york = zone("America/New_York");
    const Minute start = at("2026-03-24T08:30", new_york);
    const Minute end = add_length(new_york, {}, start, {10, LengthUnit::days});
    CHECK(format_for_people(end, new_york) == "Fri 3 Apr 2026 08:30 EDT");
    CHECK(format_for_people(at("2026-04-07T08:30", new_york), zone("America/Chicago")) == "Tue 7 Apr 2026 07:30 CDT");

    const Minute before_the_change = at("2026-03-01T08:30", new_york);
    CHECK(add_length(new_york, {}, before_the_change, {10, LengthUnit::days}) - before_the_change == 239h);
    CHECK(add_length(new_york, {}, before_the_change, {240, LengthUnit::hours}) - before_the_change == 240h);
    CHECK(add_length(new_york, {}, before_the_change, {2, LengthUnit::weeks}) == at("2026-03-15T08:30", new_york));
    CHECK(add_length(new_york, {}, before_the_change, {90, LengthUnit::minutes}) == at("2026-03-01T10:00", new_york));
}

TEST_CASE("a month later is the same day, or the month's last") {
    const ZoneId chicago = zone("America/Chicago");
    const Minute start = at("2026-01-31T10:00", chicago);
    CHECK(add_length(chicago, {}, start, {1, LengthUnit::months}) == at("2026-02-28T10:00", chicago));
    CHECK(add_length(chicago, {}, start, {2, LengthUnit::months}) == at("2026-03-31T10:00", chicago));
    CHECK(add_months(day("2028-01-31"), 1) == day("2028-02-29"));
    CHECK(add_months(day("2026-03-31"), -1) == day("2026-02-28"));
    CHECK(add_months(day("2026-11-30"), 3) == day("2027-02-28"));
    CHECK(add_length(chicago, {}, at("2028-02-29T10:00", chicago), {1, LengthUnit::years}) ==
          at("2029-02-28T10:00", chicago));
}

TEST_CASE("business days skip weekends and holidays and keep the time on the wall") {
    const ZoneId chicago = zone("America/Chicago");
    const Day holidays[] = {day("2026-05-25")};  // a Monday
    const auto after = [&](std::string_view start, int count) {
        return shown(add_length(chicago, holidays, at(start, chicago), {count, LengthUnit::business_days}), chicago)
            .substr(0, 16);
    };
    CHECK(after("2026-05-20T09:15", 1) == "2026-05-21T09:15");
    CHECK(after("2026-05-22T09:15", 1) == "2026-05-26T09:15");
    CHECK(after("2026-05-20T09:15", 4) == "2026-05-27T09:15");

    SECTION("counted from the next business day when it is none") {
        CHECK(after("2026-03-01T09:15", 1) == "2026-03-03T09:15");  // Sunday: from Monday on
        CHECK(after("2026-05-23T09:15", 2) == "2026-05-28T09:15");  // Saturday before the holiday: from Tuesday on
    }
}

TEST_CASE("a zone is found without regard to capitals, and what is none is not found") {
    CHECK(zone_name(zone("america/chicago")) == "America/Chicago");
    CHECK(zone_name(zone("UTC")) == "UTC");
    CHECK_FALSE(find_zone(""));
    CHECK_FALSE(find_zone("Central Time"));
    CHECK_FALSE(find_zone("../../etc/passwd"));
    CHECK_FALSE(find_zone("tzdata.zi"));
}

TEST_CASE("a state names a zone only if it lies in one") {
    const auto [state, expected] = GENERATE(table<std::string, std::string>({
        {"NY", "America/New_York"},
        {"ok", "America/Chicago"},
        {"New Mexico", "America/Denver"},
        {"CA", "America/Los_Angeles"},
        {"HI", "Pacific/Honolulu"},
        {"MB", "America/Winnipeg"},
    }));
    REQUIRE(zone_of_state(state));
    CHECK(zone_name(*zone_of_state(state)) == expected);

    for (const char* split : {"TX", "FL", "TN", "Indiana", "AZ", "ON", "", "Atlantis"})
        CHECK_FALSE(zone_of_state(split));
}

TEST_CASE("an instant is read in the zone, or with its own offset") {
    const ZoneId chicago = zone("America/Chicago");
    const auto read = [&](std::string_view text) {
        const auto instant = parse_instant(text, chicago);
        return instant ? format_instant(*instant) : "nothing";
    };
    CHECK(read("2026-03-02T07:00") == "2026-03-02T13:00:00Z");
    CHECK(read("2026-03-02 07:00") == "2026-03-02T13:00:00Z");
    CHECK(read("2026-03-02T07:00:30") == "2026-03-02T13:00:30Z");
    CHECK(read("2026-03-02T07:00Z") == "2026-03-02T07:00:00Z");
    CHECK(read("2026-03-02T07:00-05:00") == "2026-03-02T12:00:00Z");
    CHECK(read("2026-03-02T07:00:10+05:30") == "2026-03-02T01:30:10Z");
    CHECK(read("2026-03-02") == "2026-03-02T06:00:00Z");
    for (const char* wrong :
         {"", "2026-02-30", "2026-13-01T00:00", "2026-03-02T24:00", "2026-03-02T7:00", "2026-03-02T07:60",
          "2026-03-02T07:00+5", "2026-03-02T07:00Zulu", "tomorrow", "2026-03-02T-1:00"})
        CHECK(read(wrong) == "nothing");
}
