// SPDX-License-Identifier: MIT
#include "dsl/holidays.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <memory>

namespace nurture::dsl {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int k_longest_event = 366;         // days; a longer one is a mistake, not a holiday
constexpr std::size_t k_most_days = 20'000;  // a file that says more is no holiday calendar

std::optional<sys_days> day_of(const icaltimetype& time) {
    const std::chrono::year_month_day day{std::chrono::year{time.year},
                                          std::chrono::month{static_cast<unsigned>(time.month)},
                                          std::chrono::day{static_cast<unsigned>(time.day)}};
    return day.ok() ? std::optional(sys_days{day}) : std::nullopt;
}

void add_days(std::vector<sys_days>& all, sys_days first, int length) {
    for (int i = 0; i < length && all.size() < k_most_days; ++i) {
        all.push_back(first + days{i});
    }
}

/// How many days the event covers: DTEND is exclusive for all-day events.
int length_of(icalcomponent* event, sys_days first) {
    const auto end = day_of(icalcomponent_get_dtend(event));
    const auto length = end ? (*end - first).count() : 1;
    return static_cast<int>(std::clamp<long>(length, 1, k_longest_event));
}

void add_event(std::vector<sys_days>& all, icalcomponent* event) {
    const icaltimetype start = icalcomponent_get_dtstart(event);
    const auto first = day_of(start);
    if (!first) {
        return;
    }
    const int length = length_of(event, *first);
    add_days(all, *first, length);
    icalproperty* rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    if (rule == nullptr) {
        return;
    }
    icaltimetype from = start;
    from.is_date = 1;
    const std::unique_ptr<icalrecur_iterator, decltype(&icalrecur_iterator_free)> next(
        icalrecur_iterator_new(icalproperty_get_rrule(rule), from), icalrecur_iterator_free);
    if (!next) {
        return;
    }
    while (all.size() < k_most_days) {
        const icaltimetype time = icalrecur_iterator_next(next.get());
        const auto day = icaltime_is_null_time(time) != 0 ? std::nullopt : day_of(time);
        if (!day || std::chrono::year_month_day{*day}.year() > k_last_year) {
            return;
        }
        add_days(all, *day, length);
    }
}

}  // namespace

std::optional<std::vector<sys_days>> holidays(const std::string& calendar) {
    const std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> root(icalparser_parse_string(calendar.c_str()),
                                                                             icalcomponent_free);
    if (!root) {
        return std::nullopt;
    }
    std::vector<sys_days> all;
    for (icalcomponent* event = icalcomponent_get_first_component(root.get(), ICAL_VEVENT_COMPONENT); event != nullptr;
         event = icalcomponent_get_next_component(root.get(), ICAL_VEVENT_COMPONENT)) {
        add_event(all, event);
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all.empty() ? std::nullopt : std::optional(std::move(all));
}

}  // namespace nurture::dsl
