// SPDX-License-Identifier: MIT
//
// From a cell to a value: what a cell of each kind may look like, and what to say when it does not. Inner part of the
// importer. Reasons never repeat the cell, so that equal mistakes are counted together.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/store/types.hpp"
#include "dsl/places.hpp"
#include "dsl/schema.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::importer {

/// Bytes of one cell that is used. A page of text is about 4,000; no field of a person is longer than a few of them,
/// and everything that a cell may become (a subject line, a key, a list) stays bounded.
inline constexpr std::size_t k_cell_bytes = 16'384;

/// Bytes of a `ref`, of the name of a list, a consent, an event.
inline constexpr std::size_t k_name_bytes = 200;

std::string_view trimmed(std::string_view text);

/// Why the cell cannot be used as any text: not UTF-8, control characters, too long; empty: it can.
std::string problem_of(std::string_view cell);

/// What the map says that the cell means; the cell itself when it says nothing.
std::string_view translated(std::string_view cell, const std::map<std::string, std::string>* values);

struct CellContext {
    const dsl::Places& places;
    std::string_view country_code;
};
/// A trimmed, translated cell as a value of that kind. A blank one is unknown. False: `why` says what is wrong.
bool read_value(std::string_view cell, dsl::FieldKind kind, const CellContext& context, store::Value& value,
                std::string& why);

std::vector<std::string> read_list(std::string_view cell, const std::map<std::string, std::string>* values);

/// An instant that is not in the future by more than a day (clocks and zones differ by less).
std::optional<store::Instant> read_instant(std::string_view cell, base::ZoneId zone, store::Instant now,
                                           std::string& why);

store::ColumnType column_type(dsl::FieldKind kind);

}  // namespace nurture::importer
