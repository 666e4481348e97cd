// SPDX-License-Identifier: MIT
#include "tests/bench/bare_select.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace nurture::bench {
namespace {

std::uint64_t value(sqlite3_stmt* row, int column) {
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: return static_cast<std::uint64_t>(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: return static_cast<std::uint64_t>(sqlite3_column_double(row, column));
    case SQLITE_NULL: return 1;
    default: {
        const auto* bytes = static_cast<const unsigned char*>(sqlite3_column_blob(row, column));
        return static_cast<std::uint64_t>(sqlite3_column_bytes(row, column)) + (bytes == nullptr ? 0 : bytes[0]);
    }
    }
}

void check(int result, int wanted, sqlite3* db) {
    if (result != wanted)
        throw std::runtime_error(sqlite3_errmsg(db));
}

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Rows = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Database open(const std::filesystem::path& store) {
    sqlite3* db = nullptr;
    const int result = sqlite3_open_v2(store.c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    Database opened(db, sqlite3_close);
    check(result, SQLITE_OK, db);
    return opened;
}

Rows prepare(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* rows = nullptr;
    check(sqlite3_prepare_v2(db, sql.c_str(), -1, &rows, nullptr), SQLITE_OK, db);
    return {rows, sqlite3_finalize};
}

std::uint64_t sum_of(sqlite3* db, sqlite3_stmt* rows) {
    std::uint64_t sum = 0;
    const int columns = sqlite3_column_count(rows);
    int result = SQLITE_ROW;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW)
        for (int i = 0; i < columns; ++i)
            sum += value(rows, i);
    check(result, SQLITE_DONE, db);
    return sum;
}

}  // namespace

std::uint64_t bare_select(const std::filesystem::path& store, const std::vector<std::string>& queries) {
    const Database db = open(store);
    std::uint64_t sum = 0;
    for (const auto& sql : queries)
        sum += sum_of(db.get(), prepare(db.get(), sql).get());
    return sum;
}

struct BareRows::Impl {
    Database db;
    std::vector<Rows> queries;
};

BareRows::BareRows(const std::filesystem::path& store, const std::vector<std::string>& queries)
    : impl_(new Impl{open(store), {}}) {
    for (const auto& sql : queries)
        impl_->queries.push_back(prepare(impl_->db.get(), sql));
}

BareRows::~BareRows() = default;

std::uint64_t BareRows::read(std::int64_t candidate) {
    std::uint64_t sum = 0;
    for (const auto& rows : impl_->queries) {
        sqlite3_bind_int64(rows.get(), 1, candidate);
        sum += sum_of(impl_->db.get(), rows.get());
        sqlite3_reset(rows.get());
    }
    return sum;
}

}  // namespace nurture::bench
