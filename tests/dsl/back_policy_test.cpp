// SPDX-License-Identifier: MIT
//
// A directory's policy holds below it and can only be made stricter there. What is refused, and in which words, stands
// in tests/golden/check/texas.
#include "back_support.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

/// Beside the house rules.
Rules rules_of(const Files& files) {
    SourceSet sources = test::beside_house_rules("edition 2026\n");
    for (const auto& [path, text] : files) {
        sources.files.push_back({path, "edition 2026\n" + text});
    }
    const Compiled result = compile(sources, test::test_world());
    for (const Diagnostic& diagnostic : result.diagnostics) {
        UNSCOPED_INFO(render(diagnostic, sources));
    }
    REQUIRE(result.rules);
    return *result.rules;
}

std::string campaign(const std::string& name) {
    return "campaign \"" + name +
           "\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n  check every day at 07:00\n"
           "  enroll at most 40 per day\n  re-enter never\n  stop when candidate has replied\n"
           "  stop when candidate leaves the audience\n  step hello: email \"hello\"\nend\n";
}

const Policy& policy_of(const Rules& rules, const std::string& name) {
    return rules.policy_of(rules.campaigns[*rules.campaign(name)]);
}

}  // namespace

TEST_CASE("the policy of the rules directory holds in every directory below it") {
    const Rules rules = rules_of({{"texas/nurses.nurture", campaign("Texas")}, {"all.nurture", campaign("All")}});
    CHECK(rules.below.empty());
    CHECK(&policy_of(rules, "Texas") == &rules.policy);
    CHECK(&policy_of(rules, "All") == &rules.policy);
}

TEST_CASE("what a directory adds holds for its campaigns and those below, and for nobody else") {
    const Rules rules = rules_of({{"all.nurture", campaign("All")},
                                  {"texas/desk.nurture", "policy \"Texas desk\"\n  quiet hours 19:00 to 09:00\n"
                                                         "  quiet days saturday\n  quiet dates 07-03 to 07-05\n"
                                                         "  at most 1 message per candidate in 7 days\n"
                                                         "  never contact list \"Austin\"\n  hold segment \"Nurses\"\n"
                                                         "end\n"},
                                  {"texas/dallas/nurses.nurture", campaign("Dallas")},
                                  {"texas2/nurses.nurture", campaign("Elsewhere")}});
    const Policy& texas = policy_of(rules, "Dallas");
    CHECK(texas.directory == "texas");
    CHECK(texas.organisation == "Lone Star Staffing");
    CHECK(texas.quiet_hours->from == std::chrono::hours{19});
    CHECK(texas.quiet_days == 0b1100001);
    CHECK(texas.quiet_dates.size() == 2);
    CHECK(texas.caps.size() == rules.policy.caps.size() + 1);
    CHECK(texas.caps.back().directory == "texas");
    CHECK(texas.never_contact_lists.size() == 2);
    CHECK(texas.hold_segments.size() == 1);
    CHECK(texas.email_consent == rules.policy.email_consent);
    CHECK(texas.zone == rules.policy.zone);

    CHECK(policy_of(rules, "All").directory.empty());
    CHECK(policy_of(rules, "Elsewhere").directory.empty());
    CHECK(rules.policy.quiet_hours->from == std::chrono::hours{20});
    CHECK(rules.policy.hold_segments.empty());

    CHECK(rules.holds_for("texas", rules.campaigns[*rules.campaign("Dallas")]));
    CHECK_FALSE(rules.holds_for("texas", rules.campaigns[*rules.campaign("Elsewhere")]));
    CHECK(rules.holds_for("", rules.campaigns[*rules.campaign("Elsewhere")]));
}

TEST_CASE("each directory tightens what the nearest one above it says") {
    const Rules rules = rules_of(
        {{"a/x.nurture", "policy \"A\"\n  at most 1 email per candidate in 7 days\nend\n"},
         {"a/b/x.nurture", "policy \"B\"\n  at most 1 email per candidate in 30 days\nend\n" + campaign("Deep")}});
    const Policy& deep = policy_of(rules, "Deep");
    CHECK(deep.directory == "a/b");
    REQUIRE(deep.caps.size() == rules.policy.caps.size() + 2);
    CHECK(deep.caps.back().in == std::chrono::days{30});
}

