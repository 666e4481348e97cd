// SPDX-License-Identifier: MIT
// `test` blocks, played: what comes true, what does not, and what an author is shown then.
#include "house.hpp"

#include "tests/support/temp_directory.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace nurture;
using namespace nurture::trial;
using namespace nurture::trial::test;

namespace {

const std::string k_ana = R"(  given candidate "ana.ruiz" with
    first_name is "Ana"
    profession is "Registered Nurse"
    specialty is "ICU"
    email is "ana@candidates.example"
    phone is "+12145550111"
    time_zone is "America/New_York"
    consent "job news" is given
  end
)";

std::string story(const std::string& lines, const std::string& people = k_ana) {
    return "\ntest \"a story\"\n  now is 2026-03-02 06:00 in \"America/Chicago\"\n" + people + lines + "end\n";
}

std::string failures(const Played& played) {
    std::string text;
    for (const auto& failure : played.only().failures)
        text += dsl::render_short(failure, played.rules->sources) + "\n";
    return text;
}

const std::string k_two = "  step hello: email \"hello\"\n  wait 3 days\n  step guide: email \"guide\"\n";

}  // namespace

TEST_CASE("a message is expected on a day and between two times of the candidate's own zone") {
    CHECK(played(campaign(k_two) + story("  expect email \"hello\" on 2026-03-02 between 09:00 and 10:00\n"
                                         "  expect email \"guide\" on 2026-03-05 between 09:00 and 10:00\n"
                                         "  expect no email \"guide\" before 2026-03-05\n"))
              .only()
              .passed());
}

TEST_CASE("an expectation that does not come true shows its own line and what did happen") {
    const auto result = played(campaign(k_two) + story("  expect email \"guide\" on 2026-03-04\n"));
    CHECK(result.text() == R"(FAILED  a story  (story.nurture:17)

story.nurture:28:27: error N0803: the email "guide" went out on another day

  28 |   expect email "guide" on 2026-03-04
     |                           ^^^^^^^^^^ Thu 5 Mar 2026 09:00 EST

   What did happen:
     Mon 2 Mar 2026 08:00 EST  enters "Greeting"
     Mon 2 Mar 2026 09:00 EST  email "hello" goes out
     Thu 5 Mar 2026 09:00 EST  email "guide" goes out
     Thu 5 Mar 2026 09:00 EST  leaves "Greeting": reached the end

1 test, 1 failed.
)");
}

TEST_CASE("a time that is not kept is told apart from a day that is not kept, and from nothing at all") {
    const auto rules = campaign(k_two);
    CHECK(failures(played(rules + story("  expect email \"hello\" on 2026-03-02 between 12:00 and 13:00\n"))) ==
          "story.nurture:28:46: error N0803: the email \"hello\" went out at another time\n");
    CHECK(failures(played(rules + story("  expect sms \"ping\" on 2026-03-02\n"))) ==
          "story.nurture:28:3: error N0803: the text message \"ping\" was never sent\n");
    CHECK(failures(played(rules + story("  expect no message before 2026-03-04\n"))) ==
          "story.nurture:28:3: error N0803: a message was sent all the same\n");
}

TEST_CASE("nothing after a day is looked for beyond the last day named") {
    const auto rules = campaign(k_two);
    CHECK(played(rules + story("  expect no message after 2026-03-05\n")).only().passed());
    CHECK(failures(played(rules + story("  expect no message after 2026-03-02\n"))) ==
          "story.nurture:28:3: error N0803: a message was sent all the same\n");
}

TEST_CASE("what people do happens at its minute, and a stop beats a message of the same minute") {
    const auto rules = campaign(k_two);
    CHECK(played(rules +
                 story("  at 2026-03-05 08:00 \"ana.ruiz\" replies\n  expect no email \"guide\" before 2026-04-01\n"))
              .only()
              .passed());
    CHECK(played(rules + story("  at 2026-03-05 08:01 \"ana.ruiz\" replies\n  expect email \"guide\" on 2026-03-05\n"))
              .only()
              .passed());
}

TEST_CASE("somebody who never came in is shown the line, or the lack, that kept them out") {
    const auto notes = [](const Played& played) { return played.only().failures.at(0).notes.at(0); };
    const auto without = [](std::string line) {
        std::string people = k_ana;
        return people.replace(people.find(line), line.size(), "");
    };
    const auto rules = campaign(k_two);
    const std::string expected = "  expect email \"hello\" on 2026-03-02\n";
    CHECK(notes(played(rules + story(expected, without("    profession is \"Registered Nurse\"\n")))) ==
          "\"ana.ruiz\" never came into \"Greeting\". Of its audience \"Nurses\" this does not hold:   profession is "
          "\"Registered Nurse\"   (profession: unknown)");
    CHECK(notes(played(rules + story(expected, without("    consent \"job news\" is given\n")))) ==
          "\"ana.ruiz\" is in the audience \"Nurses\" and never came into \"Greeting\": the person has "
          "not given consent for this channel");
}

