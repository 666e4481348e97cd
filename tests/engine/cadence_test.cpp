// SPDX-License-Identifier: MIT
//
// Waits, branches, approvals, tasks: when each line of a campaign comes.
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::engine;
using support::house;
using support::Story;
using support::templates;
using Lines = std::vector<std::string>;

namespace {

/// One campaign for everybody whose stage is Open, checked at 07:00, with the default window (weekdays 09:00 to 17:00).
std::string campaign(std::string_view steps, std::string_view header = "",
                     std::string_view leavers = "keep candidates who leave the audience") {
    return R"(
segment "Open people"
  stage is "Open"
end
campaign "Drip"
  owner "dana.wu"
  audience "Open people"
  from owner
  check every day at 07:00
  enroll at most 40 per day
  re-enter never
)" + std::string(header) +
           "\n  " + std::string(leavers) + "\n" + std::string(steps) + "\nend\n";
}

Story story(std::string_view steps, std::string_view header = "", std::string_view policy = "") {
    Story made(house(policy) + campaign(steps, header) + templates({"one", "two", "three"}));
    made.person("ana");
    made.set("ana", "stage", "Open");
    return made;
}

}  // namespace

TEST_CASE("A wait counts from the minute at which the message before it went out") {
    Story s = story("  step a: email \"one\"\n  wait 3 days\n  step b: email \"two\"");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.entries() == Lines{"03-02 07:00 ana: Drip"});
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-05 09:00 ana: two"});
    CHECK(s.ends() == Lines{"03-05 09:00 ana: completed"});
}

TEST_CASE("Days keep the wall-clock time when the clocks change") {
    // Clocks go forward on Sunday 8 March 2026.
    Story s = story("  step a: email \"one\"\n  wait 10 days\n  step b: email \"two\"",
                    "send monday to sunday between 09:30 and 17:00");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:30 ana: one", "03-12 09:30 ana: two"});
}

TEST_CASE("Hours elapse also when the clocks change") {
    Story s = story("  wait 48 hours\n  step a: task for owner \"Call\"");
    s.begin("2026-03-07 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-09 08:00 ana: a by dana.wu"});
}

TEST_CASE("Business days leave out weekends and begin on the next one") {
    Story s = story("  wait 2 business days\n  step a: task for owner \"Call\"", "");
    s.begin("2026-03-01 06:00");  // a Sunday
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-04 07:00 ana: a by dana.wu"});
}

TEST_CASE("A series of month waits counts from the first, also over the steps between them") {
    Story s = story("  wait 1 month\n  step a: task for owner \"Call\"\n  wait 1 month\n  wait 1 month\n  step b: task "
                    "for owner \"Call\"");
    s.begin("2026-01-31 06:00");
    s.run_until("2026-06-01 00:00");
    CHECK(s.asked() == Lines{"02-28 07:00 ana: a by dana.wu", "04-30 07:00 ana: b by dana.wu"});
}

TEST_CASE("A message that went out late makes the next month wait later, never shorter") {
    // The second falls on Saturday 28 February and goes on Monday 2 March.
    Story s = story(
        "  step a: email \"one\"\n  wait 1 month\n  step b: email \"two\"\n  wait 1 month\n  step c: email \"three\"",
        "send monday to friday between 09:00 and 17:00");
    s.begin("2026-01-28 06:00");
    s.run_until("2026-06-01 00:00");
    CHECK(s.messages() == Lines{"01-28 09:00 ana: one", "03-02 09:00 ana: two", "04-02 09:00 ana: three"});
}

TEST_CASE("Two months in a row from the 31st end on the 31st") {
    Story s = story("  wait 1 month\n  wait 1 month\n  step b: task for owner \"Call\"");
    s.begin("2026-01-31 06:00");
    s.run_until("2026-06-01 00:00");
    CHECK(s.asked() == Lines{"03-31 07:00 ana: b by dana.wu"});
}

TEST_CASE("A wait that ends outside the window moves the message, not the task") {
    Story s = story("  wait 5 days\n  step t: task for owner \"Call\"\n  step a: email \"one\"");
    s.begin("2026-03-02 06:00");  // Monday; five days later is Saturday
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-07 07:00 ana: t by dana.wu"});
    CHECK(s.messages() == Lines{"03-09 09:00 ana: one"});
}

TEST_CASE("Windows are in the person's zone") {
    Story s = story("  step a: email \"one\"");
    s.person("bo").zone = "America/New_York";
    s.set("bo", "stage", "Open");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 00:00");
    CHECK(s.messages() == Lines{"03-02 08:00 bo: one", "03-02 09:00 ana: one"});
}

