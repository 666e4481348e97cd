// SPDX-License-Identifier: MIT
//
// Rules are edited while people are mid-sequence: what the author must say, and what becomes of them.
#include "daemon/persist/edits.hpp"

#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"
#include "dsl/diagnostic.hpp"
#include "tests/persist/living_store.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using persist::test::LivingStore;
using persist::test::Minute;

namespace {

std::string segment() {
    return support::house() + "segment \"Open people\"\n  stage is \"Open\"\nend\n" +
           support::templates({"one", "two", "three"});
}

std::string campaign(const std::string& steps, const std::string& head = "", const std::string& name = "Drip") {
    return "campaign \"" + name +
           "\"\n  owner \"dana.wu\"\n  audience \"Open people\"\n  from owner\n  check every day at 07:00\n"
           "  enroll at most 40 per day\n  re-enter after 30 days\n  stop when candidate has replied\n"
           "  stop when candidate leaves the audience\n" +
           head + "\n" + steps + "end\n";
}

std::string drip(const std::string& steps, const std::string& head = "", const std::string& name = "Drip") {
    return segment() + campaign(steps, head, name);
}

const std::string k_one = "  step one: email \"one\"\n  wait 2 days\n";
const std::string k_two = "  step two: email \"two\"\n  wait 2 days\n";
const std::string k_three = "  step three: email \"three\"\n";

std::vector<std::string> messages(LivingStore& s) {
    std::vector<std::string> all;
    store::scan_messages(s.database(), [&](const store::Message& m) {
        all.push_back(m.campaign + " " + m.step + " " + std::string(to_text(m.state)));
    });
    return all;
}

store::Enrolment enrolment(LivingStore& s, const std::string& ref) {
    return store::enrolments_of(s.database(), s.id(ref)).back();
}

/// What is wrong with these rules as long as people are where they are.
std::string problems(LivingStore& s, const std::string& text) {
    const auto rules = support::compile_rules(text);
    std::string said;
    for (const auto& problem : persist::edit_problems(s.database(), *rules)) {
        said += problem.code + ": " + problem.title + "\n";
        for (const auto& note : problem.notes)
            said += note + "\n";
    }
    return said;
}

/// The same, as the author reads it.
std::string explained(LivingStore& s, const std::string& text) {
    const auto rules = support::compile_rules(text);
    std::string said;
    for (const auto& problem : persist::edit_problems(s.database(), *rules))
        said += (said.empty() ? "" : "\n") + dsl::render(problem, rules->sources);
    return said;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("A step that somebody has ahead cannot be deleted without a word") {
    LivingStore s(drip(k_one + k_two + k_three));
    s.put("ana", {{"stage", "Open"}});
    s.put("bo", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 12:00");
    CHECK(problems(s, drip(k_one + k_two + k_three)).empty());
    CHECK(problems(s, drip(k_one + k_three)) ==
          "N0701: the step `two` of \"Drip\" is gone, and 2 people still have it ahead\n"
          "Write:   retired two, continue at three\nor:      retired two, stop\nor:      renamed two to NEW_NAME\n");
    CHECK(problems(s, drip(k_one + "  step second: email \"two\"\n" + k_three)) ==
          "N0701: the step `two` of \"Drip\" is gone, and 2 people still have it ahead\n"
          "Write:   retired two, continue at three\nor:      retired two, stop\nor:      renamed two to second\n");
    CHECK(problems(s, drip(k_one + k_three, "  retired two, continue at three\n")).empty());
    CHECK(problems(s, drip(k_one + "  step second: email \"two\"\n" + k_three, "  renamed two to second\n")).empty());

    s.run_until("2026-03-05 12:00");  // both had it on the 4th
    CHECK(messages(s).size() == 4);
    CHECK(problems(s, drip(k_one + k_three)).empty());
}

TEST_CASE("What an author is told about people who are in the way reads as the golden texts do") {
    LivingStore s(drip(k_one + k_two + k_three));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 12:00");
    const auto step = explained(s, drip(k_one + k_three));
    CHECK(step == support::golden("edits/N0701_step.txt", step));
    const auto gone = explained(s, segment());
    CHECK(gone == support::golden("edits/N0702_campaign.txt", gone));
    const auto needed = explained(s, support::house() + "retired campaign \"Drip\": finish\n");
    CHECK(needed == support::golden("edits/N0703_needed.txt", needed));
}

TEST_CASE("A step that only another branch leads to is not ahead") {
    LivingStore s(drip(k_one + "  if one was clicked\n    step two: email \"two\"\n  otherwise\n" +
                       "    wait 5 days\n    step three: email \"three\"\n  end\n"));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-05 12:00");  // waits in `otherwise`
    CHECK(problems(s, drip(k_one + "  wait 5 days\n" + k_three)).empty());
}

TEST_CASE("A campaign with people in it cannot vanish without a word") {
    LivingStore s(drip(k_one + k_two));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 12:00");
    CHECK(problems(s, segment()) == "N0702: the campaign \"Drip\" is gone, and 1 person is in it\n"
                                    "Write:   retired campaign \"Drip\": finish\n"
                                    "or:      retired campaign \"Drip\": stop now\n"
                                    "or:      renamed campaign \"Drip\" to \"New name\"\n");
    CHECK(problems(s, drip(k_one + k_two, "", "Drops")).find("renamed campaign \"Drip\" to \"Drops\"") !=
          std::string::npos);
    for (const char* line : {"retired campaign \"Drip\": finish\n", "retired campaign \"Drip\": stop now\n"})
        CHECK(problems(s, segment() + line).empty());
    CHECK(problems(s, drip(k_one + k_two, "", "Drops") + "renamed campaign \"Drip\" to \"Drops\"\n").empty());
}

TEST_CASE("People before a retired step go on where the rules say") {
    LivingStore s(drip(k_one + k_two + k_three));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00",
         [&](Minute now) { s.apply(drip(k_one + k_three, "  retired two, continue at three\n"), now); });
    s.run_until("2026-03-20 00:00");
    CHECK(messages(s) == Texts{"Drip one SENT", "Drip three SENT"});
    CHECK(enrolment(s, "ana").end_reason == "completed");
}

TEST_CASE("People before a retired step stop there where the rules say so") {
    LivingStore s(drip(k_one + k_two + k_three));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00", [&](Minute now) { s.apply(drip(k_one + k_three, "  retired two, stop\n"), now); });
    s.run_until("2026-03-20 00:00");
    CHECK(messages(s) == Texts{"Drip one SENT"});
    CHECK(enrolment(s, "ana").end_reason == "step-retired-stop");
}

TEST_CASE("Whoever is asked about a step that is retired is asked no longer") {
    const std::string asks = "  step review: approval by owner within 5 business days, otherwise stop\n";
    LivingStore s(drip(asks + k_one));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00", [&](Minute now) { s.apply(drip(k_one, "  retired review, continue at one\n"), now); });
    s.run_until("2026-03-03 11:00");
    CHECK(store::open_human_steps(s.database()).size() == 1);
    s.run_until("2026-03-10 00:00");
    CHECK(store::open_human_steps(s.database()).empty());
    CHECK(messages(s) == Texts{"Drip one SENT"});
}

TEST_CASE("A message that waits for its slot is not sent when its step is retired") {
    LivingStore s(drip("  step one: email \"one\"\n  wait 1 day\n" + k_three));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00",  // came in at 07:00, the window opens at 09:00
         [&](Minute now) { s.apply(drip(k_three, "  retired one, continue at three\n"), now); });
    s.run_until("2026-03-10 00:00");
    CHECK(messages(s) == Texts{"Drip three SENT"});
}

TEST_CASE("A renamed campaign goes on under its new name, and its history counts") {
    LivingStore s(drip(k_one + k_two));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00", [&](Minute now) {
        s.apply(drip(k_one + k_two, "", "Drops") + "renamed campaign \"Drip\" to \"Drops\"\n", now);
    });
    s.at("2026-03-16 12:00", [&](Minute now) { s.apply(drip(k_one + k_two, "", "Drops"), now); });
    s.run_until("2026-03-31 00:00");
    CHECK(messages(s) == Texts{"Drops one SENT", "Drops two SENT"});
    s.run_until("2026-04-02 00:00");  // in again after 30 days, not before
    CHECK(messages(s) == Texts{"Drops one SENT", "Drops two SENT", "Drops one SENT"});
    CHECK(enrolment(s, "ana").round == 2);
}

