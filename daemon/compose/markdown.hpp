// SPDX-License-Identifier: MIT
//
// Markdown (CommonMark, by cmark) with slots for values, as readable plain text and as HTML. Values are put into the
// parsed tree, behind the parser: they are never read as Markdown, and the HTML writer escapes them. An author's raw
// HTML is shown as the text it is. Pure, any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::compose {

struct Slot {
    std::string words;  // the value, or the URL of a link of ours
    std::string label;  // not empty: a link of ours, shown in HTML under this label
};

struct Bodies {
    std::string plain;                      // '\n' line ends
    std::string html;                       // a fragment
    std::optional<std::size_t> not_a_link;  // a slot that stands as a link's address and is no http(s) URL
};

/// What stands in Markdown for slot `index`.
std::string mark(std::size_t index);

Bodies render_markdown(std::string_view marked, const std::vector<Slot>& slots);

std::string html_escape(std::string_view text);

}  // namespace nurture::compose
