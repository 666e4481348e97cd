// SPDX-License-Identifier: MIT
#include "desk.hpp"

#include "daemon/base/files.hpp"
#include "daemon/forecast/plan.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/store/breakers.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>
#include <unistd.h>

using namespace nurture;
using namespace nurture::forecast;
using namespace nurture::forecast::test;

namespace {

using Lines = std::vector<std::string>;

/// "ana.ruiz hello 2026-03-03T10:00", in the recipient's own time.
Lines messages(const Preview& preview) {
    Lines lines;
    for (const auto& m : preview.messages)
        lines.push_back(m.ref + " " + m.step + " " + base::format_instant(m.slot, m.zone).substr(0, 16));
    return lines;
}

std::string when(Minute at) { return base::format_instant(at, chicago).substr(0, 16); }

CampaignPreview campaign(const Preview& preview, const std::string& name) {
    for (const auto& campaign : preview.campaigns)
        if (campaign.name == name)
            return campaign;
    throw std::invalid_argument(name);
}

std::map<engine::ReasonCode, std::int64_t> by_reason(const Reasons& reasons) {
    std::map<engine::ReasonCode, std::int64_t> map;
    for (const auto& reason : reasons)
        map[reason.reason] = reason.people;
    return map;
}

using enum engine::ReasonCode;

}  // namespace

TEST_CASE("messages go out the morning after their approval, in the hours of the campaign and of the person") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = preview(desk.inputs(), {10, {}, false});
    CHECK(messages(report) == Lines{"bo.king hello 2026-03-03T10:00", "ana.ruiz hello 2026-03-03T10:00",
                                    "gus.pike hello 2026-03-03T10:00", "bo.king guide 2026-03-09T10:00",
                                    "ana.ruiz guide 2026-03-09T10:00", "gus.pike guide 2026-03-09T10:00"});
    CHECK(report.total == Counts{3, 6, 0, 3, 0});
    CHECK(report.days.at(support::day("2026-03-02")) == Counts{3, 0, 0, 3, 0});
    CHECK(report.days.at(support::day("2026-03-03")) == Counts{0, 3, 0, 0, 0});
}

TEST_CASE("the enrol quota spreads people over the days") {
    Desk desk(house_rules() + nurses("1"));
    hire(desk);
    const auto report = preview(desk.inputs(), {5, {}, false});
    for (const auto* day : {"2026-03-02", "2026-03-03", "2026-03-04"})
        CHECK(report.days.at(support::day(day)).entered == 1);
    CHECK(report.total.entered == 3);
}

TEST_CASE("without approvals nothing goes out, and the report says why nobody was reached") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.assumptions.approvals = Approvals::never;
    const auto report = preview(inputs, {10, {}, false});
    CHECK(report.messages.empty());
    CHECK(report.total.approvals == 3);
    const auto hello = campaign(report, "Hello nurses");
    CHECK(hello.audience == 6);
    CHECK(hello.never_reached == 6);
    CHECK(by_reason(hello.never) == std::map<engine::ReasonCode, std::int64_t>{
                                        {approval_too_late, 3}, {no_consent, 1}, {never_contact, 1}, {no_address, 1}});
    CHECK(by_reason(hello.ends) == std::map<engine::ReasonCode, std::int64_t>{{approval_too_late, 3}});
}

TEST_CASE("approvals that come at once let messages go on the day they are asked for") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.assumptions.approvals = Approvals::at_once;
    CHECK(messages(preview(inputs, {2, {}, false})) == Lines{"bo.king hello 2026-03-02T10:00",
                                                             "ana.ruiz hello 2026-03-02T10:00",
                                                             "gus.pike hello 2026-03-02T10:00"});
}