TEST_CASE("A campaign cannot be renamed to one that has had people of its own") {
    LivingStore s(drip(k_one + k_two) + campaign(k_one + k_two, "", "Drops"));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 12:00");
    CHECK(problems(s, drip(k_one + k_two, "", "Drops") + "renamed campaign \"Drip\" to \"Drops\"\n")
              .starts_with("N0702: \"Drip\" cannot go on as \"Drops\", which has had people of its own; 1 person is in "
                           "\"Drip\"\n"));
}

TEST_CASE("People inside a retired campaign finish, and nobody comes in") {
    LivingStore s(drip(k_one + k_two));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00", [&](Minute now) {
        s.apply(segment() + "retired campaign \"Drip\": finish\n", now);
        s.put("bo", {{"stage", "Open"}});
    });
    s.run_until("2026-03-20 00:00");
    CHECK(messages(s) == Texts{"Drip one SENT", "Drip two SENT"});
    CHECK(enrolment(s, "ana").end_reason == "completed");
    CHECK(store::enrolments_of(s.database(), s.id("bo")).empty());
}

TEST_CASE("A campaign that becomes a draft sends nothing to the people inside, and goes on when it is none any more") {
    LivingStore s(drip(k_one + k_two + k_three));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00", [&](Minute now) { s.apply(drip(k_one + k_two + k_three, "  draft\n"), now); });
    s.at("2026-03-20 12:00", [&](Minute now) {
        CHECK(messages(s) == Texts{"Drip one SENT"});
        s.apply(drip(k_one + k_two + k_three), now);
    });
    s.run_until("2026-03-30 00:00");
    CHECK(messages(s) == Texts{"Drip one SENT", "Drip two SENT", "Drip three SENT"});
}

