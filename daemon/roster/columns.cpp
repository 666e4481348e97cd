// SPDX-License-Identifier: MIT
#include "daemon/roster/columns.hpp"

#include "daemon/base/hash.hpp"
#include "daemon/roster/row_set.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace nurture::roster {

namespace {

constexpr float k_nowhere = std::numeric_limits<float>::quiet_NaN();
constexpr double k_no_number = std::numeric_limits<double>::quiet_NaN();
constexpr auto k_owner = static_cast<dsl::FieldIx>(dsl::BuiltIn::owner);

bool is_blank(std::string_view value) { return value.find_first_not_of(" \t\r\n") == std::string_view::npos; }

Code channel_code(std::optional<dsl::Channel> channel) {
    return !channel ? 0 : *channel == dsl::Channel::email ? 1 : 2;
}

void add_row(FieldColumn& column, dsl::FieldKind kind, Row row) {
    for (auto& holders : column.holders)
        grow(holders, row);
    if (column.kept == FieldColumn::Kept::known)
        column.known.push_back(0);
    if (column.kept != FieldColumn::Kept::values)
        return;
    switch (kind) {
    case dsl::FieldKind::text: return column.codes.add_row();
    case dsl::FieldKind::list: return column.items.add_row();
    case dsl::FieldKind::number: return column.numbers.push_back(k_no_number);
    case dsl::FieldKind::date: return column.days.push_back(k_no_day);
    case dsl::FieldKind::yes_no: return column.yes_no.push_back(0);
    case dsl::FieldKind::place: column.lat.push_back(k_nowhere); return column.lon.push_back(k_nowhere);
    }
}

void clear_row(FieldColumn& column, dsl::FieldKind kind, Row row) {
    if (column.kept == FieldColumn::Kept::known)
        column.known[row] = 0;
    for (auto& holders : column.holders)
        take(holders, row);
    if (column.kept != FieldColumn::Kept::values)
        return;
    switch (kind) {
    case dsl::FieldKind::text: column.codes.set(row, 0); break;
    case dsl::FieldKind::list: column.items.clear(row); break;
    case dsl::FieldKind::number: column.numbers[row] = k_no_number; break;
    case dsl::FieldKind::date: column.days[row] = k_no_day; break;
    case dsl::FieldKind::yes_no: column.yes_no[row] = 0; break;
    case dsl::FieldKind::place: column.lat[row] = column.lon[row] = k_nowhere; break;
    }
}

void add_row(EventColumn& column) {
    if (column.kept != EventColumn::Kept::nothing)
        for (auto& recent : column.recent)
            recent.push_back(k_never_yet);
    if (column.kept == EventColumn::Kept::each)
        column.events.add_row();
}

void clear_row(EventColumn& column, Row row) {
    if (column.kept != EventColumn::Kept::nothing)
        for (auto& recent : column.recent)
            recent[row] = k_never_yet;
    if (column.kept == EventColumn::Kept::each)
        column.events.clear(row);
}

/// True if the value itself is kept; otherwise what can be noted is noted.
bool keeps_value(FieldColumn& column, Row row) {
    if (column.kept == FieldColumn::Kept::known)
        column.known[row] = 1;
    return column.kept == FieldColumn::Kept::values;
}

}  // namespace

Row Columns::lower_bound(base::CandidateId id) const {
    return static_cast<Row>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
}

std::optional<Row> Columns::find(base::CandidateId id) const {
    if (ids_.empty() || id < ids_.front())
        return std::nullopt;
    // Ids are given in a row and people stay: nearly always it is the first look that finds it.
    if (const auto guess = static_cast<std::size_t>(id - ids_.front()); guess < ids_.size() && ids_[guess] == id)
        return static_cast<Row>(guess);
    const Row row = lower_bound(id);
    if (row == ids_.size() || ids_[row] != id)
        return std::nullopt;
    return row;
}

std::int64_t Columns::people() const {
    std::int64_t people = 0;
    for (const std::uint64_t word : living_)
        people += std::popcount(word);
    return people;
}

std::string_view Columns::owner(Row row) const {
    const FieldColumn& column = fields_[k_owner];
    return column.dictionary.folded(column.codes[row]);
}

dsl::cond::ConsentIs Columns::consent(dsl::ConsentIx consent, Row row) const {
    return static_cast<dsl::cond::ConsentIs>(consents_[consent].status[row]);
}

std::optional<base::Day> Columns::date(dsl::FieldIx field, Row row) const {
    const std::int32_t day = fields_[field].days[row];
    if (day == k_no_day)
        return std::nullopt;
    return base::from_day_number(day);
}

Row Columns::add(base::CandidateId id) {
    assert(ids_.empty() || ids_.back() < id);
    const auto row = static_cast<Row>(ids_.size());
    ids_.push_back(id);
    zones_.push_back(policy_zone_);
    zone_from_.push_back(ZoneFrom::policy);
    flags_.emplace_back();
    mailboxes_.push_back(0);
    phones_.push_back(0);
    if (draws_lots_)
        lots_.push_back(0);
    for (std::size_t i = 0; i < fields_.size(); ++i)
        add_row(fields_[i], schema_.fields[i].kind, row);
    for (EventColumn& column : events_)
        add_row(column);
    for (ConsentColumn& column : consents_) {
        column.status.push_back(static_cast<std::uint8_t>(dsl::cond::ConsentIs::unknown));
        column.days.push_back(k_no_day);
    }
    for (auto& list : lists_)
        grow(list, row);
    grow(living_, row);
    put(living_, row);
    return row;
}

