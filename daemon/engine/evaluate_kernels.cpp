// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate_kernels.hpp"

#include "daemon/base/calendar.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace nurture::engine {
namespace {

constexpr std::int32_t k_last = std::numeric_limits<std::int32_t>::max();
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

IntRange dates_in(const std::vector<std::int32_t>& column, std::optional<base::Day> from, std::optional<base::Day> to) {
    return {&column, first_day(from), last_day(to)};
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
    return IntRange{&column.recent[static_cast<std::size_t>(happened->count - 1)],
                    std::max(from, roster::k_never_yet + 1), k_last};
}

// --- of a block -----------------------------------------------------------------------------------------------------

template<typename Value>
const Value* Kernels::values(const std::vector<Value>& column) const {
    if (rows_.picked == nullptr)
        return column.data() + rows_.first;
    auto& all = workspace_.gathered;
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(workspace_.gathered_now);
    const auto known = std::find_if(all.begin(), end, [&](const auto& one) { return one.column == column.data(); });
    if (known != end)
        return reinterpret_cast<const Value*>(known->values.data());
    if (end == all.end())
        all.emplace_back();
    auto& [of, bytes] = all[workspace_.gathered_now++];
    of = column.data();
    bytes.resize(std::max(bytes.size(), rows_.size * sizeof(Value)));
    auto* gathered = reinterpret_cast<Value*>(bytes.data());
    for (std::size_t i = 0; i < rows_.size; ++i)
        gathered[i] = column[rows_.picked[i]];
    return gathered;
}

Kernels::Words Kernels::second() const {
    workspace_.second.resize(std::max(workspace_.second.size(), size()));
    return workspace_.second.data();
}

void Kernels::take_bits(std::span<const std::uint64_t> of, Words out) const {
    if (rows_.picked == nullptr) {
        for (std::size_t i = 0; i < size(); ++i)
            out[i] = rows_.first / 64 + i < of.size() ? of[rows_.first / 64 + i] : 0;
        return;
    }
    std::fill_n(out, size(), 0);
    for (std::size_t i = 0; i < rows_.size; ++i)
        if (const Row row = rows_.picked[i]; row / 64 < of.size())
            out[i / 64] |= (of[row / 64] >> (row % 64) & 1) << (i % 64);
}

template<typename Test>
void Kernels::each(Test test) {
    std::fill_n(out_, size(), 0);
    for (std::size_t i = 0; i < rows_.size; ++i)
        out_[i / 64] |= std::uint64_t{test(rows_[i])} << (i % 64);
}

template<typename Test>
void Kernels::only(Test test) {
    for (std::size_t i = 0; i < size(); ++i)
        for (std::uint64_t left = out_[i]; left != 0; left &= left - 1)
            if (!test(rows_[i * 64 + static_cast<std::size_t>(std::countr_zero(left))]))
                out_[i] &= ~(left & -left);
}

// --- groups ---------------------------------------------------------------------------------------------------------

void Kernels::operator()(const dsl::cond::And& c) {
    std::fill_n(out_, size(), ~std::uint64_t{0});
    for (const dsl::ConditionIx ix : c.of)
        std::transform(out_, out_ + size(), slot(ix), out_, std::bit_and<>{});
}

void Kernels::operator()(const dsl::cond::Or& c) {
    std::fill_n(out_, size(), 0);
    for (const dsl::ConditionIx ix : c.of)
        std::transform(out_, out_ + size(), slot(ix), out_, std::bit_or<>{});
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
        if (column.codes.is_wide())
            return lanes_.codes_in(values(column.codes.wide()), n, 1, std::numeric_limits<roster::Code>::max(), out_);
        return lanes_.bytes_in(values(column.codes.narrow()), n, 1, 255, out_);
    case dsl::FieldKind::list: return each([&](Row row) { return !column.items.empty(row); });
    case dsl::FieldKind::number: return lanes_.doubles_in(values(column.numbers), n, -k_infinity, k_infinity, out_);
    case dsl::FieldKind::date: return ints_in(dates_in(column.days, {}, {}));
    case dsl::FieldKind::yes_no: return lanes_.bytes_in(values(column.yes_no), n, 1, 2, out_);
    case dsl::FieldKind::place: return lanes_.floats_in(values(column.lat), n, -k_infinity, k_infinity, out_);
    }
}

void Kernels::operator()(const bound::TextIn& c) {
    const roster::CodeColumn& column = c_.field(c.field).codes;
    const auto table = c.table.table();
    const auto size = static_cast<std::uint32_t>(table.size());
    const bool few = c.codes.size() <= k_few_codes;
    if (column.is_wide()) {
        const roster::Code* codes = values(column.wide());
        few ? lanes_.codes_any(codes, rows_.size, c.codes.data(), c.codes.size(), out_)
            : lanes_.codes_of(codes, rows_.size, table.data(), size, out_);
    } else {
        const std::uint8_t* codes = values(column.narrow());
        few ? lanes_.bytes_any(codes, rows_.size, c.codes.data(), c.codes.size(), out_)
            : lanes_.bytes_of(codes, rows_.size, table.data(), size, out_);
    }
}

