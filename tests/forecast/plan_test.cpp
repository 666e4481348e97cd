// SPDX-License-Identifier: MIT
#include "daemon/forecast/apply.hpp"
#include "desk.hpp"

#include <nlohmann/json.hpp>

using namespace nurture;
using namespace nurture::forecast;
using namespace nurture::forecast::test;
using Catch::Contains;

namespace {

/// As a reader takes it in: where a line ends depends on the width of the terminal.
std::string in_one_line(const std::string& text) {
    std::string line;
    for (const char c : text)
        if ((c != ' ' && c != '\n') || (!line.empty() && line.back() != ' '))
            line += c == '\n' ? ' ' : c;
    return line;
}

using Against = PlanCampaign::Against;

PlanCampaign campaign(const Plan& plan, const std::string& name) {
    for (const auto& campaign : plan.campaigns)
        if (campaign.name == name)
            return campaign;
    throw std::invalid_argument(name);
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
    const auto place = text.find(from);
    REQUIRE(place != std::string::npos);
    return text.replace(place, from.size(), to);
}

}  // namespace

TEST_CASE("the funnel counts everybody once, at the first line that leaves them out, unknowns apart") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = plan(desk.inputs());
    REQUIRE(report.segments.size() == 1);
    const auto& segment = report.segments[0];
    CHECK(segment.people == 12);
    REQUIRE(segment.lines.size() == 4);
    CHECK(segment.lines[0].after == 10);
    CHECK(segment.lines[1].after == 8);
    CHECK(segment.lines[1].unknown_left_out == 1);
    CHECK(segment.lines[2].after == 7);
    CHECK(segment.lines[2].unknown_kept == 6);
    CHECK(segment.members == 6);
    CHECK(segment.lines[1].text == "years is at least 2");
}

TEST_CASE("reach says who of the audience can be written to, and what keeps the others") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto reach = *campaign(plan(desk.inputs()), "Hello nurses").email;
    CHECK(reach.reachable == 3);
    CHECK(reach.withdrawn == 1);
    CHECK(reach.no_address == 1);
    CHECK(reach.never_contact == 1);
    CHECK(reach.consent == "job news");
}

TEST_CASE("in test mode both numbers are told, and the figures stay those of live mode") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    const auto live = plan(inputs);
    inputs.settings.test_mode = true;
    const auto test = plan(inputs);
    CHECK(campaign(test, "Hello nurses").may_enter == 3);
    CHECK(campaign(test, "Hello nurses").may_enter_test == 1);
    CHECK(test.entering_next_day == live.entering_next_day);
    CHECK_THAT(to_text(test), Contains("In test mode 1 of them"));
}

TEST_CASE("the hash of a plan stays while nothing changes, and moves with rules and with figures") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto first = plan(desk.inputs("2026-03-02T06:00")).hash;
    CHECK(first.size() == 64);
    CHECK(plan(desk.inputs("2026-03-02T06:01")).hash == first);
    desk.use("# A word.\n" + house_rules() + nurses("39"));
    CHECK(plan(desk.inputs("2026-03-02T06:00")).hash != first);
    desk.use(house_rules() + nurses());
    desk.person("new.one", {{"profession", "Registered Nurse"}, {"years", "3"}, {"stage", "Open"}});
    CHECK(plan(desk.inputs("2026-03-02T06:00")).hash != first);
}

TEST_CASE("a plan against live rules says what is different, and how many more it reaches") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    desk.apply(*desk.rules);
    CHECK(campaign(plan(desk.inputs()), "Hello nurses").against == Against::unchanged);
    CHECK_FALSE(plan(desk.inputs()).changes());

    desk.use(changed(changed(house_rules() + nurses(), "years is at least 2", "years is at least 1"), "the guide.",
                     "the new guide.") +
             quarterly());
    const auto report = plan(desk.inputs());
    CHECK(report.changes());
    CHECK(campaign(report, "Quarterly note").against == Against::added);
    const auto hello = campaign(report, "Hello nurses");
    CHECK(hello.against == Against::changed);
    CHECK(hello.changes == std::vector<std::string>{"audience", "text of \"guide\""});
    CHECK(hello.live_audience == 6);
    CHECK(hello.audience == 7);

    // Several reports of one command share what was read; the live rules are still judged by themselves.
    auto shared = desk.inputs();
    shared.loaded = std::make_shared<const engine::State>(load_state(shared));
    const auto again = campaign(plan(shared), "Hello nurses");
    CHECK(again.live_audience == 6);
    CHECK(again.audience == 7);
}

