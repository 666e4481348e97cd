// SPDX-License-Identifier: MIT
//
// Who is in which segments, a bit each: those of one person stand side by side, so that a change finds them together.
// Rows beyond its size are in none. Any thread while nobody writes.
#pragma once

#include "daemon/engine/bitmap.hpp"
#include "daemon/engine/lanes.hpp"
#include "daemon/roster/columns.hpp"
#include "dsl/rules.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace nurture::engine {

class Memberships {
public:
    Memberships() = default;
    /// Of these segments, each once; in others is nobody. `all` is how many there are.
    Memberships(std::size_t all, std::span<const dsl::SegmentIx> kept) : column_(all, k_none) {
        for (const dsl::SegmentIx segment : kept) {
            assert(column_[segment] == k_none);
            column_[segment] = bits_.add_bits(1).first;
        }
    }

    std::size_t rows() const { return bits_.rows(); }
    void grow(std::size_t rows) { bits_.grow(rows); }

    bool in(dsl::SegmentIx segment, std::size_t row) const {
        return row < rows() && column_[segment] != k_none && bits_.test(column_[segment], row);
    }
    Bitmap of(dsl::SegmentIx segment) const;
    std::size_t count(dsl::SegmentIx segment) const { return of(segment).count(); }

    // --- of the segments that are kept: each has its column --------------------------------------------------------

    std::size_t columns() const { return bits_.bit_columns(); }
    std::size_t column(dsl::SegmentIx segment) const {
        assert(column_[segment] != k_none);
        return column_[segment];
    }
    void set(dsl::SegmentIx segment, std::size_t row, bool in) {
        bits_.set(static_cast<std::uint32_t>(column(segment)), row, in);
    }

    /// Of up to 64 rows, a word for each column: bit i is that of the i-th.
    void take(const Lanes& lanes, std::span<const roster::Row> rows, std::vector<std::uint64_t>& words) const;
    /// The same of as many rows from `first`, a multiple of 64, on. Different ones may be put at the same time.
    void put(const Lanes& lanes, std::size_t first, std::size_t rows, const std::vector<std::uint64_t>& words);
    /// For the processor: these rows will be taken soon.
    void fetch(std::span<const roster::Row> rows) const;

    friend bool operator==(const Memberships& a, const Memberships& b);

private:
    static constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();

    roster::Table bits_;
    std::vector<std::uint32_t> column_;  // by SegmentIx
};

}  // namespace nurture::engine
