// SPDX-License-Identifier: MIT
#include "daemon/base/opening.hpp"

#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::base;
using support::at;
using support::day;
using support::zone;
using namespace std::chrono_literals;

namespace {

constexpr Weekdays k_weekdays = 0b0011111;

/// "opens - closes" by the clock on the wall.
std::string next(const OpeningRules& rules, std::string_view zone_name, std::string_view from) {
    const ZoneId in = zone(zone_name);
    const auto opening = OpeningHours(rules).next(in, at(from, in));
    if (!opening)
        return "never";
    const auto text = [&](Minute instant) { return support::shown(instant, in).substr(0, 16); };
    return text(opening->at) + " - " + text(opening->closes);
}

}  // namespace

TEST_CASE("a message goes at once inside the window and waits for the next opening outside") {
    const OpeningRules rules{.window = {k_weekdays, 9h, 17h}};
    CHECK(next(rules, "America/Chicago", "2026-03-02T09:00") == "2026-03-02T09:00 - 2026-03-02T17:00");
    CHECK(next(rules, "America/Chicago", "2026-03-02T16:59") == "2026-03-02T16:59 - 2026-03-02T17:00");
    CHECK(next(rules, "America/Chicago", "2026-03-02T17:00") == "2026-03-03T09:00 - 2026-03-03T17:00");
    CHECK(next(rules, "America/Chicago", "2026-03-06T17:00") == "2026-03-09T09:00 - 2026-03-09T17:00");
}

TEST_CASE("a window that wraps midnight belongs to the day on which it begins") {
    const OpeningRules rules{.window = {0b0010000, 22h, 2h}};  // Friday night
    CHECK(next(rules, "America/Chicago", "2026-03-02T12:00") == "2026-03-06T22:00 - 2026-03-07T02:00");
    CHECK(next(rules, "America/Chicago", "2026-03-07T01:30") == "2026-03-07T01:30 - 2026-03-07T02:00");
    CHECK(next(rules, "America/Chicago", "2026-03-07T02:00") == "2026-03-13T22:00 - 2026-03-14T02:00");
}

TEST_CASE("quiet hours, quiet days, holidays and quiet dates are taken out of the window") {
    OpeningRules rules{.window = {k_every_day, 6h, 22h}, .quiet_hours = Window{k_every_day, 20h, 8h}};
    CHECK(next(rules, "America/Chicago", "2026-03-02T06:30") == "2026-03-02T08:00 - 2026-03-02T20:00");
    CHECK(next(rules, "America/Chicago", "2026-03-02T20:00") == "2026-03-03T08:00 - 2026-03-03T20:00");

    rules.quiet_days = 0b1000000;
    CHECK(next(rules, "America/Chicago", "2026-02-28T21:00") == "2026-03-02T08:00 - 2026-03-02T20:00");

    rules.holidays = {day("2026-03-02")};
    CHECK(next(rules, "America/Chicago", "2026-02-28T21:00") == "2026-03-03T08:00 - 2026-03-03T20:00");

    using namespace std::chrono;
    rules.quiet_dates = {{December / 24, January / 2}};
    CHECK(next(rules, "America/Chicago", "2025-12-23T20:00") == "2026-01-03T08:00 - 2026-01-03T20:00");
}

TEST_CASE("an SMS never goes outside 08:00 to 21:00, whatever the window says") {
    const OpeningRules rules{.window = {}, .sms_hours = true};
    CHECK(next(rules, "America/Chicago", "2026-03-02T03:00") == "2026-03-02T08:00 - 2026-03-02T21:00");
    CHECK(next(rules, "America/Chicago", "2026-03-02T21:00") == "2026-03-03T08:00 - 2026-03-03T21:00");
}

TEST_CASE("an opening that a clock change skips begins right after the jump") {
    const OpeningRules rules{.window = {k_every_day, 2h, 2h + 45min}};
    CHECK(next(rules, "Australia/Lord_Howe", "2026-10-04T00:00") == "2026-10-04T02:30 - 2026-10-04T02:45");
    CHECK(next(rules, "America/New_York", "2026-03-08T00:00") == "2026-03-09T02:00 - 2026-03-09T02:45");
    const OpeningRules later{.window = {k_every_day, 2h + 30min, 4h}};
    CHECK(next(later, "America/New_York", "2026-03-08T00:00") == "2026-03-08T03:00 - 2026-03-08T04:00");
}

TEST_CASE("nothing goes on a date that does not exist") {
    const OpeningRules rules{.window = {k_every_day, 9h, 17h}};
    CHECK(next(rules, "Pacific/Apia", "2011-12-29T17:00") == "2011-12-31T09:00 - 2011-12-31T17:00");
}

TEST_CASE("a window open day and night closes a week later for whoever asks") {
    CHECK(next({}, "America/Chicago", "2026-03-02T09:00") == "2026-03-02T09:00 - 2026-03-09T10:00");
}

TEST_CASE("a window that lies in quiet hours never opens") {
    CHECK(next({.window = {k_every_day, 21h, 23h}, .quiet_hours = Window{k_every_day, 20h, 8h}}, "America/Chicago",
               "2026-03-02T09:00") == "never");
}

TEST_CASE("next opening and closing agree with asking minute by minute, in every kind of zone") {
    const auto name =
        GENERATE("America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia");
    const auto start = GENERATE("2011-12-28T00:00Z", "2025-02-22T00:00Z", "2026-03-06T00:00Z", "2026-03-27T00:00Z",
                                "2026-04-03T00:00Z", "2026-10-02T00:00Z", "2026-10-23T00:00Z", "2026-10-30T00:00Z");
    const ZoneId in = zone(name);
    OpeningRules rules{.window = {0b1111101, 22h + 30min, 3h + 17min}};
    rules.quiet_hours = Window{k_every_day, 1h + 10min, 1h + 50min};
    rules.holidays = {day("2026-10-25")};
    const OpeningHours hours(rules);
    const Minute end = at(start) + 72h;
    std::optional<Opening> opening;  // found by walking backwards from a known state
    for (Minute minute = at(start); minute < end; minute += 1min) {
        const auto [on, clock] = local(in, minute);
        const bool late = clock >= 22h + 30min, early = clock < 3h + 17min;
        const Day begun = early ? on - std::chrono::days{1} : on;
        const bool open = (late || early) && (0b1111101 >> weekday_index(begun) & 1) != 0 &&
                          !(clock >= 1h + 10min && clock < 1h + 50min) && on != day("2026-10-25");
        REQUIRE(hours.inside(in, minute) == open);
        if (!opening || minute >= opening->closes)
            opening = hours.next(in, minute);
        REQUIRE(open == (minute >= opening->at));
        REQUIRE(minute < opening->closes);
    }
}
