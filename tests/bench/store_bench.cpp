// SPDX-License-Identifier: MIT
//
// Import and load against their floors, in one process: an import against one prepared loop in one transaction over the
// same file, reading all candidates against a bare SELECT of the same columns. Goals: at least 0.8, at most 1.5. Usage:
// store_bench [PEOPLE]
#include "daemon/importer/csv_reader.hpp"
#include "daemon/importer/import.hpp"
#include "daemon/store/candidates.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace nurture;

namespace {

const std::vector<std::string> k_fields = {"first_name", "last_name",  "email",     "phone",
                                           "city",       "state",      "time_zone", "language",
                                           "owner",      "profession", "years",     "license_expires"};

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
        const auto seven = std::to_string(10'000'000 + i).substr(1);
        text += "ats-" + n + ",Ana,Ruiz," + "ana" + n + "@candidates.example,+1512" + seven +
                ",Plano,TX,America/Chicago,en,dana.wu,Registered Nurse," + std::to_string(i % 30) + ".5,2027-05-01\n";
    }
    return text;
}

/// Processor seconds of this process: the machine is shared, its wall clock says little.
double seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

template<class Work>
double measure(Work work) {
    const double before = seconds();
    work();
    return seconds() - before;
}

/// The same file, table and indices, without judging, keys, changes, batches or an inbox.
void bare_loop(const std::filesystem::path& file, const std::filesystem::path& path) {
    SQLite::Database db(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE candidate(id INTEGER PRIMARY KEY, ref TEXT NOT "
        "NULL "
        "UNIQUE, first_name TEXT, last_name TEXT, email TEXT, phone TEXT, city TEXT, state TEXT, time_zone TEXT, "
        "language "
        "TEXT, owner TEXT, profession TEXT, years REAL, license_expires TEXT, email_key BLOB, phone_key BLOB) STRICT;"
        "CREATE INDEX a ON candidate(email_key); CREATE INDEX b ON candidate(phone_key)");
    SQLite::Transaction transaction(db);
    SQLite::Statement insert(db, "INSERT INTO candidate VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    importer::CsvReader reader(file);
    importer::Record record;
    reader.next(record);
    while (reader.next(record)) {
        for (std::size_t i = 0; i < record.cells.size(); ++i) {
            insert.bind(static_cast<int>(i) + 1, record.cells[i]);
        }
        // Spread like keys: the low digits first.
        std::string key(record.cells[3].rbegin(), record.cells[3].rend());
        key.resize(32);
        insert.bind(14, key.data(), 32);
        insert.bind(15, key.data(), 32);
        insert.exec();
        insert.reset();
    }
    transaction.commit();
}

std::size_t bare_select(const std::filesystem::path& path) {
    SQLite::Database db(path.string());
    std::string sql = "SELECT id,ref,joined_at,erased_at,email_key,phone_key";
    for (const auto& field : k_fields) {
        sql += "," + field;
    }
    SQLite::Statement query(db, sql + " FROM candidate");
    std::size_t sum = 0;
    while (query.executeStep()) {
        for (int i = 0; i < query.getColumnCount(); ++i) {
            const auto column = query.getColumn(i);
            if (column.isText()) {
                sum += column.getText()[0] != 0 ? static_cast<std::size_t>(column.getBytes()) : 0;
            } else if (column.isFloat()) {
                sum += static_cast<std::size_t>(column.getDouble());
            } else {
                sum += static_cast<std::size_t>(column.getInt64());
            }
        }
    }
    return sum;
}

std::size_t scan(const store::Database& database) {
    std::size_t sum = 0;
    store::CandidateScan row(database, k_fields);
    while (row.next()) {
        for (std::size_t i = 0; i < 10; ++i) {
            sum += row.text(i).size();
        }
        sum += static_cast<std::size_t>(row.number(10)) +
               static_cast<std::size_t>(row.date(11)->time_since_epoch().count());
    }
    return sum;
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 500'000;
    const support::TempDirectory folder;
    const auto file = folder.write("people.csv", people(count));
    const auto path = folder / "nurtured.db";
    dsl::Diagnostics none;
    const dsl::Places places({}, none);

    const double floor = measure([&] { bare_loop(file, folder / "bare.db"); });
    auto database = store::Database::open(path);
    importer::Options options;
    options.now = support::at("2026-03-03T16:00Z");
    const double import = measure([&] { importer::import_file(database, schema(), places, file, options); });
    const double again = measure([&] { importer::import_file(database, schema(), places, file, options); });
    std::printf(
        "import    %8d people  floor %6.2f s   ours %6.2f s   ratio %.2f (goal 0.80)   unchanged again %6.2f s\n",
        count, floor, import, floor / import, again);

    std::size_t sums = 0;
    const double select = measure([&] { sums += bare_select(path); });
    const double load = measure([&] { sums += scan(database); });
    std::printf("load      %8d people  floor %6.2f s   ours %6.2f s   ratio %.2f (goal 1.50)\n", count, select, load,
                load / select);
    return sums == 0 ? 1 : 0;
}
