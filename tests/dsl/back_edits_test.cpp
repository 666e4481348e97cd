// SPDX-License-Identifier: MIT
//
// What people who are mid-sequence keep when the rules are edited: older step lists and campaigns that are to finish.
#include "back_support.hpp"

#include "dsl/describe.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;
using Catch::Matchers::Contains;

namespace {

std::string campaign(std::string_view steps, std::string_view head = "", std::string_view name = "C") {
    return "edition 2026\n\ncampaign \"" + std::string(name) +
           "\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n  from owner\n  check every day at 07:00\n"
           "  enroll at most 40 per day\n  re-enter never\n  stop when candidate has replied\n"
           "  stop when candidate leaves the audience\n" +
           std::string(head) + "\n" + std::string(steps) + "\nend\n";
}

Rules today(const std::string& text) {
    const test::Result result = test::compiled(text);
    INFO(result.said);
    REQUIRE(result.rules);
    return *result.rules;
}

struct Older {
    std::shared_ptr<const StepList> list;
    std::string said;

    std::string line(std::size_t i, const Rules& rules) const { return describe(rules, list->lines.at(i)); }
};

/// The steps of a campaign "C" of an earlier version, for people who stand at `positions`.
Older older(const std::string& then, Rules& rules, std::vector<StepIx> positions = {0}, std::string as = "C") {
    const Hash hash = today(then).campaigns[0].steps->hash;
    Diagnostics diagnostics;
    Older result;
    result.list = compile_step_list(test::beside_house_rules(then), {hash, std::move(as), std::move(positions)}, rules,
                                    diagnostics);
    for (const Diagnostic& diagnostic : diagnostics) {
        result.said += render(diagnostic, rules.sources);
    }
    return result;
}

const std::string k_then = campaign(R"(  step hello: email "hello"
  wait 4 days
  step guide: email "guide"
  wait 4 days
  step call: task for owner "Call them")");

std::string without(std::string text, const std::string& part) {
    const auto at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.erase(at, part.size());
}

}  // namespace

TEST_CASE("an older step list is compiled against the rules of today") {
    const std::string then = campaign("  step hello: email \"hello\"\n  if travels is no\n    stop\n  end");
    Rules rules = today(campaign("  step hello: email \"hello\""));
    const auto conditions = rules.conditions.size();
    const Older list = older(then, rules);
    REQUIRE(list.list);
    CHECK(list.said.empty());
    CHECK(list.list->lines[0].name == "hello");
    CHECK(rules.conditions.size() > conditions);
    CHECK(list.line(1, rules) == "if travels is no, otherwise go to 3");
}

TEST_CASE("people who still need a template that is gone are an error, people past it are not") {
    const std::string flyer =
        "\ntemplate \"flyer\" for email\n  subject \"A flyer\"\n  | {{postal_address}} {{unsubscribe_link}}\nend\n";
    const std::string then = campaign("  step flyer: email \"flyer\"\n  wait 4 days\n  step guide: email \"guide\"");
    Rules rules = today(campaign("  step guide: email \"guide\""));
    Rules with_flyer = today(then + flyer);
    const Hash hash = with_flyer.campaigns[0].steps->hash;
    const auto compile = [&](StepIx position) {
        Diagnostics diagnostics;
        const auto list =
            compile_step_list(test::beside_house_rules(then + flyer), {hash, "C", {position}}, rules, diagnostics);
        return list ? std::string() : render_short(diagnostics.at(0), rules.sources);
    };
    CHECK(compile(0) == "case.nurture:3:1: error N0703: people who are mid-sequence in \"C\" still need what is gone: "
                        "there is no email template called \"flyer\"");
    CHECK(compile(1).empty());
}

TEST_CASE("a step that was retired leads on, or ends the campaign, for people on older steps") {
    const std::string now = without(k_then, "  step guide: email \"guide\"\n  wait 4 days\n");
    const auto with = [&](const std::string& line) {
        std::string text = now;
        return text.insert(text.find("\n  step hello"), "  " + line + "\n");
    };
    Rules goes_on = today(with("retired guide, continue at call"));
    Older list = older(k_then, goes_on);
    REQUIRE(list.list);
    CHECK(list.line(2, goes_on) == "retired, go to 4");
    CHECK(list.list->lines[2].name == "guide");

    Rules stops = today(with("retired guide, stop"));
    list = older(k_then, stops);
    REQUIRE(list.list);
    CHECK(list.line(2, stops) == "retired, stop");
}

