// SPDX-License-Identifier: MIT
//
// Which minute a message gets: windows, quiet times, caps, pace, canary, priority.
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace nurture;
using namespace nurture::engine;
using support::house;
using support::Story;
using support::templates;
using Lines = std::vector<std::string>;

namespace {

constexpr std::string_view k_open = "segment \"Open people\"\n  stage is \"Open\"\nend\n";

std::string drip(std::string_view name, std::string_view steps, std::string_view header = "") {
    return "campaign \"" + std::string(name) +
           "\"\n  owner \"dana.wu\"\n  audience \"Open people\"\n  from owner\n  check every day at 07:00\n  enroll at "
           "most 40 per day\n"
           "  re-enter never\n" +
           std::string(header) + "\n  keep candidates who leave the audience\n" + std::string(steps) + "\nend\n";
}

void open(Story& s, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        s.person(name);
        s.set(name, "stage", "Open");
    }
}

constexpr std::string_view k_sms = "template \"short\" for sms\n  | Hi. Reply STOP to opt out\nend\n";

}  // namespace

TEST_CASE("Quiet hours, quiet days and quiet dates narrow the window") {
    const auto first = [](std::string_view policy, std::string_view window, std::string_view begin) {
        Story s(house(policy) + std::string(k_open) + drip("Drip", "  step a: email \"one\"", window) +
                templates({"one"}));
        open(s, {"ana"});
        s.begin(begin);
        s.run_until("2027-01-10 00:00");
        return s.messages().at(0);
    };
    CHECK(first("  quiet hours 20:00 to 11:00", "  send monday to friday between 09:00 and 17:00",
                "2026-03-02 06:00") == "03-02 11:00 ana: one");
    CHECK(first("  quiet days monday", "  send monday to friday between 09:00 and 17:00", "2026-03-02 06:00") ==
          "03-03 09:00 ana: one");
    CHECK(first("  quiet dates 12-25 to 01-02", "  send monday to sunday between 09:00 and 17:00",
                "2026-12-25 06:00") == "01-03 09:00 ana: one");
}

TEST_CASE("A text message never goes before eight or after nine in the evening, whatever the rules say") {
    Story s(house() + std::string(k_open) +
            drip("Drip", "  step a: sms \"short\"", "  send monday to sunday between 00:00 and 24:00") +
            std::string(k_sms));
    open(s, {"ana"});
    s.begin("2026-03-02 07:30");
    s.run_until("2026-03-03 00:00");
    CHECK(s.messages() == Lines{"03-02 08:00 ana: short"});
}

