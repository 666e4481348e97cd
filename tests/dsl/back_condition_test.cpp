// SPDX-License-Identifier: MIT
#include "back_support.hpp"

#include "dsl/describe.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;

namespace {

/// The compiled form of condition lines, as a whole.
std::string meaning(std::string_view lines) {
    const test::Result result = test::compiled_lines(lines);
    if (!result.rules) {
        return result.said;
    }
    return describe(*result.rules, result.rules->segments[*result.rules->segment("x")].whole);
}

ConditionIx whole(const Rules& rules, std::string_view segment) {
    return rules.segments[*rules.segment(segment)].whole;
}

}  // namespace

TEST_CASE("every test of a field means what the manual says") {
    const auto [line, compiled] = GENERATE(table<const char*, const char*>({
        {R"(profession is "Registered  Nurse")", R"(profession is "registered nurse")"},
        {R"(profession is any of "B", "a", "b")", R"(profession is any of "a", "b")"},
        {R"(profession is not "x")", R"(not(profession is "x"))"},
        {R"(profession is none of "x", "y")", R"(not(profession is any of "x", "y"))"},
        {R"(specialty includes "ICU")", R"(specialty includes "icu")"},
        {R"(specialty includes any of "ICU", "CVICU")", R"(specialty includes any of "cvicu", "icu")"},
        {R"(specialty includes all of "ICU", "CVICU")", R"(specialty includes all of "cvicu", "icu")"},
        {R"(specialty includes none of "ICU", "CVICU")", R"(not(specialty includes any of "cvicu", "icu"))"},
        {R"(profession contains "Nurse")", R"(profession contains "nurse")"},
        {R"(profession starts with "Reg")", R"(profession starts with "reg")"},
        {"years_in_specialty is 3", "years_in_specialty = 3"},
        {"years_in_specialty is at least 2", "years_in_specialty >= 2"},
        {"years_in_specialty is at most 5", "years_in_specialty <= 5"},
        {"years_in_specialty is more than 2", "years_in_specialty > 2"},
        {"years_in_specialty is less than 5", "years_in_specialty < 5"},
        {"years_in_specialty is between 2 and 5", "years_in_specialty >= 2 <= 5"},
        {"last_conversation is more than 270 days ago", "last_conversation to today-271d"},
        {"last_conversation is at least 9 months ago", "last_conversation to today-9mo"},
        {"last_conversation is more than 2 years ago", "last_conversation to today-24mo-1d"},
        {"last_conversation is less than 30 days ago", "last_conversation from today-29d to today"},
        {"last_conversation is at most 2 weeks ago", "last_conversation from today-14d to today"},
        {"last_conversation is between 30 and 730 days ago", "last_conversation from today-730d to today-30d"},
        {"license_expires is less than 60 days away", "license_expires from today to today+59d"},
        {"license_expires is at most 60 days away", "license_expires from today to today+60d"},
        {"license_expires is more than 60 days away", "license_expires from today+61d"},
        {"license_expires is between 1 and 60 days away", "license_expires from today+1d to today+60d"},
        {"license_expires is today", "license_expires on today"},
        {"license_expires is before 2026-06-01", "license_expires to 2026-05-31"},
        {"license_expires is after 2026-06-01", "license_expires from 2026-06-02"},
        {"license_expires is on 2026-06-01", "license_expires on 2026-06-01"},
        {"license_expires is on or before 2026-06-01", "license_expires to 2026-06-01"},
        {"license_expires is on or after 2026-06-01", "license_expires from 2026-06-01"},
        {"license_expires is between 2026-01-01 and 2026-03-31", "license_expires from 2026-01-01 to 2026-03-31"},
        {"hired_on has its anniversary today", "hired_on has its anniversary today"},
        {"hired_on has its anniversary in 7 days", "hired_on has its anniversary today+7d"},
        {"travels is yes", "travels is yes"},
        {"travels is no", "travels is no"},
        {R"(home is within 60 miles of "dallas, tx")", "home within 96561 m of 32.78,-96.80"},
        {R"(home is within 10 km of "40.1,-75.2")", "home within 10000 m of 40.10,-75.20"},
        {R"(home is within 10 km of "75201")", "home within 10000 m of 32.79,-96.80"},
        {R"(home is within 10 km of "Paris, TX")", "home within 10000 m of 33.66,-95.56"},
        {"profession is known", "profession is known"},
        {"profession is unknown", "profession is unknown"},
    }));
    CHECK(meaning(line) == compiled);
}

TEST_CASE("unknown counts as the author says, and a negative spelling is the exact opposite of its positive one") {
    const auto [line, compiled] = GENERATE(table<const char*, const char*>({
        {R"(stage is "a", if known)", R"(stage is "a")"},
        {R"(stage is "a", or is unknown)", R"(any(stage is "a", stage is unknown))"},
        {R"(stage is not "a", or is unknown)", R"(not(stage is "a"))"},
        {R"(stage is not "a", if known)", R"(all(not(stage is "a"), stage is known))"},
        {"last_conversation is more than 9 days ago, or is unknown",
         "any(last_conversation to today-10d, last_conversation is unknown)"},
    }));
    CHECK(meaning(line) == compiled);
}