TEST_CASE("a retired step may lead to one that has another name today") {
    std::string now =
        campaign("  step hello: email \"hello\"\n  wait 4 days\n  step ring: task for owner \"Call them\"",
                 "  retired guide, continue at ring\n  renamed call to ring\n");
    Rules rules = today(now);
    const Older list = older(k_then, rules);
    REQUIRE(list.list);
    CHECK(list.line(2, rules) == "retired, go to 4");
    CHECK(list.line(4, rules) == "task for owner");
}

TEST_CASE("a retired step from which nothing leads on for people on older steps says what to write") {
    Rules rules = today(campaign("  step hello: email \"hello\"\n  wait 4 days\n  step last: email \"guide\"\n"
                                 "  step call: task for owner \"Call them\"",
                                 "  retired guide, continue at last\n"));
    const Older list = older(k_then, rules);
    CHECK_FALSE(list.list);
    CHECK(list.said == R"(case.nurture:12:3: error N0701: people who have `guide` ahead have no step `last` after it

  12 |   retired guide, continue at last
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ they keep the steps they started with

   Write:   retired guide, continue at call
   or:      retired guide, stop
)");
    CHECK(older(k_then, rules, {3}).list);  // everybody is past it
}

TEST_CASE("a retired step needs nothing of what it needed") {
    const std::string flyer =
        "\ntemplate \"flyer\" for email\n  subject \"A flyer\"\n  | {{postal_address}} {{unsubscribe_link}}\nend\n";
    const std::string then =
        campaign("  step flyer: email \"flyer\"\n  wait 4 days\n  step guide: email \"guide\"") + flyer;
    Rules rules = today(campaign("  step guide: email \"guide\"", "  retired flyer, continue at guide\n"));
    CHECK(older(then, rules).said.empty());
}

TEST_CASE("the older steps of a renamed campaign are found") {
    Rules rules = today(campaign("  step hello: email \"hello\"", "", "New") + "\nrenamed campaign \"C\" to \"New\"\n");
    CHECK(rules.campaign_today("C") == "New");
    const std::string then = campaign("  step hello: email \"hello\"\n  wait 3 days");
    const Older list = older(then, rules, {0}, "New");
    REQUIRE(list.list);
    CHECK(list.list->campaign == "New");
}

TEST_CASE("a campaign that is to finish is added as it was, and takes nobody") {
    Rules rules = today("edition 2026\n\nretired campaign \"C\": finish\n");
    Diagnostics diagnostics;
    CHECK(add_closing_campaign(test::beside_house_rules(k_then), "C", "C", {0}, rules, diagnostics));
    CHECK(diagnostics.empty());
    REQUIRE(rules.campaigns.size() == 1);
    CHECK(rules.campaigns[0].closing);
    CHECK(rules.campaigns[0].steps->lines.size() == 6);
    CHECK(rules.sources.files[rules.campaigns[0].span.file].path == "case.nurture");
    CHECK_FALSE(add_closing_campaign(test::beside_house_rules(k_then), "D", "D", {0}, rules, diagnostics));
}

TEST_CASE("a campaign that is to finish says what it needs and the rules no longer have") {
    std::string then = k_then;
    then.replace(then.find("\"Nurses\""), 8, "\"Chefs\"");
    const auto sources = test::beside_house_rules(then + "\nsegment \"Chefs\"\n  profession is \"Chef\"\nend\n");
    Rules rules = today("edition 2026\n\nretired campaign \"C\": finish\n");
    Diagnostics diagnostics;
    CHECK(add_closing_campaign(sources, "C", "C", {0}, rules, diagnostics));
    REQUIRE(diagnostics.size() == 1);
    CHECK_THAT(diagnostics[0].title, Contains("still need what is gone: there is no segment called \"Chefs\""));
}

TEST_CASE("lines for steps and campaigns that nobody has heard of are harmless") {
    const Rules rules = today(campaign("  step hello: email \"hello\"", "  retired long_gone, stop\n") +
                              "\nretired campaign \"Old\": stop now\n");
    CHECK(rules.campaigns[0].retirement("long_gone") != nullptr);
    REQUIRE(rules.retirement("Old") != nullptr);
    CHECK(rules.retirement("Old")->stop_now);
}
