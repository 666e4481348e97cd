// SPDX-License-Identifier: MIT
//
// What a campaign does besides sending: splits and hold-outs, lists, consents, personal notes; and the changes that
// speak of one message.
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace nurture;
using namespace nurture::engine;
using support::house;
using support::Story;
using support::templates;
using Lines = std::vector<std::string>;

namespace {

std::string segment() { return "segment \"Open people\"\n  stage is \"Open\"\nend\n"; }

std::string campaign(std::string_view name, std::string_view steps, std::string_view header = "",
                     std::string_view audience = "Open people") {
    return "campaign \"" + std::string(name) + "\"\n  owner \"dana.wu\"\n  audience \"" + std::string(audience) +
           "\"\n  from owner\n  check every day at 07:00\n"
           "  enroll at most 400 per day\n  re-enter never\n  keep candidates who leave the audience\n" +
           std::string(header) + "\n" + std::string(steps) + "\nend\n";
}

std::string note_template() {
    return "template \"congrats\" for email\n  subject \"Well done\"\n  | {{personal_note}}\n"
           "  | {{postal_address}} {{unsubscribe_link}}\nend\n";
}

Story story(std::string_view steps, std::string_view header = "", std::string_view more = "") {
    Story made(house() + segment() + campaign("Drip", steps, header) + std::string(more) +
               templates({"one", "two", "three"}) + note_template());
    made.person("ana");
    made.set("ana", "stage", "Open");
    return made;
}

constexpr std::string_view k_trial = R"(
  step trial: split
    45 percent: email "one"
    45 percent: email "two"
    10 percent: nothing
  end
  wait 3 days
  if trial was clicked
    step call: task for owner "Call"
  end)";

constexpr std::string_view k_note = R"(
  step congrats: email "congrats" with a personal note by owner within 2 business days, otherwise skip step
  step after: task for owner "Next")";

/// 200 people through the trial: who got what.
struct Trial {
    std::map<std::string, std::string> arm;
    std::map<std::string, int> sizes;

    explicit Trial(bool backwards = false) {
        Story s = story(k_trial);
        for (int i = 0; i < 200; ++i) {
            const std::string name = "p" + std::to_string(backwards ? 199 - i : i);
            s.person(name);
            s.set(name, "stage", "Open");
        }
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-03 06:00");
        for (const std::string& line : s.messages())
            note(line);
        for (const std::string& line : s.ends())
            note(line);
    }

private:
    void note(const std::string& line) {  // "03-02 09:00 p17: one"
        const auto colon = line.find(": ");
        const std::string what = line.substr(colon + 2);
        arm[line.substr(12, colon - 12)] = what;
        ++sizes[what];
    }
};

}  // namespace

TEST_CASE("a split divides people by its shares, and who gets nothing leaves as held out") {
    const Trial trial;
    CHECK(trial.arm.size() == 201);
    CHECK(trial.sizes.size() == 3);
    CHECK(trial.sizes.at("one") > 70);
    CHECK(trial.sizes.at("two") > 70);
    CHECK(trial.sizes.at("held-out") > 8);
    CHECK(trial.sizes.at("held-out") < 35);
}

TEST_CASE("a person's share of a split does not depend on when the person came into the store") {
    CHECK(Trial().arm == Trial(true).arm);
}

TEST_CASE("whoever clicked the message of a split is known by the split's name") {
    Story s = story("  step trial: split\n    100 percent: email \"one\"\n  end\n  wait 3 days\n"
                    "  if trial was clicked\n    step call: task for owner \"Call\"\n  end");
    s.begin("2026-03-02 06:00");
    s.clicks("2026-03-03 10:00", "ana", "trial");
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-05 09:00 ana: call by dana.wu"});
}

TEST_CASE("who is to approve sees the message of the person's own share") {
    Story s = story("  step review: approval by owner within 2 business days, otherwise stop\n  split\n"
                    "    1 percent: email \"one\"\n    99 percent: email \"two\"\n  end");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-02 08:00");
    const auto asked = std::find_if(s.decisions().begin(), s.decisions().end(),
                                    [](const Decision& d) { return std::holds_alternative<decision::Ask>(d); });
    REQUIRE(asked != s.decisions().end());
    const auto shown = std::get<decision::Ask>(*asked).message_template;
    s.decides("2026-03-02 09:30", "ana", true);
    s.run_until("2026-03-04 00:00");
    CHECK(s.messages() == Lines{"03-02 09:30 ana: " + shown});
}

TEST_CASE("a list membership that a campaign gives starts at once and ends by itself") {
    Story s = story("  step park: add to list \"Not now\" for 3 days\n"
                    "  if is in list \"Not now\"\n    step a: task for owner \"A\"\n  end\n  wait 4 days\n"
                    "  if is not in list \"Not now\"\n    step b: task for owner \"B\"\n  end");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.acts() == Lines{"03-02 07:00 ana: on Not now until 03-05 07:00"});
    CHECK(s.asked() == Lines{"03-02 07:00 ana: a by dana.wu", "03-06 07:00 ana: b by dana.wu"});
}

