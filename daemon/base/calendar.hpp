// SPDX-License-Identifier: MIT
//
// Dates and times of day in people's zones; the only part that knows time zones (the system's tzdata). A wall-clock
// time that a clock change skips is read with the offset before the gap (RFC 5545 3.3.5), a repeated one is the first
// of the two; a date begins at its first existing minute. Any thread. Only find_zone can fail, by finding nothing.
// Offsets are those of tzdata until the end of 2037, where its files end; later instants keep the last offset.
#pragma once

#include "daemon/base/time.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::base {

/// A zone that find_zone found. The number differs between versions of tzdata: keep names on disk.
enum class ZoneId : std::uint16_t { utc = 0 };

/// By its IANA name, without regard to capitals.
std::optional<ZoneId> find_zone(std::string_view name);
std::string_view zone_name(ZoneId zone);
std::vector<std::string> zone_names();  // every name that find_zone knows
std::string tzdata_version();

/// The zone of a US state or territory or a Canadian province, by postal code or English name, without regard to
/// capitals, if all of it keeps one time: nothing for TX, and nothing for AZ, whose Navajo Nation changes its clocks.
std::optional<ZoneId> zone_of_state(std::string_view state);

/// What a calendar and a clock on the wall show.
struct Local {
    Day day;
    std::chrono::minutes minute;  // since midnight as the clock counts: 0 … 1439
    friend bool operator==(const Local&, const Local&) = default;
};
Local local(ZoneId zone, Minute instant);
inline Day local_day(ZoneId zone, Minute instant) { return local(zone, instant).day; }
Minute to_instant(ZoneId zone, Day day, std::chrono::minutes minute_of_day);
Minute day_start(ZoneId zone, Day day);

/// A stretch with one offset: local = UTC + offset for instants in [begin, end).
struct OffsetSpan {
    Minute begin, end;
    std::chrono::minutes offset;
};
OffsetSpan offset_span(ZoneId zone, Minute instant);
std::string_view zone_abbreviation(ZoneId zone, Minute instant);  // "CST"

// --- lengths and business days ---------------------------------------------------------------------------------

enum class LengthUnit : std::uint8_t { minutes, hours, days, business_days, weeks, months, years };
struct Length {
    std::int32_t count = 0;
    LengthUnit unit = LengthUnit::days;
};

/// Sorted, without duplicates.
using Holidays = std::span<const Day>;

bool is_holiday(Holidays holidays, Day day);
/// Monday to Friday and no holiday.
bool is_business_day(Holidays holidays, Day day);
/// The day itself if it is one.
Day next_business_day(Holidays holidays, Day day);
/// Counted from the next business day where `day` is none.
Day add_business_days(Holidays holidays, Day day, std::int32_t count);

/// 31 January + 1 month = 28 February: clamps to the month's end. To count several months without drifting, add them
/// all to the first day.
Day add_months(Day day, std::int32_t months);

/// Minutes and hours elapse; everything longer keeps the wall-clock time.
Minute add_length(ZoneId zone, Holidays holidays, Minute from, Length length);

// --- text ------------------------------------------------------------------------------------------------------

/// `2026-03-02T07:00[:SS]` in the zone, or with an offset (`Z`, `-06:00`). A blank may stand for the T. A date alone is
/// its beginning.
std::optional<Second> parse_instant(std::string_view text, ZoneId zone);
std::optional<Day> parse_day(std::string_view text);                    // 2026-03-02
std::string format_day(Day day);                                        // 2026-03-02
std::string format_instant(Second instant, ZoneId zone = ZoneId::utc);  // 2026-03-02T07:00:00-06:00, or …Z
std::string format_for_people(Minute instant, ZoneId zone);             // Tue 3 Mar 2026 10:00 CST
std::string format_day_for_people(Day day);                             // Tue 3 Mar 2026
std::string format_time_of_day(std::chrono::minutes minute_of_day);     // 07:00

}  // namespace nurture::base
