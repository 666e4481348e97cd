// SPDX-License-Identifier: MIT
#include "desk.hpp"

#include "daemon/store/suppressions.hpp"

#include <nlohmann/json.hpp>

using namespace nurture;
using namespace nurture::forecast;
using namespace nurture::forecast::test;
using Catch::Contains;

namespace {

Why ask(const Desk& desk, const char* ref, std::optional<dsl::CampaignIx> only = {}) {
    return why(desk.inputs(), *store::find_by_ref(desk.store, ref), only);
}

}  // namespace

TEST_CASE("somebody who is not in an audience learns at which line, and with which value") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = ask(desk, "cy.lam");
    REQUIRE(report.campaigns.size() == 1);
    const auto& hello = report.campaigns[0];
    CHECK_FALSE(hello.in_audience);
    REQUIRE(hello.lines.size() == 1);
    CHECK(hello.lines[0].text == "years is at least 2");
    CHECK(hello.lines[0].values == std::vector<std::string>{"years: 1"});
    CHECK(hello.planned.empty());
}

TEST_CASE("an unknown value that decides is called one") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = ask(desk, "di.noor");
    REQUIRE(report.campaigns[0].lines.size() == 1);
    CHECK(report.campaigns[0].lines[0].unknown);
    CHECK_THAT(to_text(report), Contains("decided by an unknown value"));
}

TEST_CASE("somebody who will come in sees what is planned, with the words") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = ask(desk, "ana.ruiz");
    const auto& hello = report.campaigns[0];
    CHECK(hello.in_audience);
    CHECK(hello.entry == "may come in; the audience is next looked at Mon 2 Mar 07:00 CST");
    REQUIRE(hello.planned.size() == 2);
    CHECK(hello.planned[0].text == "Still nursing near Plano, Ana?");
    CHECK(hello.planned[1].text == "Re: Still nursing near Plano, Ana?");
    REQUIRE(hello.planned_work.size() == 1);
    CHECK(hello.planned_work[0].at == at("2026-03-02T07:00"));
    CHECK(hello.planned_work[0].text ==
          "dana.wu is asked to approve (review), does so Tue 3 Mar 09:00 CST; the time for "
          "it ends Wed 4 Mar 07:00 CST");
    REQUIRE_FALSE(hello.stops.empty());
    CHECK(hello.stops.front().text == "stop when candidate has replied");
    CHECK(hello.stops.front().place);
}

TEST_CASE("with a campaign every line of its audience is told") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = ask(desk, "ana.ruiz", *desk.rules->campaign("Hello nurses"));
    CHECK(report.campaigns[0].lines.size() == 4);
    CHECK_THAT(to_text(report), Contains("profession: Registered Nurse"));
}

TEST_CASE("what forbids writing to a person is said first") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    CHECK_THAT(to_text(ask(desk, "hal.moss")), Contains("consent \"job news\" taken back"));
    CHECK_THAT(to_text(ask(desk, "ivy.rand")), Contains("On the list \"Do not contact\": never contacted."));
    CHECK_THAT(to_text(ask(desk, "jo.west")), Contains("no usable address"));
    CHECK(ask(desk, "hal.moss").campaigns[0].entry == "out: the person has not given consent for this channel");
}

TEST_CASE("of a full mailbox it is said until when it is left alone, of any other suppression only that it holds") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto suppress = [&](const char* ref, std::string_view reason, std::optional<store::Instant> until) {
        const auto row = store::read_candidate(desk.store, *store::find_by_ref(desk.store, ref), {});
        store::Transaction transaction(desk.store);
        store::suppress(desk.store, *row->email_key, store::Channel::email, reason, at("2026-02-27T09:00"), until);
        transaction.commit();
    };
    suppress("ana.ruiz", "mailbox-full", at("2026-03-13T09:00"));
    suppress("cy.lam", "hard-bounce", std::nullopt);
    CHECK_THAT(to_text(ask(desk, "ana.ruiz")),
               Contains("the address is suspended until Fri 13 Mar 09:00 CDT (mailbox-full)"));
    CHECK_THAT(to_text(ask(desk, "cy.lam")), Contains("the address is suppressed,"));
}

TEST_CASE("somebody who is in it sees where") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    desk.apply(*desk.rules);
    desk.enrol(*store::find_by_ref(desk.store, "ana.ruiz"), *desk.rules, "Hello nurses", "review",
               at("2026-02-27T07:00"));
    const auto report = ask(desk, "ana.ruiz");
    REQUIRE(report.campaigns[0].enrolments.size() == 1);
    CHECK(report.campaigns[0].entry == "is in it");
    CHECK_THAT(report.campaigns[0].enrolments[0].where, Contains("waits for somebody to approve (review) until"));
}

TEST_CASE("somebody who has nothing to do with any campaign gets an answer too") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = ask(desk, "lou.orr");
    CHECK(report.campaigns[0].lines.front().text == "profession is \"Registered Nurse\"");
    CHECK_THAT(to_text(report), Contains("profession: unknown"));
    CHECK(nlohmann::json::parse(to_json(report))["candidate"] == "lou.orr");
}