TEST_CASE("a campaign whose audience has outgrown what was approved says so, also when nobody waits for it") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.guard = {20, 2, 0};
    desk.apply(*desk.rules, {{"Hello nurses", 4}});
    CHECK_FALSE(campaign(plan(inputs), "Hello nurses").outgrown);
    desk.apply(*desk.rules, {{"Hello nurses", 3}});
    const auto report = plan(inputs);
    CHECK(campaign(report, "Hello nurses").outgrown == 5);
    CHECK_THAT(to_text(report), Contains("has outgrown what was approved (at most 5)"));
}

TEST_CASE("a layout that changes is no change") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    desk.apply(*desk.rules);
    desk.use(house_rules() + "# A remark.\n\n" + nurses());
    CHECK(campaign(plan(desk.inputs()), "Hello nurses").against == Against::unchanged);
}

TEST_CASE("people in flight get the new text, and are told apart when they are on older steps") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    desk.apply(*desk.rules);
    desk.enrol(*store::find_by_ref(desk.store, "ana.ruiz"), *desk.rules, "Hello nurses", "review",
               at("2026-02-27T07:00"));
    desk.use(changed(changed(house_rules() + nurses(), "wait 4 business days", "wait 5 business days"), "the guide.",
                     "the new guide."));
    const auto hello = campaign(plan(desk.inputs()), "Hello nurses");
    CHECK(hello.inside == 1);
    CHECK(hello.on_older_steps.size() == 1);
    REQUIRE(hello.changed_texts.size() == 1);
    CHECK(hello.changed_texts[0].message_template == "guide");
    CHECK(hello.changed_texts[0].people == 1);
}

TEST_CASE("a step or a campaign cannot go while people need it") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    desk.apply(*desk.rules);
    desk.enrol(*store::find_by_ref(desk.store, "ana.ruiz"), *desk.rules, "Hello nurses", "review",
               at("2026-02-27T07:00"));
    desk.use(changed(house_rules() + nurses(), "step guide: email \"guide\" in the thread of hello",
                     "step last: email \"guide\""));
    const auto without_step = plan(desk.inputs());
    REQUIRE(without_step.obstacles.size() == 1);
    CHECK(without_step.obstacles[0].code == "N0701");
    CHECK_THAT(without_step.obstacles[0].sentence, Contains("`guide`") && Contains("1 person still has it ahead"));
    CHECK(without_step.obstacles[0].place.file == "desk.nurture");
    REQUIRE(without_step.obstacles[0].write.size() == 2);
    CHECK(without_step.obstacles[0].write[0] == "Write:   retired guide, stop");
    CHECK_THAT(to_text(without_step),
               Contains("or:      renamed guide to last") && Contains("This plan cannot be applied."));

    desk.use(changed(house_rules() + nurses(), "campaign \"Hello nurses\"", "campaign \"Hello again\""));
    const auto renamed = plan(desk.inputs());
    REQUIRE(renamed.obstacles.size() == 1);
    CHECK(renamed.obstacles[0].code == "N0702");
    CHECK_THAT(renamed.obstacles[0].sentence, Contains("\"Hello nurses\"") && Contains("1 person is in it"));
    REQUIRE(renamed.removed.size() == 1);
    CHECK(renamed.removed[0].inside == 1);
}

TEST_CASE("what becomes of people before a step or in a campaign that is gone is part of the plan") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    desk.apply(*desk.rules);
    desk.enrol(*store::find_by_ref(desk.store, "ana.ruiz"), *desk.rules, "Hello nurses", "review",
               at("2026-02-27T07:00"));
    const auto retired_step =
        changed(house_rules() + nurses(), "step guide: email \"guide\" in the thread of hello", "");
    desk.use(changed(retired_step, "  stop when candidate has replied\n",
                     "  stop when candidate has replied\n  retired guide, stop\n"));
    const auto steps = plan(desk.inputs());
    CHECK(steps.obstacles.empty());
    CHECK_THAT(in_one_line(to_text(steps)),
               Contains("1 person has `guide` ahead, which is retired: the campaign ends there for them"));

    desk.use(changed(house_rules() + nurses(), "campaign \"Hello nurses\"", "campaign \"Hello again\"") +
             "\nrenamed campaign \"Hello nurses\" to \"Hello again\"\n");
    const auto renamed = plan(desk.inputs());
    CHECK(renamed.obstacles.empty());
    CHECK(campaign(renamed, "Hello again").inside == 1);
    CHECK(campaign(renamed, "Hello again").changes == std::vector<std::string>{"its name, which was \"Hello nurses\""});

    std::string without = house_rules() + nurses();
    const auto begin = without.find("campaign \"Hello nurses\"");
    without.erase(begin, without.find("template \"hello\"") - begin);
    desk.use(without + "\nretired campaign \"Hello nurses\": finish\n");
    const auto finishing = in_one_line(to_text(plan(desk.inputs())));
    CHECK_THAT(finishing,
               Contains("retired: nobody enters any more, people inside finish. ~ 1 person is mid-sequence") &&
                   Contains("1 person is in it: they finish") && !Contains("may enter"));
    desk.use(without + "\nretired campaign \"Hello nurses\": stop now\n");
    CHECK_THAT(in_one_line(to_text(plan(desk.inputs()))), Contains("1 person is in it: they stop at once"));

    desk.use(house_rules() + "\nretired campaign \"Hello nurses\": finish\n");
    CHECK_THROWS_WITH(plan(desk.inputs()), Contains("still need what is gone"));
}

