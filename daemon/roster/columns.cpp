// SPDX-License-Identifier: MIT
#include "daemon/roster/columns.hpp"

#include "daemon/base/hash.hpp"

#include <algorithm>
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

/// A suppression is over at the first whole minute that does not lie before its end.
base::Minute first_minute_after(base::Second end) { return std::chrono::ceil<std::chrono::minutes>(end); }

// Sets of rows, a bit each.
void add_row(std::vector<std::uint64_t>& set, Row row) {
    if (row % 64 == 0)
        set.push_back(0);
}
void put(std::vector<std::uint64_t>& set, Row row) { set[row / 64] |= std::uint64_t{1} << (row % 64); }
void take(std::vector<std::uint64_t>& set, Row row) { set[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }

void add_row(FieldColumn& column, dsl::FieldKind kind, Row row) {
    for (auto& holders : column.holders)
        add_row(holders, row);
    if (column.kept == FieldColumn::Kept::known)
        column.known.push_back(0);
    if (column.kept != FieldColumn::Kept::values)
        return;
    switch (kind) {
    case dsl::FieldKind::text: return column.codes.push_back(0);
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
    case dsl::FieldKind::text: column.codes[row] = 0; break;
    case dsl::FieldKind::list: column.items.clear(row); break;
    case dsl::FieldKind::number: column.numbers[row] = k_no_number; break;
    case dsl::FieldKind::date: column.days[row] = k_no_day; break;
    case dsl::FieldKind::yes_no: column.yes_no[row] = 0; break;
    case dsl::FieldKind::place: column.lat[row] = column.lon[row] = k_nowhere; break;
    }
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
    const Row row = lower_bound(id);
    if (row == ids_.size() || ids_[row] != id)
        return std::nullopt;
    return row;
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
    lots_.push_back(0);
    for (std::size_t i = 0; i < fields_.size(); ++i)
        add_row(fields_[i], schema_.fields[i].kind, row);
    for (EventColumn& column : events_)
        if (column.kept) {
            column.events.add_row();
            column.last.push_back(k_never_yet);
        }
    for (ConsentColumn& column : consents_) {
        column.status.push_back(static_cast<std::uint8_t>(dsl::cond::ConsentIs::unknown));
        column.days.push_back(k_no_day);
    }
    for (auto& list : lists_)
        add_row(list, row);
    add_row(living_, row);
    put(living_, row);
    return row;
}

void Columns::clear(Row row) {
    zones_[row] = policy_zone_;
    zone_from_[row] = ZoneFrom::policy;
    flags_[row] = {};
    put(living_, row);
    mailboxes_[row] = phones_[row] = 0;
    lots_[row] = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        clear_row(fields_[i], schema_.fields[i].kind, row);
    for (EventColumn& column : events_)
        if (column.kept) {
            column.events.clear(row);
            column.last[row] = k_never_yet;
        }
    for (ConsentColumn& column : consents_) {
        column.status[row] = static_cast<std::uint8_t>(dsl::cond::ConsentIs::unknown);
        column.days[row] = k_no_day;
    }
    for (auto& list : lists_)
        take(list, row);
    std::erase_if(expiries_, [&](const Expiry& expiry) { return expiry.row == row; });
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

void Columns::set_suppressed(dsl::Channel channel, Row row, std::optional<base::Second> until) {
    const bool email = channel == dsl::Channel::email;
    (email ? flags_[row].email_suppressed : flags_[row].sms_suppressed) = true;
    expires(row, email ? k_email_suppression : k_sms_suppression, until);
}

void Columns::set_zone(Row row, std::string_view time_zone, std::string_view state) {
    if (const auto own = time_zone.empty() ? std::nullopt : base::find_zone(time_zone)) {
        zones_[row] = *own;
        zone_from_[row] = ZoneFrom::candidate;
    } else if (const auto home = state.empty() ? std::nullopt : base::zone_of_state(state)) {
        zones_[row] = *home;
        zone_from_[row] = ZoneFrom::state;
    }
}

void Columns::set_text(dsl::FieldIx field, Row row, std::string_view value) {
    FieldColumn& column = fields_[field];
    if (!is_blank(value) && keeps_value(column, row))
        column.codes[row] = column.dictionary.intern(value);
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
    if (!column.kept)
        return;
    const Event event{static_cast<std::int32_t>(at.time_since_epoch().count()), column.names.intern(name),
                      channel_code(channel)};
    const auto is_same = [&](const Event& other) {
        return other.minute == event.minute && other.name == event.name && other.channel == event.channel;
    };
    const auto seen = column.events.of(row);
    if (channel && std::any_of(seen.begin(), seen.end(), is_same))
        return;
    column.events.insert(row, event, [](const Event& a, const Event& b) { return a.minute < b.minute; });
    column.last[row] = std::max(column.last[row], event.minute);
    column.latest = std::max(column.latest, event.minute);
}

void Columns::set_consent(dsl::ConsentIx consent, Row row, dsl::cond::ConsentIs status, base::Second at) {
    ConsentColumn& column = consents_[consent];
    column.status[row] = static_cast<std::uint8_t>(status);
    column.days[row] =
        static_cast<std::int32_t>(base::to_day_number(base::local_day(policy_zone_, base::floor_minute(at))));
}

void Columns::set_in_list(dsl::ListIx list, Row row, std::optional<base::Second> until) {
    if (in_list(list, row)) {
        const auto ends = std::find_if(expiries_.begin(), expiries_.end(),
                                       [&](const Expiry& e) { return e.row == row && e.what == list; });
        if (ends == expiries_.end() || (until && first_minute_after(*until) <= ends->at))
            return;
        expiries_.erase(ends);
    }
    put(lists_[list], row);
    expires(row, list, until);
}

void Columns::leave_list(dsl::ListIx list, Row row) {
    take(lists_[list], row);
    std::erase_if(expiries_, [&](const Expiry& e) { return e.row == row && e.what == list; });
}

void Columns::expires(Row row, std::uint32_t what, std::optional<base::Second> until) {
    if (until)
        expiries_.insert({first_minute_after(*until), row, what});
}

base::Minute Columns::next_expiry() const { return expiries_.empty() ? base::k_never : expiries_.begin()->at; }

std::vector<Row> Columns::expire(base::Minute now) {
    std::vector<Row> touched;
    while (next_expiry() <= now) {
        const Expiry over = *expiries_.begin();
        expiries_.erase(expiries_.begin());
        touched.push_back(over.row);
        if (over.what == k_email_suppression)
            flags_[over.row].email_suppressed = false;
        else if (over.what == k_sms_suppression)
            flags_[over.row].sms_suppressed = false;
        else
            take(lists_[over.what], over.row);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
}

}  // namespace nurture::roster
