// SPDX-License-Identifier: MIT
//
// The pages of `nurture explain`: docs/messages.md, built into the program, cut at its headings. Each has its prose and
// examples; tests compile every example. Constant data; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

struct Page {
    std::string_view heading;  // "N0104 error: not a time such as 18:30", or "Defaults"
    std::string_view text;     // Markdown, without the heading
};

/// In the order of the chapter.
std::vector<Page> all_pages();
/// By code, or "defaults"; capitals do not matter.
std::optional<Page> page(std::string_view code);

/// A fence of a page: ```nurture wrong segment
struct Example {
    bool wrong = false;
    std::string_view within;  // the block that its lines belong to: "segment", "campaign" …; empty: it is whole blocks
    std::string_view text;
};
std::vector<Example> examples(const Page& page);

/// For a terminal: prose as it is, examples indented under "Wrong:" and "Right:", tables as pairs of lines.
std::string to_text(const Page& page);

}  // namespace nurture::dsl
