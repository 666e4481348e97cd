// SPDX-License-Identifier: MIT
//
// Where the language stops, so that hostile or broken input costs bounded time, memory and stack. Each limit is far
// beyond what an author writes; going over one is a diagnostic (N0130), never a crash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nurture::dsl {

/// Bytes of one rule file, to read and to format. A thousand campaigns are about one megabyte.
inline constexpr std::size_t k_file_bytes = std::size_t{16} << 20;

/// Bytes of one logical line. A list of 10,000 values fits; a line of the size of a book is a mistake in a file.
inline constexpr std::size_t k_line_bytes = std::size_t{1} << 20;

/// Blocks within blocks. People lose track at five; everything that walks the tree (checker, compiler, destructors)
/// may recurse, because it never gets deeper than this.
inline constexpr std::size_t k_block_depth = 64;

/// Diagnostics of one file. Who has more is reading the wrong file, and each costs time to show.
inline constexpr std::size_t k_diagnostics_per_file = 500;

/// Unknown names of one run that are compared with all known ones: each comparison costs as many steps as there are
/// names.
inline constexpr std::size_t k_most_suggestions = 200;

/// Counts and lengths ("at most N", "N days"): every sum of a few of them stays far inside 32 bits and the calendar.
inline constexpr std::int32_t k_largest_count = 1'000'000;

/// A line longer than this gets no proposal of how to write it: each proposal is tried by reading the line again.
inline constexpr std::size_t k_repair_bytes = 4096;

/// A word longer than this has no nearest neighbour; edit distance costs the product of both lengths.
inline constexpr std::size_t k_nearest_bytes = 64;

/// Characters of a source line that a message shows; longer lines are cut around the caret.
inline constexpr std::size_t k_shown_characters = 140;

}  // namespace nurture::dsl
