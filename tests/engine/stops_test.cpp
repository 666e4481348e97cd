// SPDX-License-Identifier: MIT
//
// What ends, silences, pauses or holds somebody who is in a campaign.
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::engine;
using support::house;
using support::Story;
using support::templates;
using Lines = std::vector<std::string>;

namespace {

Story story(std::string_view lines, std::string_view steps, std::string_view policy = "", std::string_view more = "") {
    Story s(house(policy) + R"(
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
)" + std::string(lines) +
            "\n" + std::string(steps) + "\nend\n" + std::string(more) + templates({"one", "two", "three"}));
    s.person("ana");
    s.set("ana", "stage", "Open");
    return s;
}

constexpr std::string_view k_two = "  step a: email \"one\"\n  wait 4 days\n  step b: email \"two\"";

}  // namespace

TEST_CASE("A stop ends the campaign, and only what happens after entering counts") {
    Story s = story("  stop when candidate has applied\n  keep candidates who leave the audience", k_two);
    s.happens("2026-03-01 12:00", "ana", "applied", "Nurse");
    s.happens("2026-03-04 12:00", "ana", "applied", "Nurse");
    s.begin("2026-03-01 06:00");  // it happened after entering at 07:00
    s.run_until("2026-03-20 00:00");
    CHECK(s.ends() == Lines{"03-01 12:00 ana: stop-when"});

    Story before = story("  stop when candidate has applied\n  keep candidates who leave the audience", k_two);
    before.begin("2026-03-02 06:00");
    before.at("2026-03-03 12:00", [&](Facts& facts, Minute now) {
        facts.list.push_back(fact::Happened{
            1, *before.rules().schema.event("applied"), "Nurse", now - std::chrono::days{3}, false, 0, {}});
    });
    before.run_until("2026-03-20 00:00");
    CHECK(before.ends() == Lines{"03-06 09:00 ana: completed"});
}

TEST_CASE("A stop on a name looks at the name, without regard to capitals") {
    Story s =
        story("  stop when candidate has attended \"Spring Fair\"\n  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.happens("2026-03-03 12:00", "ana", "attended", "Autumn Fair");
    s.happens("2026-03-04 12:00", "ana", "attended", "spring fair");
    s.run_until("2026-03-20 00:00");
    CHECK(s.ends() == Lines{"03-04 12:00 ana: stop-when"});
}

TEST_CASE("A field that becomes something stops and leavers stop or stay as the campaign says") {
    SECTION("becomes") {
        Story s =
            story("  stop when stage becomes any of \"Hired\", \"Offer out\"\n  keep candidates who leave the audience",
                  k_two);
        s.begin("2026-03-02 06:00");
        s.becomes("2026-03-03 12:00", "ana", "stage", "hired");
        s.run_until("2026-03-20 00:00");
        CHECK(s.ends() == Lines{"03-03 12:00 ana: stop-when"});
    }
    SECTION("leaves") {
        Story s = story("  stop when candidate leaves the audience", k_two);
        s.begin("2026-03-02 06:00");
        s.becomes("2026-03-03 12:00", "ana", "stage", "Resting");
        s.run_until("2026-03-20 00:00");
        CHECK(s.ends() == Lines{"03-03 12:00 ana: left-audience"});
    }
    SECTION("stays") {
        Story s = story("  keep candidates who leave the audience", k_two);
        s.begin("2026-03-02 06:00");
        s.becomes("2026-03-03 12:00", "ana", "stage", "Resting");
        s.run_until("2026-03-20 00:00");
        CHECK(s.ends() == Lines{"03-06 09:00 ana: completed"});
    }
}

TEST_CASE("Who leaves the audience because a day has passed is stopped at that midnight") {
    Story s(house() + R"(
segment "Expiring"
  license_expires is less than 10 days away
end
campaign "Drip"
  owner "dana.wu"
  audience "Expiring"
  from owner
  check every day at 07:00
  enroll at most 40 per day
  re-enter never
  stop when candidate leaves the audience
  step a: email "one"
  wait 6 weeks
  step b: email "two"
end
)" + templates({"one", "two"}));
    s.person("ana");
    s.set("ana", "license_expires", "2026-03-06");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.ends() == Lines{"03-07 00:00 ana: left-audience"});
}

