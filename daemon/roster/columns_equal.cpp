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

/// One person as one of two rosters has them.
struct Person {
    const Columns& in;
    Row row;

    template<typename Value>
    std::optional<Value> value(Table::Column<Value> column) const {
        return column ? std::optional(in.table().get(column, row)) : std::nullopt;
    }
    std::vector<std::string_view> items(const FieldColumn& column) const {
        std::vector<std::string_view> values;
        if (column.items.rows() != 0)
            for (const Code code : column.items.of(row))
                values.push_back(column.dictionary.folded(code));
        return values;
    }
    std::string_view text(const FieldColumn& column) const {
        return column.codes || column.wide_codes ? column.dictionary.folded(in.code(column, row)) : "";
    }
    auto events(const EventColumn& column) const {
        std::vector<std::tuple<std::int32_t, std::string_view, Code>> all;
        if (column.kept == EventColumn::Kept::each)
            for (const Event& event : column.events.of(row))
                all.emplace_back(event.minute, column.names.folded(event.name), event.channel);
        else if (column.kept == EventColumn::Kept::recent)
            for (const auto recent : column.recent)
                all.emplace_back(in.table().get(recent, row), "", 0);
        std::sort(all.begin(), all.end());
        return all;
    }
};

template<typename Value>
bool same(std::optional<Value> a, std::optional<Value> b) {
    return a == b || (a && b && *a != *a && *b != *b);  // NaN: both unknown
}

bool same_field(const Person& x, const FieldColumn& a, const Person& y, const FieldColumn& b) {
    return a.kept == b.kept && x.text(a) == y.text(b) && x.items(a) == y.items(b) &&
           x.value(a.known) == y.value(b.known) && same(x.value(a.numbers), y.value(b.numbers)) &&
           x.value(a.days) == y.value(b.days) && x.value(a.yes_no) == y.value(b.yes_no) &&
           same(x.value(a.lat), y.value(b.lat)) && same(x.value(a.lon), y.value(b.lon));
}

}  // namespace

bool operator==(const Columns& a, const Columns& b) {
    const auto in_a = living(a), in_b = living(b);
    const auto shape = [](const Columns& c) {
        return std::tuple(c.policy_zone_, c.fields_.size(), c.events_.size(), c.consents_.size(),
                          c.schema_.lists.size());
    };
    const auto same_person = [&](Row x, Row y) {
        bool same = a.ids_[x] == b.ids_[y] && a.zones_[x] == b.zones_[y] && a.zone_from_[x] == b.zone_from_[y] &&
                    a.flags_[x] == b.flags_[y] && a.mailboxes_[x] == b.mailboxes_[y] && a.phones_[x] == b.phones_[y] &&
                    a.lot(x) == b.lot(y);
        for (std::size_t i = 0; same && i < a.fields_.size(); ++i)
            same = same_field({a, x}, a.fields_[i], {b, y}, b.fields_[i]);
        for (std::size_t i = 0; same && i < a.events_.size(); ++i)
            same = Person{a, x}.events(a.events_[i]) == Person{b, y}.events(b.events_[i]);
        for (std::size_t i = 0; same && i < a.consents_.size(); ++i)
            same = a.table_.get(a.consents_[i].status, x) == b.table_.get(b.consents_[i].status, y) &&
                   a.table_.get(a.consents_[i].days, x) == b.table_.get(b.consents_[i].days, y);
        for (dsl::ListIx i = 0; same && i < a.schema_.lists.size(); ++i)
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
