// SPDX-License-Identifier: MIT
//
// Physical lines to logical ones: a line runs on after a comma, `#` starts a comment outside quotes, a line that starts
// with `|` is message text. Offsets are those of the original text. Linear in the text. Pure; any thread.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/source.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace nurture::dsl {

enum class LineKind : std::uint8_t {
    statement,
    message,  // begins with `|`
    comment,  // nothing but a comment
    blank,
    unreadable,  // not UTF-8, or over a limit: already reported, to be left alone
};

struct LogicalLine {
    LineKind kind = LineKind::blank;
    std::uint32_t begin = 0;    // first character that is no blank
    std::uint32_t end = 0;      // behind the last one, comment excluded (of a comment line: included)
    std::uint32_t comment = 0;  // where the comment at the end begins; == comment_end: none
    std::uint32_t comment_end = 0;
    std::uint32_t raw_begin = 0;  // the physical lines as they are, without the last line ending
    std::uint32_t raw_end = 0;
    std::uint32_t indent = 0;  // columns of blanks before `begin`; a tab goes to the next multiple of 4
};

/// All lines in order, blank ones too. Text that is not UTF-8 is reported on its line (N0120), once per line.
std::vector<LogicalLine> split_lines(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

}  // namespace nurture::dsl