TEST_CASE("an end of a list membership moves people between segments at that minute") {
    Story s(house() + "segment \"Free people\"\n  stage is \"Open\"\n  is not in list \"Not now\"\nend\n" + segment() +
            campaign("Park", "  step park: add to list \"Not now\" for 3 days\n  wait 30 days") +
            campaign("Meet", "  step hello: task for owner \"Hello\"", "", "Free people"));
    s.person("ana");
    s.set("ana", "stage", "Open");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-05 06:59");
    const auto row = *s.state().columns->find(1);
    const auto segment = *s.state().rules->segment("Free people");
    CHECK_FALSE(s.state().member.in(segment, row));
    s.run_until("2026-03-05 07:01");
    CHECK(s.state().member.in(segment, row));
}

TEST_CASE("a list that a campaign adds to starts and stops others") {
    Story s = story("  step park: add to list \"Parked\"\n  wait 1 day\n  step back: remove from list \"Parked\"\n"
                    "  if is in list \"Parked\"\n    step wrong: task for owner \"Wrong\"\n  end",
                    "",
                    "campaign \"Other\"\n  owner \"lee.ortiz\"\n  audience \"Open people\"\n  from owner\n"
                    "  start when candidate has joined list \"Parked\"\n  ignore events older than 14 days\n"
                    "  enroll at most 40 per day\n  re-enter never\n  keep candidates who leave the audience\n"
                    "  step call: task for owner \"Call\"\nend\n");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.acts() == Lines{"03-02 07:00 ana: on Parked", "03-03 07:00 ana: off Parked"});
    CHECK(s.asked() == Lines{"03-02 07:00 ana: call by lee.ortiz"});
}

TEST_CASE("a consent that a campaign withdraws keeps back every later message, in other campaigns too") {
    Story s = story("  step out: withdraw consent \"job news\"\n  step a: email \"one\"", "  priority 10",
                    campaign("Other", "  step b: email \"two\"",
                             "  priority 90\n  send monday to friday between "
                             "07:00 and 17:00"));
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.acts() == Lines{"03-02 07:00 ana: withdraws job news"});
    CHECK(s.messages().empty());
    CHECK(s.ends() == Lines{"03-02 07:00 ana: completed", "03-02 07:00 ana: completed"});
}

TEST_CASE("a message with a personal note waits until the note is written") {
    Story s = story(k_note);
    s.begin("2026-03-02 06:00");
    s.decides("2026-03-03 11:20", "ana", true);
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-02 07:00 ana: congrats by dana.wu", "03-03 11:20 ana: after by dana.wu"});
    CHECK(s.messages() == Lines{"03-03 11:20 ana: congrats"});
}

TEST_CASE("without a note the message is skipped when the time is over, and the campaign goes on") {
    Story s = story(k_note);
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages().empty());
    CHECK(s.asked() == Lines{"03-02 07:00 ana: congrats by dana.wu", "03-04 07:00 ana: after by dana.wu"});
}

TEST_CASE("without a note the campaign ends when the step says stop") {
    Story s = story("  step congrats: email \"congrats\" with a personal note by owner within 2 business days, "
                    "otherwise stop\n  step after: task for owner \"Next\"");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.ends() == Lines{"03-04 07:00 ana: note-too-late"});
}

TEST_CASE("nobody is asked for a note to a message that may not go") {
    Story s = story(k_note);
    s.consent("ana", "job news", false);
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked().empty());
}

TEST_CASE("a reply while the note is being written takes the question back") {
    Story s = story(k_note);
    s.begin("2026-03-02 06:00");
    s.replies("2026-03-02 15:00", "ana");
    s.decides("2026-03-03 11:20", "ana", true);
    s.run_until("2026-03-20 00:00");
    CHECK(s.messages().empty());
    CHECK(s.asked() == Lines{"03-02 07:00 ana: congrats by dana.wu", "03-02 15:00 ana: after by dana.wu"});
}

TEST_CASE("a stop on one message looks at that message only") {
    const auto ends = [](std::string_view message) {
        Story s = story("  step a: email \"one\"\n  wait 3 days\n  step b: email \"two\"\n  wait 30 days",
                        "  stop when candidate has clicked email \"" + std::string(message) + "\"");
        s.begin("2026-03-02 06:00");
        s.clicks("2026-03-03 10:00", "ana", "a");
        s.run_until("2026-03-20 00:00");
        return s.ends();
    };
    CHECK(ends("one") == Lines{"03-03 10:00 ana: stop-when"});
    CHECK(ends("two").empty());
}

TEST_CASE("a campaign can start when a certain message was received") {
    Story s = story("  step a: email \"one\"\n  wait 1 day\n  step b: email \"two\"", "",
                    "campaign \"Other\"\n  owner \"lee.ortiz\"\n  audience \"Open people\"\n  from owner\n"
                    "  start when candidate has received email \"two\"\n  ignore events older than 14 days\n"
                    "  enroll at most 40 per day\n  re-enter never\n  keep candidates who leave the audience\n"
                    "  step call: task for owner \"Call\"\nend\n");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.asked() == Lines{"03-03 09:00 ana: call by lee.ortiz"});
}