TEST_CASE("two campaigns share a person's cap, and the loser is told") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.assumptions.approvals = Approvals::at_once;
    const auto report = preview(inputs, {3, {}, false});
    std::set<std::string> to_ana;
    for (const auto& line : messages(report))
        if (line.starts_with("ana"))
            to_ana.insert(line);
    CHECK(to_ana == std::set<std::string>{"ana.ruiz note 2026-03-02T09:00", "ana.ruiz hello 2026-03-03T10:00"});
    CHECK(by_reason(campaign(report, "Hello nurses").waits) ==
          std::map<engine::ReasonCode, std::int64_t>{{cap_reached, 3}});
}

TEST_CASE("a preview of one campaign counts that one, though all compete") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    PreviewOptions options{3, {}, false};
    options.only = *desk.rules->campaign("Quarterly note");
    const auto report = preview(desk.inputs(), options);
    REQUIRE(report.campaigns.size() == 1);
    CHECK(report.total.emails == report.campaigns[0].total.emails);
    for (const auto& m : report.messages)
        CHECK(m.campaign == "Quarterly note");
}

TEST_CASE("a draft is silent among the others, and shown when its preview is asked for") {
    Desk desk(house_rules() + quarterly("  draft\n"));
    hire(desk);
    CHECK(preview(desk.inputs(), {3, {}, false}).messages.empty());
    PreviewOptions options{3, {}, false};
    options.only = *desk.rules->campaign("Quarterly note");
    CHECK(preview(desk.inputs(), options).messages.size() == 9);
}

TEST_CASE("in test mode only people on the allow-list come in") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.settings.test_mode = true;
    const auto report = preview(inputs, {3, {}, false});
    CHECK(messages(report) == Lines{"ana.ruiz hello 2026-03-03T10:00"});
    CHECK(by_reason(campaign(report, "Hello nurses").never)[off_allow_list] == 4);
}

TEST_CASE("the hash of a planned message is that of the text its reader would see") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto inputs = desk.inputs();
    const auto report = preview(inputs, {3, {}, false});
    REQUIRE(report.messages.size() == 3);
    const auto& m = report.messages[1];
    render::Renderer renderer(desk.store, desk.rules, inputs.house);
    render::Subject subject;
    subject.candidate = *store::find_by_ref(desk.store, m.ref);
    subject.message_template = m.message_template;
    subject.owner = "dana.wu";
    subject.campaign = m.campaign;
    subject.slot = m.slot;
    const auto letter = std::get<render::Letter>(renderer.render(subject));
    CHECK(letter.text.subject == "Still nursing near Plano, Ana?");
    CHECK(base::hex(letter.text.hash) == m.text_hash);
}

TEST_CASE("names are in a preview only when they are asked for") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto without = preview(desk.inputs(), {3, {}, false}), with = preview(desk.inputs(), {3, {}, true});
    CHECK(to_json(without).find("Ruiz") == std::string::npos);
    CHECK(to_text(without).find("ana.ruiz") == std::string::npos);
    CHECK(to_json(with).find("Ana Ruiz") != std::string::npos);
}

TEST_CASE("the JSON of a preview lists every message with its text's hash") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    const auto report = preview(desk.inputs(), {10, {}, false});
    const auto json = nlohmann::json::parse(to_json(report));
    CHECK(json["format"] == "nurture-preview-1");
    REQUIRE(json["messages"].size() == 6);
    CHECK(json["messages"][0]["candidate"] == "bo.king");
    CHECK(json["messages"][0]["slot"] == "2026-03-03T15:00:00Z");
    CHECK(json["messages"][0]["local"] == "2026-03-03T10:00:00-05:00");
    CHECK(json["messages"][0]["text_hash"] == report.messages[0].text_hash);
    CHECK(json["total"]["emails"] == 6);
}

TEST_CASE("people who are assumed to reply get nothing more, the others do") {
    Desk desk(house_rules() + nurses());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.assumptions.replies = 10'000;
    const auto report = preview(inputs, {10, {}, false});
    CHECK(messages(report) == Lines{"bo.king hello 2026-03-03T10:00", "ana.ruiz hello 2026-03-03T10:00",
                                    "gus.pike hello 2026-03-03T10:00"});
    CHECK(report.replies == 3);
    CHECK(by_reason(campaign(report, "Hello nurses").ends) ==
          std::map<engine::ReasonCode, std::int64_t>{{stop_rule, 3}});
    CHECK(to_text(report).find("100% of the messages are answered") != std::string::npos);
}