TEST_CASE("After a human reply no message goes, but tasks do") {
    Story s =
        story("  keep candidates who leave the audience", std::string(k_two) + "\n  step t: task for owner \"Call\"");
    s.begin("2026-03-02 06:00");
    s.replies("2026-03-03 12:00", "ana");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one"});
    CHECK(s.asked() == Lines{"03-06 09:00 ana: t by dana.wu"});
    CHECK(s.ends() == Lines{"03-06 09:00 ana: completed"});
}

TEST_CASE("A reply takes back a message that only waits for its slot") {
    Story s = story("  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.replies("2026-03-02 08:00", "ana");  // the window opens at 09:00
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages().empty());
}

TEST_CASE("A stop beats a pause on the same moment") {
    Story s = story("  stop when candidate has applied\n  pause 3 days when candidate has applied\n  keep candidates "
                    "who leave the audience",
                    k_two);
    s.begin("2026-03-02 06:00");
    s.happens("2026-03-03 12:00", "ana", "applied");
    s.run_until("2026-03-20 00:00");
    CHECK(s.ends() == Lines{"03-03 12:00 ana: stop-when"});
}

TEST_CASE("A pause makes running waits longer, and a second one counts only beyond the first") {
    const auto made = [] {
        return story("  pause 7 days when candidate has applied\n  keep candidates who leave the audience", k_two);
    };
    SECTION("one") {
        Story s = made();
        s.begin("2026-03-02 06:00");
        s.happens("2026-03-03 12:00", "ana", "applied");
        s.run_until("2026-04-01 00:00");
        // Due Fri 6 March 09:00, seven days later by the wall clock (the clocks change in between).
        CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-13 09:00 ana: two"});
    }
    SECTION("two") {
        Story s = made();
        s.begin("2026-03-02 06:00");
        s.happens("2026-03-03 12:00", "ana", "applied");
        s.happens("2026-03-05 12:00", "ana", "applied");
        s.run_until("2026-04-01 00:00");
        CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-16 09:00 ana: two"});  // Sunday the 15th is no weekday
    }
}

TEST_CASE("A pause holds a message back that was ready") {
    Story s = story("  pause 2 days when candidate has applied\n  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.happens("2026-03-02 08:00", "ana", "applied");
    s.run_until("2026-03-05 00:00");
    CHECK(s.messages() == Lines{"03-04 09:00 ana: one"});
}

TEST_CASE("An approval that comes during a pause counts, and the message goes after it") {
    Story s = story("  pause 7 days when candidate has applied\n  keep candidates who leave the audience",
                    "  step review: approval by owner within 2 business days, otherwise stop\n  step a: email \"one\"");
    s.begin("2026-03-02 06:00");
    s.happens("2026-03-02 12:00", "ana", "applied");
    s.decides("2026-03-03 10:00", "ana", true);
    s.run_until("2026-04-01 00:00");
    CHECK(s.messages() == Lines{"03-09 12:00 ana: one"});
}

TEST_CASE("Whom nobody may contact leaves every campaign, and never enters one") {
    Story s = story("  keep candidates who leave the audience", k_two, "  never contact list \"Do not contact\"");
    s.person("bo");
    s.set("bo", "stage", "Open");
    s.begin("2026-03-02 06:00");
    s.joins("2026-03-02 06:30", "bo", "Do not contact");
    s.joins("2026-03-03 10:00", "ana", "Do not contact");
    s.run_until("2026-03-20 00:00");
    CHECK(s.entries() == Lines{"03-02 07:00 ana: Drip"});
    CHECK(s.ends() == Lines{"03-03 10:00 ana: never-contact"});
}

TEST_CASE("In a segment on hold the clock stands still, then goes on") {
    Story s = story("  keep candidates who leave the audience", k_two, "  hold segment \"Interviewing\"",
                    "segment \"Interviewing\"\n  stage is \"Interviewing\"\nend\n");
    s.begin("2026-03-02 06:00");
    s.becomes("2026-03-03 09:00", "ana", "stage", "Interviewing");
    s.becomes("2026-03-05 09:00", "ana", "stage", "Open");
    s.run_until("2026-03-20 00:00");
    // One of four days had passed: three are left on Thursday at 09:00, which ends on a Sunday.
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-09 09:00 ana: two"});
}

TEST_CASE("Nobody enters from a segment on hold") {
    Story s = story("  keep candidates who leave the audience", k_two, "  hold segment \"Certified\"",
                    "segment \"Certified\"\n  certifications includes \"CCRA\"\nend\n");
    s.set("ana", "certifications", "CCRA");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-05 00:00");
    CHECK(s.entries().empty());
}

TEST_CASE("An erased person is out at once") {
    Story s = story("  keep candidates who leave the audience", k_two);
    auto& ana = s.person("bo");
    ana.person.texts[*s.rules().schema.field("stage")] = "Open";
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 10:00", [&](Facts& facts, Minute) {
        ana.person.erased = true;
        facts.list.push_back(s.changed("bo"));
    });
    s.run_until("2026-03-04 00:00");
    CHECK(s.ends() == Lines{"03-03 10:00 bo: erased"});
}