void Kernels::operator()(const bound::TextContains& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    each([&](Row row) {
        const roster::Code code = column.codes[row];
        return code < c.known ? c.codes.has(code) : c.matches(column.dictionary.folded(code));
    });
}

void Kernels::operator()(const bound::ListHas& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    if (!c.codes.empty() && c.codes.back() >= column.holders.size())
        return each([&](Row row) { return has_items(c, column.items.of(row)); });
    std::fill_n(out_, size(), c.all ? ~std::uint64_t{0} : 0);
    for (const roster::Code code : c.codes) {
        const Words has = second();
        take_bits(column.holders[code], has);
        for (std::size_t i = 0; i < size(); ++i)
            out_[i] = c.all ? out_[i] & has[i] : out_[i] | has[i];
    }
}

void Kernels::operator()(const bound::NumberRange& c) {
    lanes_.doubles_in(values(c_.field(c.field).numbers), rows_.size, c.low, c.high, out_);
}

void Kernels::operator()(const dsl::cond::YesNo& c) {
    const std::uint8_t wanted = c.yes ? 2 : 1;
    lanes_.bytes_in(values(c_.field(c.field).yes_no), rows_.size, wanted, wanted, out_);
}

void Kernels::operator()(const dsl::cond::DateBetween& c) { ints_in(dates_in(c_.field(c.field).days, c.from, c.to)); }
void Kernels::operator()(const dsl::cond::DateNear& c) { ints_in(*int_range(c, view_)); }

void Kernels::operator()(const dsl::cond::Anniversary& c) {
    using namespace std::chrono;
    const year_month_day target{view_.today + days{c.in_days}};
    const month_day on = target.month() / target.day();
    const bool takes_leap_day = on == February / 28 && !target.year().is_leap();
    each([days_of = c_.field(c.field).days.data(), target, on, takes_leap_day](Row row) {
        if (days_of[row] == roster::k_no_day)
            return false;
        const year_month_day date{base::from_day_number(days_of[row])};
        const month_day day = date.month() / date.day();
        return date.year() < target.year() && (day == on || (takes_leap_day && day == February / 29));
    });
}

/// The box around the circle first, then the distance of who is left.
void Kernels::operator()(const bound::Within& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    lanes_.floats_in(values(column.lat), rows_.size, static_cast<float>(c.lat - c.lat_reach),
                     static_cast<float>(c.lat + c.lat_reach), out_);
    const double west = c.lon - c.lon_reach, east = c.lon + c.lon_reach;
    if (west > -180 && east < 180) {  // else it may reach over the date line
        const Words between = second();
        lanes_.floats_in(values(column.lon), rows_.size, static_cast<float>(west), static_cast<float>(east), between);
        std::transform(out_, out_ + size(), between, out_, std::bit_and<>{});
    }
    only([&](Row row) {
        return bound::haversine(c.lat, c.lon, column.lat[row], column.lon[row], c.cos_lat) <= c.haversine;
    });
}

void Kernels::ints_in(const IntRange& range) {
    lanes_.ints_in(values(*range.column), rows_.size, range.low, range.high, out_);
}

// --- histories and memberships --------------------------------------------------------------------------------------

void Kernels::operator()(const bound::Happened& c) {
    const roster::EventColumn& column = c_.events(c.event);
    const std::int32_t from = happened_from(view_, c.since);
    if (each_counts(c, column)) {
        ints_in({&column.recent[0], std::max(from, roster::k_never_yet + 1), k_last});
        return only([&](Row row) { return happened(c, row, from); });
    }
    const IntRange range = *int_range(c, view_);
    ints_in(range);
    if (c.since.hours != 0)
        only([&](Row row) {
            flip((*range.column)[row] + c.since.hours * 60, row);
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

void Kernels::operator()(const dsl::cond::InList& c) { take_bits(c_.list(c.list), out_); }

void Kernels::operator()(const bound::InCampaign& c) {
    take_bits(c.query < view_.campaigns.size() ? view_.campaigns[c.query].words() : std::span<const std::uint64_t>{},
              out_);
}

void Kernels::operator()(const dsl::cond::Consent& c) {
    const roster::ConsentColumn& column = c_.consent(c.consent);
    const auto wanted = static_cast<std::uint8_t>(c.is);
    lanes_.bytes_in(values(column.status), rows_.size, wanted, wanted, out_);
    if (!c.from && !c.to)
        return;
    const Words when = second();
    const IntRange range = dates_in(column.days, from_today(view_, c.from), from_today(view_, c.to));
    lanes_.ints_in(values(column.days), rows_.size, range.low, range.high, when);
    std::transform(out_, out_ + size(), when, out_, std::bit_and<>{});
}

}  // namespace nurture::engine
