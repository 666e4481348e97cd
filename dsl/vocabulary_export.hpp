// SPDX-License-Identifier: MIT
//
// What others are made of the one table of words: the highlighting grammar for editors (dsl/editors/) and the reference
// chapter (docs/vocabulary.md). Both are checked in; a test says when they are behind. Pure; any thread.
#pragma once

#include <string>

namespace nurture::dsl {

/// A TextMate grammar, as VS Code, Sublime Text, IntelliJ and GitHub read it.
std::string textmate_grammar();

/// Every phrase with what it means, by group, in Markdown.
std::string vocabulary_chapter();

}  // namespace nurture::dsl
