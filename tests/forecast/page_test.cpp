// SPDX-License-Identifier: MIT
#include "daemon/forecast/page.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::forecast;

TEST_CASE("numbers have separators between thousands") {
    CHECK(thousands(0) == "0");
    CHECK(thousands(999) == "999");
    CHECK(thousands(12410) == "12,410");
    CHECK(thousands(1234567) == "1,234,567");
    CHECK(thousands(-1234) == "-1,234");
    CHECK(thousands(-123) == "-123");
}

TEST_CASE("a time is written with the day, the zone's letters, and the year only where it is another") {
    const auto chicago = support::zone("America/Chicago");
    const auto now = support::at("2026-03-02T07:00", chicago);
    CHECK(short_time(support::at("2026-03-03T10:00", chicago), chicago, now) == "Tue 3 Mar 10:00 CST");
    CHECK(short_time(support::at("2027-03-16T10:00", chicago), chicago, now) == "Tue 16 Mar 2027 10:00 CDT");
    CHECK(short_day(support::day("2026-12-24"), support::day("2026-03-02")) == "Thu 24 Dec");
}

TEST_CASE("text that is too long is cut at a character, not in the middle of one") {
    CHECK(fit("specialty", 9) == "specialty");
    CHECK(fit("specialty is", 9) == "specialt…");
    CHECK(fit("Hạnh Dąbrowska", 6) == "Hạnh…");
    CHECK(width("Hạnh") == 4);
}

TEST_CASE("a left and a right end share one line of exactly the page's width") {
    Writer writer({40, false});
    writer.line("segment \"Dormant ICU nurses\" and many more", "icu.nurture:4", Ink::plain);
    writer.line("a", "b", Ink::plain);
    CHECK(writer.take() == "segment \"Dormant ICU nur…  icu.nurture:4\n"
                           "a                                      b\n");
}

TEST_CASE("a paragraph is broken between words and goes on below its first word") {
    Writer writer({24, false});
    writer.paragraph("40 enter today, 40 tomorrow, 81 later", "  + ");
    CHECK(writer.take() == "  + 40 enter today, 40\n"
                           "    tomorrow, 81 later\n");
}

TEST_CASE("tables have their numbers flush right") {
    Writer writer({40, false});
    writer.table({{"Day", "emails", "SMS"}, {"Mon 2 Mar", "1,204", "3"}, {"Tue 3 Mar", "-", "12"}});
    CHECK(writer.take() == "  Day        emails  SMS\n"
                           "  Mon 2 Mar   1,204    3\n"
                           "  Tue 3 Mar       -   12\n");
}

TEST_CASE("colour is there only when it was asked for") {
    Writer plain({40, false}), colour({40, true});
    plain.line("blocked", Ink::red);
    colour.line("blocked", Ink::red);
    CHECK(plain.take() == "blocked\n");
    CHECK(colour.take() == "\x1b[31mblocked\x1b[0m\n");
}

TEST_CASE("a name cannot move the cursor of the terminal that shows it") {
    CHECK(printable("Ana\x1b[2J\x07Ruiz\xc2\x9b") == "Ana [2J Ruiz ");
    CHECK(printable("Hạnh Â") == "Hạnh Â");
}
