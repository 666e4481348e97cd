// SPDX-License-Identifier: MIT
//
// Small helpers for tests of the language's front: text in, what was said about it out.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nurture::test {

dsl::SourceSet one_file(std::string text, std::string path = "case.nurture");

struct Parsed {
    dsl::ast::File file;
    std::string said;  // every diagnostic, rendered, one blank line between them
};
Parsed parsed(const std::string& text);

/// `lines` inside a block of this kind, formatted: "segment", "campaign", …, or "" for lines of a file.
std::string in_block(std::string_view block, std::string_view lines);

/// The words of the text in order, in their one spelling: two texts with the same words say the same.
std::string words_of(const std::string& text);

}  // namespace nurture::test
