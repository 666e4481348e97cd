// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate_kernels.hpp"

#include "daemon/base/calendar.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace nurture::engine {
namespace {

constexpr std::int32_t k_last = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t k_group = roster::Table::k_group;
constexpr float k_infinity = std::numeric_limits<float>::infinity();

std::int32_t minute_number(base::Minute minute) { return static_cast<std::int32_t>(minute.time_since_epoch().count()); }

/// One above k_no_day, so that an unknown date is before every range.
std::int32_t first_day(std::optional<base::Day> from) {
    return from ? static_cast<std::int32_t>(base::to_day_number(*from)) : roster::k_no_day + 1;
}
std::int32_t last_day(std::optional<base::Day> to) {
    return to ? static_cast<std::int32_t>(base::to_day_number(*to)) : k_last;
}

std::optional<base::Day> from_today(const View& view, const std::optional<dsl::DayOffset>& offset) {
    if (!offset)
        return std::nullopt;
    return dsl::add(view.today, *offset);
}

IntRange dates_in(roster::Table::Column<std::int32_t> column, std::optional<base::Day> from,
                  std::optional<base::Day> to) {
    return {column, first_day(from), last_day(to)};
}

/// Days are the policy's, from their first minute on; of hours, the last N are (now - N h, now].
std::int32_t happened_from(const View& view, const dsl::Since& since) {
    if (since.days)
        return minute_number(base::day_start(view.columns.policy_zone(), dsl::add(view.today, *since.days)));
    if (since.hours != 0)
        return minute_number(view.now) - since.hours * 60 + 1;
    return roster::k_never_yet;
}

/// The last times of everything are columns of their own, some deep; of what has a name or a channel, each is looked
/// at.
bool each_counts(const bound::Happened& c, const roster::EventColumn& column) {
    return c.named || c.channel != 0 || static_cast<std::size_t>(c.count - 1) >= column.recent.size();
}

bool has_items(const bound::ListHas& c, std::span<const roster::Code> items) {
    const auto found = std::count_if(items.begin(), items.end(), [&](roster::Code code) {
        return std::binary_search(c.codes.begin(), c.codes.end(), code);
    });
    return c.all ? static_cast<std::size_t>(found) == c.codes.size() : found > 0;
}

}  // namespace

std::optional<IntRange> int_range(const bound::Condition& condition, const View& view) {
    if (const auto* near = std::get_if<dsl::cond::DateNear>(&condition))
        return dates_in(view.columns.field(near->field).days, from_today(view, near->from), from_today(view, near->to));
    const auto* happened = std::get_if<bound::Happened>(&condition);
    if (happened == nullptr)
        return std::nullopt;
    const roster::EventColumn& column = view.columns.events(happened->event);
    if (each_counts(*happened, column))
        return std::nullopt;
    const std::int32_t from = happened_from(view, happened->since);
    return IntRange{column.recent[static_cast<std::size_t>(happened->count - 1)],
                    std::max(from, roster::k_never_yet + 1), k_last};
}

// --- of a block -----------------------------------------------------------------------------------------------------

Kernels::Kernels(const View& view, const Lanes& lanes, Rows rows, const std::vector<std::uint32_t>& slot_of,
                 Workspace& workspace, std::vector<Flip>* flips)
    : view_(view),
      c_(view.columns),
      table_(c_.table()),
      lanes_(lanes),
      rows_(rows),
      slot_of_(slot_of),
      workspace_(workspace),
      flips_(flips) {
    ++workspace_.block;
    if (rows_.picked == nullptr) {
        for (std::size_t i = 0; i < rows_.size; i += k_group)
            table_.fetch(table_.place(rows_.first + i));
        return;
    }
    workspace_.places.resize(std::max(workspace_.places.size(), rows_.size));
    for (std::size_t i = 0; i < rows_.size; ++i)
        table_.fetch(workspace_.places[i] = table_.place(rows_.picked[i]));
}

template<typename Value>
const Value* Kernels::values(roster::Table::Column<Value> column) const {
    if (workspace_.columns.size() <= column.ix)
        workspace_.columns.resize(column.ix + std::size_t{1});
    auto& [block, bytes] = workspace_.columns[column.ix];
    if (std::exchange(block, workspace_.block) == workspace_.block)
        return reinterpret_cast<const Value*>(bytes.data());
    bytes.resize(std::max(bytes.size(), (rows_.size + k_group - 1) / k_group * k_group * sizeof(Value)));
    auto* values = reinterpret_cast<Value*>(bytes.data());
    if (rows_.picked == nullptr)
        table_.copy(column, rows_.first, rows_.size, values);
    else
        std::transform(workspace_.places.data(), workspace_.places.data() + rows_.size, values,
                       [&](roster::Table::Place place) { return table_.get(column, place); });
    return values;
}

Kernels::Words Kernels::second() const {
    workspace_.second.resize(std::max(workspace_.second.size(), size()));
    return workspace_.second.data();
}

