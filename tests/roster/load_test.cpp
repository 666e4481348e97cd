// SPDX-License-Identifier: MIT
#include "daemon/roster/load.hpp"

#include "tests/store/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::roster;
using support::at;
using support::day;
namespace sample = store::sample;

namespace {

constexpr dsl::FieldIx k_stage = dsl::k_built_in_fields, k_skills = k_stage + 1, k_years = k_stage + 2,
                       k_expires = k_stage + 3, k_travels = k_stage + 4, k_home = k_stage + 5;
constexpr auto k_created = static_cast<dsl::FieldIx>(dsl::BuiltIn::created);
constexpr dsl::EventIx k_applied = dsl::k_built_in_events;
constexpr auto k_received = static_cast<dsl::EventIx>(dsl::BuiltInEvent::received);
constexpr auto k_clicked = static_cast<dsl::EventIx>(dsl::BuiltInEvent::clicked);
constexpr auto k_joined = static_cast<dsl::EventIx>(dsl::BuiltInEvent::joined);

const std::vector<store::ColumnDef> k_columns = {
    {"owner", store::ColumnType::text},     {"state", store::ColumnType::text},   {"stage", store::ColumnType::text},
    {"skills", store::ColumnType::list},    {"years", store::ColumnType::number}, {"expires", store::ColumnType::date},
    {"travels", store::ColumnType::yes_no}, {"home", store::ColumnType::place}};

dsl::Rules rules() {
    dsl::Rules rules;
    rules.schema = dsl::built_in_schema();
    using dsl::FieldKind;
    rules.schema.fields.push_back({"stage", FieldKind::text});
    rules.schema.fields.push_back({"skills", FieldKind::list});
    rules.schema.fields.push_back({"years", FieldKind::number});
    rules.schema.fields.push_back({"expires", FieldKind::date});
    rules.schema.fields.push_back({"travels", FieldKind::yes_no});
    rules.schema.fields.push_back({"home", FieldKind::place});
    rules.schema.events.push_back({"applied", "applied to a job", true});
    rules.schema.lists = {"Not now"};
    rules.schema.consents = {"job news"};
    rules.policy.zone = "America/Chicago";
    rules.conditions = {dsl::cond::TextIn{k_stage, {"offer out"}},
                        dsl::cond::ListHas{k_skills, {"icu"}},
                        dsl::cond::NumberRange{k_years, 0, 9},
                        dsl::cond::DateNear{k_expires, {}, dsl::DayOffset{}},
                        dsl::cond::DateNear{k_created, {}, dsl::DayOffset{}},
                        dsl::cond::YesNo{k_travels, true},
                        dsl::cond::Within{k_home, 32, -96, 1000}};
    for (const dsl::EventIx kind : {k_applied, k_received, k_clicked, k_joined})
        rules.conditions.push_back(dsl::cond::Happened{kind, {}, dsl::Channel::email, {}, 2, {}});
    return rules;
}

struct Scene : sample::Store {
    Scene() {
        commit([&] { ensure_columns(database, k_columns); });
    }
    base::CandidateId put(const std::string& ref, std::vector<store::Value> values) {
        return commit([&] {
            store::CandidateWriter writer(database, k_columns, {false, "import", nullptr});
            const auto id = writer.put({ref, {}, {}, std::move(values)}, sample::k_now).id;
            writer.finish_batch(sample::k_now);
            return id;
        });
    }
    base::CandidateId full(const std::string& ref) {
        return put(ref, {std::string("Dana.Wu"), std::string("NM"), std::string("Offer out"),
                         std::vector<std::string>{"ICU", "CVICU"}, 4.5, day("2026-05-01"), true,
                         store::Place{32.78, -96.8}});
    }
    Columns loaded(base::Second now = sample::k_now) const { return load(database, rules(), {}, now); }

