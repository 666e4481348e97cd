// SPDX-License-Identifier: MIT
#include "daemon/roster/columns.hpp"

#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::roster;
using support::at;
using support::day;

namespace {

constexpr dsl::FieldIx k_stage = dsl::k_built_in_fields, k_skills = k_stage + 1, k_expires = k_stage + 2,
                       k_home = k_stage + 3;
constexpr auto k_city = static_cast<dsl::FieldIx>(dsl::BuiltIn::city);
constexpr auto k_email = static_cast<dsl::FieldIx>(dsl::BuiltIn::email);
constexpr auto k_clicked = static_cast<dsl::EventIx>(dsl::BuiltInEvent::clicked);

/// Rules that compare stage, skills, expires and home, ask whether the email is known, and do not look at the city.
dsl::Rules rules() {
    dsl::Rules rules;
    rules.schema = dsl::built_in_schema();
    rules.schema.fields.push_back({"stage", dsl::FieldKind::text});
    rules.schema.fields.push_back({"skills", dsl::FieldKind::list});
    rules.schema.fields.push_back({"expires", dsl::FieldKind::date});
    rules.schema.fields.push_back({"home", dsl::FieldKind::place});
    rules.schema.lists = {"Not now"};
    rules.schema.consents = {"job news"};
    rules.policy.zone = "America/Chicago";
    rules.conditions = {dsl::cond::TextIn{k_stage, {"offer out"}},
                        dsl::cond::ListHas{k_skills, {"icu"}},
                        dsl::cond::DateNear{k_expires, {}, dsl::DayOffset{}},
                        dsl::cond::Within{k_home, 32, -96, 1000},
                        dsl::cond::Known{k_email},
                        dsl::cond::Happened{k_clicked, {}, {}, {}, 1, {}}};
    return rules;
}

std::vector<std::string> items(const Columns& columns, Row row) {
    std::vector<std::string> values;
    for (const Code code : columns.field(k_skills).items.of(row))
        values.emplace_back(columns.field(k_skills).dictionary.shown(code));
    return values;
}

}  // namespace

TEST_CASE(
    "equal values have one code whatever their capitals, and a rule's own words have theirs before anybody is there") {
    Columns columns(rules());
    const FieldColumn& stage = columns.field(k_stage);
    const Code offer = stage.dictionary.find("Offer out");
    CHECK(offer != 0);
    for (const char* text : {"Offer Out", " OFFER   out ", "offer out"}) {
        const Row row = columns.add(static_cast<base::CandidateId>(columns.size() + 1));
        columns.set_text(k_stage, row, text);
        CHECK(columns.code(stage, row) == offer);
    }
    CHECK(stage.dictionary.shown(offer) == "Offer Out");
    const Row blank = columns.add(10);
    columns.set_text(k_stage, blank, "  \t");
    CHECK(columns.code(stage, blank) == 0);
}

TEST_CASE(
    "an address is not kept where rules only ask whether it is known, and what no rule looks at is not kept at all") {
    Columns columns(rules());
    const Row row = columns.add(1);
    columns.set_text(k_email, row, "ana.ruiz@candidates.example");
    columns.set_text(k_city, row, "Plano");
    CHECK(columns.table().get(columns.field(k_email).known, row) == 1);
    CHECK(columns.field(k_email).dictionary.size() == 1);
    CHECK(columns.field(k_city).dictionary.size() == 1);
    columns.clear(row);
    CHECK(columns.table().get(columns.field(k_email).known, row) == 0);
}

TEST_CASE("lists grow, shrink and move without touching anybody else's") {
    Columns columns(rules());
    for (int id = 1; id <= 40; ++id)
        columns.add(id);
    std::vector<std::vector<std::string>> expected(40);
    for (int round = 0; round < 30; ++round)
        for (Row row = 0; row < 40; ++row) {
            const int pick = static_cast<int>(row * 7 + static_cast<Row>(round) * 13);
            if (pick % 5 == 0) {
                columns.clear(row);
                expected[row].clear();
            }
            const std::string value = "Skill " + std::to_string(pick % 11);
            columns.add_item(k_skills, row, value);
            if (std::find(expected[row].begin(), expected[row].end(), value) == expected[row].end())
                expected[row].push_back(value);
        }
    for (Row row = 0; row < 40; ++row)
        CHECK(items(columns, row) == expected[row]);
}

TEST_CASE(
    "everybody keeps their word when a column gets more of them than fit into a byte, and who comes later has one") {
    Columns columns(rules());
    const FieldColumn& stage = columns.field(k_stage);
    const auto word = [](Row row) { return "Stage " + std::to_string(row); };
    for (Row row = 0; row < 600; ++row) {
        columns.add(row + 1);
        columns.set_text(k_stage, row, word(row));
        columns.set_day(k_expires, row, day("2026-03-01") + std::chrono::days{row});
    }
    CHECK(stage.wide_codes);
    for (Row row = 0; row < 600; ++row) {
        CHECK(stage.dictionary.shown(columns.code(stage, row)) == word(row));
        CHECK(columns.date(k_expires, row) == day("2026-03-01") + std::chrono::days{row});
        CHECK(columns.is_living(row));
    }
    columns.clear(7);
    CHECK(columns.code(stage, 7) == 0);
}

