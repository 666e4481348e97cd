// SPDX-License-Identifier: MIT
#include "dsl/places.hpp"

#include "dsl/schema.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nurture::dsl {
namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<double> degrees(std::string_view text, double limit) {
    text = trim(text);
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || !(value >= -limit && value <= limit)) {
        return std::nullopt;
    }
    return value;
}

std::optional<Coordinates> coordinates(std::string_view lat, std::string_view lon) {
    const auto a = degrees(lat, 90);
    const auto b = degrees(lon, 180);
    return a && b ? std::optional(Coordinates{*a, *b}) : std::nullopt;
}

bool is_zip(std::string_view text) {
    return (text.size() == 5 || (text.size() == 10 && text[5] == '-')) &&
           std::all_of(text.begin(), text.begin() + 5, [](char c) { return c >= '0' && c <= '9'; });
}

/// Rows of a CSV file with the byte range each came from.
struct Row {
    std::vector<std::string> cells;
    std::uint32_t begin = 0, end = 0;
};
struct Reading {
    std::vector<Row> rows;
    Row row;
    std::uint32_t at = 0;  // bytes handed to the parser so far
};

void on_cell(void* cell, std::size_t size, void* reading) {
    static_cast<Reading*>(reading)->row.cells.emplace_back(static_cast<const char*>(cell), size);
}
void on_row(int /*terminator*/, void* reading) {
    auto& read = *static_cast<Reading*>(reading);
    read.row.end = read.at;
    read.rows.push_back(std::move(read.row));
    read.row = Row{{}, read.at + 1, read.at + 1};
}

std::vector<Row> csv_rows(const std::string& text) {
    Reading reading;
    csv_parser parser;
    if (csv_init(&parser, CSV_APPEND_NULL) != 0) {
        return {};
    }
    for (const char& byte : text) {  // one byte at a time, so that a row knows where it ends
        csv_parse(&parser, &byte, 1, on_cell, on_row, &reading);
        ++reading.at;
    }
    csv_fini(&parser, on_cell, on_row, &reading);
    csv_free(&parser);
    return std::move(reading.rows);
}

struct Spelling {
    std::string_view written, listed;
};
/// Folded; after the comma.
constexpr std::array k_states = {
    Spelling{"alabama", "al"},        Spelling{"alaska", "ak"},        Spelling{"arizona", "az"},
    Spelling{"arkansas", "ar"},       Spelling{"california", "ca"},    Spelling{"colorado", "co"},
    Spelling{"connecticut", "ct"},    Spelling{"delaware", "de"},      Spelling{"florida", "fl"},
    Spelling{"georgia", "ga"},        Spelling{"hawaii", "hi"},        Spelling{"idaho", "id"},
    Spelling{"illinois", "il"},       Spelling{"indiana", "in"},       Spelling{"iowa", "ia"},
    Spelling{"kansas", "ks"},         Spelling{"kentucky", "ky"},      Spelling{"louisiana", "la"},
    Spelling{"maine", "me"},          Spelling{"maryland", "md"},      Spelling{"massachusetts", "ma"},
    Spelling{"michigan", "mi"},       Spelling{"minnesota", "mn"},     Spelling{"mississippi", "ms"},
    Spelling{"missouri", "mo"},       Spelling{"montana", "mt"},       Spelling{"nebraska", "ne"},
    Spelling{"nevada", "nv"},         Spelling{"new hampshire", "nh"}, Spelling{"new jersey", "nj"},
    Spelling{"new mexico", "nm"},     Spelling{"new york", "ny"},      Spelling{"north carolina", "nc"},
    Spelling{"north dakota", "nd"},   Spelling{"ohio", "oh"},          Spelling{"oklahoma", "ok"},
    Spelling{"oregon", "or"},         Spelling{"pennsylvania", "pa"},  Spelling{"rhode island", "ri"},
    Spelling{"south carolina", "sc"}, Spelling{"south dakota", "sd"},  Spelling{"tennessee", "tn"},
    Spelling{"texas", "tx"},          Spelling{"utah", "ut"},          Spelling{"vermont", "vt"},
    Spelling{"virginia", "va"},       Spelling{"washington", "wa"},    Spelling{"west virginia", "wv"},
    Spelling{"wisconsin", "wi"},      Spelling{"wyoming", "wy"},       Spelling{"district of columbia", "dc"},
};
/// Folded; the first word.
constexpr std::array k_first_words = {Spelling{"ft", "fort"}, Spelling{"ft.", "fort"}, Spelling{"saint", "st."},
                                      Spelling{"st", "st."},  Spelling{"mt", "mount"}, Spelling{"mt.", "mount"}};