TEST_CASE("figures are the same whether or not every text is made for them") {
    Desk desk(house_rules() + nurses("1") + quarterly());
    hire(desk);
    PreviewOptions options{20, {}, false};
    const auto whole = preview(desk.inputs(), options);
    options.messages = false;
    auto figures = preview(desk.inputs(), options);
    CHECK(figures.messages.empty());
    figures.messages = whole.messages;
    CHECK(to_json(figures) == to_json(whole));
}

TEST_CASE("a preview from a later day is the end of one from today") {
    Desk desk(house_rules() + nurses("1") + quarterly());
    hire(desk);
    const auto whole = preview(desk.inputs(), {20, {}, false});
    PreviewOptions options{10, {}, false};
    options.from = at("2026-03-10T06:00");
    const auto tail = preview(desk.inputs(), options);
    Lines expected;
    for (std::size_t i = 0; i < whole.messages.size(); ++i)
        if (whole.messages[i].slot >= *options.from)
            expected.push_back(messages(whole)[i]);
    CHECK(expected.size() == 2);
    CHECK(messages(tail) == expected);
    CHECK(tail.total.entered == 0);
    CHECK(campaign(tail, "Hello nurses").inside == 2);
    CHECK(to_text(tail).find("The store is as of") != std::string::npos);
}

TEST_CASE("a cap that holds somebody back is named, with the campaign whose message went first") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    auto inputs = desk.inputs();
    inputs.assumptions.approvals = Approvals::at_once;
    const auto report = preview(inputs, {3, {}, false});
    REQUIRE(report.losses.size() == 1);
    CHECK(report.losses[0].campaign == "Hello nurses");
    CHECK(report.losses[0].ahead == "Quarterly note");
    CHECK(report.losses[0].cap == "at most 1 message per candidate in 24 hours");
    CHECK(report.losses[0].place.line == 17);
    CHECK(report.losses[0].people == 3);
    CHECK(to_text(report).find("\"Hello nurses\" waits behind \"Quarterly note\"") != std::string::npos);
}

TEST_CASE("a full day is nobody's in particular: the line is named") {
    Desk desk(house_rules("  at most 4 messages per day\n") + quarterly());
    hire(desk);
    const auto report = preview(desk.inputs(), {3, {}, false});
    REQUIRE(report.losses.size() == 1);
    CHECK(report.losses[0].ahead.empty());
    CHECK(report.losses[0].cap == "at most 4 messages per day");
    CHECK(report.losses[0].people == 5);
}

TEST_CASE("the load of the relay and of mailbox domains is counted, with the busiest hour and minute") {
    Desk desk(house_rules() + quarterly());
    for (int i = 0; i < 30; ++i)
        desk.person("p" + std::to_string(i),
                    {{"email", "p" + std::to_string(i) + "@d" + std::to_string(i < 10 ? 0 : i % 15) + ".example"}});
    auto inputs = desk.inputs();
    inputs.ways.relay = "smtp://mail.lonestar.example:587";
    inputs.settings.per_minute = {20, 0};
    const auto report = preview(inputs, {3, {}, false});
    REQUIRE(report.loads.ways.size() == 1);
    const auto& relay = report.loads.ways[0];
    CHECK(relay.load.name == "smtp://mail.lonestar.example:587");
    CHECK(relay.load.messages == 30);
    CHECK(relay.load.busiest.messages == 30);
    CHECK(when(relay.load.busiest.begins) == "2026-03-02T09:00");
    CHECK(relay.busiest_minute == 20);
    CHECK(report.loads.domains.size() == 12);
    CHECK(report.loads.domains[0].name == "d0.example");
    CHECK(report.loads.domains[0].messages == 11);
    CHECK(report.loads.other_domains == 3);
    std::int64_t all = report.loads.other_messages;
    for (const auto& domain : report.loads.domains)
        all += domain.messages;
    CHECK(all == 30);
}