TEST_CASE("events stand in order of time, and a message event that is told twice counts once") {
    dsl::Rules asks = rules();
    asks.conditions.push_back(dsl::cond::Happened{k_clicked, {}, {}, {}, 2, {}});
    Columns columns(asks);
    columns.advance(at("2026-03-03T10:00Z"));
    const Row row = columns.add(1);
    columns.add_event(k_clicked, row, at("2026-03-02T10:00Z"), "guide", dsl::Channel::email);
    columns.add_event(k_clicked, row, at("2026-03-01T10:00Z"), "hello", dsl::Channel::email);
    columns.add_event(k_clicked, row, at("2026-03-02T10:00Z"), "Guide", dsl::Channel::email);
    const auto events = columns.events(k_clicked).events.of(row);
    REQUIRE(events.size() == 2);
    CHECK(columns.events(k_clicked).names.shown(events[0].name) == "hello");
    CHECK(events[0].minute < events[1].minute);
    const auto& recent = columns.events(k_clicked).recent;
    CHECK(columns.table().get(recent.at(0), row) == events[1].minute);
    CHECK(columns.table().get(recent.at(1), row) == events[0].minute);
    columns.clear(row);
    CHECK(columns.table().get(recent.at(0), row) == k_never_yet);
}

TEST_CASE("what was entered ahead of time happens at its minute") {
    Columns columns(rules());
    const Row ana = columns.add(1), ben = columns.add(2);
    columns.advance(at("2026-03-02T10:00Z"));
    const auto& last = columns.events(k_clicked).recent.front();
    columns.add_event(k_clicked, ana, at("2026-03-02T09:00Z"));
    columns.add_event(k_clicked, ana, at("2026-03-02T11:00Z"));
    columns.add_event(k_clicked, ben, at("2026-03-02T11:00Z"));
    const std::int32_t nine = columns.table().get(last, ana);
    CHECK(columns.table().get(last, ben) == k_never_yet);
    CHECK(columns.next_advance() == at("2026-03-02T11:00Z"));
    columns.clear(ben);
    CHECK(columns.advance(at("2026-03-02T10:59Z")).empty());
    CHECK(columns.advance(at("2026-03-02T11:00Z")) == std::vector<Row>{ana});
    CHECK(columns.table().get(last, ana) == nine + 120);
    CHECK(columns.table().get(last, ben) == k_never_yet);
}

TEST_CASE("a suspension and a membership for a time end by themselves, and one that was renewed does not") {
    Columns columns(rules());
    const Row ana = columns.add(1), ben = columns.add(2);
    columns.set_suppressed(dsl::Channel::email, ana, at("2026-03-02T10:00Z") + std::chrono::seconds{1});
    columns.set_in_list(0, ben, at("2026-03-03T10:00Z"));
    columns.set_suppressed(dsl::Channel::sms, ben);
    CHECK(columns.next_advance() == at("2026-03-02T10:01Z"));
    CHECK(columns.advance(at("2026-03-02T10:00Z")).empty());
    CHECK(columns.advance(at("2026-03-02T10:01Z")) == std::vector<Row>{ana});
    CHECK_FALSE(columns.flags(ana).email_suppressed);
    CHECK(columns.in_list(0, ben));

    columns.clear(ben);
    columns.set_in_list(0, ben, at("2026-04-03T10:00Z"));
    CHECK(columns.advance(at("2026-03-03T10:00Z")).empty());
    CHECK(columns.in_list(0, ben));
    CHECK(columns.advance(at("2026-04-03T10:00Z")) == std::vector<Row>{ben});
    CHECK_FALSE(columns.in_list(0, ben));
    CHECK(columns.next_advance() == base::k_never);
}

TEST_CASE("columns are equal when the same is known of the same people, in whatever order it was learned") {
    Columns one(rules()), other(rules());
    for (Columns* columns : {&one, &other}) {
        const Row ana = columns->add(1), ben = columns->add(2);
        columns->advance(at("2026-03-03T10:00Z"));
        const bool reversed = columns == &other;
        columns->set_text(k_stage, reversed ? ben : ana, reversed ? "Screening" : "On assignment");
        columns->set_text(k_stage, reversed ? ana : ben, reversed ? "on assignment" : "Screening");
        columns->add_event(k_clicked, ana, at(reversed ? "2026-03-02T10:00Z" : "2026-03-01T10:00Z"));
        columns->add_event(k_clicked, ana, at(reversed ? "2026-03-01T10:00Z" : "2026-03-02T10:00Z"));
    }
    CHECK(one == other);

    SECTION("a value") { other.set_day(k_expires, 0, day("2026-03-02")); }
    SECTION("a place") { other.set_place(k_home, 1, 33, -96); }
    SECTION("an event") { other.add_event(k_clicked, 1, at("2026-03-02T10:00Z")); }
    SECTION("an address") { other.set_mailbox(0, 7); }
    SECTION("a list") { other.set_in_list(0, 1); }
    SECTION("a consent") { other.set_consent(0, 1, dsl::cond::ConsentIs::given, at("2026-03-02T10:00Z")); }
    SECTION("a person") { other.add(3); }
    CHECK_FALSE(one == other);
}

TEST_CASE("somebody who was erased is as if they had never been there") {
    Columns one(rules()), other(rules());
    one.add(1);
    one.set_erased(one.add(2));
    other.add(1);
    CHECK(one == other);
}