    Row row_of(const Columns& columns, base::CandidateId id) const { return columns.find(id).value(); }
};

std::vector<std::string> happenings(const Columns& columns, dsl::EventIx kind, Row row) {
    std::vector<std::string> texts;
    for (const Event& event : columns.events(kind).events.of(row))
        texts.push_back(base::format_instant(base::Minute{std::chrono::minutes{event.minute}}) + " " +
                        std::string(columns.events(kind).names.shown(event.name)) + " " +
                        std::to_string(event.channel));
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("everything that rules look at comes from the store into columns") {
    Scene scene;
    const auto ben = scene.full("ben");
    const auto cy = scene.put("cy", std::vector<store::Value>(k_columns.size()));
    const Columns columns = scene.loaded();
    REQUIRE(columns.size() == 3);
    const Row row = scene.row_of(columns, ben);
    CHECK(columns.owner_name(columns.owner(row)) == "dana.wu");
    CHECK(base::zone_name(columns.zone(row)) == "America/Denver");
    CHECK(columns.zone_from(row) == ZoneFrom::state);
    const FieldColumn& stage = columns.field(k_stage);
    CHECK(stage.dictionary.shown(columns.code(stage, row)) == "Offer out");
    CHECK(columns.field(k_skills).items.of(row).size() == 2);
    CHECK(columns.table().get(columns.field(k_years).numbers, row) == 4.5);
    CHECK(columns.date(k_expires, row) == day("2026-05-01"));
    CHECK(columns.table().get(columns.field(k_travels).yes_no, row) == 2);
    CHECK(columns.table().get(columns.field(k_home).lat, row) == 32.78f);
    CHECK(columns.date(k_created, row) == day("2026-03-03"));
    CHECK(happenings(columns, k_joined, row) == Texts{"2026-03-03T16:00:00Z  0"});

    const Row empty = scene.row_of(columns, cy);
    CHECK(columns.code(stage, empty) == 0);
    CHECK(columns.field(k_skills).items.of(empty).empty());
    CHECK(columns.table().get(columns.field(k_years).numbers, empty) !=
          columns.table().get(columns.field(k_years).numbers, empty));
    CHECK_FALSE(columns.date(k_expires, empty));
    CHECK(columns.table().get(columns.field(k_travels).yes_no, empty) == 0);
    CHECK(columns.zone_from(empty) == ZoneFrom::policy);
    CHECK_FALSE(columns.flags(empty).has_email);
}

TEST_CASE("a person's zone is their own, else their state's, else the policy's") {
    Scene scene;
    const std::vector<store::ColumnDef> places{{"time_zone", store::ColumnType::text},
                                               {"state", store::ColumnType::text}};
    const auto zone_of = [&](std::string time_zone, std::string state) {
        const auto id = scene.commit([&] {
            ensure_columns(scene.database, places);
            store::CandidateWriter writer(scene.database, places, {false, "import", nullptr});
            const auto put = writer.put({time_zone + "/" + state, {}, {}, {time_zone, state}}, sample::k_now).id;
            writer.finish_batch(sample::k_now);
            return put;
        });
        const Columns columns = scene.loaded();
        const Row row = scene.row_of(columns, id);
        return std::pair(std::string(base::zone_name(columns.zone(row))), columns.zone_from(row));
    };
    CHECK(zone_of("America/Denver", "NY") == std::pair(std::string("America/Denver"), ZoneFrom::candidate));
    CHECK(zone_of("", "NY") == std::pair(std::string("America/New_York"), ZoneFrom::state));
    CHECK(zone_of("Mountain", "NY") == std::pair(std::string("America/New_York"), ZoneFrom::state));
    CHECK(zone_of("", "TX") == std::pair(std::string("America/Chicago"), ZoneFrom::policy));
    CHECK(zone_of("", "") == std::pair(std::string("America/Chicago"), ZoneFrom::policy));
}

TEST_CASE("two records with one mailbox have the same mailbox number") {
    Scene scene;
    const auto twin = scene.commit([&] { return sample::add_person(scene.database, "ana.again", sample::key(7)); });
    const auto other = scene.commit([&] { return sample::add_person(scene.database, "other", sample::key(9)); });
    const Columns columns = scene.loaded();
    const Row ana = scene.row_of(columns, scene.person);
    CHECK(columns.mailbox(ana) != 0);
    CHECK(columns.mailbox(ana) == columns.mailbox(scene.row_of(columns, twin)));
    CHECK(columns.mailbox(ana) != columns.mailbox(scene.row_of(columns, other)));
    CHECK(columns.phone(scene.row_of(columns, twin)) == 0);
    CHECK(columns.flags(ana).has_phone);
}

TEST_CASE("a message of ours is received once it counts, and a click on it is a click on that template") {
    Scene scene;
    CHECK(happenings(scene.loaded(), k_received, 0).empty());
    REQUIRE(scene.try_hand_over() == store::Refusal::none);
    scene.answer(connectors::Answer::accepted, sample::k_now + std::chrono::seconds(2));
    const auto clicked_at = sample::k_now + std::chrono::hours(1);
    scene.commit([&] {
        store::add_feedback(scene.database, scene.message, "clicked", clicked_at);
        store::add_event(scene.database, {scene.person, "clicked", clicked_at, "", scene.message});
        store::add_event(scene.database,
                         {scene.person, "clicked", sample::k_now - std::chrono::days(9), "old-hello", 0});
    });
    CHECK(happenings(scene.loaded(), k_clicked, 0) == Texts{"2026-02-22T16:00:00Z old-hello 0"});
    const Columns columns = scene.loaded(clicked_at);
    CHECK(happenings(columns, k_received, 0) == Texts{"2026-03-03T16:00:00Z icu-hello 1"});
    CHECK(happenings(columns, k_clicked, 0) ==
          Texts{"2026-02-22T16:00:00Z old-hello 0", "2026-03-03T17:00:00Z icu-hello 1"});
}

TEST_CASE("what came back for a message that does not count is known, of no template, and of a test nothing is") {
    Scene scene;
    REQUIRE(scene.try_hand_over() == store::Refusal::none);
    scene.answer(connectors::Answer::in_doubt, sample::k_now);
    scene.commit([&] {
        store::add_feedback(scene.database, scene.message, "clicked", sample::k_now);
        store::settle_doubt(scene.database, scene.message, false, "bounce", sample::k_now);
        store::Message test;
        test.purpose = store::MessagePurpose::test;
        test.candidate = scene.person;
        store::add_feedback(scene.database, store::insert_message(scene.database, test).value(), "clicked",
                            sample::k_now - std::chrono::hours(3));
    });
    Columns columns = scene.loaded();
    CHECK(happenings(columns, k_received, 0).empty());
    CHECK(happenings(columns, k_clicked, 0) == Texts{"2026-03-03T16:00:00Z  0"});
    reread(columns, scene.database, {scene.person, scene.person}, sample::k_now);
    CHECK(columns == scene.loaded());
}

TEST_CASE("the last word on a consent holds, in any capitals, on its day in the policy's zone") {
    Scene scene;
    CHECK(scene.loaded().consent(0, 0) == dsl::cond::ConsentIs::given);
    scene.commit([&] {
        store::add_consent(scene.database, {scene.person, "Job News", at("2026-03-01T05:00Z"), false, "call"});
    });
    const Columns columns = scene.loaded();
    CHECK(columns.consent(0, 0) == dsl::cond::ConsentIs::withdrawn);
    CHECK(base::from_day_number(columns.table().get(columns.consent(0).days, 0)) == day("2026-02-28"));
}

TEST_CASE("suppressions, lists and erasure reach the people they are about, and end when they end") {
    Scene scene;
    const auto twin = scene.commit([&] { return sample::add_person(scene.database, "ana.again", sample::key(7)); });
    const auto until = sample::k_now + std::chrono::days(14);
    scene.commit([&] {
        store::suppress(scene.database, sample::key(7), store::Channel::email, "mailbox-full", sample::k_now, until);
        store::add_list_member(scene.database, {scene.person, "not now", sample::k_now, until});
    });
    const Columns columns = scene.loaded();
    CHECK(columns.flags(0).email_suppressed);
    CHECK_FALSE(columns.flags(0).sms_suppressed);
    CHECK(columns.flags(scene.row_of(columns, twin)).email_suppressed);
    CHECK(columns.in_list(0, 0));
    CHECK(columns.next_advance() == base::floor_minute(until));
    const Columns later = scene.loaded(until);
    CHECK_FALSE(later.flags(0).email_suppressed);
    CHECK_FALSE(later.in_list(0, 0));
    CHECK(later.next_advance() == base::k_never);
}

TEST_CASE("reading people again gives what loading everybody gives") {
    Scene scene;
    const auto ben = scene.full("ben");
    const auto cy = scene.full("cy");
    Columns columns = scene.loaded();
    const auto agrees = [&](const std::vector<Row>& touched) {
        CHECK(columns == scene.loaded());
        return touched;
    };
    const auto reread_one = [&](base::CandidateId id) {
        return reread(columns, scene.database, {id, id}, sample::k_now);
    };

    SECTION("after a change of fields") {
        scene.put("ben", {std::string("lee.ortiz"), store::Value(), std::string("Screening"),
                          std::vector<std::string>{"ICU"}, store::Value(), day("2027-05-01"), false, store::Value()});
        CHECK(agrees(reread_one(ben)) == std::vector<Row>{1});
    }
    SECTION("after events, words and suppressions") {
        scene.commit([&] {
            store::add_event(scene.database, {ben, "applied", sample::k_now, "ICU nurse", 0});
            store::add_consent(scene.database, {scene.person, "job news", sample::k_now, false, "call"});
            store::suppress(scene.database, sample::key(7), store::Channel::email, "by-hand", sample::k_now);
            store::add_list_member(scene.database,
                                   {cy, "Not now", sample::k_now, sample::k_now + std::chrono::days(3)});
        });
        CHECK(agrees(reread(columns, scene.database, {1, cy}, sample::k_now)) == std::vector<Row>{0, 1, 2});
    }
    SECTION("after a message went out") {
        REQUIRE(scene.try_hand_over() == store::Refusal::none);
        scene.answer(connectors::Answer::accepted, sample::k_now);
        agrees(reread_one(scene.person));
    }
    SECTION("after somebody came") {
        const auto dee = scene.full("dee");
        CHECK(agrees(reread_one(dee)) == std::vector<Row>{3});
    }
    SECTION("after somebody was erased, alone or among others") {
        scene.commit([&] { store::erase_candidate(scene.database, ben, sample::k_now, "lee.ortiz"); });
        const store::IdRange people = GENERATE_REF(store::IdRange{ben, ben}, store::IdRange{1, cy});
        agrees(reread(columns, scene.database, people, sample::k_now));
        CHECK(columns.flags(1).erased);
        CHECK(reread(columns, scene.database, people, sample::k_now).size() == (people.first == ben ? 1 : 3));
    }
    SECTION("when nobody is there") { CHECK(agrees(reread_one(99)).empty()); }
}