TEST_CASE("somebody joins a list, and a campaign that waits for it starts") {
    const auto rules = "\ncampaign \"Open house\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n"
                       "  start when candidate has joined list \"Open house\"\n  ignore events older than 14 days\n"
                       "  enroll at most 5 per day\n  re-enter never\n  stop when candidate has replied\n"
                       "  keep candidates who leave the audience\n  step hello: email \"hello\"\n"
                       "  step call: task for owner \"Call\"\nend\n";
    CHECK(played(rules + story("  at 2026-03-03 08:30 \"ana.ruiz\" has joined list \"Open house\"\n"
                               "  expect no email before 2026-03-03\n"
                               "  expect email \"hello\" on 2026-03-03\n  expect task call on 2026-03-03\n"))
              .only()
              .passed());
    CHECK(played(rules + story("  expect no task call before 2026-04-03\n  expect no task after 2026-03-02\n"))
              .only()
              .passed());
    CHECK(failures(played(rules + story("  at 2026-03-03 08:30 \"ana.ruiz\" has joined list \"Open house\"\n"
                                        "  expect no task before 2026-04-03\n"))) ==
          "story.nurture:28:3: error N0803: a task was made all the same\n");
}

TEST_CASE("clicks and approvals take the branch that is theirs") {
    const auto rules =
        campaign("  step hello: email \"hello\"\n  wait up to 5 days until hello is clicked\n"
                 "  if hello was clicked\n    step review: approval by owner within 2 business days, otherwise stop\n"
                 "    step guide: email \"guide\"\n  otherwise\n    step call: task for owner \"Call\"\n  end\n");
    CHECK(played(rules + story("  at 2026-03-03 10:00 \"ana.ruiz\" clicks hello\n"
                               "  at 2026-03-03 10:00 \"dana.wu\" approves review\n"
                               "  expect email \"guide\" on 2026-03-03 between 11:00 and 12:00\n"))
              .only()
              .passed());
    CHECK(played(rules + story("  at 2026-03-03 10:00 \"ana.ruiz\" clicks hello\n"
                               "  at 2026-03-03 12:00 \"dana.wu\" refuses review\n"
                               "  expect no email \"guide\" before 2026-04-01\n"))
              .only()
              .passed());
    CHECK(played(rules + story("  expect task call on 2026-03-07\n")).only().passed());
}

TEST_CASE("what cannot happen ends the story, and says why") {
    const auto rules = campaign("  wait 1 day\n" + k_two);
    CHECK(failures(played(
              rules + story("  at 2026-03-02 10:00 \"ana.ruiz\" clicks hello\n  expect no sms before 2026-03-04\n"))) ==
          "story.nurture:29:3: error N0804: \"ana.ruiz\" has not got the message `hello` by then\n");
    CHECK(failures(played(
              rules + story("  at 2026-03-02 10:00 specialty gains \"ICU\"\n  expect no sms before 2026-03-04\n"))) ==
          "story.nurture:29:3: error N0804: this changes nothing: it is so already\n");
}

TEST_CASE("a change of the person starts a campaign") {
    const auto rules = "\ncampaign \"Congratulations\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n"
                       "  start when specialty gains \"CVICU\"\n  ignore events older than 14 days\n"
                       "  enroll at most 5 per day\n  re-enter never\n  stop when candidate has replied\n"
                       "  keep candidates who leave the audience\n  step hello: email \"hello\"\nend\n";
    CHECK(played(rules + story("  at 2026-03-03 10:00 specialty gains \"CVICU\"\n"
                               "  expect no message before 2026-03-03\n"
                               "  expect email \"hello\" on 2026-03-03 between 11:00 and 12:00\n"))
              .only()
              .passed());
}

TEST_CASE("a draft is played where the test is about its messages, and else sends nothing") {
    CHECK(played(campaign("  draft\n" + k_two) + story("  expect email \"hello\" on 2026-03-02\n")).only().passed());
    CHECK(played(campaign("  draft\n" + k_two) + campaign("  wait 2 days\n  step ping: email \"guide\"\n", "Live") +
                 story("  expect no message before 2026-03-04\n"))
              .only()
              .passed());
}

