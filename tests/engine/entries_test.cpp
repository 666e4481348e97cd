// SPDX-License-Identifier: MIT
//
// Who comes into a campaign, when, and who does not.
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::engine;
using support::house;
using support::Story;
using support::templates;
using Lines = std::vector<std::string>;

namespace {

constexpr std::string_view k_open = "segment \"Open people\"\n  stage is \"Open\"\nend\n";

std::string drip(std::string_view entry, std::string_view steps = "  step a: email \"one\"",
                 std::string_view name = "Drip", std::string_view audience = "Open people") {
    return "campaign \"" + std::string(name) + "\"\n  owner \"dana.wu\"\n  audience \"" + std::string(audience) +
           "\"\n  from owner\n" + std::string(entry) + "\n  keep candidates who leave the audience\n" +
           std::string(steps) + "\nend\n";
}

constexpr std::string_view k_daily = "  check every day at 07:00\n  enroll at most 40 per day\n  re-enter never";

void open(Story& s, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        s.person(name);
        s.set(name, "stage", "Open");
    }
}

}  // namespace

TEST_CASE("People come in in the order in which they came into the store, and the rest on the next business days") {
    Story s(house() + std::string(k_open) +
            drip("  check every friday at 07:00\n  enroll at most 2 per day\n  re-enter never") + templates({"one"}));
    open(s, {"ana", "bo", "cy", "di", "ed"});
    s.begin("2026-03-05 06:00");  // Thursday
    s.run_until("2026-03-20 00:00");
    CHECK(s.entries() == Lines{"03-06 07:00 ana: Drip", "03-06 07:00 bo: Drip", "03-09 07:00 cy: Drip",
                               "03-09 07:00 di: Drip", "03-10 07:00 ed: Drip"});
}

TEST_CASE("Only people who may get the first message count toward the quota") {
    Story s(house() + std::string(k_open) +
            drip("  check every day at 07:00\n  enroll at most 1 per day\n  re-enter never") + templates({"one"}));
    open(s, {"ana", "bo", "cy"});
    s.consent("ana", "job news", false);
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 00:00");
    CHECK(s.entries() == Lines{"03-02 07:00 bo: Drip"});
}

TEST_CASE("A check earlier on the day of the first apply runs at once and yesterday's does not") {
    Story s(house() + std::string(k_open) +
            drip("  check every monday at 07:00\n  enroll at most 40 per day\n  re-enter never") + templates({"one"}));
    open(s, {"ana"});
    SECTION("today's") {
        s.begin("2026-03-02 10:30");  // Monday
        CHECK(s.entries() == Lines{"03-02 10:30 ana: Drip"});
    }
    SECTION("yesterday's") {
        s.begin("2026-03-03 10:30");
        s.run_until("2026-03-10 00:00");
        CHECK(s.entries() == Lines{"03-09 07:00 ana: Drip"});
    }
}

TEST_CASE("Re-entry counts calendar days from the last entering") {
    Story s(house() + std::string(k_open) +
            drip("  check every day at 07:00\n  enroll at most 40 per day\n  re-enter after 10 days") +
            templates({"one"}));
    open(s, {"ana"});
    s.begin("2026-03-02 12:00");
    s.run_until("2026-03-14 00:00");
    CHECK(s.entries() == Lines{"03-02 12:00 ana: Drip", "03-12 07:00 ana: Drip"});
}

TEST_CASE("Two records of one mailbox are one person") {
    Story s(house() + std::string(k_open) +
            drip("  check every day at 07:00\n  enroll at most 40 per day\n  re-enter after 3 days",
                 "  step a: email \"one\"\n  wait 1 day\n  step b: email \"two\"") +
            templates({"one", "two"}));
    open(s, {"ana", "anna"});
    s.person("bo").mailbox = 1001;  // ana's
    s.set("bo", "stage", "Open");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-07 00:00");
    CHECK(s.entries() ==
          Lines{"03-02 07:00 ana: Drip", "03-02 07:00 anna: Drip", "03-05 07:00 ana: Drip", "03-05 07:00 anna: Drip"});
    std::vector<int> rounds;
    for (const Decision& d : s.decisions())
        if (const auto* enrol = std::get_if<decision::Enrol>(&d))
            rounds.push_back(enrol->enrolment.round);
    CHECK(rounds == std::vector{1, 1, 2, 2});
}

