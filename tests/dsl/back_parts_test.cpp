// SPDX-License-Identifier: MIT
#include "back_support.hpp"

#include "dsl/holidays.hpp"
#include "dsl/places.hpp"
#include "dsl/template_text.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;
using namespace std::chrono;

namespace {
sys_days on(int y, unsigned m, unsigned d) { return sys_days{year{y} / month{m} / std::chrono::day{d}}; }
}  // namespace

TEST_CASE("values compare without regard to capitals and blanks, in every alphabet") {
    CHECK(fold("  Registered \t Nurse ") == "registered nurse");
    CHECK(fold("ÉCOLE Ω Я") == "école ω я");
    CHECK(fold("a\xC2\xA0z") == "a z");  // a non-breaking space
    CHECK(fold("") == "");
    CHECK(fold(" \n ") == "");
    CHECK(fold("bad \xff byte") == fold("bad \xff byte"));
}

TEST_CASE("text messages come from a number, a short code or a short name") {
    for (const char* sender :
         {"+15125550100", "77007", "LoneStar", "Lone Star 1", "MG0123456789abcdef0123456789abcdef"}) {
        INFO(sender);
        CHECK(is_sms_sender(sender));
    }
    for (const char* other : {"", "+", "+1512", "+1 512 555 0100", "+15125550100123456", "12", "123456789",
                              "Lone Star Jobs", "Lone*Star", " Lone", "Lone\r\nStar", "Löwe"}) {
        INFO(other);
        CHECK_FALSE(is_sms_sender(other));
    }
}

TEST_CASE("an SMS is counted as the network counts it") {
    const auto size = [](std::string_view text) {
        const SmsSize s = sms_size(text);
        return std::tuple(s.ucs2, s.segments, s.units);
    };
    CHECK(size("hello") == std::tuple(false, 1, 5));
    CHECK(size("£ and €") == std::tuple(false, 1, 8));  // the euro sign is in the extension table
    CHECK(size(std::string(160, 'a')) == std::tuple(false, 1, 160));
    CHECK(size(std::string(161, 'a')) == std::tuple(false, 2, 161));
    CHECK(size(std::string(306, 'a')) == std::tuple(false, 2, 306));
    CHECK(size(std::string(307, 'a')) == std::tuple(false, 3, 307));
    CHECK(size(std::string(152, 'a') + "€" + std::string(152, 'a')) == std::tuple(false, 3, 306));  // never cut in two
    CHECK(size("it’s") == std::tuple(true, 1, 4));
    CHECK(size("hi 😀") == std::tuple(true, 1, 5));
    std::string long_text = "’";
    long_text.append(70, 'a');
    CHECK(size(long_text) == std::tuple(true, 2, 71));
}

TEST_CASE("months clamp to the end of the month and are added before days") {
    CHECK(add(on(2026, 1, 31), {1, 0}) == on(2026, 2, 28));
    CHECK(add(on(2028, 2, 29), {12, 0}) == on(2029, 2, 28));
    CHECK(add(on(2026, 3, 31), {-1, -1}) == on(2026, 2, 27));
    CHECK(add(on(2026, 12, 31), {0, 1}) == on(2027, 1, 1));
}

TEST_CASE("places are cities, coordinates, ZIP codes of places.csv, and addresses that end with one") {
    Diagnostics diagnostics;
    const Places places(test::beside_house_rules(""), diagnostics);
    CHECK(diagnostics.empty());
    const Coordinates dallas{32.78, -96.80};
    CHECK(places.find("Dallas, TX") == dallas);
    CHECK(places.find(" dallas,  tx ") != std::nullopt);
    CHECK(places.find("12 Elm St, Dallas, TX") == dallas);
    CHECK(places.find("12 Elm St, Dallas, TX 75299") == dallas);
    CHECK(places.find("75201") == Coordinates{32.79, -96.80});
    CHECK(places.find("12 Elm St, Nowhere, TX 75201-1234") == Coordinates{32.79, -96.80});
    CHECK(places.find("40.1, -75.2") == Coordinates{40.1, -75.2});
    CHECK_FALSE(places.find("95.1,-75.2"));
    CHECK_FALSE(places.find("Nowhere, TX"));
    CHECK_FALSE(places.find(""));
    CHECK_FALSE(places.find(","));
    CHECK(places.nearest_name("Dalas, TX") == "Dallas, TX");
    CHECK(places.nearest_name("NYC") == "New York, NY");
    CHECK(places.nearest_name("New York City") == "New York, NY");
    CHECK(places.nearest_name("DFW") == "Dallas, TX");
    CHECK(places.nearest_name("Anchorage") == "Anchorage, AK");
}

TEST_CASE("a line of places.csv that is no place is an error with its line") {
    SourceSet sources;
    sources.files = {{"places.csv", "place,latitude,longitude\nParis,33.66,-95.56\nX,91,0\nY,1\n"}};
    Diagnostics diagnostics;
    const Places places(sources, diagnostics);
    REQUIRE(diagnostics.size() == 2);
    CHECK(line_column(sources.files[0], diagnostics[0].labels[0].span.begin).line == 3);
    CHECK(line_column(sources.files[0], diagnostics[1].labels[0].span.begin).line == 4);
    CHECK(places.find("paris") == Coordinates{33.66, -95.56});
}

TEST_CASE("a holiday calendar gives days, whole spans and what recurs") {
    const auto days =
        holidays("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
                 "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nEND:VEVENT\n"
                 "BEGIN:VEVENT\nUID:2\nDTSTART;VALUE=DATE:20250704\nRRULE:FREQ=YEARLY;COUNT=3\nEND:VEVENT\n"
                 "END:VCALENDAR\n");
    REQUIRE(days);
    CHECK(*days == std::vector<sys_days>{on(2025, 7, 4), on(2026, 7, 4), on(2026, 12, 24), on(2026, 12, 25),
                                         on(2026, 12, 26), on(2027, 7, 4)});
    CHECK_FALSE(holidays("this is no calendar"));
    CHECK_FALSE(holidays(""));
    CHECK_FALSE(holidays("BEGIN:VCALENDAR\nEND:VCALENDAR\n"));
}

TEST_CASE("merge fields are found with what to say when they are blank") {
    const auto parts = split_text(
        "Hi {{first_name or my friend}}, {{ city }} {{last_name or nothing}}{{years_since hired_on or some}}!");
    REQUIRE(parts.size() == 8);
    CHECK(parts[1].name == "first_name");
    CHECK(parts[1].fallback == "my friend");
    CHECK(parts[3].name == "city");
    CHECK_FALSE(parts[3].fallback);
    CHECK(parts[5].fallback == "");
    CHECK((parts[6].name == "years_since" && parts[6].argument == "hired_on" && parts[6].fallback == "some"));
    CHECK_FALSE(parts[7].is_field);
    CHECK(split_text("{{open").front().problem == TextPart::Problem::never_closed);
    CHECK(split_text("{{ }}").front().problem == TextPart::Problem::empty);
    CHECK(split_text("{{first name}}").front().problem == TextPart::Problem::words_after_name);
    CHECK(split_text("").empty());
}
