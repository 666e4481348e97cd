// SPDX-License-Identifier: MIT
//
// When messages may go: a campaign's window without quiet hours, quiet days, holidays and quiet dates, and for SMS
// never outside 08:00 to 21:00. Everything is judged by the clock on the recipient's wall, minute by minute, so that
// the answer stays right across clock changes. Immutable once built; any thread. All ranges are half-open.
#pragma once

#include "daemon/base/calendar.hpp"

#include <array>
#include <vector>

namespace nurture::base {

using Weekdays = std::uint8_t;  // bit 0 = Monday … bit 6 = Sunday
inline constexpr Weekdays k_every_day = 0b1111111;

constexpr unsigned weekday_index(Day day) { return std::chrono::weekday{day}.iso_encoding() - 1; }

/// May wrap midnight; the minutes after midnight then belong to the weekday before. `to` may be 24:00; from == to is
/// the whole day.
struct Window {
    Weekdays days = k_every_day;
    std::chrono::minutes from{0};
    std::chrono::minutes to{24 * 60};
};
struct QuietDates {
    std::chrono::month_day from, to;  // both included, may wrap the year's end
};
struct OpeningRules {
    Window window;
    std::optional<Window> quiet_hours = std::nullopt;
    Weekdays quiet_days = 0;                   // calendar days at the recipient
    std::vector<Day> holidays = {};            // likewise; sorted
    std::vector<QuietDates> quiet_dates = {};  // likewise
    bool sms_hours = false;                    // 08:00 to 21:00
};

struct Opening {
    Minute at;
    Minute closes;  // first minute that is outside again, or a week after `at` where that is earlier
    friend bool operator==(const Opening&, const Opening&) = default;
};

class OpeningHours {
public:
    explicit OpeningHours(const OpeningRules& rules);

    bool inside(ZoneId zone, Minute instant) const;
    /// The first minute from `from` on that is inside. Nothing if there is none in the next two years: the window lies
    /// in quiet hours.
    std::optional<Opening> next(ZoneId zone, Minute from) const;

private:
    struct Stretch {
        std::int16_t from, to;
    };

    bool closed_all_day(Day day) const;
    Minute first_inside(Minute from, Minute until) const;  // these two count by the wall clock
    Minute first_outside(Minute from, Minute until) const;

    std::array<std::vector<Stretch>, 7> open_;  // per weekday, sorted, apart
    std::vector<Day> holidays_;
    std::vector<QuietDates> quiet_dates_;
};

}  // namespace nurture::base
