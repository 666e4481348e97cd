// SPDX-License-Identifier: MIT
#include "daemon/store/census.hpp"

#include "daemon/store/columns.hpp"
#include "daemon/store/statement.hpp"

#include <fmt/format.h>

namespace nurture::store {
namespace {

constexpr const char* k_items =
    "candidate_item i JOIN candidate c ON c.id=i.candidate AND i.field=? AND c.erased_at IS NULL";

Census list(const Database& database, const std::string& field, int most, int shared_by) {
    Census census;
    Statement people(database, fmt::format("SELECT count(DISTINCT i.candidate) FROM {}", k_items), field);
    if (people.step())
        census.people = people.integer();
    Statement values(database,
                     fmt::format("SELECT max(i.value),count(DISTINCT i.candidate) n FROM {} GROUP BY lower(i.value) "
                                 "HAVING n>=? ORDER BY n DESC,1 LIMIT ?",
                                 k_items),
                     field, shared_by, most);
    while (values.step()) {
        auto value = values.text();
        census.commonest.push_back({std::move(value), values.integer()});
    }
    return census;
}

}  // namespace

Census census(const Database& database, const ColumnDef& field, int most, int shared_by) {
    if (field.type == ColumnType::list)
        return list(database, field.name, most, shared_by);
    Census census;
    const auto column = quoted_column(field.name);
    Statement people(database, fmt::format("SELECT count({}) FROM candidate WHERE erased_at IS NULL", column));
    if (people.step())
        census.people = people.integer();
    if (field.type != ColumnType::text && field.type != ColumnType::yes_no)
        return census;
    Statement values(
        database,
        fmt::format("SELECT max({0}),count(*) n FROM candidate WHERE erased_at IS NULL AND {0} IS NOT NULL "
                    "GROUP BY lower({0}) HAVING n>=? ORDER BY n DESC,1 LIMIT ?",
                    column),
        shared_by, most);
    while (values.step()) {
        auto value =
            field.type == ColumnType::yes_no ? std::string(values.integer() != 0 ? "yes" : "no") : values.text();
        census.commonest.push_back({std::move(value), values.integer()});
    }
    return census;
}

}  // namespace nurture::store
