// SPDX-License-Identifier: MIT
#include "daemon/store/types.hpp"

#include "daemon/store/names.hpp"

#include <fmt/format.h>

#include <charconv>

namespace nurture::store {
namespace {

constexpr std::string_view k_channels[] = {"email", "sms"};
constexpr std::string_view k_types[] = {"text", "list of text", "number", "date", "yes or no", "place"};

/// All of `text` as a number of exactly that many digits.
std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<double> degrees(std::string_view text, double limit) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    double value = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = trouble == std::errc() && end == text.data() + text.size();
    // Written so that NaN fails.
    return whole && value >= -limit && value <= limit ? std::optional(value) : std::nullopt;
}

struct ToText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
    std::string operator()(std::chrono::sys_days day) const { return date_text(day); }
    std::string operator()(const Place& place) const { return fmt::format("{},{}", place.lat, place.lon); }
    std::string operator()(const std::vector<std::string>& items) const {
        return fmt::format("{}", fmt::join(items, ", "));
    }
};

}  // namespace

std::string_view to_text(Channel channel) { return name_of(k_channels, channel); }
std::string_view to_text(ColumnType type) { return name_of(k_types, type); }
std::string to_text(const Value& value) { return std::visit(ToText{}, value); }

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = digits(text.substr(0, 4));
    const auto month = digits(text.substr(5, 2));
    const auto day = digits(text.substr(8, 2));
    if (!year || !month || !day || *year == 0) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    return date.ok() ? std::optional<std::chrono::sys_days>(date) : std::nullopt;
}

std::string date_text(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

std::optional<Place> parse_place(std::string_view text) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) {
        return std::nullopt;
    }
    const auto lat = degrees(text.substr(0, comma), 90);
    const auto lon = degrees(text.substr(comma + 1), 180);
    return lat && lon ? std::optional(Place{*lat, *lon}) : std::nullopt;
}

}  // namespace nurture::store
