// SPDX-License-Identifier: MIT
#include "daemon/roster/columns.hpp"

#include "daemon/base/hash.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace nurture::roster {

namespace {

bool is_blank(std::string_view value) { return value.find_first_not_of(" \t\r\n") == std::string_view::npos; }

Code channel_code(std::optional<dsl::Channel> channel) {
    return !channel ? 0 : *channel == dsl::Channel::email ? 1 : 2;
}

/// Lists stand beside the table.
bool keeps_items(const FieldColumn& column, dsl::FieldKind kind) {
    return column.kept == FieldColumn::Kept::values && kind == dsl::FieldKind::list;
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
    std::vector<std::uint64_t> words((size() + 63) / 64);
    table_.copy_bits(living_bit(), 0, size(), words.data());
    return std::transform_reduce(words.begin(), words.end(), std::int64_t{0}, std::plus<>{},
                                 [](std::uint64_t word) { return std::popcount(word); });
}

Code Columns::owner_of(base::CandidateId who) const {
    const auto row = find(who);
    return row ? owner(*row) : Code{0};
}

std::string_view Columns::owner_name(Code owner) const {
    return fields_[static_cast<dsl::FieldIx>(dsl::BuiltIn::owner)].dictionary.folded(owner);
}

dsl::cond::ConsentIs Columns::consent(dsl::ConsentIx consent, Row row) const {
    return static_cast<dsl::cond::ConsentIs>(table_.get(consents_[consent].status, row));
}

std::optional<base::Day> Columns::date(dsl::FieldIx field, Row row) const {
    const std::int32_t day = table_.get(fields_[field].days, row);
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
    table_.grow(row + std::size_t{1});
    table_.set(living_bit(), row);
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (keeps_items(fields_[i], schema_.fields[i].kind))
            fields_[i].items.add_row();
    for (EventColumn& column : events_)
        if (column.kept == EventColumn::Kept::each)
            column.events.add_row();
    return row;
}

void Columns::clear(Row row) {
    zones_[row] = policy_zone_;
    zone_from_[row] = ZoneFrom::policy;
    flags_[row] = {};
    mailboxes_[row] = phones_[row] = 0;
    if (draws_lots_)
        lots_[row] = 0;
    table_.clear(row);
    table_.set(living_bit(), row);
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (keeps_items(fields_[i], schema_.fields[i].kind))
            fields_[i].items.clear(row);
    for (EventColumn& column : events_)
        if (column.kept == EventColumn::Kept::each)
            column.events.clear(row);
    forget_coming(row);
}

void Columns::set_erased(Row row) {
    flags_[row].erased = true;
    table_.set(living_bit(), row, false);
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

/// True if the value itself is kept; otherwise what can be noted is noted.
bool Columns::keeps_value(const FieldColumn& column, Row row) {
    if (column.kept == FieldColumn::Kept::known)
        table_.set(column.known, row, std::uint8_t{1});
    return column.kept == FieldColumn::Kept::values;
}

void Columns::set_text(dsl::FieldIx field, Row row, std::string_view value) {
    FieldColumn& column = fields_[field];
    if (is_blank(value) || !keeps_value(column, row))
        return;
    const Code code = column.dictionary.intern(value);
    if (!column.wide_codes && code > std::numeric_limits<std::uint8_t>::max())
        column.wide_codes = table_.widen(std::exchange(column.codes, {}));
    if (column.wide_codes)
        table_.set(column.wide_codes, row, code);
    else
        table_.set(column.codes, row, static_cast<std::uint8_t>(code));
}

void Columns::add_item(dsl::FieldIx field, Row row, std::string_view value) {
    FieldColumn& column = fields_[field];
    if (is_blank(value) || !keeps_value(column, row))
        return;
    const Code code = column.dictionary.intern(value);
    const auto items = column.items.of(row);
    if (std::find(items.begin(), items.end(), code) == items.end())
        column.items.append(row, code);
    if (code < column.holders.count)
        table_.set(column.holders.first + code, row);
}

void Columns::set_number(dsl::FieldIx field, Row row, double value) {
    FieldColumn& column = fields_[field];
    if (keeps_value(column, row))
        table_.set(column.numbers, row, value);
}

void Columns::set_day(dsl::FieldIx field, Row row, base::Day value) {
    FieldColumn& column = fields_[field];
    if (keeps_value(column, row))
        table_.set(column.days, row, static_cast<std::int32_t>(base::to_day_number(value)));
}

void Columns::set_yes_no(dsl::FieldIx field, Row row, bool value) {
    FieldColumn& column = fields_[field];
    if (keeps_value(column, row))
        table_.set(column.yes_no, row, static_cast<std::uint8_t>(value ? 2 : 1));
}

void Columns::set_place(dsl::FieldIx field, Row row, double lat, double lon) {
    FieldColumn& column = fields_[field];
    if (!keeps_value(column, row))
        return;
    table_.set(column.lat, row, static_cast<float>(lat));
    table_.set(column.lon, row, static_cast<float>(lon));
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
        for (const auto recent : column.recent)
            if (const std::int32_t other = table_.get(recent, row); minute > other)
                table_.set(recent, row, std::exchange(minute, other));
        return;
    }
    const auto seen = column.events.of(row);
    for (auto other = seen.rbegin(); other != seen.rend() && other->minute >= event.minute; ++other)
        if (event.channel != 0 && *other == event)
            return;
    column.events.insert(row, event, [](const Event& a, const Event& b) { return a.minute < b.minute; });
    const auto all = column.events.of(row);
    for (std::size_t n = 0; n < std::min(column.recent.size(), all.size()); ++n)
        table_.set(column.recent[n], row, all[all.size() - 1 - n].minute);
}

void Columns::set_consent(dsl::ConsentIx consent, Row row, dsl::cond::ConsentIs status, base::Second at) {
    ConsentColumn& column = consents_[consent];
    table_.set(column.status, row, static_cast<std::uint8_t>(status));
    table_.set(column.days, row,
               static_cast<std::int32_t>(base::to_day_number(base::local_day(policy_zone_, base::floor_minute(at)))));
}

void Columns::shrink() {
    const auto all = [](auto&... vectors) { (vectors.shrink_to_fit(), ...); };
    table_.shrink();
    all(ids_, zones_, zone_from_, flags_, mailboxes_, phones_, lots_);
    for (FieldColumn& column : fields_)
        column.items.shrink();
    for (EventColumn& column : events_)
        column.events.shrink();
}

}  // namespace nurture::roster
