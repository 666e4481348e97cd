// SPDX-License-Identifier: MIT
#include "back_support.hpp"

#include "dsl/describe.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;

namespace {

std::string campaign(std::string_view steps, std::string_view name = "C") {
    return "edition 2026\n\ncampaign \"" + std::string(name) +
           "\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n  from owner\n  check every day at 07:00\n"
           "  enroll at most 40 per day\n  re-enter never\n  stop when candidate has replied\n"
           "  stop when candidate leaves the audience\n\n" +
           std::string(steps) + "\nend\n";
}

/// The steps of a campaign as a numbered program, or what is wrong with them.
std::string program(std::string_view steps) {
    const test::Result result = test::compiled(campaign(steps));
    if (!result.rules) {
        return result.said;
    }
    std::string text;
    const auto& lines = result.rules->campaigns[0].steps->lines;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text += std::to_string(i) + (lines[i].name.empty() ? " " : " " + lines[i].name + ": ") +
                describe(*result.rules, lines[i]) + "\n";
    }
    return text;
}

Hash version(std::string_view steps) {
    const test::Result result = test::compiled(campaign(steps));
    REQUIRE(result.rules);
    return result.rules->campaigns[0].steps->hash;
}

}  // namespace

TEST_CASE("steps and waits become a program that ends") {
    CHECK(program(R"(  step review: approval by owner within 2 business days, otherwise stop
  step hello: email "hello"
  wait 4 business days
  step again: email "guide" in the thread of hello
  wait until tuesday at 10:00
  step call: task for owner "Call {{first_name or them}}")") ==
          R"(0 review: approval by owner within 2 business days, otherwise stop
1 hello: email "hello", within 30 days
2 wait 4 business days
3 again: email "guide", in the thread of 1, within 30 days
4 wait until days 0000010 at 10:00
5 call: task for owner
6 end
)");
}