TEST_CASE("A retired campaign that stops now takes back what has not gone") {
    LivingStore s(drip(k_one + "  step review: approval by owner within 5 business days, otherwise stop\n" + k_two));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-05 12:00", [&](Minute now) { s.apply(segment() + "retired campaign \"Drip\": stop now\n", now); });
    s.run_until("2026-03-20 00:00");
    CHECK(messages(s) == Texts{"Drip one SENT"});
    CHECK(store::open_human_steps(s.database()).empty());
    CHECK(enrolment(s, "ana").end_reason == "campaign-retired");
}

TEST_CASE("Two campaigns with the same steps keep their people apart over a restart") {
    LivingStore s(drip(k_one + k_two) + campaign(k_one + k_two, "", "Again"));
    s.restart_at_every_wake = true;
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-20 00:00");
    CHECK(messages(s) == Texts{"Again one SENT", "Drip one SENT", "Again two SENT", "Drip two SENT"});
}

TEST_CASE("Who was erased while no daemon ran is in no campaign after the start") {
    const auto rules = drip(k_one + k_two);
    LivingStore s(rules);
    s.put("ana", {{"stage", "Open"}});
    s.put("bo", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 12:00");
    const auto ana = s.id("ana");
    const auto now = s.minute("2026-03-03 13:00");
    {
        store::Transaction transaction(s.database());
        store::erase_candidate(s.database(), ana, now, "dana.wu");
        transaction.commit();
    }
    CHECK(persist::carry_over(s.database(), *support::compile_rules(rules), now) == 1);
    const auto ended = store::enrolments_of(s.database(), ana).back();
    CHECK(ended.phase == store::Phase::ended);
    CHECK(ended.end_reason == "erased");
    CHECK(enrolment(s, "bo").phase != store::Phase::ended);
}