TEST_CASE("who is not in a segment is told the line that keeps them out") {
    const auto result = played("\nsegment \"Seasoned\"\n  years_in_specialty is at least 5\nend\n" +
                               story("  expect \"ana.ruiz\" in segment \"Seasoned\"\n"));
    REQUIRE(result.only().failures.size() == 1);
    CHECK(result.only().failures[0].title == "\"ana.ruiz\" is not in the segment \"Seasoned\"");
    REQUIRE(result.only().failures[0].notes.size() == 1);
    CHECK(result.only().failures[0].notes[0] ==
          "This line does not hold:   years_in_specialty is at least 5   (years_in_specialty: unknown)");
}

TEST_CASE("people come from a file beside the rules, and a file without them is named") {
    support::TempDirectory top;
    top.write("people.csv", "ref,first_name,profession,email,consent:job news\n"
                            "bo.king,Bo,Registered Nurse,bo@candidates.example,given\n");
    const auto given = [](const std::string& who) { return "  given candidate \"" + who + "\" from \"people.csv\"\n"; };
    CHECK(played(campaign(k_two) + story("  expect email \"hello\" on 2026-03-02\n", given("bo.king")), top.path())
              .only()
              .passed());
    CHECK(failures(played(campaign(k_two) + story("  expect email \"hello\" on 2026-03-02\n", given("cy.lam")),
                          top.path())) == "story.nurture:19:19: error N0804: people.csv has no row for \"cy.lam\"\n");
}

TEST_CASE("where several people are given a line without a name is about any of them") {
    const auto two = k_ana + "  given candidate \"bo.king\" with\n    profession is \"Pharmacist\"\n  end\n";
    CHECK(played(campaign(k_two) + story("  expect email \"hello\" on 2026-03-02\n"
                                         "  expect \"bo.king\" not in segment \"Nurses\"\n",
                                         two))
              .only()
              .passed());
}

TEST_CASE("the report as JSON has every test, its failures and its timeline") {
    const auto result = played(campaign(k_two) + story("  expect email \"guide\" on 2026-03-04\n"));
    const auto json = nlohmann::json::parse(to_json(result.results, result.rules->sources));
    CHECK(json["tests"] == 1);
    CHECK(json["failed"] == 1);
    CHECK(json["results"][0]["failures"][0]["code"] == "N0803");
    CHECK(json["results"][0]["timeline"][1]["at"] == "2026-03-02T09:00:00-05:00");
    CHECK(json["results"][0]["timeline"][1]["what"] == "email \"hello\" goes out");
}

TEST_CASE("who cannot get the first text message comes in by the mail that stands after otherwise") {
    const auto text = campaign("  step ping: sms \"ping\", otherwise email \"hello\"\n");
    CHECK(played(text + story("  expect email \"hello\" on 2026-03-02\n  expect no sms before 2026-03-05\n"))
              .only()
              .passed());
}

TEST_CASE("approving a step with a personal note writes it, and a date can change") {
    const auto text = campaign("  step signed: email \"noted\" with a personal note by owner within 2 business days, "
                               "otherwise skip step\n") +
                      "\ntemplate \"noted\" for email\n  subject \"Hello\"\n  | {{personal_note}}\n"
                      "  | {{postal_address}} {{unsubscribe_link}}\nend\n";
    CHECK(played(text + story("  at 2026-03-03 10:00 \"dana.wu\" approves signed\n"
                              "  expect email \"noted\" on 2026-03-03\n"))
              .only()
              .passed());
    std::string with_license = k_ana;
    with_license.insert(with_license.find("  end\n"), "    license_expires is 2026-05-31\n");
    const auto reminder = campaign("  step hello: email \"hello\"\n  wait until 7 days before license_expires\n"
                                   "  step guide: email \"guide\"\n");
    CHECK(played(reminder + story("  at 2026-03-03 10:00 license_expires becomes \"2026-03-20\"\n"
                                  "  expect email \"guide\" on 2026-03-13\n",
                                  with_license))
              .only()
              .passed());
}

TEST_CASE("the tests of the rules that are shipped come true") {
    const std::filesystem::path directory = std::string(NURTURED_SOURCE_DIR) + "/rules";
    dsl::SourceSet set;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (const auto name = entry.path().filename().string(); name.ends_with(".nurture") || name.ends_with(".ics"))
            set.files.push_back({name, support::content_of(entry.path())});
    std::sort(set.files.begin(), set.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    const auto rules = dsl::compile(set).rules;
    REQUIRE(rules);
    const auto results = play({rules, directory, house_config()}, [](const std::string&) { return true; });
    INFO(to_text(results, rules->sources, false));
    CHECK(results.size() >= 20);
    CHECK(std::all_of(results.begin(), results.end(), [](const auto& r) { return r.passed(); }));
}
