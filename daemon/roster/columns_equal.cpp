// SPDX-License-Identifier: MIT
#include "daemon/roster/columns.hpp"

#include <algorithm>
#include <tuple>

namespace nurture::roster {

namespace {

/// Erased people are there in a roster that lived through the erasure, and not in one that was loaded after it.
std::vector<Row> living(const Columns& columns) {
    std::vector<Row> rows;
    for (Row row = 0; row < columns.size(); ++row)
        if (!columns.flags(row).erased)
            rows.push_back(row);
    return rows;
}

template<typename Value>
bool same_number(const std::vector<Value>& a, Row in_a, const std::vector<Value>& b, Row in_b) {
    return a.empty() || a[in_a] == b[in_b] || (a[in_a] != a[in_a] && b[in_b] != b[in_b]);  // NaN: both unknown
}

std::vector<std::string_view> items(const FieldColumn& column, Row row) {
    std::vector<std::string_view> values;
    if (column.items.rows() != 0)
        for (const Code code : column.items.of(row))
            values.push_back(column.dictionary.folded(code));
    return values;
}

std::string_view text(const FieldColumn& column, Row row) {
    return column.codes.empty() ? "" : column.dictionary.folded(column.codes[row]);
}

bool same_field(const FieldColumn& a, Row in_a, const FieldColumn& b, Row in_b) {
    return a.kept == b.kept && same_number(a.known, in_a, b.known, in_b) && text(a, in_a) == text(b, in_b) &&
           items(a, in_a) == items(b, in_b) && same_number(a.numbers, in_a, b.numbers, in_b) &&
           same_number(a.days, in_a, b.days, in_b) && same_number(a.yes_no, in_a, b.yes_no, in_b) &&
           same_number(a.lat, in_a, b.lat, in_b) && same_number(a.lon, in_a, b.lon, in_b);
}

auto events(const EventColumn& column, Row row) {
    std::vector<std::tuple<std::int32_t, std::string_view, Code>> all;
    if (column.kept == EventColumn::Kept::each)
        for (const Event& event : column.events.of(row))
            all.emplace_back(event.minute, column.names.folded(event.name), event.channel);
    else if (column.kept == EventColumn::Kept::recent)
        all.emplace_back(column.recent.front()[row], "", 0);
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

bool operator==(const Columns& a, const Columns& b) {
    const auto in_a = living(a), in_b = living(b);
    const auto shape = [](const Columns& c) {
        return std::tuple(c.policy_zone_, c.fields_.size(), c.events_.size(), c.consents_.size(), c.lists_.size());
    };
    const auto same_person = [&](Row x, Row y) {
        bool same = a.ids_[x] == b.ids_[y] && a.zones_[x] == b.zones_[y] && a.zone_from_[x] == b.zone_from_[y] &&
                    a.flags_[x] == b.flags_[y] && a.mailboxes_[x] == b.mailboxes_[y] && a.phones_[x] == b.phones_[y] &&
                    a.lots_[x] == b.lots_[y];
        for (std::size_t i = 0; same && i < a.fields_.size(); ++i)
            same = same_field(a.fields_[i], x, b.fields_[i], y);
        for (std::size_t i = 0; same && i < a.events_.size(); ++i)
            same = events(a.events_[i], x) == events(b.events_[i], y);
        for (std::size_t i = 0; same && i < a.consents_.size(); ++i)
            same = a.consents_[i].status[x] == b.consents_[i].status[y] &&
                   a.consents_[i].days[x] == b.consents_[i].days[y];
        for (dsl::ListIx i = 0; same && i < a.lists_.size(); ++i)
            same = a.in_list(i, x) == b.in_list(i, y);
        return same;
    };
    const auto coming = [](const Columns& c) {
        std::vector<
            std::tuple<base::Minute, base::CandidateId, Columns::Coming::What, std::uint16_t, std::string_view, Code>>
            all;
        for (const auto& [at, row, what, of, event] : c.coming_)
            all.emplace_back(at, c.ids_[row], what, of,
                             what == Columns::Coming::What::event ? c.events_[of].names.folded(event.name) : "",
                             event.channel);
        std::sort(all.begin(), all.end());
        return all;
    };
    return shape(a) == shape(b) && std::equal(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), same_person) &&
           coming(a) == coming(b);
}

}  // namespace nurture::roster
