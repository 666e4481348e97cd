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

}  // namespace

std::uint64_t bare_select(const std::filesystem::path& store, const std::vector<std::string>& queries) {
    sqlite3* db = nullptr;
    check(sqlite3_open_v2(store.c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr), SQLITE_OK, db);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closing(db, sqlite3_close);
    std::uint64_t sum = 0;
    for (const auto& sql : queries) {
        sqlite3_stmt* row = nullptr;
        check(sqlite3_prepare_v2(db, sql.c_str(), -1, &row, nullptr), SQLITE_OK, db);
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> finishing(row, sqlite3_finalize);
        const int columns = sqlite3_column_count(row);
        int result = SQLITE_ROW;
        while ((result = sqlite3_step(row)) == SQLITE_ROW)
            for (int i = 0; i < columns; ++i)
                sum += value(row, i);
        check(result, SQLITE_DONE, db);
    }
    return sum;
}

}  // namespace nurture::bench
