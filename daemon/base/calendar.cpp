// SPDX-License-Identifier: MIT
#include "daemon/base/calendar.hpp"

#include "daemon/base/error.hpp"

#include <date/tz.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <mutex>
#include <vector>

namespace nurture::base {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

struct Transition {
    OffsetSpan span;
    std::string abbreviation;
};

struct Zone {
    std::string name, folded;
    const date::time_zone* source = nullptr;
    std::once_flag loaded;
    std::vector<Transition> spans;  // without gaps, from the beginning to the end of time
};

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower;
}

class Zones {
public:
    Zones() {
        const std::vector<date::time_zone>* known = nullptr;
        try {
            known = &date::get_tzdb().zones;
        } catch (const std::exception&) {
            throw ConfigError("no time zones found in /usr/share/zoneinfo: install the package tzdata");
        }
        zones_ = std::vector<Zone>(known->size() + 1);
        for (std::size_t i = 0; i < known->size(); ++i)
            fill(zones_[i + 1], (*known)[i].name(), &(*known)[i]);
        fill(zones_[0], "UTC", nullptr);
        zones_[0].spans = {{{Minute::min(), Minute::max(), minutes{0}}, "UTC"}};
        for (std::size_t i = 0; i < zones_.size(); ++i)
            by_name_.emplace_back(zones_[i].folded, static_cast<ZoneId>(i));
        std::stable_sort(by_name_.begin(), by_name_.end());
    }

    std::optional<ZoneId> find(std::string_view name) {
        const std::string folded = to_lower(name);
        const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), std::string_view(folded),
                                         [](const auto& entry, std::string_view key) { return entry.first < key; });
        if (at == by_name_.end() || at->first != folded)
            return std::nullopt;
        try {
            spans(at->second);
        } catch (const std::exception&) {
            return std::nullopt;  // a file that tzdata does not have, or a broken one
        }
        return at->second;
    }

    const std::string& name(ZoneId zone) const { return zones_[static_cast<std::size_t>(zone)].name; }

    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& zone : zones_)
            all.push_back(zone.name);
        return all;
    }

    const std::vector<Transition>& spans(ZoneId id) {
        Zone& zone = zones_[static_cast<std::size_t>(id)];
        std::call_once(zone.loaded, [&] {
            if (zone.source != nullptr)
                load(zone);
        });
        return zone.spans;
    }

private:
    static void fill(Zone& zone, const std::string& name, const date::time_zone* source) {
        zone.name = name;
        zone.folded = to_lower(name);
        zone.source = source;
    }

    /// A table once is some hundred times quicker than asking the library a million times.
    static void load(Zone& zone) {
        const seconds from = std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}.time_since_epoch();
        const seconds until = std::chrono::sys_days{std::chrono::year{2038} / 1 / 1}.time_since_epoch();
        for (seconds at = from; at < until;) {
            const date::sys_info info = zone.source->get_info(Second{at});
            const Minute begin = zone.spans.empty() ? Minute::min() : zone.spans.back().span.end;
            const Minute end = info.end.time_since_epoch() < until ? floor_minute(info.end) : Minute::max();
            zone.spans.push_back({{begin, end, std::chrono::round<minutes>(info.offset)}, info.abbrev});
            at = info.end.time_since_epoch();
        }
    }

    std::vector<Zone> zones_;
    std::vector<std::pair<std::string, ZoneId>> by_name_;
};

Zones& zones() {
    static Zones all;
    return all;
}

const Transition* find_span(const std::vector<Transition>& spans, Minute instant) {
    const auto after = std::upper_bound(spans.begin(), spans.end(), instant,
                                        [](Minute at, const Transition& entry) { return at < entry.span.end; });
    return &*after;
}

/// What a wall-clock time is in a zone. In a gap, `jump` is the instant at which the clock skips it.
struct Resolved {
    Minute instant;
    std::optional<Minute> jump;
};

Resolved resolve(ZoneId zone, Minute wall) {
    // No offset is larger than 15 hours and some, so this span begins before the wall-clock time can have come.
    const Transition* entry = find_span(zones().spans(zone), wall - std::chrono::hours{16});
    for (;; ++entry) {
        const Minute instant = wall - entry->span.offset;
        if (instant >= entry->span.end)
            continue;
        if (instant >= entry->span.begin)
            return {instant, std::nullopt};
        return {wall - (entry - 1)->span.offset, entry->span.begin};
    }
}

}  // namespace

std::optional<ZoneId> find_zone(std::string_view name) { return zones().find(name); }

std::vector<std::string> zone_names() { return zones().names(); }

std::string_view zone_name(ZoneId zone) { return zones().name(zone); }

std::string tzdata_version() {
    std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
    std::string hash, word, version;
    file >> hash >> word >> version;
    return hash == "#" && word == "version" ? version : "unknown";
}

std::string_view zone_abbreviation(ZoneId zone, Minute instant) {
    return find_span(zones().spans(zone), instant)->abbreviation;
}

OffsetSpan offset_span(ZoneId zone, Minute instant) { return find_span(zones().spans(zone), instant)->span; }

Local local(ZoneId zone, Minute instant) {
    const Minute wall = instant + offset_span(zone, instant).offset;
    const Day day = std::chrono::floor<days>(wall);
    return {day, wall - day};
}

Minute to_instant(ZoneId zone, Day day, minutes minute_of_day) { return resolve(zone, day + minute_of_day).instant; }

Minute day_start(ZoneId zone, Day day) {
    const Resolved midnight = resolve(zone, day);
    return midnight.jump.value_or(midnight.instant);
}

// --- lengths and business days ---------------------------------------------------------------------------------

bool is_holiday(Holidays holidays, Day day) { return std::binary_search(holidays.begin(), holidays.end(), day); }

bool is_business_day(Holidays holidays, Day day) {
    return std::chrono::weekday{day}.iso_encoding() <= 5 && !is_holiday(holidays, day);
}

Day next_business_day(Holidays holidays, Day day) {
    while (!is_business_day(holidays, day))
        day += days{1};
    return day;
}

Day add_business_days(Holidays holidays, Day day, std::int32_t count) {
    day = next_business_day(holidays, day);
    for (; count > 0; --count)
        day = next_business_day(holidays, day + days{1});
    return day;
}

Day add_months(Day day, std::int32_t months) {
    const std::chrono::year_month_day date{day};
    const std::chrono::year_month target = date.year() / date.month() + std::chrono::months{months};
    const std::chrono::year_month_day_last last{target.year(), std::chrono::month_day_last{target.month()}};
    return target / std::min(date.day(), last.day());
}

Minute add_length(ZoneId zone, Holidays holidays, Minute from, Length length) {
    const auto [day, minute] = local(zone, from);
    switch (length.unit) {
    case LengthUnit::minutes: return from + minutes{length.count};
    case LengthUnit::hours: return from + std::chrono::hours{length.count};
    case LengthUnit::days: return to_instant(zone, day + days{length.count}, minute);
    case LengthUnit::weeks: return to_instant(zone, day + days{7} * length.count, minute);
    case LengthUnit::business_days: return to_instant(zone, add_business_days(holidays, day, length.count), minute);
    case LengthUnit::months: return to_instant(zone, add_months(day, length.count), minute);
    case LengthUnit::years: return to_instant(zone, add_months(day, 12 * length.count), minute);
    }
    return from;
}

}  // namespace nurture::base
