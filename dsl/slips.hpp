// SPDX-License-Identifier: MIT
//
// What people write who know what they want and not how it is said here: whole lines that are no typing mistakes, with
// the line that says it, or a sentence about what to do instead. Consulted for lines that could not be read, before
// anything is guessed. Pure; any thread.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/lines.hpp"
#include "dsl/statement.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace nurture::dsl {

/// `heard` is words in order. Of them stand for what is in the line: `#` a whole number, `"` a text in quotes, `@` one
/// bare word, `%day` a day of the week, `%unit` days to years, `%far` miles or km, `%date` a date, `#%` a percentage;
/// and at the end `…`, whatever follows, or `…+`, at least one word. In `write` and `note` `$1` to `$9` are these, in
/// order, as the author wrote them.
struct Slip {
    Place place;  // a line of a campaign is also one of its branches
    std::string_view heard;
    std::string_view title;
    std::string_view write;  // whole lines; empty: there is none
    std::string_view note = {};
    bool exact = false;           // the same meaning in other words: a machine may write it
    std::string_view opens = {};  // the line opened a block, as this line would: "if", "any of", "segment"
    std::string_view code = "N0102";
};

std::span<const Slip> slips();

/// `job is "x"` can be read, but for a field that nobody declared: the slip of the conditions that begins so. Null:
/// none.
const Slip* slip_of_field(std::string_view field);

struct KnownSlip {
    const Slip* slip = nullptr;
    Diagnostic diagnostic;
};
/// None: it is no slip that is known, or what would be written is no line either.
std::optional<KnownSlip> known_slip(std::string_view text, std::uint32_t file, Place place, const LogicalLine& line);

}  // namespace nurture::dsl
