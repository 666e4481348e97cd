// SPDX-License-Identifier: MIT
//
// One walk over a file: lines are read one by one, blocks nest them, mistakes are reported where they stand. The parser
// takes the tree from it, the formatter the words of each line. Not shared between threads.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"
#include "dsl/lines.hpp"
#include "dsl/statement.hpp"

#include <vector>

namespace nurture::dsl {

/// One logical line, as the formatter needs it.
struct WalkedLine {
    LogicalLine line;
    Place place{};            // where it stands
    std::size_t depth = 0;    // blocks around it; `end` and `otherwise` still count their own
    std::vector<Mark> marks;  // its words in order; empty when it was not understood
};

/// Fills `file`; with `walked`, also what the formatter needs. `outside` is what stands outside of all blocks:
/// Place::file (and then `edition 2026` comes first), or Place::conditions.
void read_file(const SourceFile& source, Place outside, ast::File& file, std::vector<ast::Condition>* conditions,
               Diagnostics& diagnostics, std::vector<WalkedLine>* walked);

}  // namespace nurture::dsl
