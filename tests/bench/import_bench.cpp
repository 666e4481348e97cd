// SPDX-License-Identifier: MIT
//
// An import against its floor: one prepared loop in one transaction over the same file. Usage: import_bench [PEOPLE]
#include "daemon/base/hash.hpp"
#include "daemon/importer/csv_reader.hpp"
#include "daemon/importer/import.hpp"
#include "tests/bench/frame.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

using namespace nurture;

namespace {

dsl::Schema schema() {
    auto schema = dsl::built_in_schema();
    schema.fields.push_back({"license_expires", dsl::FieldKind::date, false, false});
    schema.fields.push_back({"profession", dsl::FieldKind::text, false, false});
    schema.fields.push_back({"years", dsl::FieldKind::number, false, false});
    return schema;
}

std::string people(int count) {
    std::string text = "ref,first_name,last_name,email,phone,city,state,time_zone,language,owner,profession,years,"
                       "license_expires\n";
    for (int i = 0; i < count; ++i) {
        const auto n = std::to_string(i);
        const auto seven = std::to_string(2'000'000 + i);  // no exchange begins with 0 or 1
        text += "ats-" + n + ",Ana,Ruiz," + "ana" + n + "@candidates.example,+1512" + seven +
                ",Plano,TX,America/Chicago,en,dana.wu,Registered Nurse," + std::to_string(i % 30) + ".5,2027-05-01\n";
    }
    return text;
}

/// The same file, table and indices, without judging, keys, changes, batches or an inbox.
void bare_loop(const std::filesystem::path& file, const std::filesystem::path& path) {
    SQLite::Database db(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // Room for the indices: keys come in no order.
    db.exec(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-200000;"
        "CREATE TABLE candidate(id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, first_name TEXT, last_name TEXT,"
        " email TEXT, phone TEXT, city TEXT, state TEXT, time_zone TEXT, language TEXT, owner TEXT, profession TEXT,"
        " years REAL, license_expires TEXT, email_key BLOB, phone_key BLOB) STRICT;"
        "CREATE INDEX a ON candidate(email_key); CREATE INDEX b ON candidate(phone_key)");
    SQLite::Transaction transaction(db);
    SQLite::Statement insert(db, "INSERT INTO candidate VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    importer::CsvReader reader(file);
    importer::Record record;
    reader.next(record);
    for (std::uint64_t number = 0; reader.next(record); ++number) {
        for (std::size_t i = 0; i < record.cells.size(); ++i)
            insert.bindNoCopy(static_cast<int>(i) + 1, record.cells[i]);
        for (const int key : {14, 15}) {
            std::array<std::uint64_t, 4> bytes{};  // as good as a hash
            for (std::size_t i = 0; i < bytes.size(); ++i)
                bytes[i] = base::spread(number, static_cast<std::uint64_t>(key) * 4 + i);
            insert.bind(key, bytes.data(), sizeof bytes);
        }
        insert.exec();
        insert.reset();
    }
    transaction.commit();
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 200'000;
    const support::TempDirectory folder;
    const auto file = folder.write("people.csv", people(count));
    dsl::Diagnostics none;
    const dsl::Places places({}, none);
    importer::Options options;
    options.now = support::at("2026-03-03T16:00Z");
    int run = 0;
    const auto fresh = [&](const char* name) { return folder / fmt::format("{}-{}.db", name, ++run); };
    bool fine = true;
    const auto ours = [&] {
        auto database = store::Database::open(fresh("store"));
        const auto summary = importer::import_file(database, schema(), places, file, options);
        fine &= summary.added == static_cast<std::uint64_t>(count);
    };
    const auto times = bench::by_turns(5, ours, [&] { bare_loop(file, fresh("bare")); });
    auto database = store::Database::open(folder / fmt::format("store-{}.db", run));
    const double again = bench::cpu_of([&] { importer::import_file(database, schema(), places, file, options); });
    bench::print({"import", count, times.ours, times.floor, "s",
                  fmt::format("the same file again, nothing new: {:.2f} s", again)});
    return fine ? 0 : 1;
}
