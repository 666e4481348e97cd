// SPDX-License-Identifier: MIT
//
// One block of rows through bound conditions, a kernel per kind of condition. Rows is either a run of rows or a pick of
// some: the same kernels serve full evaluation and change. Inside of Evaluator.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/engine/evaluate_bound.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace nurture::engine {

/// Small enough that the bitmaps of some hundred conditions stay in the second-level cache.
inline constexpr std::size_t k_block_rows = 4096;

struct RowRun {
    Row first;
    std::size_t size;
    Row operator[](std::size_t i) const { return first + static_cast<Row>(i); }
};
struct RowPick {
    const Row* rows;
    std::size_t size;
    Row operator[](std::size_t i) const { return rows[i]; }
};

template<typename Rows>
class Kernels {
public:
    using Words = std::uint64_t*;

    /// `slot_of` says where, in units of words(), the bitmap of each condition stands behind `slots`.
    Kernels(const View& view, Rows rows, Words slots, const std::vector<std::uint32_t>& slot_of,
            std::vector<Flip>* flips)
        : view_(view),
          c_(view.columns),
          rows_(rows),
          slots_(slots),
          slot_of_(slot_of),
          flips_(flips) {}

    static std::size_t words(std::size_t rows) { return (rows + 63) / 64; }

    void run(dsl::ConditionIx ix, const bound::Condition& condition) {
        out_ = slot(ix);
        std::visit(*this, condition);
    }
    Words slot(dsl::ConditionIx ix) const { return slots_ + slot_of_[ix] * words(rows_.size); }

    // --- groups: whole words ----------------------------------------------------------------------------------

    void operator()(const dsl::cond::And& c) {
        combine(c.of, true, [](std::uint64_t a, std::uint64_t b) { return a & b; });
    }
    void operator()(const dsl::cond::Or& c) {
        combine(c.of, false, [](std::uint64_t a, std::uint64_t b) { return a | b; });
    }
    void operator()(const dsl::cond::Not& c) {
        const Words of = slot(c.of);
        for (std::size_t i = 0; i < words(rows_.size); ++i)
            out_[i] = ~of[i];
    }

    // --- fields -----------------------------------------------------------------------------------------------

    void operator()(const dsl::cond::Known& c) {
        const roster::FieldColumn& column = c_.field(c.field);
        if (column.kept == roster::FieldColumn::Kept::known)
            return fill([known = column.known.data()](Row row) { return known[row] != 0; });
        switch (c_.schema().fields[c.field].kind) {
        case dsl::FieldKind::text: return fill([codes = column.codes.data()](Row row) { return codes[row] != 0; });
        case dsl::FieldKind::list: return fill([&items = column.items](Row row) { return !items.of(row).empty(); });
        case dsl::FieldKind::number: return fill([n = column.numbers.data()](Row row) { return n[row] == n[row]; });
        case dsl::FieldKind::date:
            return fill([days = column.days.data()](Row row) { return days[row] != roster::k_no_day; });
        case dsl::FieldKind::yes_no: return fill([yes_no = column.yes_no.data()](Row row) { return yes_no[row] != 0; });
        case dsl::FieldKind::place: return fill([lat = column.lat.data()](Row row) { return lat[row] == lat[row]; });
        }
    }

    void operator()(const bound::TextIn& c) {
        fill([codes = c_.field(c.field).codes.data(), &c](Row row) { return c.codes.has(codes[row]); });
    }

    void operator()(const bound::TextContains& c) {
        const roster::FieldColumn& column = c_.field(c.field);
        fill([&](Row row) {
            const roster::Code code = column.codes[row];
            return code < c.known ? c.codes.has(code) : c.matches(column.dictionary.folded(code));
        });
    }

    void operator()(const bound::ListHas& c) {
        fill([&items = c_.field(c.field).items, &c](Row row) {
            std::size_t found = 0;
            for (const roster::Code code : items.of(row))
                found += c.codes.has(code) ? 1 : 0;
            return found >= c.wanted;
        });
    }

