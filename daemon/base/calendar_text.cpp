// SPDX-License-Identifier: MIT
#include "daemon/base/calendar.hpp"

#include <fmt/format.h>

namespace nurture::base {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* k_weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr const char* k_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes exactly `width` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
    int value = 0;
    if (text.size() < width)
        return std::nullopt;
    for (const char digit : text.substr(0, width)) {  // from_chars takes a sign, and its time: a load reads millions
        if (digit < '0' || digit > '9')
            return std::nullopt;
        value = value * 10 + (digit - '0');
    }
    text.remove_prefix(width);
    return value;
}

bool take(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what))
        return false;
    text.remove_prefix(what.size());
    return true;
}

std::optional<Day> take_day(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, "-"))
        return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, "-"))
        return std::nullopt;
    const auto day = take_number(text, 2);
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(day.value_or(0)))};
    if (!date.ok())
        return std::nullopt;
    return Day{date};
}

/// HH:MM
std::optional<minutes> take_clock(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ":"))
        return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *hour > 23 || *minute > 59)
        return std::nullopt;
    return minutes{*hour * 60 + *minute};
}

std::string offset_text(minutes offset) {
    if (offset == minutes{0})
        return "+00:00";
    const auto size = std::chrono::abs(offset).count();
    return fmt::format("{}{:02}:{:02}", offset < minutes{0} ? '-' : '+', size / 60, size % 60);
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
    const auto day = take_day(text);
    return text.empty() ? day : std::nullopt;
}

std::optional<Second> parse_instant(std::string_view text, ZoneId zone) {
    const auto day = take_day(text);
    if (!day)
        return std::nullopt;
    if (text.empty())
        return day_start(zone, *day);
    if (!take(text, "T") && !take(text, " "))
        return std::nullopt;
    const auto clock = take_clock(text);
    if (!clock)
        return std::nullopt;
    seconds within{0};
    if (take(text, ":")) {
        const auto value = take_number(text, 2);
        if (!value || *value > 59)
            return std::nullopt;
        within = seconds{*value};
    }
    if (text.empty())
        return to_instant(zone, *day, *clock) + within;
    if (take(text, "Z") && text.empty())
        return *day + *clock + within;
    const bool west = take(text, "-");
    if (!west && !take(text, "+"))
        return std::nullopt;
    const auto offset = take_clock(text);
    if (!offset || !text.empty())
        return std::nullopt;
    return *day + *clock + within - (west ? -*offset : *offset);
}

std::string format_day(Day day) {
    const std::chrono::year_month_day date{day};
    const int year = static_cast<int>(date.year());
    const auto month = static_cast<unsigned>(date.month()), of_month = static_cast<unsigned>(date.day());
    if (year < 0 || year > 9999)
        return fmt::format("{:04}-{:02}-{:02}", year, month, of_month);
    std::string text = "0000-00-00";  // by hand: imports write millions
    const auto put = [&](std::size_t at, unsigned digit) { text[at] = static_cast<char>('0' + digit % 10); };
    const auto y = static_cast<unsigned>(year);
    put(0, y / 1000), put(1, y / 100), put(2, y / 10), put(3, y);
    put(5, month / 10), put(6, month), put(8, of_month / 10), put(9, of_month);
    return text;
}

std::string format_time_of_day(minutes minute_of_day) {
    return fmt::format("{:02}:{:02}", minute_of_day.count() / 60, minute_of_day.count() % 60);
}

std::string format_instant(Second instant, ZoneId zone) {
    const Minute minute = floor_minute(instant);
    const Local at = local(zone, minute);
    return fmt::format("{}T{}:{:02}{}", format_day(at.day), format_time_of_day(at.minute), (instant - minute).count(),
                       zone == ZoneId::utc ? "Z" : offset_text(offset_span(zone, minute).offset));
}

std::string format_day_for_people(Day day) {
    const std::chrono::year_month_day date{day};
    return fmt::format("{} {} {} {}", k_weekdays[std::chrono::weekday{day}.iso_encoding() - 1],
                       static_cast<unsigned>(date.day()), k_months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

std::string format_for_people(Minute instant, ZoneId zone) {
    const Local at = local(zone, instant);
    return fmt::format("{} {} {}", format_day_for_people(at.day), format_time_of_day(at.minute),
                       zone_abbreviation(zone, instant));
}

}  // namespace nurture::base