TEST_CASE("a branch jumps over what is not for this person") {
    CHECK(program(R"(  step hello: email "hello"
  wait up to 5 days until hello is clicked or replied to
  if hello was clicked
    step text: sms "ping"
  otherwise
    wait 20 days
    stop
  end
  if travels is yes
    step call: task for owner "Call"
  end)") == R"(0 hello: email "hello", within 30 days
1 wait up to 5 days until 0 was clicked or replied
2 if 0 was clicked, otherwise go to 5
3 text: sms "ping", within 30 days
4 go to 7
5 wait 20 days
6 stop
7 if travels is yes, otherwise go to 9
8 call: task for owner
9 end
)");
}

TEST_CASE("each arm of a split goes on behind it, and the one that gets nothing ends there") {
    CHECK(program(R"(  step trial: split
    45 percent: email "hello"
    45 percent: sms "ping"
    10 percent: nothing
  end
  wait 5 days
  if trial was clicked
    step call: task for owner "Call"
  end
  split
    100 percent: email "guide"
  end)") == R"(0 split trial: 45 percent go to 1, 45 percent go to 3, 10 percent go to 5
1 trial: email "hello", within 30 days
2 go to 6
3 trial: sms "ping", within 30 days
4 go to 6
5 held out
6 wait 5 days
7 if 1 was clicked, otherwise go to 9
8 call: task for owner
9 split split: 100 percent go to 10
10 split: email "guide", within 30 days
11 go to 12
12 end
)");
}

TEST_CASE("a note is asked for right before its message, and an approval that skips skips both") {
    CHECK(program(R"(  step review: approval by owner within 1 day, otherwise skip step
  step congrats: email "noted" with a personal note by owner within 2 business days, otherwise skip step
  step park: add to list "Not now" for 60 days
  step back: remove from list "Not now"
  step out: withdraw consent "job news"
end
template "noted" for email
  subject "Well done"
  | {{personal_note}} {{postal_address}} {{unsubscribe_link}}
end
values "unused" are "x"
segment "Nobody"
  profession is "y")") == R"(0 review: approval by owner within 1 day, otherwise go to 3
1 congrats: note by owner within 2 business days, otherwise go to 3
2 congrats: email "noted", within 30 days, with the note
3 park: add to list "Not now" for 60 days
4 back: remove from list "Not now"
5 out: withdraw consent "job news"
6 end
)");
}

TEST_CASE("months are counted from the first of several month waits in a row") {
    CHECK(program(R"(  wait 1 month
  step a: task for owner "A"
  wait 1 month
  step b: task for owner "B"
  wait 1 year
  wait 2 weeks
  wait 1 month)") == R"(0 wait 1 month
1 a: task for owner
2 wait 1 month, after 1 months
3 b: task for owner
4 wait 1 year, after 2 months
5 wait 2 weeks
6 wait 1 month
7 end
)");
}

TEST_CASE("a date that is past skips everything up to the next wait") {
    CHECK(program(R"(  wait until 7 days before license_expires
  step a: email "hello"
  if travels is yes
    wait until 1 day after license_expires
    step b: task for owner "B"
  end
  step c: task for owner "C"
  wait 2 days
  step d: email "guide")") == R"(0 wait until today-7d of license_expires, past: go to 6
1 a: email "hello", within 30 days
2 if travels is yes, otherwise go to 5
3 wait until today+1d of license_expires, past: go to 6
4 b: task for owner
5 c: task for owner
6 wait 2 days
7 d: email "guide", within 30 days
8 end
)");
}

TEST_CASE("what happens to a message or an approval that comes to nothing is carried") {
    CHECK(program(R"(  step ok: approval by "lee.ortiz" within 1 business day, otherwise skip step
  step a: email "hello", otherwise sms "ping"
  step b: email next unsent of "hello", "guide" within 4 hours, otherwise skip step
  step c: sms "ping", otherwise stop)") == R"(0 ok: approval by "lee.ortiz" within 1 business day, otherwise go to 2
1 a: email "hello", within 30 days, otherwise sms "ping"
2 b: email next unsent of "hello", "guide", within 4 hours, otherwise skip step
3 c: sms "ping", within 30 days, otherwise stop
4 end
)");
}

TEST_CASE("the version of a campaign is its steps alone: layout, comments and the head do not change it, a word does") {
    const Hash first = version("  step hello: email \"hello\"\n  wait 4 days");
    CHECK(version("# a comment\n      step   hello: email \"hello\"  # why\n\n  wait 4 days") == first);
    CHECK(version("  step hello: email \"hello\"\n  wait 5 days") != first);
    CHECK(version("  step hallo: email \"hello\"\n  wait 4 days") != first);

    std::string other = campaign("  step hello: email \"hello\"\n  wait 4 days");
    other.replace(other.find("40 per day"), 2, "10");
    const test::Result result = test::compiled(other);
    REQUIRE(result.rules);
    CHECK(result.rules->campaigns[0].steps->hash == first);
}

TEST_CASE("the head of a campaign is carried as written") {
    const test::Result result = test::compiled(R"(edition 2026
campaign "C"
  owner from candidate, otherwise "lee.ortiz"
  audience "Nurses"
  from "Lone Star Careers <careers@lonestar.example>"
  check on the first business day of january, april at 08:00
  enroll at most 150 per day
  re-enter after 80 days
  priority 40
  send tuesday to thursday between 09:00 and 17:30
  expires on 2027-12-31
  draft
  stop when candidate has applied
  stop when stage becomes any of "B", "a"
  pause 2 weeks when candidate has auto_replied
  keep candidates who leave the audience
  step hello: sms "ping"
end
)");
    INFO(result.said);
    REQUIRE(result.rules);
    const Campaign& c = result.rules->campaigns[0];
    CHECK((c.owner.from_candidate && c.owner.name == "lee.ortiz"));
    CHECK((!c.from.owner && c.from.name == "Lone Star Careers" && c.from.address == "careers@lonestar.example"));
    const auto& check = std::get<Check>(c.entry);
    CHECK(
        (check.every == CheckEvery::first_business_day && check.months == 0b1001 && check.at == std::chrono::hours{8}));
    CHECK(c.enroll_per_day == 150);
    CHECK(c.re_enter_after == DayOffset{0, 80});
    CHECK((c.window.days == 0b0001110 && c.window.from == std::chrono::hours{9} &&
           c.window.to == std::chrono::minutes{17 * 60 + 30}));
    CHECK((c.priority == 40 && c.draft && !c.stop_leavers && c.has_message && c.first_channel == Channel::sms));
    CHECK(*c.expires_on == std::chrono::sys_days{std::chrono::year{2027} / 12 / 31});
    REQUIRE(c.stops.size() == 2);
    CHECK(std::get<change::Becomes>(c.stops[1].when).values == std::vector<std::string>{"a", "b"});
    CHECK(c.stops[0].text == "stop when candidate has applied");
    REQUIRE(c.pauses.size() == 1);
    CHECK(c.pauses[0].days == 14);
}

TEST_CASE("campaigns may start on a change or around a date") {
    const auto entry = [](std::string_view line) {
        std::string text = campaign("  step hello: email \"hello\"");
        text.replace(text.find("check every day at 07:00"), 24, line);
        const test::Result result = test::compiled(text);
        INFO(result.said);
        REQUIRE(result.rules);
        return result.rules->campaigns[0].entry;
    };
    const auto on_change =
        std::get<StartOnChange>(entry("start when certifications gains \"CCRA\"\n  ignore events older than 14 days"));
    CHECK(std::get<change::Gains>(on_change.when).values == std::vector<std::string>{"ccra"});
    CHECK(on_change.ignore_older_than == Length{14, Unit::days});
    CHECK(std::get<StartOnDate>(entry("start 60 days before license_expires")).offset == DayOffset{0, -60});
    CHECK(std::get<StartOnDate>(entry("start 12 months after hired_on")).offset == DayOffset{12, 0});
    CHECK(std::get<StartOnDate>(entry("start on the anniversary of hired_on")).anniversary);
}
