// SPDX-License-Identifier: MIT
//
// What stands in Markdown, and then in the parsed tree, where words will be: a number between two noncharacters, which
// are in no text by right and are letters to cmark, so that `**{{name}}**` stays bold whatever the name is. For
// markdown.cpp and markdown_plain.cpp. Pure, any thread.
#pragma once

#include "daemon/compose/parts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::compose {

/// In Markdown. Its context is not known yet.
std::string mark(std::size_t slot);

/// A literal of the parsed tree, cut at its marks. What follows a mark without an end is left out: only an author who
/// writes noncharacters as entities gets there.
std::vector<Run> runs_of(std::string_view literal, std::size_t slots);

/// In the tree, and so in the HTML: with the rule for it, one of those of HTML.
struct Hole {
    std::size_t begin = 0, end = 0;  // where it stands in the text
    Rule rule = Rule::nothing;
    std::size_t index = 0;
};
std::string hole(Rule rule, std::size_t index);
std::optional<Hole> next_hole(std::string_view text, std::size_t from);

/// In the tree for the whole address of a link: it has to look like one, or cmark would escape it.
constexpr std::string_view k_address_hole = "hole:";
std::string address_hole(std::size_t index);
/// The index, if it is one.
std::optional<std::size_t> address_hole_of(std::string_view url);

}  // namespace nurture::compose
