// SPDX-License-Identifier: MIT
//
// Text to AST, one logical line at a time. A line that cannot be read becomes a diagnostic and the file goes on, so one
// run reports every mistake. Never throws for bad input; time and memory are linear in the text (dsl/limits.hpp).
// Pure; any thread.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"

#include <string_view>

namespace nurture::dsl {

ast::File parse(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics);

/// Condition lines alone, as `nurture find 'LINES'` gets them; `file` is their place in `sources`.
std::vector<ast::Condition> parse_conditions(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics);

/// The text in the one layout: indentation, spacing, keyword case, quotes. Comments stay. Lines that cannot be read
/// are left as they are. format(format(x)) == format(x), and parse(format(x)) says the same as parse(x).
std::string format(std::string_view text);

}  // namespace nurture::dsl