TEST_CASE("A change makes somebody enter at once, if it is happening now") {
    const std::string rules =
        house() + std::string(k_open) +
        drip("  start when certifications gains any of \"CCRA\", \"CCRP\"\n  ignore events older than 14 days\n"
             "  enroll at most 20 per day\n  re-enter after 1 day") +
        templates({"one"});
    Story s(rules);
    open(s, {"ana", "bo"});
    s.begin("2026-03-02 06:00");
    s.gains("2026-03-03 10:30", "ana", "certifications", "ccra");
    s.gains("2026-03-03 11:30", "bo", "certifications", "CCRA", false);
    s.run_until("2026-03-05 00:00");
    CHECK(s.entries() == Lines{"03-03 10:30 ana: Drip"});
}

TEST_CASE("Several values at once make one enrolment that names them all") {
    Story s(house() + std::string(k_open) +
            drip("  start when certifications gains any of \"CCRA\", \"CCRP\"\n  ignore events older than 14 days\n"
                 "  enroll at most 20 per day\n  re-enter after 1 day") +
            templates({"one"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.gains("2026-03-03 10:30", "ana", "certifications", "CCRA");
    s.gains("2026-03-03 10:30", "ana", "certifications", "CCRP");
    s.run_until("2026-03-05 00:00");
    CHECK(s.entries().size() == 1);
    for (const Decision& d : s.decisions())
        if (const auto* enrol = std::get_if<decision::Enrol>(&d); enrol != nullptr && enrol->counts_on)
            CHECK(enrol->enrolment.event_value == "CCRA, CCRP");
}

TEST_CASE("A start waits until the person is in the audience, no longer than events may be old") {
    const std::string rules =
        house() + std::string(k_open) +
        drip("  start when candidate has attended\n  ignore events older than 5 days\n  enroll at most 20 per day\n"
             "  re-enter after 60 days") +
        templates({"one"});
    SECTION("in time") {
        Story s(rules);
        s.person("ana");
        s.begin("2026-03-02 06:00");
        s.happens("2026-03-03 10:00", "ana", "attended", "Fair");
        s.becomes("2026-03-06 15:00", "ana", "stage", "Open");
        s.run_until("2026-03-20 00:00");
        CHECK(s.entries() == Lines{"03-06 15:00 ana: Drip"});
    }
    SECTION("too late") {
        Story s(rules);
        s.person("ana");
        s.begin("2026-03-02 06:00");
        s.happens("2026-03-03 10:00", "ana", "attended", "Fair");
        s.becomes("2026-03-09 15:00", "ana", "stage", "Open");
        s.run_until("2026-03-20 00:00");
        CHECK(s.entries().empty());
        CHECK(s.ends() == Lines{"03-08 10:01 ana: event-too-old"});
    }
}

TEST_CASE("Starts beyond the quota come in on the next business day, in store order") {
    Story s(house() + std::string(k_open) +
            drip("  start when candidate has attended\n  ignore events older than 5 days\n  enroll at most 1 per day\n "
                 " re-enter after 60 days") +
            templates({"one"}));
    open(s, {"ana", "bo", "cy"});
    s.begin("2026-03-06 06:00");  // Friday
    for (const char* name : {"cy", "bo", "ana"})
        s.happens("2026-03-06 10:00", name, "attended", "Fair");
    s.run_until("2026-03-20 00:00");
    CHECK(s.entries() == Lines{"03-06 10:00 ana: Drip", "03-09 00:00 bo: Drip", "03-10 00:00 cy: Drip"});
}

TEST_CASE("A date starts at midnight of that day and who is past it does not enter") {
    Story s(house() + std::string(k_open) +
            drip("  start 60 days before license_expires\n  enroll at most 20 per day\n  re-enter never") +
            templates({"one"}));
    open(s, {"ana", "bo", "cy"});
    s.set("ana", "license_expires", "2026-05-05");  // 60 days before: 6 March
    s.set("bo", "license_expires", "2026-04-01");
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(s.entries() == Lines{"03-06 00:00 ana: Drip"});
    CHECK(s.messages() == Lines{"03-06 09:00 ana: one"});
}

TEST_CASE("Months after a date, and anniversaries, in calendar months and years") {
    Story s(house() + std::string(k_open) +
            drip("  start 3 months after hired_on\n  enroll at most 20 per day\n  re-enter never",
                 "  step a: email \"one\"", "Months") +
            drip("  start on the anniversary of hired_on\n  enroll at most 20 per day\n  re-enter after 300 days",
                 "  step b: email \"two\"", "Years") +
            templates({"one", "two"}));
    open(s, {"ana", "bo"});
    s.set("ana", "hired_on", "2025-11-30");
    s.set("bo", "hired_on", "2024-02-29");
    s.begin("2026-02-20 06:00");
    s.run_until("2027-03-10 00:00");
    CHECK(s.entries() ==
          Lines{"02-28 00:00 ana: Months", "02-28 00:00 bo: Years", "11-30 00:00 ana: Years", "02-28 00:00 bo: Years"});
}

TEST_CASE("Each campaign sees who has just entered the ones before it") {
    Story s(house() + std::string(k_open) +
            "segment \"Free\"\n  stage is \"Open\"\n  none of\n    is in campaign \"First\"\n  end\nend\n" +
            drip("  check every day at 07:00\n  enroll at most 1 per day\n  re-enter never\n  priority 60",
                 "  step a: email \"one\"\n  wait 9 days\n  step c: email \"three\"", "First") +
            drip(k_daily, "  step b: email \"two\"", "Second", "Free") + templates({"one", "two", "three"}));
    open(s, {"ana", "bo"});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-02 23:00");
    CHECK(s.entries() == Lines{"03-02 07:00 ana: First", "03-02 07:00 bo: Second"});
}

TEST_CASE("Entering one campaign pauses or stops another, or starts a third") {
    Story s(house() + std::string(k_open) +
            drip(std::string(k_daily) + "\n  pause 10 days when candidate has entered campaign \"News\"",
                 "  step a: email \"one\"\n  wait 3 days\n  step b: email \"two\"") +
            drip("  start when candidate has attended\n  ignore events older than 5 days\n  enroll at most 9 per day\n "
                 " re-enter after 60 days",
                 "  step n: email \"three\"", "News") +
            drip("  start when candidate has entered campaign \"News\"\n  ignore events older than 5 days\n  enroll at "
                 "most 9 per day\n  re-enter after 60 days",
                 "  step t: task for owner \"Call\"", "Third") +
            templates({"one", "two", "three"}));
    open(s, {"ana"});
    s.begin("2026-03-02 06:00");
    s.happens("2026-03-03 10:00", "ana", "attended", "Fair");
    s.run_until("2026-03-30 00:00");
    CHECK(s.entries() == Lines{"03-02 07:00 ana: Drip", "03-03 10:00 ana: News", "03-03 10:00 ana: Third"});
    CHECK(s.messages() == Lines{"03-02 09:00 ana: one", "03-03 10:00 ana: three", "03-16 09:00 ana: two"});
}

TEST_CASE("Drafts, expired campaigns and test mode let nobody in") {
    const auto made = [](std::string_view header, Settings settings = {}) {
        Story s(house() + std::string(k_open) + drip(std::string(k_daily) + "\n" + std::string(header)) +
                    templates({"one"}),
                settings);
        open(s, {"ana", "bo"});
        s.state().allowed = {2};
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-03 00:00");
        return s.entries();
    };
    CHECK(made("  draft") == Lines{});
    CHECK(made("  expires on 2026-03-02") == Lines{});
    CHECK(made("  expires on 2026-03-03").size() == 2);
    Settings testing;
    testing.test_mode = true;
    CHECK(made("", testing) == Lines{"03-02 07:00 bo: Drip"});
    Settings preview;
    preview.run_drafts = true;
    CHECK(made("  draft", preview).size() == 2);
}

TEST_CASE("An audience that has outgrown its bound lets nobody in, and those inside go on") {
    Story s(house() + std::string(k_open) +
            drip(k_daily, "  step a: email \"one\"\n  wait 2 days\n  step b: email \"two\"") +
            templates({"one", "two"}));
    open(s, {"ana", "bo"});
    s.person("cy");
    s.state().campaigns[0].bound = 2;
    s.begin("2026-03-02 06:00");
    s.becomes("2026-03-03 06:00", "cy", "stage", "Open");
    s.run_until("2026-03-20 00:00");
    CHECK(s.entries() == Lines{"03-02 07:00 ana: Drip", "03-02 07:00 bo: Drip"});
    CHECK(s.messages().size() == 4);
}
