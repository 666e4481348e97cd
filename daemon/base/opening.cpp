// SPDX-License-Identifier: MIT
#include "daemon/base/opening.hpp"

#include <algorithm>
#include <bitset>

namespace nurture::base {

namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr std::size_t k_day_minutes = 24 * 60;
using Week = std::array<std::bitset<k_day_minutes>, 7>;

void mark(Week& week, const Window& window, bool open) {
    const auto from = static_cast<std::size_t>(window.from.count());
    const auto to = static_cast<std::size_t>(window.to.count()) + (window.from < window.to ? 0 : k_day_minutes);
    for (std::size_t day = 0; day < 7; ++day)
        if ((window.days >> day & 1) != 0)
            for (std::size_t minute = from; minute < to; ++minute)
                week[(day + minute / k_day_minutes) % 7][minute % k_day_minutes] = open;
}

bool falls_in(const QuietDates& dates, std::chrono::month_day day) {
    return dates.from <= dates.to ? dates.from <= day && day <= dates.to : dates.from <= day || day <= dates.to;
}

}  // namespace

OpeningHours::OpeningHours(const OpeningRules& rules) : holidays_(rules.holidays), quiet_dates_(rules.quiet_dates) {
    Week week;
    mark(week, rules.window, true);
    if (rules.quiet_hours)
        mark(week, {k_every_day, rules.quiet_hours->from, rules.quiet_hours->to}, false);
    if (rules.sms_hours)
        mark(week, {k_every_day, std::chrono::hours{21}, std::chrono::hours{8}}, false);
    for (std::size_t day = 0; day < 7; ++day) {
        if ((rules.quiet_days >> day & 1) != 0)
            continue;
        for (std::size_t minute = 0; minute < k_day_minutes; ++minute) {
            if (!week[day][minute])
                continue;
            const auto at = static_cast<std::int16_t>(minute);
            if (open_[day].empty() || open_[day].back().to != at)
                open_[day].push_back({at, at});
            open_[day].back().to = static_cast<std::int16_t>(at + 1);
        }
    }
}

bool OpeningHours::closed_all_day(Day day) const {
    if (is_holiday(holidays_, day))
        return true;
    if (quiet_dates_.empty())
        return false;
    const std::chrono::year_month_day date{day};
    return std::any_of(quiet_dates_.begin(), quiet_dates_.end(),
                       [&](const QuietDates& dates) { return falls_in(dates, date.month() / date.day()); });
}

/// `until` if there is none before.
Minute OpeningHours::first_inside(Minute from, Minute until) const {
    for (Day day = std::chrono::floor<days>(from); day < until; day += days{1}) {
        if (closed_all_day(day))
            continue;
        for (const Stretch& stretch : open_[weekday_index(day)])
            if (day + minutes{stretch.to} > from)
                return std::min<Minute>(std::max<Minute>(day + minutes{stretch.from}, from), until);
    }
    return until;
}

/// `from` is inside; `until` if it stays so.
Minute OpeningHours::first_outside(Minute from, Minute until) const {
    Minute at = from;
    while (at < until) {
        const Day day = std::chrono::floor<days>(at);
        if (closed_all_day(day))
            return at;
        const auto& stretches = open_[weekday_index(day)];
        const auto holds = std::find_if(stretches.begin(), stretches.end(), [&](const Stretch& stretch) {
            return day + minutes{stretch.from} <= at && at < day + minutes{stretch.to};
        });
        if (holds == stretches.end())
            return at;
        at = day + minutes{holds->to};
    }
    return until;
}

bool OpeningHours::inside(ZoneId zone, Minute instant) const {
    const auto [day, minute] = local(zone, instant);
    return first_inside(day + minute, day + minute + minutes{1}) == day + minute;
}

// Within one OffsetSpan the wall clock runs evenly, so the search there is plain; at its end the clock jumps, and the
// search goes on from what it then shows.
std::optional<Opening> OpeningHours::next(ZoneId zone, Minute from) const {
    const Minute give_up = from + days{2 * 366};
    std::optional<Minute> at;
    for (Minute instant = from; instant < give_up && !at;) {
        const OffsetSpan span = offset_span(zone, instant);
        const Minute end = std::min(span.end, give_up);
        const Minute wall = first_inside(instant + span.offset, end + span.offset);
        if (wall < end + span.offset)
            at = wall - span.offset;
        instant = end;
    }
    if (!at)
        return std::nullopt;
    const Minute latest = *at + days{7};  // open day and night: no message waits that long for its hand-over
    for (Minute instant = *at; instant < latest;) {
        const OffsetSpan span = offset_span(zone, instant);
        const Minute end = std::min(span.end, latest);
        const Minute wall = first_outside(instant + span.offset, end + span.offset);
        if (wall < end + span.offset)
            return Opening{*at, wall - span.offset};
        instant = end;
    }
    return Opening{*at, latest};
}

}  // namespace nurture::base
