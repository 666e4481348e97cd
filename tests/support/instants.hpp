// SPDX-License-Identifier: MIT
//
// Instants and dates as a test writes them; aborts the test on one that cannot be read.
#pragma once

#include "daemon/base/calendar.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace nurture::support {

inline base::ZoneId zone(std::string_view name) {
    if (const auto found = base::find_zone(name))
        return *found;
    throw std::invalid_argument("no such zone: " + std::string(name));
}

/// `2026-03-02T07:00Z`, or in a zone.
inline base::Minute at(std::string_view text, base::ZoneId in = base::ZoneId::utc) {
    if (const auto instant = base::parse_instant(text, in))
        return base::floor_minute(*instant);
    throw std::invalid_argument("not an instant: " + std::string(text));
}

inline base::Day day(std::string_view text) {
    if (const auto found = base::parse_day(text))
        return *found;
    throw std::invalid_argument("not a date: " + std::string(text));
}

/// `2026-03-02T07:00:00-06:00`
inline std::string shown(base::Minute instant, base::ZoneId in) { return base::format_instant(instant, in); }

}  // namespace nurture::support
