// SPDX-License-Identifier: MIT
#include "dsl/line_words.hpp"

#include "dsl/characters.hpp"
#include "dsl/reader.hpp"

namespace nurture::dsl {

std::vector<LineWord> words_of(std::string_view line) {
    std::vector<LineWord> words;
    const char* const end = line.data() + line.size();
    const auto offset = [&](const char* at) { return static_cast<std::size_t>(at - line.data()); };
    for (const char* at = skip_space(line.data(), end); at < end; at = skip_space(at, end)) {
        if (const std::size_t n = quote_length(at, end)) {
            const char* close = closing_quote(at, end);
            const char* behind = close != nullptr ? close + quote_length(close, end) : end;
            words.push_back({std::string(at + n, close != nullptr ? close : end), true, offset(at), offset(behind)});
            at = behind;
        } else if (const std::string_view run = bare_run(at, end); !run.empty()) {
            words.push_back({lower_ascii(run), false, offset(at), offset(at) + run.size()});
            at += run.size();
        } else {
            ++at;
        }
    }
    return words;
}

}  // namespace nurture::dsl
