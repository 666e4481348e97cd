// SPDX-License-Identifier: MIT
//
// Finds the merge fields of a message text: `{{first_name or there}}`. Only the shape is judged here, names are not.
// Linear in the text. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

struct TextPart {
    enum class Problem : std::uint8_t { none, never_closed, empty, words_after_name };

    std::uint32_t begin = 0, end = 0;     // in the text, braces included
    bool is_field = false;                // else literal: text[begin, end)
    std::string name;                     // `first_name`, `years_since`
    std::string argument;                 // the field after `years_since`
    std::optional<std::string> fallback;  // what stands after `or`; `or nothing` gives no words
    Problem problem = Problem::none;
};

std::vector<TextPart> split_text(std::string_view text);

}  // namespace nurture::dsl