void Kernels::take_bits(std::uint32_t bit, Words out) const {
    if (std::exchange(workspace_.bits_block, workspace_.block) != workspace_.block)
        take_all_bits();
    for (std::size_t i = 0; i < size(); ++i)
        out[i] = workspace_.bits[i * table_.bit_columns() + bit];
}

void Kernels::take_all_bits() const {
    const std::size_t columns = table_.bit_columns();
    workspace_.bits.assign(size() * columns, 0);
    const auto words = [&](std::size_t i) { return workspace_.bits.data() + i / 64 * columns; };
    if (rows_.picked == nullptr)
        for (std::size_t i = 0; i < rows_.size; i += k_group)
            lanes_.take_byte(table_.bits(table_.place(rows_.first + i)), columns, i % 64, words(i));
    else
        for (std::size_t i = 0; i < rows_.size; ++i)
            lanes_.take_bit(table_.bits(workspace_.places[i]), columns, workspace_.places[i].in, i % 64, words(i));
}

void Kernels::take_ints(const IntRange& range, Words out) const {
    lanes_.ints_in(values(range.column), rows_.size, range.low, range.high, out);
}

template<typename Test>
void Kernels::each(Test test) {
    std::fill_n(out_, size(), 0);
    for (std::size_t i = 0; i < rows_.size; ++i)
        out_[i / 64] |= std::uint64_t{test(i)} << (i % 64);
}

template<typename Test>
void Kernels::only(Test test) {
    for (std::size_t i = 0; i < size(); ++i)
        for (std::uint64_t left = out_[i]; left != 0; left &= left - 1)
            if (!test(i * 64 + static_cast<std::size_t>(std::countr_zero(left))))
                out_[i] &= ~(left & -left);
}

// --- groups ---------------------------------------------------------------------------------------------------------

void Kernels::operator()(const dsl::cond::And& c) {
    std::fill_n(out_, size(), ~std::uint64_t{0});
    for (const dsl::ConditionIx ix : c.of)
        lanes_.both(slot(ix), size(), out_);
}

void Kernels::operator()(const dsl::cond::Or& c) {
    std::fill_n(out_, size(), 0);
    for (const dsl::ConditionIx ix : c.of)
        lanes_.either(slot(ix), size(), out_);
}

void Kernels::operator()(const dsl::cond::Not& c) {
    std::transform(slot(c.of), slot(c.of) + size(), out_, std::bit_not<>{});
}

// --- fields ---------------------------------------------------------------------------------------------------------

void Kernels::operator()(const dsl::cond::Known& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    const std::size_t n = rows_.size;
    if (column.kept == roster::FieldColumn::Kept::known)
        return lanes_.bytes_in(values(column.known), n, 1, 255, out_);
    switch (c_.schema().fields[c.field].kind) {
    case dsl::FieldKind::text:
        if (column.wide_codes)
            return lanes_.codes_in(values(column.wide_codes), n, 1, std::numeric_limits<roster::Code>::max(), out_);
        return lanes_.bytes_in(values(column.codes), n, 1, 255, out_);
    case dsl::FieldKind::list: return each([&](std::size_t i) { return !column.items.empty(rows_[i]); });
    case dsl::FieldKind::number: return lanes_.doubles_in(values(column.numbers), n, -k_infinity, k_infinity, out_);
    case dsl::FieldKind::date: return take_ints(dates_in(column.days, {}, {}), out_);
    case dsl::FieldKind::yes_no: return lanes_.bytes_in(values(column.yes_no), n, 1, 2, out_);
    case dsl::FieldKind::place: return lanes_.floats_in(values(column.lat), n, -k_infinity, k_infinity, out_);
    }
}

void Kernels::operator()(const bound::TextIn& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    const auto table = c.table.table();
    const auto size = static_cast<std::uint32_t>(table.size());
    const bool few = c.codes.size() <= k_few_codes;
    if (column.wide_codes) {
        const roster::Code* codes = values(column.wide_codes);
        few ? lanes_.codes_any(codes, rows_.size, c.codes.data(), c.codes.size(), out_)
            : lanes_.codes_of(codes, rows_.size, table.data(), size, out_);
    } else {
        const std::uint8_t* codes = values(column.codes);
        few ? lanes_.bytes_any(codes, rows_.size, c.codes.data(), c.codes.size(), out_)
            : lanes_.bytes_of(codes, rows_.size, table.data(), size, out_);
    }
}

void Kernels::operator()(const bound::TextContains& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    const auto fits = [&](roster::Code code) {
        return code < c.known ? c.codes.has(code) : c.matches(column.dictionary.folded(code));
    };
    if (column.wide_codes)
        each([&, codes = values(column.wide_codes)](std::size_t i) { return fits(codes[i]); });
    else
        each([&, codes = values(column.codes)](std::size_t i) { return fits(codes[i]); });
}

void Kernels::operator()(const bound::ListHas& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    if (!c.codes.empty() && c.codes.back() >= column.holders.count)
        return each([&](std::size_t i) { return has_items(c, column.items.of(rows_[i])); });
    std::fill_n(out_, size(), c.all ? ~std::uint64_t{0} : 0);
    for (const roster::Code code : c.codes) {
        const Words has = second();
        take_bits(column.holders.first + code, has);
        (c.all ? lanes_.both : lanes_.either)(has, size(), out_);
    }
}

