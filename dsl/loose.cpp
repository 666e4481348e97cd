// SPDX-License-Identifier: MIT
// Times and dates as people write them elsewhere. The language has one spelling; a message says which.
#include "dsl/characters.hpp"
#include "dsl/repairs.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace nurture::dsl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z'; }

// Reads the text bit by bit; every take_… leaves it alone when it does not fit.
struct Scan {
    std::string_view text;
    std::size_t at = 0;

    bool done() const { return at == text.size(); }
    char peek() const { return done() ? '\0' : text[at]; }
    bool take(char c) { return peek() == c ? (++at, true) : false; }
    void blanks() {
        while (peek() == ' ')
            ++at;
    }
    std::optional<unsigned> number(std::size_t most_digits, std::size_t* length = nullptr) {
        std::size_t end = at;
        unsigned value = 0;
        while (end < text.size() && is_digit(text[end]) && end - at < most_digits)
            value = value * 10 + static_cast<unsigned>(text[end++] - '0');
        if (end == at || (end < text.size() && is_digit(text[end])))
            return std::nullopt;
        if (length)
            *length = end - at;
        at = end;
        return value;
    }
    std::string word() {
        const std::size_t begin = at;
        while (is_letter(peek()))
            ++at;
        return lower_ascii(text.substr(begin, at - begin));
    }
};

constexpr std::array<std::string_view, 12> k_months = {"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};

std::optional<unsigned> month_of(std::string_view word) {
    if (word.size() >= 3)
        for (unsigned i = 0; i < k_months.size(); ++i)
            if (k_months[i].starts_with(word))
                return i + 1;
    return std::nullopt;
}

std::optional<Loose> day(unsigned year, unsigned month, unsigned day, std::size_t length) {
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok() || year < 1900 || year > 9999)
        return std::nullopt;
    char text[32];
    std::snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
    return Loose{text, length};
}

// `3/1/2026` (as written in the US, unless the month cannot be one), `1.3.2026`, `2026/3/1`
std::optional<Loose> numeric_date(std::string_view text) {
    Scan scan{text};
    std::array<unsigned, 3> part{};
    std::array<std::size_t, 3> length{};
    char between = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        if (i > 0) {
            const char c = scan.peek();
            if ((c != '/' && c != '-' && c != '.') || (i == 2 && c != between))
                return std::nullopt;
            between = c;
            ++scan.at;
        }
        const auto number = scan.number(4, &length[i]);
        if (!number)
            return std::nullopt;
        part[i] = *number;
    }
    if (length[0] == 4)
        return day(part[0], part[1], part[2], scan.at);
    const unsigned year = length[2] == 2 ? 2000 + part[2] : part[2];
    if (between == '.' || part[0] > 12)
        return day(year, part[1], part[0], scan.at);
    return day(year, part[0], part[1], scan.at);
}

// `March 1, 2026`, `1 March 2026`
std::optional<Loose> spelled_date(std::string_view text) {
    Scan scan{text};
    auto number = scan.number(2);
    scan.blanks();
    const auto month = month_of(scan.word());
    scan.take('.');
    scan.blanks();
    if (!number) {
        number = scan.number(2);
        for (const std::string_view ending : {"st", "nd", "rd", "th"})
            if (text.substr(scan.at).starts_with(ending)) {
                scan.at += 2;
                break;
            }
        scan.take(',');
        scan.blanks();
    }
    const auto year = scan.number(4);
    return number && month && year ? day(*year, *month, *number, scan.at) : std::nullopt;
}

// `2026\u20113\u20111`: hyphens that do not break, and the dashes that word processors make of hyphens.
std::optional<Loose> dashed_date(std::string_view text) {
    constexpr std::size_t k_bytes = 3;  // of each of them
    constexpr std::array<std::string_view, 5> k_dashes = {"\u2010", "\u2011", "\u2012", "\u2013", "\u2212"};
    std::string plain;
    std::size_t dashes = 0;
    for (std::size_t at = 0; at < text.size() && plain.size() < 10;) {
        const bool dash = std::any_of(k_dashes.begin(), k_dashes.end(),
                                      [&](std::string_view one) { return text.substr(at).starts_with(one); });
        plain += dash ? '-' : text[at];
        dashes += dash ? 1 : 0;
        at += dash ? k_bytes : 1;
    }
    auto date = dashes > 0 ? numeric_date(plain) : std::nullopt;
    if (date)
        date->length += dashes * (k_bytes - 1);
    return date;
}

}  // namespace

std::optional<Loose> loose_time(std::string_view text) {
    Scan scan{text};
    unsigned minute = 0;
    std::optional<unsigned> hour = scan.number(2);
    if (!hour) {
        const std::string word = scan.word();
        if (word != "noon" && word != "midnight")
            return std::nullopt;
        return Loose{word == "noon" ? "12:00" : "00:00", scan.at};
    }
    bool marked = false;
    if (scan.take(':') || scan.take('.') || scan.take('h')) {
        marked = true;
        if (is_digit(scan.peek()))
            minute = scan.number(2).value_or(60);
    }
    const Scan behind_digits = scan;
    scan.blanks();
    std::string half = scan.word();
    if (half == "a" || half == "p") {  // a.m.
        scan.take('.');
        half += scan.word();
        scan.take('.');
    }
    if (half == "am" || half == "pm") {
        if (*hour < 1 || *hour > 12)
            return std::nullopt;
        hour = *hour % 12 + (half == "pm" ? 12 : 0);
    } else {
        scan = behind_digits;
        if (!marked && !scan.done() && scan.peek() != ' ')
            return std::nullopt;
    }
    if (*hour > 24 || minute > 59)
        return std::nullopt;
    char written[16];
    std::snprintf(written, sizeof written, "%02u:%02u", *hour, minute);
    return Loose{written, scan.at};
}

std::optional<Loose> loose_date(std::string_view text) {
    if (auto date = numeric_date(text))
        return date;
    if (auto date = dashed_date(text))
        return date;
    return spelled_date(text);
}

}  // namespace nurture::dsl
