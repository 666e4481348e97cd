// SPDX-License-Identifier: MIT
#include "daemon/base/schedule.hpp"

#include <algorithm>

namespace nurture::base {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr days k_horizon{3660};

bool runs_on(const Schedule& schedule, Holidays holidays, Day day) {
    if (schedule.every == Every::days)
        return (schedule.days >> weekday_index(day) & 1) != 0 &&
               !(schedule.business_days_only && is_holiday(holidays, day));
    const std::chrono::year_month_day date{day};
    const auto month = static_cast<unsigned>(date.month());
    return (schedule.months >> (month - 1) & 1) != 0 &&
           day == next_business_day(holidays, Day{date.year() / date.month() / 1});
}

Minute next_full_hour(ZoneId zone, Minute after) {
    for (Minute at = after + minutes{1};;) {
        const OffsetSpan span = offset_span(zone, at);
        const Minute hour = Minute{std::chrono::ceil<hours>(at + span.offset)} - span.offset;
        if (hour < span.end)
            return hour;
        at = span.end;
    }
}

Minute last_full_hour(ZoneId zone, Minute until) {
    for (Minute at = until;;) {
        const OffsetSpan span = offset_span(zone, at);
        const Minute hour = Minute{std::chrono::floor<hours>(at + span.offset)} - span.offset;
        if (hour >= span.begin)
            return hour;
        at = span.begin - minutes{1};
    }
}

}  // namespace

Minute next_run(const Schedule& schedule, ZoneId zone, Holidays holidays, Minute after) {
    if (schedule.every == Every::hour)
        return next_full_hour(zone, after);
    // From the day before: a run whose time is skipped may come on the next date.
    const Day first = local_day(zone, after) - days{1};
    for (Day day = first; day < first + k_horizon; day += days{1}) {
        if (!runs_on(schedule, holidays, day))
            continue;
        const Minute run = to_instant(zone, day, schedule.at);
        if (run > after)
            return run;
    }
    return k_never;
}

std::optional<Minute> last_run(const Schedule& schedule, ZoneId zone, Holidays holidays, Minute until) {
    if (schedule.every == Every::hour)
        return last_full_hour(zone, until);
    const Day last = local_day(zone, until);
    for (Day day = last; day > last - k_horizon; day -= days{1}) {
        if (!runs_on(schedule, holidays, day))
            continue;
        const Minute run = to_instant(zone, day, schedule.at);
        if (run <= until)
            return run;
    }
    return std::nullopt;
}

}  // namespace nurture::base
