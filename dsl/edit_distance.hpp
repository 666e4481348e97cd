// SPDX-License-Identifier: MIT
//
// How many letters apart two words are (one more, one less, another one, or two swapped), for suggestions only.
// Bytes, not characters: names of the language are ASCII. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace nurture::dsl {

/// The distance when it is at most 2 and at most a third of `written`, else nothing.
std::optional<std::size_t> close_enough(std::string_view written, std::string_view meant);

}  // namespace nurture::dsl
