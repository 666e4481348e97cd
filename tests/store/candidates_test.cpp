// SPDX-License-Identifier: MIT
#include "daemon/store/candidates.hpp"

#include "tests/store/sample.hpp"
#include "tests/support/temp_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <catch2/catch.hpp>

#include <cctype>

using namespace nurture::store;
using namespace nurture::store::sample;
using Result = CandidateWriter::Result;
using Strings = std::vector<std::string>;

namespace {

std::string lower(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) {
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return folded;
}

const std::vector<ColumnDef> k_columns = {
    {"first_name", ColumnType::text}, {"profession", ColumnType::text},      {"specialty", ColumnType::list},
    {"years", ColumnType::number},    {"license_expires", ColumnType::date}, {"travels", ColumnType::yes_no},
    {"home", ColumnType::place}};

std::vector<Value> values() {
    return {std::string("Ana"),
            std::string("Registered Nurse"),
            Strings{"ICU", "CVICU"},
            2.5,
            nurture::support::day("2026-05-01"),
            true,
            Place{32.78, -96.8}};
}

struct People : Store {
    People() { ensure_columns(database, k_columns); }

    CandidateWriter::Put put(const std::string& ref, std::vector<Value> row, bool live = false) {
        return commit([&] {
            CandidateWriter writer(database, k_columns, {live, "import", lower});
            const auto result = writer.put({ref, {}, {}, std::move(row)}, k_now);
            writer.finish_batch(k_now);
            return result;
        });
    }
};

}  // namespace

TEST_CASE("everything that is known of a person comes back as it was given") {
    People people;
    const auto id = people.put("c1", values()).id;
    const auto person = read_candidate(people.database, id, k_columns);
    REQUIRE(person);
    CHECK(person->values == values());
    CHECK(person->joined_at == k_now);
    CHECK(find_by_ref(people.database, "c1") == id);
}

TEST_CASE("putting the same person again changes nothing and tells nobody") {
    People people;
    CHECK(people.put("c1", values()).result == Result::added);
    const auto before = inbox_end(people.database);
    CHECK(people.put("c1", values()).result == Result::unchanged);
    CHECK(inbox_end(people.database) == before);
}

TEST_CASE("a batch of new people is one row of the inbox") {
    People people;
    const auto before = inbox_end(people.database);
    people.commit([&] {
        CandidateWriter writer(people.database, k_columns, {false, "import", lower});
        for (int i = 0; i < 5; ++i) {
            writer.put({"new" + std::to_string(i), {}, {}, values()}, k_now);
        }
        writer.finish_batch(k_now);
    });
    const auto rows = inbox_after(people.database, before, 10);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].kind == InboxKind::changed);
    CHECK(rows[0].last - rows[0].first == 4);
}

