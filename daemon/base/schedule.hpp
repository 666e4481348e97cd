// SPDX-License-Identifier: MIT
//
// When a campaign looks at its audience: `check every weekday at 07:00` and its like, in one zone. A time that a clock
// change skips runs with the offset before the gap, a repeated one runs once; `every hour` runs whenever the wall clock
// shows a full hour. Pure; any thread.
#pragma once

#include "daemon/base/opening.hpp"

namespace nurture::base {

enum class Every : std::uint8_t { days, hour, first_business_day };

struct Schedule {
    Every every = Every::days;
    Weekdays days = k_every_day;      // Every::days
    bool business_days_only = false;  // Every::days: not on holidays
    std::uint16_t months = 0xfff;     // Every::first_business_day: bit 0 = January
    std::chrono::minutes at{};        // unused by Every::hour
};

/// The first run later than `after`; k_never if there is none within ten years.
Minute next_run(const Schedule& schedule, ZoneId zone, Holidays holidays, Minute after);
/// The last run at or before `until`; nothing if there was none in the ten years before.
std::optional<Minute> last_run(const Schedule& schedule, ZoneId zone, Holidays holidays, Minute until);

}  // namespace nurture::base