TEST_CASE("among several relays the load is shared as their weights say") {
    Desk desk(house_rules() + quarterly());
    for (int i = 0; i < 30; ++i)
        desk.person("p" + std::to_string(i), {{"email", "p" + std::to_string(i) + "@mail.example"}});
    auto inputs = desk.inputs();
    inputs.ways.relay = "2 relays";
    inputs.ways.relays = {{"smtp://mx1.lonestar.example:587", 2}, {"smtp://mx2.lonestar.example:587", 1}};
    const auto report = preview(inputs, {3, {}, false});
    REQUIRE(report.loads.ways.size() == 1);
    const auto& shares = report.loads.ways[0].shares;
    REQUIRE(shares.size() == 2);
    CHECK(shares[0].name == "smtp://mx1.lonestar.example:587");
    CHECK(shares[0].messages == 20);
    CHECK(shares[1].messages == 10);
    CHECK(shares[1].busiest.messages == 10);
}

TEST_CASE("text messages are counted in segments, and cost what nurtured.toml says") {
    Desk desk(house_rules() + R"(segment "Everybody"
  phone is known
end

campaign "Text"
  owner "lee.ortiz"
  audience "Everybody"
  from owner
  check every monday at 09:00
  enroll at most 100 per day
  re-enter after 80 days
  keep candidates who leave the audience
  step text: sms "text"
end

template "text" for sms
  | {{first_name or there}}, Lone Star Staffing here with the new rates. Reply STOP to end these messages.
end
)");
    for (const auto* name : {"Ana", "محمد"})  // the second needs UCS-2: 70 characters a segment
        desk.consent(desk.person(name, {{"first_name", name}}), "text messages", true);
    auto inputs = desk.inputs();
    CHECK(to_text(preview(inputs, {3, {}, false})).find("The SMS are 3 segments (no [sms] price") != std::string::npos);
    inputs.ways.price_per_segment = 7'900;
    inputs.ways.currency = "USD";
    const auto report = preview(inputs, {3, {}, false});
    CHECK(report.total.sms == 2);
    CHECK(report.total.sms_segments == 3);
    CHECK(campaign(report, "Text").total.sms_segments == 3);
    CHECK(to_text(report).find("The SMS are 3 segments, 0.02 USD.") != std::string::npos);
    CHECK(nlohmann::json::parse(to_json(report))["sms"]["cost"] == "0.02 USD");
    CHECK(cost(inputs.ways, 1'000'000) == "7,900.00 USD");
}

TEST_CASE("whoever's text is longer than the campaign allows does not get it, and the preview says why") {
    const auto rules = [](std::string_view line) {
        return house_rules() + R"(segment "Everybody"
  phone is known
end

campaign "Text"
  owner "lee.ortiz"
  audience "Everybody"
  from owner
)" + std::string(line) +
               R"(  check every monday at 09:00
  enroll at most 100 per day
  re-enter after 80 days
  keep candidates who leave the audience
  step text: sms "text"
end

template "text" for sms
  | {{first_name or there}}, Lone Star Staffing here with the new rates. Reply STOP to end these messages.
end
)";
    };
    const auto reported = [](const std::string& text) {
        Desk desk(text);
        for (const auto* name : {"Ana", "محمد"})  // the second needs UCS-2: 70 characters a segment
            desk.consent(desk.person(name, {{"first_name", name}}), "text messages", true);
        auto inputs = desk.inputs();
        inputs.house.sms_sender = "+15125550100";
        return preview(inputs, {3, {}, true});
    };
    const auto free = reported(rules(""));
    const auto limited = reported(rules("  sms of at most 1 segment\n"));
    CHECK(free.total.sms == 2);
    CHECK(limited.total.sms == 1);
    CHECK(limited.total.sms_segments == 1);
    REQUIRE(limited.messages.size() == 2);
    const auto& kept_back = limited.messages[limited.messages[0].ref == "Ana" ? 1 : 0];
    CHECK(kept_back.problem == "the text is 2 segments, at most 1 is allowed");
    REQUIRE(campaign(limited, "Text").ends.size() == 2);
    const auto json = nlohmann::json::parse(to_json(limited));
    std::map<std::string, int> ends;
    for (const auto& end : json["campaigns"][0]["ended"])
        ends[end["reason"]] = end["people"];
    CHECK(ends == std::map<std::string, int>{{"completed", 1}, {"first-text-too-long", 1}});

    // Another sender is another text: whoever approved the one did not approve the other.
    const auto renamed = reported(rules("  sms from \"LoneStar\"\n"));
    REQUIRE(renamed.messages.size() == 2);
    CHECK(renamed.messages[0].text_hash != free.messages[0].text_hash);
}