TEST_CASE("a text message is as long as its campaign allows, else its directory, else all directories") {
    const std::string own = campaign("Own"), whole = campaign("Whole");
    const Rules rules = rules_of(
        {{"all.nurture", "policy \"Lone Star Staffing\"\n  sms of at most 4 segments\nend\n" + whole},
         {"texas/desk.nurture", "policy \"Texas desk\"\n  sms of at most 2 segments\nend\n" + campaign("Texas")},
         {"texas/dallas/own.nurture",
          std::string(own).replace(own.find("  check"), 0, "  sms of at most 1 segment\n  sms from \"LoneStar\"\n")}});
    const auto limit = [&](const char* name) {
        const Campaign& campaign = rules.campaigns[*rules.campaign(name)];
        return campaign.sms_limit ? campaign.sms_limit->segments : 0;
    };
    CHECK(limit("Whole") == 4);
    CHECK(limit("Texas") == 2);
    CHECK(limit("Own") == 1);
    CHECK(rules.campaigns[*rules.campaign("Own")].sms_from == "LoneStar");
    CHECK(rules.campaigns[*rules.campaign("Whole")].sms_from.empty());
}

TEST_CASE("a directory cannot allow longer text messages than those above it") {
    SourceSet sources =
        test::beside_house_rules("edition 2026\n\npolicy \"Lone Star Staffing\"\n  sms of at most 2 segments\nend\n");
    sources.files.push_back(
        {"texas/desk.nurture", "edition 2026\n\npolicy \"Texas desk\"\n  sms of at most 3 segments\nend\n"});
    const Compiled result = compile(sources, test::test_world());
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(render_short(result.diagnostics[0], sources) ==
          "texas/desk.nurture:4:3: error N0412: this allows longer text messages than the line above");
    CHECK(result.diagnostics[0].notes.back() == "Write:   sms of at most 2 segments");
}

TEST_CASE("names are one for all directories") {
    SourceSet sources = test::beside_house_rules("edition 2026\n" + campaign("C"));
    sources.files.push_back({"texas/case.nurture", "edition 2026\n\n" + campaign("C")});
    const Compiled result = compile(sources, test::test_world());
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(render_short(result.diagnostics[0], sources) ==
          "texas/case.nurture:3:10: error N0206: there are two campaigns called \"C\"");
}

TEST_CASE("a consent that only a directory asks for holds there") {
    const char* plain =
        "edition 2026\npolicy \"P\"\n  postal address \"1 Main St\"\n"
        "  time zone candidate, otherwise \"America/Chicago\"\nend\n"
        "segment \"Nurses\"\n  email is known\nend\n"
        "template \"hello\" for email\n  subject \"Hi\"\n  | {{postal_address}} {{unsubscribe_link}}\nend\n";
    SourceSet sources;
    sources.files = {
        {"all.nurture", plain},
        {"texas/desk.nurture",
         "edition 2026\npolicy \"Texas\"\n  email requires consent \"job news\"\nend\n" + campaign("Texas")}};
    const Compiled result = compile(sources, test::test_world());
    REQUIRE(result.rules);
    CHECK_FALSE(result.rules->policy.email_consent);
    CHECK(policy_of(*result.rules, "Texas").email_consent);
}

TEST_CASE("a promise of how often people hear from you is kept as it was written") {
    const Rules rules = rules_of({{"all.nurture", "policy \"Lone Star Staffing\"\n"
                                                  "  at least 1 message per candidate in 120 days\nend\n"}});
    REQUIRE(rules.policy.floors.size() == 1);
    CHECK(rules.policy.floors[0].count == 1);
    CHECK(rules.policy.floors[0].in == std::chrono::days{120});
    CHECK(rules.policy.floors[0].text == "at least 1 message per candidate in 120 days");
}