    void operator()(const dsl::cond::NumberRange& c) {  // NaN is in no range
        const double* n = c_.field(c.field).numbers.data();
        const double low = c.low, high = c.high;
        if (!c.low_open && !c.high_open)
            return fill([=](Row row) { return (n[row] >= low) & (n[row] <= high); });
        const bool low_open = c.low_open, high_open = c.high_open;
        fill([=](Row row) {
            return (low_open ? n[row] > low : n[row] >= low) & (high_open ? n[row] < high : n[row] <= high);
        });
    }

    void operator()(const dsl::cond::YesNo& c) {
        const std::uint8_t wanted = c.yes ? 2 : 1;
        fill([yes_no = c_.field(c.field).yes_no.data(), wanted](Row row) { return yes_no[row] == wanted; });
    }

    void operator()(const dsl::cond::DateBetween& c) { days_between(c_.field(c.field).days, c.from, c.to); }
    void operator()(const dsl::cond::DateNear& c) {
        days_between(c_.field(c.field).days, from_today(c.from), from_today(c.to));
    }

    void operator()(const dsl::cond::Anniversary& c) {
        using namespace std::chrono;
        const year_month_day target{view_.today + days{c.in_days}};
        const month_day on = target.month() / target.day();
        const bool takes_leap_day = on == February / 28 && !target.year().is_leap();
        fill([days_of = c_.field(c.field).days.data(), target, on, takes_leap_day](Row row) {
            if (days_of[row] == roster::k_no_day)
                return false;
            const year_month_day date{base::from_day_number(days_of[row])};
            const month_day day = date.month() / date.day();
            return date.year() < target.year() && (day == on || (takes_leap_day && day == February / 29));
        });
    }

    void operator()(const bound::Within& c) {
        const roster::FieldColumn& column = c_.field(c.field);
        fill([lats = column.lat.data(), lons = column.lon.data(), &c](Row row) {
            const double lat = lats[row], lon = lons[row];
            const double apart = std::abs(lon - c.lon);
            if (!(std::abs(lat - c.lat) <= c.lat_reach && std::min(apart, 360 - apart) <= c.lon_reach))
                return false;
            return bound::haversine(c.lat, c.lon, lat, lon, c.cos_lat) <= c.haversine;
        });
    }

    // --- histories and memberships ----------------------------------------------------------------------------

    void operator()(const bound::Happened& c) {
        const std::int32_t now = minute_number(view_.now);
        const std::int32_t from = happened_from(c.since);
        fill([&, now, from](Row row) {
            std::int32_t count = 0;
            const auto events = c_.events(c.event).events.of(row);
            for (auto event = events.rbegin(); event != events.rend() && event->minute >= from; ++event) {
                if ((c.named && event->name != c.name) ||
                    (c.channel != 0 && event->channel != 0 && event->channel != c.channel))
                    continue;
                if (event->minute > now) {
                    flip(event->minute, row);
                } else if (++count == c.count) {
                    if (c.since.hours != 0)
                        flip(event->minute + c.since.hours * 60, row);
                    return true;
                }
            }
            return false;
        });
    }

    void operator()(const dsl::cond::InList& c) {
        fill([list = c_.list(c.list)](Row row) { return (list[row / 64] >> (row % 64) & 1) != 0; });
    }

    void operator()(const bound::InCampaign& c) {
        if (c.query >= view_.campaigns.size())
            return fill([](Row) { return false; });
        fill([&people = view_.campaigns[c.query]](Row row) { return people.test(row); });
    }