TEST_CASE("Consent that is withdrawn before the slot skips the message") {
    Story s =
        story("  keep candidates who leave the audience", std::string(k_two) + "\n  step t: task for owner \"Call\"");
    s.begin("2026-03-02 06:00");
    s.at("2026-03-04 12:00", [&](Facts& facts, Minute) {
        s.consent("ana", "job news", false);
        facts.list.push_back(s.changed("ana"));
    });
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one"});
    CHECK(s.asked() == Lines{"03-06 09:00 ana: t by dana.wu"});
}

TEST_CASE("Stop and resume: nothing goes in between, and missed checks run once") {
    Story s = story("  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [](Facts& facts, Minute) { facts.list.emplace_back(fact::Stopped{}); });
    s.person("bo");
    s.at("2026-03-02 09:30", [&](Facts& facts, Minute) {
        s.set("bo", "stage", "Open");
        facts.list.push_back(s.changed("bo"));
    });
    s.at("2026-03-04 10:10", [](Facts& facts, Minute) { facts.list.emplace_back(fact::Resumed{}); });
    s.run_until("2026-03-05 00:00");
    CHECK(s.messages() == Lines{"03-04 10:10 ana: one", "03-04 10:10 bo: one"});
    CHECK(s.entries() == Lines{"03-02 07:00 ana: Drip", "03-04 10:10 bo: Drip"});
}

TEST_CASE("A breaker holds a campaign back until it is closed") {
    Story s = story("  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [](Facts& facts, Minute) {
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::campaign, "Drip", {}, true});
    });
    s.at("2026-03-03 11:00", [](Facts& facts, Minute) {
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::campaign, "Drip", {}, false});
    });
    s.run_until("2026-03-05 00:00");
    CHECK(s.messages() == Lines{"03-03 11:00 ana: one"});
}

TEST_CASE("A channel without a way out holds its messages, says so, and lets them go when it has one") {
    Story s = story("  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [](Facts& facts, Minute) {
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::way, {}, dsl::Channel::sms, true});
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::way, {}, dsl::Channel::email, true});
    });
    s.at("2026-03-03 11:00", [](Facts& facts, Minute) {
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::way, {}, dsl::Channel::email, false});
    });
    s.run_until("2026-03-05 00:00");
    CHECK(s.messages() == Lines{"03-03 11:00 ana: one"});
}

TEST_CASE("A step whose text was refused waits for a person, and the steps before it go on") {
    Story s = story("  keep candidates who leave the audience", k_two);
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [](Facts& facts, Minute) {
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::step, "Drip", {}, true, "b"});
    });
    s.at("2026-03-20 11:00", [](Facts& facts, Minute) {
        facts.list.emplace_back(fact::Gate{fact::Gate::Kind::step, "Drip", {}, false, "b"});
    });
    s.run_until("2026-03-21 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-20 11:00 ana: two"});
}
