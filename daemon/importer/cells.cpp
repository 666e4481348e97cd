// SPDX-License-Identifier: MIT
#include "daemon/importer/cells.hpp"

#include <fmt/format.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace nurture::importer {
namespace {

bool looks_like_date(std::string_view text) {
    constexpr std::string_view k_shape = "0000-00-00";
    return text.size() == k_shape.size() &&
           std::equal(text.begin(), text.end(), k_shape.begin(),
                      [](char c, char shape) { return shape == '-' ? c == '-' : c >= '0' && c <= '9'; });
}

bool read_number(std::string_view cell, store::Value& value, std::string& why) {
    double number = 0;
    const auto [end, trouble] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (trouble != std::errc() || end != cell.data() + cell.size() || !std::isfinite(number)) {
        why = "not a number: write it as 12000 or 2.5";
        return false;
    }
    value = number;
    return true;
}

bool read_date(std::string_view cell, store::Value& value, std::string& why) {
    const auto day = base::parse_day(cell);
    if (!day) {
        why = looks_like_date(cell) ? "there is no such day" : "not a date: write it as 2026-03-01";
        return false;
    }
    value = *day;
    return true;
}

bool read_yes_no(std::string_view cell, store::Value& value, std::string& why) {
    static constexpr std::array<std::string_view, 3> k_yes = {"yes", "true", "1"}, k_no = {"no", "false", "0"};
    const std::string word = dsl::fold(cell);
    const bool yes = std::find(k_yes.begin(), k_yes.end(), word) != k_yes.end();
    if (!yes && std::find(k_no.begin(), k_no.end(), word) == k_no.end()) {
        why = "neither yes nor no: write yes, no, true, false, 1 or 0";
        return false;
    }
    value = yes;
    return true;
}

bool read_place(std::string_view cell, const dsl::Places& places, store::Value& value, std::string& why) {
    const auto at = places.find(cell);
    if (!at) {
        why = "no place that is known here: write it as 32.78,-96.80, as \"Dallas, TX\", or add it to places.csv in "
              "the rules "
              "directory";
        return false;
    }
    value = store::Place{at->lat, at->lon};
    return true;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string problem_of(std::string_view cell) {
    if (cell.size() > k_cell_bytes) {
        return fmt::format("longer than {} characters, which no field of a person is", k_cell_bytes);
    }
    if (std::all_of(cell.begin(), cell.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) {
        return {};  // as most are
    }
    const auto size = static_cast<std::int32_t>(cell.size());
    for (std::int32_t i = 0; i < size;) {
        UChar32 c = 0;
        U8_NEXT(cell.data(), i, size, c);
        if (c < 0) {
            return "not UTF-8: save the file as \"CSV UTF-8\"";
        }
        if (c == '\n' || c == '\r') {
            return "a line break inside the cell";
        }
        if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) {
            return c == 0 ? "a NUL character" : "a control character";
        }
    }
    return {};
}

std::string_view translated(std::string_view cell, const std::map<std::string, std::string>* values) {
    if (values == nullptr || values->empty()) {
        return cell;
    }
    if (const auto exact = values->find(std::string(cell)); exact != values->end()) {
        return exact->second;
    }
    const std::string word = dsl::fold(cell);
    for (const auto& [from, to] : *values) {
        if (dsl::fold(from) == word) {
            return to;
        }
    }
    return cell;
}

bool read_value(std::string_view cell, dsl::FieldKind kind, const CellContext& context, store::Value& value,
                std::string& why) {
    if (cell.empty()) {
        value = {};
        return true;
    }
    switch (kind) {
    case dsl::FieldKind::text:
        if (auto* text = std::get_if<std::string>(&value))
            text->assign(cell);  // the room of the row before
        else
            value = std::string(cell);
        return true;
    case dsl::FieldKind::number: return read_number(cell, value, why);
    case dsl::FieldKind::date: return read_date(cell, value, why);
    case dsl::FieldKind::yes_no: return read_yes_no(cell, value, why);
    case dsl::FieldKind::place: return read_place(cell, context.places, value, why);
    case dsl::FieldKind::list: break;  // read_list: the map translates entries, not cells
    }
    return true;
}

std::vector<std::string> read_list(std::string_view cell, const std::map<std::string, std::string>* values) {
    std::vector<std::string> entries, folded;
    while (!cell.empty()) {
        const auto end = std::min(cell.find(';'), cell.size());
        const auto entry = translated(trimmed(cell.substr(0, end)), values);
        cell.remove_prefix(std::min(end + 1, cell.size()));
        auto word = dsl::fold(entry);
        if (!word.empty() && std::find(folded.begin(), folded.end(), word) == folded.end()) {
            entries.emplace_back(entry);
            folded.push_back(std::move(word));
        }
    }
    return entries;
}

std::optional<store::Instant> read_instant(std::string_view cell, base::ZoneId zone, store::Instant now,
                                           std::string& why) {
    const auto at = base::parse_instant(cell, zone);
    if (!at) {
        const auto day = cell.substr(0, std::min<std::size_t>(cell.size(), 10));
        why = looks_like_date(day) && !base::parse_day(day)
                  ? "there is no such day"
                  : "not an instant: write it as 2026-01-31T14:05:00Z or 2026-01-31";
        return std::nullopt;
    }
    if (*at > now + std::chrono::days(1)) {
        why = "in the future";
        return std::nullopt;
    }
    return at;
}

store::ColumnType column_type(dsl::FieldKind kind) {
    switch (kind) {
    case dsl::FieldKind::list: return store::ColumnType::list;
    case dsl::FieldKind::number: return store::ColumnType::number;
    case dsl::FieldKind::date: return store::ColumnType::date;
    case dsl::FieldKind::yes_no: return store::ColumnType::yes_no;
    case dsl::FieldKind::place: return store::ColumnType::place;
    case dsl::FieldKind::text: break;
    }
    return store::ColumnType::text;
}

}  // namespace nurture::importer