TEST_CASE("Wait until a weekday takes the next such day") {
    Story s = story("  wait until tuesday at 10:00\n  step a: task for owner \"Call\"");
    s.begin("2026-03-04 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-10 10:00 ana: a by dana.wu"});
}

TEST_CASE("Wait until a date of the person ends on that day, and follows when the date changes") {
    Story s = story("  wait until 7 days before license_expires\n  step a: task for owner \"Call\"");
    s.set("ana", "license_expires", "2026-03-20");
    s.begin("2026-03-02 06:00");
    s.at("2026-03-10 12:00", [&](Facts& facts, Minute) {
        s.set("ana", "license_expires", "2026-03-25");
        facts.list.push_back(s.changed("ana"));
    });
    s.run_until("2026-04-01 00:00");
    CHECK(s.asked() == Lines{"03-18 00:00 ana: a by dana.wu"});
}

TEST_CASE("A date that is past skips everything up to the next wait") {
    Story s = story("  wait until 7 days before license_expires\n  step a: task for owner \"Call\"\n  wait 1 day\n  "
                    "step b: task for owner \"Call\"");
    s.set("ana", "license_expires", "2026-03-05");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-04-01 00:00");
    CHECK(s.asked() == Lines{"03-03 07:00 ana: b by dana.wu"});
}

TEST_CASE("A wait up to a click ends with the click") {
    const std::string steps = "  step a: email \"one\"\n  wait up to 5 days until a is clicked\n  if a was clicked\n   "
                              " step t: task for owner \"Call\"\n"
                              "  otherwise\n    step n: task for owner \"Nudge\"\n  end";
    SECTION("clicked") {
        Story s = story(steps);
        s.begin("2026-03-02 06:00");
        s.clicks("2026-03-03 11:11", "ana", "a");
        s.run_until("2026-03-20 00:00");
        CHECK(s.asked() == Lines{"03-03 11:11 ana: t by dana.wu"});
    }
    SECTION("not clicked") {
        Story s = story(steps);
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-20 00:00");
        CHECK(s.asked() == Lines{"03-07 09:00 ana: n by dana.wu"});
    }
    SECTION("the message was refused: nobody clicked it") {
        Story s = story(steps);
        s.answer("a", fact::Outcome::Now::rejected);
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-20 00:00");
        CHECK(s.asked() == Lines{"03-07 09:00 ana: n by dana.wu"});
    }
}

TEST_CASE("A branch on the person is decided when it is reached") {
    Story s = story("  wait 1 day\n  if stage is \"Hired\"\n    step h: task for owner \"Congratulate\"\n  otherwise\n"
                    "    step o: task for owner \"Call\"\n  end");
    s.becomes("2026-03-02 12:00", "ana", "stage", "Hired");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-03 07:00 ana: h by dana.wu"});
}

TEST_CASE("An approval lets the message go, refuses it, or is too late") {
    const std::string steps =
        "  step review: approval by \"dana.wu\" within 2 business days, otherwise stop\n  step a: email \"one\"";
    Story s = story(steps);
    s.begin("2026-03-06 06:00");  // Friday
    SECTION("approved") {
        s.decides("2026-03-09 08:00", "ana", true);
        s.run_until("2026-03-20 00:00");
        CHECK(s.asked() == Lines{"03-06 07:00 ana: review by dana.wu"});
        CHECK(s.messages() == Lines{"03-09 09:00 ana: one"});
    }
    SECTION("refused") {
        s.decides("2026-03-09 08:00", "ana", false);
        s.run_until("2026-03-20 00:00");
        CHECK(s.messages().empty());
        CHECK(s.ends() == Lines{"03-09 08:00 ana: refused"});
    }
    SECTION("too late: business days by the policy's wall clock") {
        s.run_until("2026-03-20 00:00");
        CHECK(s.ends() == Lines{"03-10 07:00 ana: approval-too-late"});
    }
}

TEST_CASE("Without an approval the step is skipped where the rules say so") {
    Story s =
        story("  step review: approval by owner within 1 business day, otherwise skip step\n  step a: email \"one\"\n"
              "  step t: task for owner \"Call\"");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages().empty());
    CHECK(s.asked() == Lines{"03-02 07:00 ana: review by dana.wu", "03-03 07:00 ana: t by dana.wu"});
}

