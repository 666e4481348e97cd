// SPDX-License-Identifier: MIT
//
// What stands in the place of a merge field: the value as words, or what the template says when it is blank. Values
// come from candidates and files, so whatever could act is taken out here: control characters, line ends, marks that
// turn the direction of writing. Pure, any thread.
#pragma once

#include "daemon/compose/compose.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace nurture::compose {

bool is_link(dsl::MergeKind kind);

/// The words of a piece that is neither a literal nor a link.
std::variant<std::string, RenderError> words_for(const dsl::Piece& piece, const Values& values);

/// One line: control characters and line ends become one blank, blanks at the ends go.
std::string one_line(std::string_view text);
/// The same, but line ends stay.
std::string clean_lines(std::string_view text);
/// An author's text without the two noncharacters that holes.hpp uses as marks.
std::string without_marks(std::string_view text);

}  // namespace nurture::compose
