// SPDX-License-Identifier: MIT
//
// The units of time. A Minute is what the engine thinks in, a Second what the store and the wire hold, a Day a calendar
// date without a zone. All instants are UTC (Unix time, no leap seconds). Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace nurture::base {

using Minute = std::chrono::sys_time<std::chrono::minutes>;
using Second = std::chrono::sys_seconds;
using Day = std::chrono::sys_days;

/// Later than anything that is ever due. Not Minute::max(): this one survives conversion to seconds.
inline constexpr Minute k_never = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};

constexpr Minute floor_minute(Second instant) { return std::chrono::floor<std::chrono::minutes>(instant); }

constexpr Second from_unix(std::int64_t seconds) { return Second{std::chrono::seconds{seconds}}; }
constexpr std::int64_t to_unix(Second instant) { return instant.time_since_epoch().count(); }

/// How the store keeps a date: days since 1970-01-01.
constexpr Day from_day_number(std::int64_t days) { return Day{std::chrono::days{days}}; }
constexpr std::int64_t to_day_number(Day day) { return day.time_since_epoch().count(); }

}  // namespace nurture::base