TEST_CASE("people who hear less often than the policy promises are counted, and named when asked") {
    Desk desk(house_rules("  at least 1 message per candidate in 120 days\n") + nurses());
    hire(desk);
    const auto report = plan(desk.inputs());
    REQUIRE(report.floors.size() == 1);
    CHECK(report.floors[0].reachable > 0);
    CHECK(report.floors[0].below == report.floors[0].reachable);  // nobody has had anything
    CHECK(report.floors[0].refs.size() == static_cast<std::size_t>(report.floors[0].below));
    CHECK_THAT(to_text(report), Contains("at least 1 message per candidate in 120 days") && !Contains("ana.ruiz\n"));
    CHECK_THAT(to_text(report, {}, true), Contains("ana.ruiz"));
}

TEST_CASE("changed texts go out to a few people first, unless the guard is off") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    CHECK(campaign(plan(inputs), "Hello nurses").canary == 0);
    inputs.guard.canary_percent = 1;
    CHECK(campaign(plan(inputs), "Hello nurses").canary == 10);
    CHECK(canary_size(3'000, inputs.guard) == 30);
    CHECK(canary_size(1'000'000, inputs.guard) == 100);
}

// --- apply ---------------------------------------------------------------------------------------------------------

TEST_CASE("what was agreed to is applied while the figures hold") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto agreed = read_record(to_json(record(plan(desk.inputs()))));
    REQUIRE(agreed);
    const auto verdict = check_apply(plan(desk.inputs()), *agreed, {});
    CHECK(verdict.refusals.empty());
    CHECK(verdict.bounds == std::map<std::string, std::int64_t>{{"Hello nurses", 6}});
}

TEST_CASE("a plan is stale when a rule file differs") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto agreed = record(plan(desk.inputs()));
    desk.use(house_rules() + nurses("41"));
    const auto verdict = check_apply(plan(desk.inputs()), agreed, {});
    REQUIRE(verdict.refusals.size() == 1);
    CHECK_THAT(verdict.refusals[0], Contains("the rule files are not those of this plan"));
}

TEST_CASE("a plan is stale when the audience has outgrown it, and both numbers are named") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto agreed = record(plan(desk.inputs()));
    Guard guard{20, 2, 0};
    agreed.campaigns["Hello nurses"].audience = 4;
    CHECK(check_apply(plan(desk.inputs()), agreed, guard).refusals.empty());
    agreed.campaigns["Hello nurses"].audience = 3;
    const auto verdict = check_apply(plan(desk.inputs()), agreed, guard);
    REQUIRE(verdict.refusals.size() == 1);
    CHECK(verdict.refusals[0] == "campaign \"Hello nurses\": people in the audience: 6 now, the plan said 3. That is 3 "
                                 "more; [guard] allows 2.");
}

TEST_CASE("growth is bounded by the share or by the people, whichever is larger") {
    CHECK(growth_limit(100, {20, 50, 0}) == 150);
    CHECK(growth_limit(1'000, {20, 50, 0}) == 1'200);
}

TEST_CASE("a record that is not one is refused") {
    CHECK_FALSE(read_record(""));
    CHECK_FALSE(read_record("{}"));
    CHECK_FALSE(read_record(R"({"format":"nurture-plan-record-1","plan":7})"));
}

TEST_CASE("a plan's JSON holds what its text shows, and the record no names") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = plan(desk.inputs(), 2);
    const auto json = nlohmann::json::parse(to_json(report));
    CHECK(json["hash"] == report.hash);
    CHECK(json["warnings"] == 2);
    CHECK(json["segments"][0]["lines"][1]["unknown_left_out"] == 1);
    CHECK(json["campaigns"][0]["sample"]["text"] == "Still nursing near Plano, Bo?");
    CHECK(to_json(record(report)).find("Bo") == std::string::npos);
}
