// SPDX-License-Identifier: MIT
//
// A set of rows as words of 64 bits, which grows with the rows. Within daemon/roster only.
#pragma once

#include <cstdint>
#include <vector>

namespace nurture::roster {

using RowSet = std::vector<std::uint64_t>;

inline void grow(RowSet& set, std::size_t row) {
    if (row % 64 == 0)
        set.push_back(0);
}
inline void put(RowSet& set, std::size_t row) { set[row / 64] |= std::uint64_t{1} << (row % 64); }
inline void take(RowSet& set, std::size_t row) { set[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }
inline bool in(const RowSet& set, std::size_t row) { return (set[row / 64] >> (row % 64) & 1) != 0; }

}  // namespace nurture::roster
