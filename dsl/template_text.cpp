// SPDX-License-Identifier: MIT
#include "dsl/template_text.hpp"

#include "dsl/characters.hpp"

namespace nurture::dsl {
namespace {

std::string_view trimmed(std::string_view text) {
    const char* const end = text.data() + text.size();
    const char* const begin = skip_blanks(text.data(), end);
    return {begin, static_cast<std::size_t>(trim_end(begin, end) - begin)};
}

/// The next word, taken off the front of `rest`.
std::string take_word(std::string_view& rest) {
    rest = trimmed(rest);
    std::size_t length = 0;
    while (length < rest.size() && blank_length(rest.data() + length, rest.data() + rest.size()) == 0) {
        ++length;
    }
    std::string word(rest.substr(0, length));
    rest = trimmed(rest.substr(length));
    return word;
}

/// What stands between the braces.
void read_field(std::string_view inner, TextPart& part) {
    part.name = take_word(inner);
    if (part.name.empty()) {
        part.problem = TextPart::Problem::empty;
        return;
    }
    if (part.name == "years_since") {
        part.argument = take_word(inner);
    }
    if (inner.empty()) {
        return;
    }
    if (lower_ascii(take_word(inner)) != "or") {
        part.problem = TextPart::Problem::words_after_name;
        return;
    }
    part.fallback = lower_ascii(inner) == "nothing" ? "" : std::string(inner);
}

}  // namespace

std::vector<TextPart> split_text(std::string_view text) {
    std::vector<TextPart> parts;
    const auto add = [&](std::size_t begin, std::size_t end) -> TextPart& {
        TextPart& part = parts.emplace_back();
        part.begin = static_cast<std::uint32_t>(begin);
        part.end = static_cast<std::uint32_t>(end);
        return part;
    };
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t open = text.find("{{", at);
        const std::size_t literal_end = std::min(open, text.size());
        if (literal_end > at) {
            add(at, literal_end);
        }
        if (open == std::string_view::npos) {
            break;
        }
        const std::size_t close = text.find("}}", open + 2);
        if (close == std::string_view::npos) {
            add(open, text.size()).problem = TextPart::Problem::never_closed;
            break;
        }
        TextPart& part = add(open, close + 2);
        part.is_field = true;
        read_field(text.substr(open + 2, close - open - 2), part);
        at = close + 2;
    }
    return parts;
}

}  // namespace nurture::dsl