TEST_CASE("a store has all its indices after people came in bulk, after a batch that failed, and when more come") {
    const nurture::support::TempDirectory folder;
    const auto path = folder / "nurtured.db";
    auto database = Database::open(path, birth());
    const auto indices = [&] {
        const SQLite::Database sqlite(path.string());
        SQLite::Statement index(sqlite,
                                "SELECT name || ' ' || sql FROM sqlite_schema"
                                " WHERE tbl_name='candidate' AND type='index' AND sql IS NOT NULL ORDER BY name");
        Strings all;
        while (index.executeStep()) {
            all.push_back(index.getColumn(0).getString());
        }
        return all;
    };
    const auto come = [&](std::uint8_t first, bool to_the_end) {
        Transaction transaction(database);
        CandidateWriter writer(database, {{"email", ColumnType::text}}, {false, "import", lower, true});
        for (const std::uint8_t n : {first, static_cast<std::uint8_t>(first + 1)}) {
            writer.put({"c" + std::to_string(n), key(n), {}, {std::to_string(n) + "@candidates.example"}}, k_now);
        }
        if (to_the_end) {
            writer.finish_batch(k_now);
            transaction.commit();
        }
    };
    const auto made = indices();
    REQUIRE(made.size() == 2);
    come(1, false);
    CHECK(candidate_count(database) == 0);
    CHECK(indices() == made);
    come(1, true);
    CHECK(indices() == made);
    come(3, true);
    CHECK(indices() == made);
    for (std::uint8_t n = 1; n <= 4; ++n) {
        CHECK(find_by_key(database, Channel::email, key(n)).size() == 1);
    }
    CHECK(SQLite::Database(path.string()).execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("a change of text, yes or no, or a list tells the engine the old and the new value") {
    People people;
    people.put("c1", values());
    const auto before = inbox_end(people.database);
    auto changed = values();
    changed[1] = std::string("Nurse Manager");
    changed[2] = Strings{"CVICU", "Trauma"};
    changed[3] = 3.0;
    changed[5] = Value();
    const auto put = people.put("c1", changed, true);
    CHECK(put.result == Result::changed);
    CHECK(put.changes == 4);
    CHECK(people.told(before) == Strings{"lost specialty from ICU", "gained specialty to Trauma",
                                         "became profession from Registered Nurse to Nurse Manager",
                                         "became travels from yes", "changed"});
    for (const auto& row : inbox_after(people.database, before, 4)) {
        CHECK(row.live);
        CHECK(row.first == put.id);
    }
    CHECK(read_candidate(people.database, put.id, k_columns)->values == changed);
}

TEST_CASE("another spelling of the same value is stored, but nothing became anything new") {
    People people;
    people.put("c1", values());
    const auto before = inbox_end(people.database);
    auto changed = values();
    changed[1] = std::string("registered nurse");
    changed[2] = Strings{"icu", "CVICU"};
    CHECK(people.put("c1", changed).result == Result::changed);
    CHECK(people.told(before) == Strings{"changed"});
}

TEST_CASE("fields that a file does not have keep what they hold") {
    People people;
    const auto id = people.put("c1", values()).id;
    people.commit([&] {
        CandidateWriter writer(people.database, {{"first_name", ColumnType::text}}, {});
        return writer.put({"c1", {}, {}, {std::string("Anna")}}, k_now).result;
    });
    const auto person = read_candidate(people.database, id, k_columns);
    CHECK(person->values[0] == Value(std::string("Anna")));
    CHECK(person->values[1] == Value(std::string("Registered Nurse")));
}

TEST_CASE("a scan shows typed values in the order in which people came") {
    People people;
    people.put("c1", values());
    people.put("c2", std::vector<Value>(k_columns.size()));
    const Strings fields = {"profession", "years", "license_expires", "travels", "home"};
    CandidateScan scan(people.database, fields, {people.person + 1});
    REQUIRE(scan.next());
    CHECK(scan.ref() == "c1");
    CHECK(scan.text(0) == "Registered Nurse");
    CHECK(scan.number(1) == 2.5);
    CHECK(scan.date(2) == nurture::support::day("2026-05-01"));
    CHECK(scan.yes(3));
    CHECK(scan.place(4) == Place{32.78, -96.8});
    CHECK(scan.email_key() == nullptr);
    REQUIRE(scan.next());
    CHECK_FALSE(scan.known(0));
    CHECK_FALSE(scan.date(2));
    CHECK_FALSE(scan.next());
}

TEST_CASE("an address finds everybody who has it") {
    Store store;
    const auto second = store.commit([&] { return add_person(store.database, "ana.again", key(7)); });
    CHECK(find_by_key(store.database, Channel::email, key(7)) == std::vector<CandidateId>{store.person, second});
    CHECK(find_by_key(store.database, Channel::sms, key(8)) == std::vector<CandidateId>{store.person});
    CHECK(refs_like(store.database, "ana", 5) == Strings{"ana.again", "ana.ruiz"});
}

TEST_CASE("erasing leaves no word about a person and keeps the address silent") {
    People people;
    const auto id = people.commit([&] { return add_person(people.database, "priya", key(20), key(21)); });
    auto row = values();
    row[2] = Strings{"ICU"};
    people.put("priya", row);
    people.commit([&] {
        add_event(people.database, {id, "applied", k_now, "Night ICU", 0});
        add_list_member(people.database, {id, "Not now", k_now, {}});
        HumanStep task;
        task.candidate = id;
        task.kind = HumanKind::task;
        task.text = "Call Priya";
        task.asked_at = k_now;
        insert_human_step(people.database, task);
    });
    const auto before = inbox_end(people.database);
    people.commit([&] { erase_candidate(people.database, id, k_now, "dana.wu"); });

    const auto person = read_candidate(people.database, id, columns(people.database));
    REQUIRE(person);
    CHECK(person->erased_at == k_now);
    CHECK(person->ref == "erased-" + std::to_string(id));
    for (const auto& value : person->values) {
        CHECK(value == Value());
    }
    EventRow event;
    CHECK_FALSE(EventScan(people.database, {id, id}).next(event));
    CHECK(open_human_steps(people.database).at(0).text.empty());
    CHECK(suppression(people.database, key(20), Channel::email, k_now)->reason == "erased");
    CHECK(suppression(people.database, key(21), Channel::sms, k_now));
    CHECK(people.told(before) == Strings{"suppressed email to erased", "suppressed sms to erased", "erased"});
    for (const auto& told : inbox_after(people.database, 0, 1000)) {
        if (told.first == id && told.kind == InboxKind::became) {
            CHECK_FALSE(told.now);
        }
    }
    CandidateScan everybody(people.database, {});
    while (everybody.next()) {
        CHECK(everybody.id() != id);
    }
}
