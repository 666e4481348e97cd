// SPDX-License-Identifier: MIT
//
// What counts as a blank, a quote and a word in rule text, so that every stage agrees. Word processors put curly quotes
// and non-breaking spaces where people typed plain ones: both are taken for what was meant. Works on `char const*`
// ranges of checked or unchecked UTF-8 and never reads past `end`. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nurture::dsl {

/// Bytes of the blank at `at` (space, tab, carriage return, non-breaking and zero-width spaces, byte order mark), or 0.
std::size_t blank_length(const char* at, const char* end);

/// Bytes of the double quote at `at` (straight or curly), or 0.
std::size_t quote_length(const char* at, const char* end);

/// Where the quote opened at `at` is closed: the closing quote mark itself. Null when the physical line ends before.
/// A straight quote is closed by the next straight one, a curly one by any; `\"` does not close.
const char* closing_quote(const char* at, const char* end);

/// A letter, digit, `_`, `-` or the start of a non-ASCII letter: no keyword ends right before one.
bool is_word_character(const char* at, const char* end);

/// Past blanks only.
const char* skip_blanks(const char* at, const char* end);

/// Past blanks, line ends and comments: what may stand between two words of one logical line.
const char* skip_space(const char* at, const char* end);

/// `end` moved back over trailing blanks.
const char* trim_end(const char* begin, const char* end);

/// Bytes of the UTF-8 character at `at`; 0 when it is not valid UTF-8.
std::size_t character_length(const char* at, const char* end);

/// The first byte that is no text: invalid UTF-8, NUL or a control character. Null when all is well.
const char* first_bad_character(const char* begin, const char* end);

/// How many characters (code points; a bad byte counts as one).
std::size_t count_characters(std::string_view text);

/// ASCII letters made small, the rest as it is.
std::string lower_ascii(std::string_view text);
inline char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// The author's words as they may be quoted in a message: at most `limit` characters, one line, nothing unprintable.
std::string excerpt(std::string_view text, std::size_t limit = 60);

}  // namespace nurture::dsl
