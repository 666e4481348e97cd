// SPDX-License-Identifier: MIT
//
// Which repairs of a line a machine may make, and which lines it may tell an author to write. A repair that makes a
// line readable need not say what was meant: who leaves out `not` sends mail to the others. Pure; any thread.
#pragma once

#include <string_view>

namespace nurture::dsl {

/// Only typing mistakes, punctuation, quotes around a value, or a small word that could be no other, differ.
bool same_meaning(std::string_view before, std::string_view after);

/// Every word of `before` is still in `after`.
bool only_adds(std::string_view before, std::string_view after);

}  // namespace nurture::dsl