void Columns::clear(Row row) {
    zones_[row] = policy_zone_;
    zone_from_[row] = ZoneFrom::policy;
    flags_[row] = {};
    put(living_, row);
    mailboxes_[row] = phones_[row] = 0;
    if (draws_lots_)
        lots_[row] = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        clear_row(fields_[i], schema_.fields[i].kind, row);
    for (EventColumn& column : events_)
        clear_row(column, row);
    for (ConsentColumn& column : consents_) {
        column.status[row] = static_cast<std::uint8_t>(dsl::cond::ConsentIs::unknown);
        column.days[row] = k_no_day;
    }
    for (auto& list : lists_)
        take(list, row);
    forget_coming(row);
}

void Columns::set_erased(Row row) {
    flags_[row].erased = true;
    take(living_, row);
}

void Columns::set_mailbox(Row row, AddressNumber mailbox) {
    mailboxes_[row] = mailbox;
    flags_[row].has_email = mailbox != 0;
}

void Columns::set_phone(Row row, AddressNumber phone) {
    phones_[row] = phone;
    flags_[row].has_phone = phone != 0;
}

void Columns::set_ref(Row row, std::string_view ref) {
    if (!draws_lots_)
        return;
    const base::Digest digest = base::sha256(ref);
    for (std::size_t i = 0; i < sizeof(std::uint64_t); ++i)
        lots_[row] = lots_[row] << 8 | digest[i];
}

void Columns::set_zone(Row row, base::ZoneId zone, ZoneFrom from) {
    zones_[row] = zone;
    zone_from_[row] = from;
}

void Columns::set_text(dsl::FieldIx field, Row row, std::string_view value) {
    FieldColumn& column = fields_[field];
    if (!is_blank(value) && keeps_value(column, row))
        column.codes.set(row, column.dictionary.intern(value));
}

void Columns::add_item(dsl::FieldIx field, Row row, std::string_view value) {
    FieldColumn& column = fields_[field];
    if (is_blank(value) || !keeps_value(column, row))
        return;
    const Code code = column.dictionary.intern(value);
    const auto items = column.items.of(row);
    if (std::find(items.begin(), items.end(), code) == items.end())
        column.items.append(row, code);
    if (code < column.holders.size())
        put(column.holders[code], row);
}

void Columns::set_number(dsl::FieldIx field, Row row, double value) {
    FieldColumn& column = fields_[field];
    if (keeps_value(column, row))
        column.numbers[row] = value;
}

void Columns::set_day(dsl::FieldIx field, Row row, base::Day value) {
    FieldColumn& column = fields_[field];
    if (keeps_value(column, row))
        column.days[row] = static_cast<std::int32_t>(base::to_day_number(value));
}

void Columns::set_yes_no(dsl::FieldIx field, Row row, bool value) {
    FieldColumn& column = fields_[field];
    if (keeps_value(column, row))
        column.yes_no[row] = value ? 2 : 1;
}

void Columns::set_place(dsl::FieldIx field, Row row, double lat, double lon) {
    FieldColumn& column = fields_[field];
    if (!keeps_value(column, row))
        return;
    column.lat[row] = static_cast<float>(lat);
    column.lon[row] = static_cast<float>(lon);
}

void Columns::add_event(dsl::EventIx kind, Row row, base::Minute at, std::string_view name,
                        std::optional<dsl::Channel> channel) {
    EventColumn& column = events_[kind];
    if (column.kept == EventColumn::Kept::nothing)
        return;
    const Code code = column.kept == EventColumn::Kept::each ? column.names.intern(name) : 0;
    const Event event{static_cast<std::int32_t>(at.time_since_epoch().count()), code, channel_code(channel)};
    if (at > now_)
        comes({at, row, Coming::What::event, kind, event});
    else
        happened(kind, row, event);
}

void Columns::happened(dsl::EventIx kind, Row row, const Event& event) {
    EventColumn& column = events_[kind];
    if (column.kept == EventColumn::Kept::recent) {
        std::int32_t minute = event.minute;
        for (auto& recent : column.recent)
            if (minute > recent[row])
                std::swap(minute, recent[row]);
        return;
    }
    const auto seen = column.events.of(row);
    for (auto other = seen.rbegin(); other != seen.rend() && other->minute >= event.minute; ++other)
        if (event.channel != 0 && *other == event)
            return;
    column.events.insert(row, event, [](const Event& a, const Event& b) { return a.minute < b.minute; });
    const auto all = column.events.of(row);
    for (std::size_t n = 0; n < std::min(column.recent.size(), all.size()); ++n)
        column.recent[n][row] = all[all.size() - 1 - n].minute;
}

void Columns::set_consent(dsl::ConsentIx consent, Row row, dsl::cond::ConsentIs status, base::Second at) {
    ConsentColumn& column = consents_[consent];
    column.status[row] = static_cast<std::uint8_t>(status);
    column.days[row] =
        static_cast<std::int32_t>(base::to_day_number(base::local_day(policy_zone_, base::floor_minute(at))));
}

void Columns::shrink() {
    const auto all = [](auto&... vectors) { (vectors.shrink_to_fit(), ...); };
    all(ids_, zones_, zone_from_, flags_, living_, mailboxes_, phones_, lots_);
    for (FieldColumn& column : fields_) {
        all(column.known, column.numbers, column.days, column.yes_no, column.lat, column.lon);
        column.codes.shrink();
        column.items.shrink();
    }
    for (EventColumn& column : events_) {
        for (auto& recent : column.recent)
            recent.shrink_to_fit();
        column.events.shrink();
    }
    for (ConsentColumn& column : consents_)
        all(column.status, column.days);
}

}  // namespace nurture::roster
