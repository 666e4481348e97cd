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

bool has_items(const bound::ListHas& c, std::span<const roster::Code> items) {
    const auto found = std::count_if(items.begin(), items.end(), [&](roster::Code code) {
        return std::binary_search(c.codes.begin(), c.codes.end(), code);
    });
    return c.all ? static_cast<std::size_t>(found) == c.codes.size() : found > 0;
}

}  // namespace

// --- of a block -----------------------------------------------------------------------------------------------------

template<typename Value>
const Value* Kernels::values(const std::vector<Value>& column) const {
    if (rows_.picked == nullptr)
        return column.data() + rows_.first;
    workspace_.gathered.resize(std::max(workspace_.gathered.size(), rows_.size * sizeof(Value)));
    auto* gathered = reinterpret_cast<Value*>(workspace_.gathered.data());
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
    case dsl::FieldKind::date: return dates_in(column.days, {}, {});
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

void Kernels::operator()(const dsl::cond::DateBetween& c) { dates_in(c_.field(c.field).days, c.from, c.to); }
void Kernels::operator()(const dsl::cond::DateNear& c) {
    dates_in(c_.field(c.field).days, from_today(c.from), from_today(c.to));
}

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

void Kernels::operator()(const bound::Within& c) {
    const roster::FieldColumn& column = c_.field(c.field);
    lanes_.floats_in(values(column.lat), rows_.size, static_cast<float>(c.lat - c.lat_reach),
                     static_cast<float>(c.lat + c.lat_reach), out_);
    only([&](Row row) {
        const double lat = column.lat[row], lon = column.lon[row];
        const double apart = std::abs(lon - c.lon);
        return std::min(apart, 360 - apart) <= c.lon_reach &&
               bound::haversine(c.lat, c.lon, lat, lon, c.cos_lat) <= c.haversine;
    });
}

void Kernels::dates_in(const std::vector<std::int32_t>& column, std::optional<base::Day> from,
                       std::optional<base::Day> to) {
    lanes_.ints_in(values(column), rows_.size, first_day(from), last_day(to), out_);
}

std::optional<base::Day> Kernels::from_today(const std::optional<dsl::DayOffset>& offset) const {
    if (!offset)
        return std::nullopt;
    return dsl::add(view_.today, *offset);
}

// --- histories and memberships --------------------------------------------------------------------------------------

void Kernels::operator()(const bound::Happened& c) {
    const roster::EventColumn& column = c_.events(c.event);
    const std::int32_t from = happened_from(c.since);
    const auto newest = static_cast<std::size_t>(c.count - 1);
    const bool each_counts = c.named || c.channel != 0 || newest >= column.recent.size();
    const auto& decisive = column.recent[each_counts ? 0 : newest];
    lanes_.ints_in(values(decisive), rows_.size, std::max(from, roster::k_never_yet + 1), k_last, out_);
    if (each_counts)
        only([&](Row row) { return happened(c, row, from); });
    else if (c.since.hours != 0)
        only([&](Row row) {
            flip(decisive[row] + c.since.hours * 60, row);
            return true;
        });
}

/// Days are the policy's, from their first minute on; of hours, the last N are (now - N h, now].
std::int32_t Kernels::happened_from(const dsl::Since& since) const {
    if (since.days)
        return minute_number(base::day_start(c_.policy_zone(), dsl::add(view_.today, *since.days)));
    if (since.hours != 0)
        return minute_number(view_.now) - since.hours * 60 + 1;
    return roster::k_never_yet;
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
    lanes_.ints_in(values(column.days), rows_.size, first_day(from_today(c.from)), last_day(from_today(c.to)), when);
    std::transform(out_, out_ + size(), when, out_, std::bit_and<>{});
}

}  // namespace nurture::engine
