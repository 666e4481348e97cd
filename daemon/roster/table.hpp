// SPDX-License-Identifier: MIT
//
// Values and bits of rows, eight rows to a group, and within a group one column after the other: whoever looks at a row
// finds all that is known of it in a few neighbouring lines of memory, whoever walks along a column finds eight of its
// values side by side (PAX: Ailamaki et al., Weaving Relations for Cache Performance, VLDB 2001). Columns are added
// before rows. Same threads as Columns.
#pragma once

#include "daemon/roster/dictionary.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace nurture::roster {

class Table {
public:
    static constexpr std::size_t k_group = 8;  // rows: of a bit column that is one byte

    /// A column of values; without a number there is none.
    template<typename Value>
    struct Column {
        static_assert(std::is_trivially_copyable_v<Value>);
        static constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();
        std::uint32_t ix = k_none;
        explicit operator bool() const { return ix != k_none; }
    };
    /// Bit columns, one after the other.
    struct Bits {
        std::uint32_t first = 0, count = 0;
    };

    /// Rows have `unknown` there until they are told otherwise.
    template<typename Value>
    Column<Value> add(Value unknown) {
        std::array<Value, k_group> group;
        group.fill(unknown);
        return {add_values(std::as_bytes(std::span(group)))};
    }
    /// Not set until they are.
    Bits add_bits(std::size_t count);
    /// The same codes in four bytes each, also of rows that are there. A pass over everything.
    Column<Code> widen(Column<std::uint8_t> codes);

    std::size_t rows() const { return rows_; }
    std::size_t bit_columns() const { return blank_.size() - bits_at_; }
    /// Rows from then on, if there are not as many already.
    void grow(std::size_t rows);
    void clear(std::size_t row);  // as a new one
    /// Gives back what was taken in advance.
    void shrink();

    template<typename Value>
    Value get(Column<Value> column, std::size_t row) const {
        return get(column, place(row));
    }
    template<typename Value>
    void set(Column<Value> column, std::size_t row, Value value) {
        std::memcpy(group(row / k_group) + at_[column.ix] + row % k_group * sizeof(Value), &value, sizeof value);
    }
    bool test(std::uint32_t bit, std::size_t row) const { return (bits(place(row))[bit] >> (row % k_group) & 1) != 0; }
    void set(std::uint32_t bit, std::size_t row, bool is = true);

    // --- many at once: a run of rows begins at a multiple of 64 ----------------------------------------------------

    /// Where a row stands: found once, and asked for many columns. Good until rows are added or a column is widened.
    struct Place {
        const std::byte* group = nullptr;
        std::size_t in = 0;
    };
    Place place(std::size_t row) const { return {group(row / k_group), row % k_group}; }
    template<typename Value>
    Value get(Column<Value> column, Place place) const {
        Value value;
        std::memcpy(&value, place.group + at_[column.ix] + place.in * sizeof(Value), sizeof value);
        return value;
    }
    /// A byte per bit column: bit Place::in of each is the row's.
    const std::uint8_t* bits(Place place) const {
        return reinterpret_cast<const std::uint8_t*>(place.group) + bits_at_;
    }
    /// To be written. Different groups may be at the same time.
    std::uint8_t* bits_of_group(std::size_t ix) { return reinterpret_cast<std::uint8_t*>(group(ix)) + bits_at_; }
    /// For the processor: this row will be looked at soon.
    void fetch(Place place) const {
        constexpr std::size_t k_line = 64;  // bytes that memory gives at a time, on what this mostly runs on
        for (std::size_t at = 0; at < blank_.size(); at += k_line)
            __builtin_prefetch(place.group + at);
        __builtin_prefetch(place.group + blank_.size());  // a group begins anywhere within a line
        // To GCC a function that only fetches ahead has no effect, and calls of it are left out.
        asm volatile("");
    }

    /// Whole groups: `to` has room for as many values as there are rows in them.
    template<typename Value>
    void copy(Column<Value> column, std::size_t first, std::size_t size, Value* to) const {
        each_group(first, size, [&, at = at_[column.ix]](const std::byte* group) {
            std::memcpy(to, group + at, k_group * sizeof(Value));
            to += k_group;
        });
    }
    /// Of every row.
    template<typename Value>
    std::vector<Value> all(Column<Value> column) const {
        std::vector<Value> values((rows_ + k_group - 1) / k_group * k_group);
        copy(column, 0, rows_, values.data());
        values.resize(rows_);
        return values;
    }
    /// 64 rows to a word; beyond rows() none is set.
    void copy_bits(std::uint32_t bit, std::size_t first, std::size_t size, std::uint64_t* to) const;

private:
    // Memory is taken for so many groups at a time: full ones are not moved when there are more.
    static constexpr std::size_t k_chunk_groups = 512;

    const std::byte* group(std::size_t ix) const {
        return chunks_[ix / k_chunk_groups].data() + ix % k_chunk_groups * blank_.size();
    }
    std::byte* group(std::size_t ix) { return const_cast<std::byte*>(std::as_const(*this).group(ix)); }
    template<typename Visit>
    void each_group(std::size_t first, std::size_t size, Visit visit) const {
        const std::size_t end = (first + size + k_group - 1) / k_group;
        for (std::size_t ix = first / k_group; ix < end;) {
            const std::byte* at = group(ix);
            for (const std::size_t stop = std::min(end, (ix / k_chunk_groups + 1) * k_chunk_groups); ix < stop; ++ix) {
                visit(at);
                at += blank_.size();
            }
        }
    }
    std::uint32_t add_values(std::span<const std::byte> of_group);

    std::vector<std::uint32_t> at_;  // where in a group each column of values begins
    std::size_t bits_at_ = 0;        // and the first bit column: behind all of them
    std::vector<std::byte> blank_;   // a group of rows of which nothing is known
    std::vector<std::vector<std::byte>> chunks_;
    std::size_t rows_ = 0;
};

}  // namespace nurture::roster