TEST_CASE("histories, memberships and consents compile") {
    const auto [line, compiled] = GENERATE(table<const char*, const char*>({
        {"has replied in the last 90 days", "has replied since today-90d"},
        {"has replied in the last 24 hours", "has replied in 24 hours"},
        {"has not replied", "not(has replied)"},
        {"has applied at least 2 times in the last 2 years", "has applied 2 times since today-24mo"},
        {R"(has applied "Night Nurse")", R"(has applied "night nurse")"},
        {"has received", "has received"},
        {R"(has received email "hello")", R"(has received email "hello")"},
        {R"(has received sms "ping")", R"(has received sms "ping")"},
        {R"(is in segment "Nurses")", R"(profession is "registered nurse")"},
        {R"(is not in segment "Nurses")", R"(not(profession is "registered nurse"))"},
        {R"(is in list "Do Not Contact")", R"(in list "Do not contact")"},
        {R"(is not in list "Later")", R"(not(in list "Later"))"},
        {R"(consent "job news" is given)", R"(consent "job news" given)"},
        {R"(consent "job news" is withdrawn)", R"(consent "job news" withdrawn)"},
        {R"(consent "job news" is unknown)", R"(consent "job news" unknown)"},
        {R"(consent "job news" was given more than 730 days ago)", R"(consent "job news" given to today-731d)"},
    }));
    CHECK(meaning(line) == compiled);
}

TEST_CASE("groups nest, and a group of one line is that line") {
    CHECK(meaning("any of\n has worked\n all of\n has applied\n travels is yes\n end\n end") ==
          "any(has worked, all(has applied, travels is yes))");
    CHECK(meaning("none of\n has worked\n travels is yes\n end") == "not(any(has worked, travels is yes))");
    CHECK(meaning("any of\n has worked\n end") == "has worked");
}

TEST_CASE("equal conditions are one entry, whatever the spelling, and children stand before their parents") {
    const test::Result result = test::compiled(R"(edition 2026
segment "a"
  profession is any of "X", "y"
  has worked
end
segment "b"
  profession is any of "Y ", "x"
end
segment "c"
  profession is none of "x", "Y"
end
)");
    REQUIRE(result.rules);
    const Rules& rules = *result.rules;
    CHECK(whole(rules, "b") == rules.segments[*rules.segment("a")].lines[0].condition);
    CHECK(std::get<cond::Not>(rules.conditions[whole(rules, "c")]).of == whole(rules, "b"));
    for (ConditionIx i = 0; i < rules.conditions.size(); ++i) {
        if (const auto* group = std::get_if<cond::And>(&rules.conditions[i])) {
            for (const ConditionIx member : group->of) {
                CHECK(member < i);
            }
        }
    }
}

TEST_CASE("a line says who is unknown to it") {
    const test::Result result =
        test::compiled_lines("years_in_specialty is at least 2\n created is more than 9 days ago\n"
                             "profession is known\n has worked\n none of\n travels is yes\n end");
    REQUIRE(result.rules);
    const Rules& rules = *result.rules;
    const auto& lines = rules.segments[*rules.segment("x")].lines;
    REQUIRE(lines.size() == 5);
    REQUIRE(lines[0].unknown);
    CHECK(describe(rules, *lines[0].unknown) == "years_in_specialty is unknown");
    CHECK_FALSE(lines[1].unknown);  // everybody came into the store at some time
    CHECK_FALSE(lines[2].unknown);
    CHECK_FALSE(lines[3].unknown);
    REQUIRE(lines[4].unknown);
    CHECK(describe(rules, *lines[4].unknown) == "travels is unknown");
}

TEST_CASE("a named list of values is as good as the values") {
    const test::Result result = test::compiled(R"(edition 2026
values "Intensive" are "ICU", "CVICU"
segment "x"
  specialty includes any of values "Intensive"
end
)");
    REQUIRE(result.rules);
    CHECK(describe(*result.rules, whole(*result.rules, "x")) == R"(specialty includes any of "cvicu", "icu")");
}

TEST_CASE("nurture find compiles lines against rules that are there, and their indices stay valid") {
    const test::Result base = test::compiled("edition 2026\nvalues \"Intensive\" are \"ICU\"\n");
    REQUIRE(base.rules);
    const Compiled found = compile_find(
        *base.rules, "specialty includes any of values \"Intensive\"\nis in segment \"Nurses\"\nis in list \"New\"\n",
        "find");
    REQUIRE(found.rules);
    const Rules& rules = *found.rules;
    CHECK(rules.segments.back().name == "find");
    CHECK(describe(rules, rules.segments.back().whole) ==
          R"(all(specialty includes "icu", profession is "registered nurse", in list "New"))");
    CHECK(rules.segments.back().lines[1].text == R"(is in segment "Nurses")");
    CHECK(std::equal(base.rules->conditions.begin(), base.rules->conditions.end(), rules.conditions.begin()));
    CHECK(rules.schema.lists.front() == base.rules->schema.lists.front());

    const Compiled wrong = compile_find(*base.rules, "profesion is \"x\"\n", "find");
    CHECK_FALSE(wrong.rules);
    REQUIRE(wrong.diagnostics.size() == 1);
    CHECK(wrong.diagnostics[0].code == "N0201");
}
