// SPDX-License-Identifier: MIT
//
// What the author may have meant: small edits of a line that could not be read, likeliest first. Nobody has tried yet
// whether the edited line can be read (dsl/mistakes.cpp does). Pure; any thread.
#pragma once

#include "dsl/reader.hpp"
#include "dsl/statement.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

struct Repair {
    std::size_t begin = 0;  // what to replace, in the line
    std::size_t end = 0;
    std::string with;
    std::string_view code;
    std::string title;
    std::string label;
    bool one_of_many = false;  // counts only when no other repair of this kind makes the line readable
    bool by_hand = false;      // it may not be what was meant: shown, never done by machine
    bool trusted = false;      // it cannot be anything else, however different it looks
};

/// `wanted` is what was wanted at byte `at` of `line`.
std::vector<Repair> propose_repairs(std::string_view line, std::size_t at, const std::vector<Wanted>& wanted);

/// `7am`, `7:00 pm`, `noon` as 24 hours, with the bytes it takes.
struct Loose {
    std::string meant;
    std::size_t length = 0;
};
std::optional<Loose> loose_time(std::string_view text);
/// `3/1/2026`, `March 1, 2026`, `1 Mar 2026`, `2026-3-1` as year-month-day.
std::optional<Loose> loose_date(std::string_view text);

bool wants(const std::vector<Wanted>& wanted, Want what);
bool wants_group(const std::vector<Wanted>& wanted, PhraseGroup group);
bool wants_quoted(const std::vector<Wanted>& wanted);

}  // namespace nurture::dsl