    void operator()(const dsl::cond::Consent& c) {
        const roster::ConsentColumn& column = c_.consent(c.consent);
        const auto wanted = static_cast<std::uint8_t>(c.is);
        const auto [from, to] = day_numbers(from_today(c.from), from_today(c.to));
        if (!c.from && !c.to)
            return fill([status = column.status.data(), wanted](Row row) { return status[row] == wanted; });
        fill([status = column.status.data(), days = column.days.data(), wanted, from, to](Row row) {
            return (status[row] == wanted) & (days[row] >= from) & (days[row] <= to);
        });
    }

private:
    template<typename Test>
    void fill(Test test) {
        const std::size_t whole = rows_.size / 64;
        for (std::size_t word = 0; word < whole; ++word) {
            std::array<std::uint8_t, 64> hits;  // bytes first: compilers turn this loop into vector code
            for (std::size_t i = 0; i < 64; ++i)
                hits[i] = test(rows_[word * 64 + i]) ? 1 : 0;
            out_[word] = pack(hits);
        }
        if (rows_.size % 64 != 0) {
            std::array<std::uint8_t, 64> hits{};
            for (std::size_t i = whole * 64; i < rows_.size; ++i)
                hits[i % 64] = test(rows_[i]) ? 1 : 0;
            out_[whole] = pack(hits);
        }
    }

    static std::uint64_t pack(const std::array<std::uint8_t, 64>& hits) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 64; i += 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, hits.data() + i, 8);
            if constexpr (std::endian::native == std::endian::big)
                eight = __builtin_bswap64(eight);
            bits |= (eight * 0x0102040810204080u >> 56) << i;  // gathers the lowest bit of each byte
        }
        return bits;
    }

    template<typename Combine>
    void combine(const std::vector<dsl::ConditionIx>& of, bool empty, Combine with) {
        const std::size_t size = words(rows_.size);
        std::fill_n(out_, size, empty ? ~std::uint64_t{0} : 0);
        for (const dsl::ConditionIx ix : of) {
            const Words other = slot(ix);
            for (std::size_t i = 0; i < size; ++i)
                out_[i] = with(out_[i], other[i]);
        }
    }

    std::optional<base::Day> from_today(const std::optional<dsl::DayOffset>& offset) const {
        if (!offset)
            return std::nullopt;
        return dsl::add(view_.today, *offset);
    }

    static std::pair<std::int32_t, std::int32_t> day_numbers(std::optional<base::Day> from,
                                                             std::optional<base::Day> to) {
        // One above k_no_day, so that an unknown date is before every range.
        constexpr std::int32_t first = roster::k_no_day + 1, last = std::numeric_limits<std::int32_t>::max();
        return {from ? static_cast<std::int32_t>(base::to_day_number(*from)) : first,
                to ? static_cast<std::int32_t>(base::to_day_number(*to)) : last};
    }

    void days_between(const std::vector<std::int32_t>& column, std::optional<base::Day> from_day,
                      std::optional<base::Day> to_day) {
        const auto [from, to] = day_numbers(from_day, to_day);
        fill([days = column.data(), from = from, to = to](Row row) { return (days[row] >= from) & (days[row] <= to); });
    }

    static std::int32_t minute_number(base::Minute minute) {
        return static_cast<std::int32_t>(minute.time_since_epoch().count());
    }

    /// Days are the policy's, from their first minute on; of hours, the last N are (now - N h, now].
    std::int32_t happened_from(const dsl::Since& since) const {
        if (since.days)
            return minute_number(base::day_start(c_.policy_zone(), dsl::add(view_.today, *since.days)));
        if (since.hours != 0)
            return minute_number(view_.now) - since.hours * 60 + 1;
        return std::numeric_limits<std::int32_t>::min();
    }

    void flip(std::int32_t minute, Row row) {
        if (flips_ != nullptr)
            flips_->push_back({base::Minute{std::chrono::minutes{minute}}, row});
    }

    const View& view_;
    const roster::Columns& c_;
    Rows rows_;
    Words slots_;
    const std::vector<std::uint32_t>& slot_of_;
    std::vector<Flip>* flips_;
    Words out_ = nullptr;
};

}  // namespace nurture::engine