TEST_CASE("When what was approved is no longer what would go, the same person is asked again") {
    Story s = story("  step review: approval by owner within 2 business days, otherwise stop\n  wait 1 day\n  step a: "
                    "email \"one\"");
    s.answer("a", fact::Outcome::Now::held, true);
    s.begin("2026-03-02 06:00");
    s.decides("2026-03-02 08:00", "ana", true);
    s.decides("2026-03-03 14:00", "ana", true);
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-02 07:00 ana: review by dana.wu", "03-03 09:00 ana: review by dana.wu"});
    CHECK(s.messages() == Lines{"03-03 09:00 ana: one", "03-03 14:00 ana: one"});
    CHECK(s.ends() == Lines{"03-03 14:00 ana: completed"});
}

TEST_CASE("Next unsent takes the first that the person never got, in any campaign") {
    Story s = story("  step a: email \"two\"\n  wait 1 day\n  step b: email next unsent of \"one\", \"two\", "
                    "\"three\"\n  wait 1 day\n"
                    "  step c: email next unsent of \"one\", \"two\"\n  step t: task for owner \"Call\"");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: two", "03-03 09:00 ana: one"});
    CHECK(s.asked() == Lines{"03-04 09:00 ana: t by dana.wu"});
}

TEST_CASE("A message that may not go is skipped, replaced or ends the campaign, as its line says") {
    const std::string sms = "template \"short\" for sms\n  | Hi. Reply STOP to opt out\nend\n";
    const auto made = [&](std::string_view step) {
        Story s(house() +
                campaign("  step a: email \"one\"\n  wait 1 day\n" + std::string(step) +
                         "\n  step t: task for owner \"Call\"") +
                templates({"one", "two"}) + sms);
        s.person("ana");
        s.set("ana", "stage", "Open");
        s.consent("ana", "text messages", false);
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-20 00:00");
        return std::pair(s.messages(), s.asked());
    };
    CHECK(made("  step b: sms \"short\"") ==
          std::pair(Lines{"03-02 09:00 ana: one"}, Lines{"03-03 09:00 ana: t by dana.wu"}));
    CHECK(made("  step b: sms \"short\", otherwise email \"two\"") ==
          std::pair(Lines{"03-02 09:00 ana: one", "03-03 09:00 ana: two"}, Lines{"03-03 09:00 ana: t by dana.wu"}));
    CHECK(made("  step b: sms \"short\", otherwise stop") == std::pair(Lines{"03-02 09:00 ana: one"}, Lines{}));
}

TEST_CASE("A refused message is skipped, and the next wait counts from that minute") {
    Story s = story("  step a: email \"one\"\n  wait 1 day\n  step b: email \"two\"");
    s.answer("a", fact::Outcome::Now::rejected);
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-03 09:00 ana: two"});
}

TEST_CASE("A message that came too late ends the enrolment, and the first one does not use up the re-entry") {
    Story s(house() + R"(
segment "Open people"
  stage is "Open"
end
campaign "Drip"
  owner "dana.wu"
  audience "Open people"
  from owner
  check every day at 07:00
  enroll at most 40 per day
  re-enter after 365 days
  keep candidates who leave the audience
  step a: email "one"
  wait 1 day
  step b: email "two"
end
)" + templates({"one", "two"}));
    s.person("ana");
    s.set("ana", "stage", "Open");
    SECTION("the first") {
        s.answer("a", fact::Outcome::Now::expired);
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-04 00:00");
        CHECK(s.ends() == Lines{"03-02 09:00 ana: first-message-expired"});
        CHECK(s.entries() == Lines{"03-02 07:00 ana: Drip", "03-03 07:00 ana: Drip"});
    }
    SECTION("a later one") {
        s.answer("b", fact::Outcome::Now::expired);
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-10 00:00");
        CHECK(s.ends() == Lines{"03-03 09:00 ana: message-expired"});
        CHECK(s.entries().size() == 1);
    }
}

TEST_CASE("A message in doubt counts as sent") {
    Story s = story("  step a: email \"one\"\n  wait 1 day\n  step b: email \"two\"");
    s.answer("a", fact::Outcome::Now::in_doubt);
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-03 09:00 ana: two"});
    CHECK(s.ends() == Lines{"03-03 09:00 ana: completed"});
}

TEST_CASE("What the outbox could not hand over in time gets a new slot") {
    Story s = story("  step a: email \"one\"");
    s.answer("a", fact::Outcome::Now::held);
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-02 09:00 ana: one"});
    CHECK(s.ends() == Lines{"03-02 09:00 ana: completed"});
}