TEST_CASE("what failures have shut is named at the head of preview and plan") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    const auto shut = [&](std::string_view kind, std::string_view name, std::string_view why) {
        store::Transaction transaction(desk.store);
        store::hold_back(desk.store, kind, name, why, at("2026-03-01T09:00"));
        transaction.commit();
    };
    const auto told = [&](std::optional<dsl::CampaignIx> only = {}) {
        Lines names;
        for (const auto& one : preview(desk.inputs(), {3, only, false}).held)
            names.push_back(one.name);
        return names;
    };
    CHECK(told().empty());
    {
        store::Transaction transaction(desk.store);
        persist::begin_canary(desk.store, "Hello nurses", 10, at("2026-03-01T09:00"));
        transaction.commit();
    }
    CHECK(told().empty());  // the first ones go alone, and that is no failure
    shut(store::k_breaker_gate, "Quarterly note", "7 of 120 messages bounced (the limit is 5 %)");
    shut(store::k_step_gate, store::step_gate_name("Hello nurses", "hello"), "the relay refused its text (5.6.0)");
    shut(store::k_breaker_gate, "A campaign of other rules", "9 of 120 messages bounced (the limit is 5 %)");
    CHECK(told() == Lines{"Hello nurses/hello", "Quarterly note"});
    CHECK(told(desk.rules->campaign("Quarterly note")) == Lines{"Quarterly note"});

    const auto report = preview(desk.inputs(), {3, {}, false});
    CHECK(sentence(report.held[1]) == "\"Quarterly note\" sends nothing: 7 of 120 messages bounced (the limit is 5 %). "
                                      "Look into it, then `nurture resume \"Quarterly note\"`.");
    CHECK(to_text(report).find("Step hello of \"Hello nurses\" sends nothing") != std::string::npos);
    CHECK(nlohmann::json::parse(to_json(report))["held"][0]["resume"] == "Hello nurses/hello");
    CHECK(to_text(plan(desk.inputs())).find("Step hello of \"Hello nurses\" sends nothing") != std::string::npos);
    CHECK(report.total.emails == 0);

    shut(store::k_way_gate, "sms", "nurtured.toml names no gateway for it: write a section [sms], then reload");
    const auto without = preview(desk.inputs(), {3, {}, false});
    REQUIRE(without.held.size() == 3);
    CHECK(sentence(without.held[2]) ==
          "No sms goes out: nurtured.toml names no gateway for it: write a section [sms], then reload.");
    CHECK(nlohmann::json::parse(to_json(without))["held"][2]["resume"].is_null());
}

