// SPDX-License-Identifier: MIT
//
// The days of a holiday calendar (iCalendar, RFC 5545): every day that an event covers, recurring ones up to the end of
// k_last_year. Pure; any thread. What is no calendar, or has no event, gives nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace nurture::dsl {

/// Recurrences are followed up to here; long before it the file has been replaced.
inline constexpr std::chrono::year k_last_year{2100};

/// Sorted, each day once.
std::optional<std::vector<std::chrono::sys_days>> holidays(const std::string& calendar);

}  // namespace nurture::dsl
