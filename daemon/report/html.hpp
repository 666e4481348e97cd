// SPDX-License-Identifier: MIT
//
// The one place where text becomes HTML. Within daemon/report only. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nurture::report {

/// For text and for attributes in double quotes. Control characters and bytes that are no UTF-8 become U+FFFD.
std::string escaped(std::string_view text);

/// "ICU re-engagement" as an id: "icu-re-engagement-5f2a91".
std::string id_of(std::string_view prefix, std::string_view name);

/// A share of a whole in percent with one digit behind the point, for CSS and SVG; 0 where the whole is 0.
std::string percent(std::int64_t part, std::int64_t whole);

/// A number in a table. On a telephone, where rows are stacked, `what` stands before it, and 0 is left out.
std::string number_cell(std::int64_t number, std::string_view what);
/// The head of a table: "#name" is a column of numbers.
std::string head_row(std::initializer_list<std::string_view> names);

}  // namespace nurture::report
