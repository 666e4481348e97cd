// SPDX-License-Identifier: MIT
//
// How reports look on a terminal: width, colour, tables, lines that fit. Used by every to_text() here. Pure; any
// thread. Columns are characters (code points).
#pragma once

#include "daemon/base/calendar.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::forecast {

struct Page {
    int columns = 80;
    bool colour = false;
};

std::string thousands(std::int64_t number);                                             // 12,410
std::string counted(std::int64_t number, std::string_view one, std::string_view many);  // "1 person", "1,204 people"
/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& words);
std::size_t width(std::string_view text);
/// Cut to `columns`, with "…" for what is missing.
std::string fit(std::string_view text, std::size_t columns);
/// Safe on a terminal: no control characters.
std::string printable(std::string_view text);

/// "Tue 3 Mar", and "Tue 3 Mar 10:00 CST"; with the year where it is not that of `near`.
std::string short_day(base::Day day, base::Day near);
std::string short_time(base::Minute instant, base::ZoneId zone, base::Minute near);

enum class Ink : std::uint8_t { plain, bold, dim, green, yellow, red };

/// Text that grows line by line.
class Writer {
public:
    explicit Writer(Page page) : page_(page) {}

    std::string ink(std::string_view text, Ink ink) const;

    void blank() { text_ += '\n'; }
    void line(std::string_view text, Ink ink = Ink::plain);
    /// `right` ends at the right margin; `left` is cut if need be.
    void line(std::string_view left, std::string_view right, Ink left_ink, Ink right_ink = Ink::dim);
    /// Broken between words; `first` begins the first line, the others are indented as far as `first` is wide.
    void paragraph(std::string_view text, std::string_view first = {}, Ink first_ink = Ink::plain);
    /// Columns of text, the first flush left, the others flush right. The first row is the head.
    void table(const std::vector<std::vector<std::string>>& rows, std::string_view indent = "  ", bool totals = false);

    std::string take() { return std::move(text_); }
    int columns() const { return page_.columns; }

private:
    Page page_;
    std::string text_;
};

}  // namespace nurture::forecast
