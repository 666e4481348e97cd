// SPDX-License-Identifier: MIT
#include "daemon/store/columns.hpp"

#include "daemon/store/connection.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nurture::store {
namespace {

// As field.type holds it, and as the column is declared; a list has no column.
constexpr std::string_view k_stored_types[] = {"text", "list", "number", "date", "yes_no", "place"};
constexpr std::string_view k_column_types[] = {"TEXT", "", "REAL", "TEXT", "INTEGER", "TEXT"};

auto find(const std::vector<ColumnDef>& columns, const std::string& name) {
    return std::find_if(columns.begin(), columns.end(), [&](const auto& column) { return column.name == name; });
}

void add(Database& database, const ColumnDef& column) {
    Statement(database, "INSERT INTO field VALUES(?,?)", column.name, name_of(k_stored_types, column.type)).run();
    if (column.type != ColumnType::list) {
        database.impl().run(fmt::format("ALTER TABLE candidate ADD COLUMN {} {}", quoted_column(column.name),
                                        name_of(k_column_types, column.type))
                                .c_str());
    }
}

}  // namespace

std::vector<ColumnDef> columns(const Database& database) {
    std::vector<ColumnDef> all;
    Statement query(database, "SELECT name,type FROM field ORDER BY name");
    while (query.step()) {
        std::string name = query.text();
        all.push_back({std::move(name), named<ColumnType>(k_stored_types, query.view())});
    }
    return all;
}

std::vector<ColumnClash> column_clashes(const Database& database, const std::vector<ColumnDef>& wanted) {
    std::vector<ColumnClash> clashes;
    const auto present = columns(database);
    for (const auto& column : wanted) {
        const auto found = find(present, column.name);
        if (found != present.end() && found->type != column.type) {
            clashes.push_back({column.name, found->type, column.type});
        }
    }
    return clashes;
}

ColumnsAdded ensure_columns(Database& database, const std::vector<ColumnDef>& wanted) {
    std::optional<Transaction> own;
    if (!database.in_transaction()) {
        own.emplace(database);
    }
    ColumnsAdded result{{}, column_clashes(database, wanted)};
    if (!result.clashes.empty()) {
        return result;
    }
    const auto present = columns(database);
    for (const auto& column : wanted) {
        if (find(present, column.name) == present.end()) {
            add(database, column);
            result.added.push_back(column.name);
        }
    }
    if (own) {
        own->commit();
    }
    return result;
}

std::string quoted_column(std::string_view field) {
    static constexpr std::array<std::string_view, 10> k_own = {
        "id", "part", "ref", "joined_at", "erased_at", "email_key", "phone_key", "rowid", "oid", "_rowid_"};
    std::string quoted = "\"";
    for (const char c : field) {
        quoted += c;
        if (c == '"') {
            quoted += '"';
        }
    }
    if (std::find(k_own.begin(), k_own.end(), field) != k_own.end()) {
        quoted += "_field";
    }
    return quoted + '"';
}

}  // namespace nurture::store