TEST_CASE("one person's days are told in order, with what was said and what is in the way") {
    Desk desk(house_rules() + nurses() + quarterly());
    hire(desk);
    PreviewOptions options{10, {}, false};
    options.person = *store::find_by_ref(desk.store, "ana.ruiz");
    const auto report = preview(desk.inputs(), options);
    REQUIRE(report.person);
    Lines lines;
    for (const auto& line : report.person->lines)
        lines.push_back(base::format_instant(line.at, chicago).substr(5, 11) + " " + line.what);
    CHECK(lines ==
          Lines{"03-02T07:00 comes in", "03-02T07:00 approval `review` is asked of dana.wu, given Tue 3 Mar 09:00 CST",
                "03-02T08:00 comes in", "03-02T08:00 waits: outside the hours in which messages may go",
                "03-02T09:00 email `note`: This quarter, Ana", "03-02T09:00 ends: reached the end",
                "03-03T09:00 waits: outside the hours in which messages may go",
                "03-03T10:00 email `hello`: Still nursing near Plano, Ana?",
                "03-09T10:00 email `guide`: Re: Still nursing near Plano, Ana?", "03-09T10:00 ends: reached the end"});
    const auto text = to_text(report);
    CHECK(text.find("Ana Ruiz (ana.ruiz)") != std::string::npos);
    CHECK(text.find("bo.king") == std::string::npos);
    CHECK(nlohmann::json::parse(to_json(report))["person"]["timeline"].size() == 10);
}

TEST_CASE("a preview leaves every byte of the store as it was") {
    const auto path = std::filesystem::temp_directory_path() / ("forecast_test_" + std::to_string(::getpid()) + ".db");
    std::filesystem::remove(path);
    render::House house;
    {
        Desk desk(house_rules() + nurses(), path);
        hire(desk);
        desk.apply(*desk.rules);
        house = desk.inputs().house;
    }
    const auto before = base::read_file(path, 1 << 26);
    {
        const auto store = store::Database::open_read_only(path);
        const auto rules = compiled(house_rules() + nurses());
        const Inputs inputs{store, rules, house, {}, {}, {}, at("2026-03-02T06:00"), {}};
        CHECK(preview(inputs, {30, {}, false}).total == Counts{3, 6, 0, 3, 0});
        CHECK(plan(inputs).people == 12);
    }
    CHECK(base::read_file(path, 1 << 26) == before);
    for (const auto* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(path.string() + suffix);
}

TEST_CASE("notes are asked for and assumed, holdouts are counted, and everybody gets the text of their language") {
    Desk desk(house_rules() + R"(segment "Everybody"
  email is known
end

campaign "Trial"
  owner "lee.ortiz"
  audience "Everybody"
  from owner
  check every monday at 08:00
  enroll at most 100 per day
  re-enter after 80 days
  keep candidates who leave the audience
  step trial: split
    60 percent: email "hello"
    40 percent: nothing
  end
  wait 1 day
  step congrats: email "congrats" with a personal note by owner within 2 business days, otherwise skip step
end

template "hello" for email
  subject "Hello"
  | {{postal_address}} {{unsubscribe_link}}
end
template "hello" for email in "es"
  subject "Hola"
  | {{postal_address}} {{unsubscribe_link}}
end
template "congrats" for email
  subject "Well done"
  | {{personal_note}}
  | {{postal_address}} {{unsubscribe_link}}
end
)");
    for (int i = 0; i < 30; ++i)
        desk.person("p" + std::to_string(i), {{"language", i % 2 == 0 ? "es-MX" : "en"}});
    const auto report = preview(desk.inputs(), {7, {}, false});
    const auto held = by_reason(campaign(report, "Trial").ends).at(held_out);
    CHECK(held > 4);
    CHECK(held < 22);
    CHECK(report.total.notes == 30 - held);
    CHECK(report.total.emails == 2 * (30 - held));
    std::map<std::string, std::set<std::string>> texts;
    for (const auto& m : report.messages)
        if (m.step == "trial")
            texts[std::stoi(m.ref.substr(1)) % 2 == 0 ? "es" : "en"].insert(m.text_hash);
    CHECK(texts.size() == 2);
    CHECK(texts["es"] != texts["en"]);
    CHECK(to_text(report).find("notes") != std::string::npos);
    CHECK(to_text(report).find("held out") != std::string::npos);
}