TEST_CASE("A released message knows when its opening closes and when it is too late") {
    Story s(house() + std::string(k_open) + drip("Drip", "  step a: email \"one\"") + templates({"one"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 00:00");
    for (const Decision& d : s.decisions())
        if (const auto* release = std::get_if<decision::Release>(&d)) {
            CHECK(s.wall(release->slot) == "03-02 09:00");
            CHECK(s.wall(release->closes) == "03-02 17:00");
            CHECK(s.wall(release->expires) == "03-03 09:00");
            CHECK(release->consent == "job news");
            CHECK(release->owner == "dana.wu");
        }
}

TEST_CASE("Caps are rolling: exactly 24 hours later there is room again") {
    Story s(house("  at most 1 message per candidate in 24 hours") + std::string(k_open) +
            drip("A", "  step a: email \"one\"\n  step b: email \"two\"",
                 "  send monday to friday between 09:00 and 17:00") +
            templates({"one", "two"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-03 09:00 ana: two"});
}

TEST_CASE("Two in seven days: the third waits for the first to leave the window") {
    Story s(
        house("  at most 2 messages per candidate in 7 days") + std::string(k_open) +
        drip(
            "A",
            "  step a: email \"one\"\n  wait 1 day\n  step b: email \"two\"\n  wait 1 day\n  step c: email \"three\"") +
        templates({"one", "two", "three"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    // Seven days are 168 hours; the clocks go forward in between.
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-03 09:00 ana: two", "03-09 10:00 ana: three"});
}

TEST_CASE("For a cap the more important campaign goes first, and the other is delayed, not dropped") {
    Story s(house("  at most 1 message per candidate in 24 hours") + std::string(k_open) +
            drip("Less", "  step a: email \"one\"", "  priority 40") +
            drip("More", "  step b: email \"two\"", "  priority 70") + templates({"one", "two"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: two", "03-03 09:00 ana: one"});
}

TEST_CASE("Caps of a channel and of a kind leave the others alone") {
    SECTION("channel") {
        Story s(house("  at most 1 sms per candidate in 7 days") + std::string(k_open) +
                drip("A", "  step a: sms \"short\"\n  step b: email \"one\"") + drip("B", "  step c: sms \"other\"") +
                std::string(k_sms) + "template \"other\" for sms\n  | Hi. Reply STOP to opt out\nend\n" +
                templates({"one"}));
        open(s, {"ana"});
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-20 00:00");
        CHECK(s.messages() == Lines{"03-02 09:00 ana: short", "03-02 09:00 ana: one", "03-09 10:00 ana: other"});
    }
    SECTION("kind") {
        const std::string pitch = R"(template "pitch-1" for email, kind "pitch"
  subject "a"
  | Hello. {{postal_address}} {{unsubscribe_link}}
end
template "pitch-2" for email, kind "pitch"
  subject "a"
  | Hello. {{postal_address}} {{unsubscribe_link}}
end
)";
        Story s(house("  at most 1 \"pitch\" per candidate in 10 days") + std::string(k_open) +
                drip("A", "  step a: email \"pitch-1\"\n  step b: email \"one\"\n  step c: email \"pitch-2\"") + pitch +
                templates({"one"}));
        open(s, {"ana"});
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-20 00:00");
        CHECK(s.messages() == Lines{"03-02 09:00 ana: pitch-1", "03-02 09:00 ana: one", "03-12 10:00 ana: pitch-2"});
    }
}

TEST_CASE("A cap per day is the policy zone's calendar day") {
    Story s(house("  at most 2 messages per day") + std::string(k_open) + drip("A", "  step a: email \"one\"") +
            templates({"one"}));
    open(s, {"ana", "bo", "cy"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-02 09:00 bo: one", "03-03 09:00 cy: one"});
}

TEST_CASE("A cap per sender and day counts each sender alone") {
    Story s(house("  at most 1 message per sender per day") + std::string(k_open) +
            "campaign \"A\"\n  owner from candidate, otherwise \"lee.ortiz\"\n  audience \"Open people\"\n  from "
            "owner\n  check every day at 07:00\n"
            "  enroll at most 40 per day\n  re-enter never\n  keep candidates who leave the audience\n  step a: email "
            "\"one\"\nend\n" +
            templates({"one"}));
    open(s, {"ana", "bo", "cy"});
    s.set("bo", "owner", "dana.wu");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-02 09:00 bo: one", "03-03 09:00 cy: one"});
}

TEST_CASE("Whoever looks after a person now is charged with what went to them today") {
    const auto of_owners = [](std::string_view name, std::string_view audience, std::string_view from) {
        return fmt::format("campaign \"{}\"\n  owner from candidate, otherwise \"lee.ortiz\"\n  audience \"{}\"\n"
                           "  from owner\n  check every day at 07:00\n  enroll at most 40 per day\n  re-enter never\n"
                           "  keep candidates who leave the audience\n  send monday to friday between {} and 17:00\n"
                           "  step a: email \"one\"\nend\n",
                           name, audience, from);
    };
    const auto message_to_bo = [&](std::string_view owner) {
        Story s(house("  at most 1 message per sender per day") + std::string(k_open) +
                "segment \"New people\"\n  stage is \"New\"\nend\n" + of_owners("A", "Open people", "09:00") +
                of_owners("B", "New people", "11:00") + templates({"one"}));
        open(s, {"ana", "bo"});
        s.set("bo", "stage", "New");
        s.set("ana", "owner", "dana.wu");
        s.set("bo", "owner", "dana.wu");
        s.begin("2026-03-02 06:00");
        s.becomes("2026-03-02 10:00", "ana", "owner", std::string(owner));
        s.run_until("2026-03-10 00:00");
        return s.messages().at(1);
    };
    CHECK(message_to_bo("dana.wu") == "03-03 11:00 bo: one");
    CHECK(message_to_bo("sam.okafor") == "03-02 11:00 bo: one");
}

TEST_CASE("A burst at the opening is spread over the minutes") {
    Settings settings;
    settings.per_minute = {2, 0};
    Story s(house() + std::string(k_open) + drip("A", "  step a: email \"one\"") + templates({"one"}), settings);
    open(s, {"ana", "bo", "cy", "di", "ed"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-02 09:00 bo: one", "03-02 09:01 cy: one",
                                "03-02 09:01 di: one", "03-02 09:02 ed: one"});
}

TEST_CASE("Queues of different windows share the minutes: none is passed over, none is filled twice") {
    Settings settings;
    settings.per_minute = {1, 0};
    Story s(
        house() + std::string(k_open) +
            drip("Late", "  step a: email \"one\"", "  priority 60\n  send monday to friday between 09:02 and 17:00") +
            drip("Early", "  step a: email \"two\"", "  send monday to friday between 09:00 and 17:00") +
            templates({"one", "two"}),
        settings);
    open(s, {"ana", "ben", "cyd", "dee"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-02 12:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: two", "03-02 09:01 ben: two", "03-02 09:02 ana: one",
                                "03-02 09:03 ben: one", "03-02 09:04 cyd: one", "03-02 09:05 dee: one",
                                "03-02 09:06 cyd: two", "03-02 09:07 dee: two"});
}

TEST_CASE("Who can no longer go in time takes nobody's minute") {
    Settings settings;
    settings.per_minute = {1, 0};
    Story s(house() + std::string(k_open) +
                drip("Soon", "  step a: email \"one\" within 2 hours, otherwise skip step", "  priority 60") +
                drip("Any time", "  step a: email \"two\"") + templates({"one", "two"}),
            settings);
    open(s, {"ana", "bo", "cy"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 00:00");
    CHECK(s.messages() ==
          Lines{"03-02 09:00 ana: one", "03-02 09:01 ana: two", "03-02 09:02 bo: two", "03-02 09:03 cy: two"});
}

TEST_CASE("The minute of a message that was taken back is free for another") {
    Settings settings;
    settings.per_minute = {1, 0};
    Story s(house() + std::string(k_open) +
                "campaign \"Fair\"\n  owner \"dana.wu\"\n  audience \"Open people\"\n  from owner\n"
                "  start when candidate has attended\n  ignore events older than 5 days\n  enroll at most 9 per day\n"
                "  re-enter never\n  stop when candidate has replied\n  keep candidates who leave the audience\n  step "
                "a: email \"one\"\nend\n" +
                templates({"one"}),
            settings);
    open(s, {"ana", "bo"});
    s.relay_busy = true;
    s.happens("2026-03-02 09:30", "ana", "attended");
    bool released = false;
    s.committed = [&](std::span<const Decision> chunk) {
        for (const Decision& decision : chunk)
            if (std::holds_alternative<decision::Release>(decision) && !std::exchange(released, true)) {
                s.replies("2026-03-02 09:30", "ana");
                s.happens("2026-03-02 09:30", "bo", "attended");
            }
    };
    s.begin("2026-03-02 09:00");
    s.run_until("2026-03-02 12:00");
    CHECK(s.messages() == Lines{"03-02 09:30 ana: one", "03-02 09:30 bo: one"});
    CHECK(s.ends() == Lines{"03-02 09:30 ana: stop-when"});
}

TEST_CASE("The canary goes first, then the rest half an hour later") {
    Story s(house() + std::string(k_open) + drip("A", "  step a: email \"one\"") + templates({"one"}));
    open(s, {"ana", "bo", "cy"});
    s.state().campaigns[0].canary = Canary{2, {}};
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-02 09:00 bo: one", "03-02 09:30 cy: one"});
}

TEST_CASE("What cannot be fitted in for thirty days ends") {
    Story s(house("  at most 1 \"pitch\" per candidate in 365 days") + std::string(k_open) +
            drip("A", "  step a: email \"p\"\n  step b: email \"q\"") +
            "template \"p\" for email, kind \"pitch\"\n  subject \"a\"\n  | Hello. {{postal_address}} "
            "{{unsubscribe_link}}\nend\n"
            "template \"q\" for email, kind \"pitch\"\n  subject \"a\"\n  | Hello. {{postal_address}} "
            "{{unsubscribe_link}}\nend\n");
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-05-01 00:00");
    CHECK(s.messages() == Lines{"03-02 09:00 ana: p"});
    CHECK(s.ends() == Lines{"03-02 09:00 ana: not-fitted-in"});
}

TEST_CASE("A step that may be only hours late is skipped instead") {
    Story s(house() + std::string(k_open) +
            drip("A", "  step a: email \"one\" within 1 hour, otherwise skip step\n  step t: task for owner \"Call\"") +
            templates({"one"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages().empty());
    CHECK(s.asked() == Lines{"03-02 07:00 ana: t by dana.wu"});
}

TEST_CASE("After downtime a person gets one late message per day, the more important first") {
    Story s(house() + std::string(k_open) + drip("Less", "  wait 1 day\n  step a: email \"one\"", "  priority 40") +
            drip("More", "  wait 1 day\n  step b: email \"two\"", "  priority 70") + templates({"one", "two"}));
    open(s, {"ana"});
    s.begin("2026-03-02 07:00");
    // Nobody ran from Monday 07:00 to Wednesday 10:00.
    const Minute later = s.minute("2026-03-04 10:00");
    settle(s.state(), s, later);
    s.run_until("2026-03-10 00:00");
    CHECK(s.messages() == Lines{"03-04 10:00 ana: two", "03-05 09:00 ana: one"});
}
