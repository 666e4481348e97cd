// SPDX-License-Identifier: MIT
#include "dsl/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace nurture::dsl {
namespace {

template<std::size_t N>
std::size_t any_of(const char* at, const char* end, const std::array<std::string_view, N>& texts) {
    for (const auto text : texts)
        if (static_cast<std::size_t>(end - at) >= text.size() && std::memcmp(at, text.data(), text.size()) == 0)
            return text.size();
    return 0;
}

// U+00A0 (no break), U+202F and U+2007 (its narrow and figure forms), U+2002 to U+2005 and U+2009 (typographic),
// U+200B (zero width), U+FEFF (byte order mark; also in the middle, where files were glued together)
constexpr std::array<std::string_view, 10> k_blanks = {
    "\xC2\xA0",     "\xE2\x80\xAF", "\xE2\x80\x87", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x89", "\xE2\x80\x8B", "\xEF\xBB\xBF",
};
// “ ” „ ‟
constexpr std::array<std::string_view, 4> k_curly = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xE2\x80\x9F"};

bool ascii_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::size_t blank_length(const char* at, const char* end) {
    if (at == end)
        return 0;
    const char c = *at;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v')
        return 1;
    return static_cast<unsigned char>(c) < 0x80 ? 0 : any_of(at, end, k_blanks);
}

std::size_t quote_length(const char* at, const char* end) {
    if (at == end)
        return 0;
    if (*at == '"')
        return 1;
    return static_cast<unsigned char>(*at) < 0x80 ? 0 : any_of(at, end, k_curly);
}

const char* closing_quote(const char* at, const char* end) {
    const bool straight = *at == '"';
    const char* curly = nullptr;
    for (at += quote_length(at, end); at < end && *at != '\n'; ++at) {
        if (*at == '\\' && end - at > 1 && (at[1] == '"' || at[1] == '\\'))
            ++at;
        else if (*at == '"')
            return at;
        else if (!curly && quote_length(at, end))
            curly = at;
        if (curly && !straight)
            return curly;
    }
    return curly;
}

bool is_word_character(const char* at, const char* end) {
    if (at == end)
        return false;
    if (static_cast<unsigned char>(*at) < 0x80)
        return ascii_word(*at);
    return blank_length(at, end) == 0 && quote_length(at, end) == 0;
}

const char* skip_blanks(const char* at, const char* end) {
    while (const std::size_t n = blank_length(at, end))
        at += n;
    return at;
}

const char* skip_space(const char* at, const char* end) {
    for (;;) {
        at = skip_blanks(at, end);
        if (at == end)
            return at;
        if (*at == '\n')
            ++at;
        else if (*at == '#')
            at = std::find(at, end, '\n');
        else
            return at;
    }
}

const char* trim_end(const char* begin, const char* end) {
    while (end > begin) {
        const char* last = end - 1;
        while (last > begin && end - last < 4 && (static_cast<unsigned char>(*last) & 0xC0U) == 0x80U)
            --last;
        if (blank_length(last, end) != static_cast<std::size_t>(end - last))
            break;
        end = last;
    }
    return end;
}

std::size_t character_length(const char* at, const char* end) {
    const auto byte = [&](std::ptrdiff_t i) { return static_cast<unsigned char>(at[i]); };
    const std::ptrdiff_t left = end - at;
    if (left <= 0)
        return 0;
    if (byte(0) < 0x80)
        return 1;
    const std::ptrdiff_t n = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
    if (byte(0) < 0xC2 || byte(0) > 0xF4 || left < n)
        return 0;
    for (std::ptrdiff_t i = 1; i < n; ++i)
        if ((byte(i) & 0xC0U) != 0x80U)
            return 0;
    // overlong forms, surrogates, beyond U+10FFFF (Unicode 15, table 3-7)
    if ((byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F) ||
        (byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F))
        return 0;
    return static_cast<std::size_t>(n);
}

const char* first_bad_character(const char* begin, const char* end) {
    for (const char* at = begin; at < end;) {
        const auto c = static_cast<unsigned char>(*at);
        if (c >= 0x20 && c < 0x7F) {
            ++at;
            continue;
        }
        const bool control = c < 0x20 ? !(c >= 0x09 && c <= 0x0D) : c == 0x7F;
        const std::size_t n = control ? 0 : character_length(at, end);
        if (n == 0)
            return at;
        at += n;
    }
    return nullptr;
}

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end; ++count)
        at += std::max<std::size_t>(1, character_length(at, end));
    return count;
}

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = lower_ascii(c);
    return lower;
}

std::string excerpt(std::string_view text, std::size_t limit) {
    std::string shown;
    const char* const end = text.data() + text.size();
    std::size_t count = 0;
    for (const char* at = text.data(); at < end; ++count) {
        if (count == limit)
            return shown + "…";
        const std::size_t n = character_length(at, end);
        const auto c = static_cast<unsigned char>(*at);
        if (n == 0)
            shown += "\xEF\xBF\xBD";  // U+FFFD
        else if (blank_length(at, end) || *at == '\n')
            shown += ' ';
        else if (n == 1 && (c < 0x20 || c == 0x7F))
            shown += "\xEF\xBF\xBD";
        else
            shown.append(at, n);
        at += std::max<std::size_t>(1, n);
    }
    return shown;
}

}  // namespace nurture::dsl