/// Folded; what people say for a city.
constexpr std::array k_nicknames = {
    Spelling{"nyc", "new york, ny"},
    Spelling{"new york city", "new york, ny"},
    Spelling{"new york city, ny", "new york, ny"},
    Spelling{"manhattan", "new york, ny"},
    Spelling{"brooklyn", "new york, ny"},
    Spelling{"the bronx", "new york, ny"},
    Spelling{"bay area", "san francisco, ca"},
    Spelling{"san fran", "san francisco, ca"},
    Spelling{"sf", "san francisco, ca"},
    Spelling{"la", "los angeles, ca"},
    Spelling{"l.a.", "los angeles, ca"},
    Spelling{"dfw", "dallas, tx"},
    Spelling{"dallas-fort worth", "dallas, tx"},
    Spelling{"dallas fort worth", "dallas, tx"},
    Spelling{"philly", "philadelphia, pa"},
    Spelling{"vegas", "las vegas, nv"},
    Spelling{"dc", "washington, dc"},
    Spelling{"d.c.", "washington, dc"},
    Spelling{"washington dc", "washington, dc"},
    Spelling{"washington, d.c.", "washington, dc"},
    Spelling{"nola", "new orleans, la"},
    Spelling{"slc", "salt lake city, ut"},
    Spelling{"okc", "oklahoma city, ok"},
    Spelling{"atl", "atlanta, ga"},
    Spelling{"twin cities", "minneapolis, mn"},
    Spelling{"research triangle", "raleigh, nc"},
};

/// The way in which people write a place, as the table has it: "Ft Worth, Texas" is "fort worth, tx".
std::string as_listed(std::string name) {
    for (const Spelling& city : k_nicknames) {
        if (name == city.written) {
            return std::string(city.listed);
        }
    }
    if (const auto comma = name.rfind(", "); comma != std::string::npos) {
        for (const Spelling& state : k_states) {
            if (std::string_view(name).substr(comma + 2) == state.written) {
                name.replace(comma + 2, name.npos, state.listed);
                break;
            }
        }
    }
    for (const Spelling& word : k_first_words) {
        if (name.starts_with(std::string(word.written) + ' ')) {
            name.replace(0, word.written.size(), word.listed);
            break;
        }
    }
    return name;
}

}  // namespace

Places::Places(const SourceSet& sources, Diagnostics& diagnostics) {
    for (const NamedPlace& place : known_places()) {
        entries_.push_back({fold(place.name), std::string(place.name), place.at});
    }
    for (std::uint32_t i = 0; i < sources.files.size(); ++i) {
        if (sources.files[i].path == k_file) {
            read(sources.files[i], i, diagnostics);
        }
    }
    // Stable: what places.csv says about a name comes later and is the one that by_name() takes.
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& a, const Entry& b) { return a.folded < b.folded; });
}

void Places::read(const SourceFile& file, std::uint32_t index, Diagnostics& diagnostics) {
    const std::vector<Row> rows = csv_rows(file.text);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        const auto at = row.cells.size() == 3 ? coordinates(row.cells[1], row.cells[2]) : std::nullopt;
        if (at && !trim(row.cells[0]).empty()) {
            entries_.push_back({fold(row.cells[0]), row.cells[0], *at});
        } else if (i != 0) {  // the first row is the header
            diagnostics.push_back({Severity::error,
                                   "N0219",
                                   "this line of places.csv is not a place with its latitude and longitude",
                                   {{{index, row.begin, row.end}, "a name, and two numbers of degrees"}},
                                   {"Write:   \"Paris, TX\",33.66,-95.56", "or:      75460,33.66,-95.56"},
                                   {}});
        }
    }
}

std::optional<Coordinates> Places::by_name(std::string_view text) const {
    const std::string wanted = fold(text);
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), wanted,
                                        [](const std::string& name, const Entry& e) { return name < e.folded; });
    if (after == entries_.begin() || std::prev(after)->folded != wanted) {
        return std::nullopt;
    }
    return std::prev(after)->at;
}

std::optional<Coordinates> Places::find(std::string_view text) const {
    text = trim(text);
    if (const auto known = by_name(text)) {
        return known;
    }
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) {
        return std::nullopt;
    }
    if (const auto at = coordinates(text.substr(0, comma), text.substr(comma + 1))) {
        return at;
    }
    // An address: its ZIP code, else the city and state before it.
    const auto space = text.find_last_of(' ');
    if (space != std::string_view::npos && is_zip(text.substr(space + 1))) {
        if (const auto known = by_name(text.substr(space + 1, 5))) {
            return known;
        }
        text = trim(text.substr(0, space));
    }
    const auto state = text.find_last_of(',');
    if (state == std::string_view::npos || state == 0) {
        return std::nullopt;
    }
    const auto city = text.find_last_of(',', state - 1);
    return by_name(city == std::string_view::npos ? text : trim(text.substr(city + 1)));
}

std::optional<std::string> Places::nearest_name(std::string_view text) const {
    const std::string wanted = as_listed(fold(text));
    std::vector<std::string> names;
    for (const Entry& entry : entries_) {
        if (entry.folded.starts_with(wanted + ",")) {
            return entry.name;  // the state was left out
        }
        names.push_back(entry.folded);
    }
    const auto near = nearest(wanted, names);
    if (!near) {
        return std::nullopt;
    }
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), *near,
                                     [](const Entry& e, const std::string& name) { return e.folded < name; });
    return at->name;
}

}  // namespace nurture::dsl
