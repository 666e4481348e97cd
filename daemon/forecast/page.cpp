// SPDX-License-Identifier: MIT
#include "daemon/forecast/page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

/// The bytes of the first `columns` characters.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
    std::size_t i = 0;
    for (std::size_t seen = 0; i < text.size(); ++i)
        if (starts_character(text[i]) && seen++ == columns)
            break;
    return i;
}

std::string pad(std::string_view text, std::size_t columns, bool right) {
    const auto wide = width(text);
    const std::string blanks(wide < columns ? columns - wide : 0, ' ');
    return right ? blanks + std::string(text) : std::string(text) + blanks;
}

void trim_end(std::string& text) { text.erase(text.find_last_not_of(' ') + 1); }

}  // namespace

std::string thousands(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", thousands(number), number == 1 ? one : many);
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string fit(std::string_view text, std::size_t columns) {
    if (width(text) <= columns)
        return std::string(text);
    if (columns == 0)
        return {};
    std::string cut(text.substr(0, bytes_of(text, columns - 1)));
    trim_end(cut);
    return cut + "…";
}

std::string printable(std::string_view text) {
    std::string safe;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // U+0080 … U+009F are terminal controls too; in UTF-8 they are C2 80 … C2 9F.
        const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (c1)
            ++i;
        safe += byte < 0x20 || byte == 0x7f || c1 ? ' ' : text[i];
    }
    return safe;
}

std::string short_day(base::Day day, base::Day near) {
    using std::chrono::year_month_day;
    auto text = base::format_day_for_people(day);
    if (year_month_day{day}.year() == year_month_day{near}.year())
        text.resize(text.rfind(' '));
    return text;
}

std::string short_time(base::Minute instant, base::ZoneId zone, base::Minute near) {
    const auto local = base::local(zone, instant);
    return fmt::format("{} {} {}", short_day(local.day, base::local_day(zone, near)),
                       base::format_time_of_day(local.minute), base::zone_abbreviation(zone, instant));
}

std::string Writer::ink(std::string_view text, Ink ink) const {
    static constexpr std::string_view k_codes[] = {"", "1", "2", "32", "33", "31"};
    if (!page_.colour || ink == Ink::plain || text.empty())
        return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", k_codes[static_cast<std::size_t>(ink)], text);
}

void Writer::line(std::string_view text, Ink how) { text_ += ink(text, how) + '\n'; }

void Writer::line(std::string_view left, std::string_view right, Ink left_ink, Ink right_ink) {
    const auto columns = static_cast<std::size_t>(page_.columns);
    const auto room = columns - std::min(columns, width(right) + 2);
    const auto cut = fit(left, right.empty() ? columns : room);
    if (right.empty())
        return line(cut, left_ink);
    text_ += ink(cut, left_ink) + std::string(room + 2 - width(cut), ' ') + ink(right, right_ink) + '\n';
}

void Writer::paragraph(std::string_view text, std::string_view first, Ink first_ink) {
    const std::string indent(width(first), ' ');
    const auto room = std::max<std::size_t>(20, static_cast<std::size_t>(page_.columns)) - indent.size();
    std::string row;
    bool is_first = true;
    const auto flush = [&] {
        std::string begin = is_first ? ink(first, first_ink) : indent;
        text_ += begin + row;
        trim_end(text_);
        text_ += '\n';
        is_first = false;
        row.clear();
    };
    while (!text.empty()) {
        auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!row.empty() && width(row) + 1 + width(word) > room)
            flush();
        row += (row.empty() ? "" : " ") + std::string(word);
    }
    flush();
}

void Writer::table(const std::vector<std::vector<std::string>>& rows, std::string_view indent, bool totals) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string text(indent);
        for (std::size_t i = 0; i < rows[r].size(); ++i)
            text += (i == 0 ? "" : "  ") + pad(rows[r][i], widths[i], i != 0);
        trim_end(text);
        line(text, r == 0 ? Ink::dim : totals && r + 1 == rows.size() ? Ink::bold : Ink::plain);
    }
}

}  // namespace nurture::forecast
