// SPDX-License-Identifier: MIT
#include "daemon/store/types.hpp"

#include "daemon/base/calendar.hpp"
#include "daemon/store/names.hpp"

#include <fmt/format.h>

#include <charconv>

namespace nurture::store {
namespace {

constexpr std::string_view k_channels[] = {"email", "sms"};
constexpr std::string_view k_types[] = {"text", "list of text", "number", "date", "yes or no", "place"};

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
    std::string operator()(base::Day day) const { return base::format_day(day); }
    std::string operator()(const Place& place) const { return fmt::format("{},{}", place.lat, place.lon); }
    std::string operator()(const std::vector<std::string>& items) const {
        return fmt::format("{}", fmt::join(items, ", "));
    }
};

}  // namespace

std::string_view to_text(Channel channel) { return name_of(k_channels, channel); }
std::string_view to_text(ColumnType type) { return name_of(k_types, type); }
std::string to_text(const Value& value) { return std::visit(ToText{}, value); }

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