void Kernels::operator()(const bound::NumberRange& c) {
    lanes_.doubles_in(values(c_.field(c.field).numbers), rows_.size, c.low, c.high, out_);
}

void Kernels::operator()(const dsl::cond::YesNo& c) {
    const std::uint8_t wanted = c.yes ? 2 : 1;
    lanes_.bytes_in(values(c_.field(c.field).yes_no), rows_.size, wanted, wanted, out_);
}

void Kernels::operator()(const dsl::cond::DateBetween& c) {
    take_ints(dates_in(c_.field(c.field).days, c.from, c.to), out_);
}
void Kernels::operator()(const dsl::cond::DateNear& c) { take_ints(*int_range(c, view_), out_); }

void Kernels::operator()(const dsl::cond::Anniversary& c) {
    using namespace std::chrono;
    const year_month_day target{view_.today + days{c.in_days}};
    const month_day on = target.month() / target.day();
    const bool takes_leap_day = on == February / 28 && !target.year().is_leap();
    each([days_of = values(c_.field(c.field).days), target, on, takes_leap_day](std::size_t i) {
        if (days_of[i] == roster::k_no_day)
            return false;
        const year_month_day date{base::from_day_number(days_of[i])};
        const month_day day = date.month() / date.day();
        return date.year() < target.year() && (day == on || (takes_leap_day && day == February / 29));
    });
}

/// The box around the circle first, then the distance of who is left.
void Kernels::operator()(const bound::Within& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    const float* lat = values(column.lat);
    const float* lon = values(column.lon);
    lanes_.floats_in(lat, rows_.size, static_cast<float>(c.lat - c.lat_reach), static_cast<float>(c.lat + c.lat_reach),
                     out_);
    const double west = c.lon - c.lon_reach, east = c.lon + c.lon_reach;
    if (west > -180 && east < 180) {  // else it may reach over the date line
        const Words between = second();
        lanes_.floats_in(lon, rows_.size, static_cast<float>(west), static_cast<float>(east), between);
        lanes_.both(between, size(), out_);
    }
    only([&](std::size_t i) { return c.has(lat[i], lon[i]); });
}

// --- histories and memberships --------------------------------------------------------------------------------------

void Kernels::operator()(const bound::Happened& c) {
    const roster::EventColumn& column = c_.events(c.event);
    const std::int32_t from = happened_from(view_, c.since);
    if (each_counts(c, column)) {
        take_ints({column.recent[0], std::max(from, roster::k_never_yet + 1), k_last}, out_);
        return only([&](std::size_t i) { return happened(c, rows_[i], from); });
    }
    const IntRange range = *int_range(c, view_);
    take_ints(range, out_);
    if (c.since.hours != 0)
        only([&, minutes = values(range.column)](std::size_t i) {
            flip(minutes[i] + c.since.hours * 60, rows_[i]);
            return true;
        });
}

bool Kernels::happened(const bound::Happened& c, Row row, std::int32_t from) {
    std::int32_t count = 0;
    const auto events = c_.events(c.event).events.of(row);
    for (auto event = events.rbegin(); event != events.rend() && event->minute >= from; ++event) {
        if ((c.named && event->name != c.name) ||
            (c.channel != 0 && event->channel != 0 && event->channel != c.channel))
            continue;
        if (++count == c.count) {
            if (c.since.hours != 0)
                flip(event->minute + c.since.hours * 60, row);
            return true;
        }
    }
    return false;
}

void Kernels::flip(std::int32_t minute, Row row) {
    if (flips_ != nullptr)
        flips_->push_back({base::Minute{std::chrono::minutes{minute}}, row});
}

void Kernels::operator()(const dsl::cond::InList& c) { take_bits(c_.list_bit(c.list), out_); }

void Kernels::operator()(const bound::InCampaign& c) {
    std::fill_n(out_, size(), 0);
    if (c.query >= view_.campaigns.size())
        return;
    const std::span of = view_.campaigns[c.query].words();
    if (rows_.picked == nullptr) {
        if (const std::size_t first = rows_.first / 64; first < of.size())
            std::copy_n(of.begin() + static_cast<std::ptrdiff_t>(first), std::min(size(), of.size() - first), out_);
        return;
    }
    for (std::size_t i = 0; i < rows_.size; ++i)
        if (const Row row = rows_.picked[i]; row / 64 < of.size())
            out_[i / 64] |= (of[row / 64] >> (row % 64) & 1) << (i % 64);
}

void Kernels::operator()(const dsl::cond::Consent& c) {
    const roster::ConsentColumn& column = c_.consent(c.consent);
    const auto wanted = static_cast<std::uint8_t>(c.is);
    lanes_.bytes_in(values(column.status), rows_.size, wanted, wanted, out_);
    if (!c.from && !c.to)
        return;
    const Words when = second();
    take_ints(dates_in(column.days, from_today(view_, c.from), from_today(view_, c.to)), when);
    lanes_.both(when, size(), out_);
}

}  // namespace nurture::engine
