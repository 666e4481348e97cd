// SPDX-License-Identifier: MIT
//
// The words, numbers and quoted texts of a line that need not be readable: what repairs and known slips compare. Pure;
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

struct LineWord {
    std::string text;  // small letters; of a quoted text what stands between its quotes, as it is
    bool quoted = false;
    std::size_t begin = 0;  // in the line, quotes included
    std::size_t end = 0;
};

/// In order; what stands between them does not matter. A quote that is never closed takes the rest.
std::vector<LineWord> words_of(std::string_view line);

}  // namespace nurture::dsl
