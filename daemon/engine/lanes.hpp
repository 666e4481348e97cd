// SPDX-License-Identifier: MIT
//
// Tests of one column, 64 rows to a word: what evaluation spends its time in. The same portable code is compiled for
// plain machines and, on x86-64, for AVX2; which one runs is chosen by the processor, and answers are the
// same. A test reads `size` values and writes (size + 63) / 64 words, bits beyond `size` zero. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nurture::engine {

struct Lanes {
    using Words = std::uint64_t*;

    // low <= value <= high; NaN is in no range.
    void (*ints_in)(const std::int32_t* values, std::size_t size, std::int32_t low, std::int32_t high, Words out);
    void (*codes_in)(const std::uint32_t* values, std::size_t size, std::uint32_t low, std::uint32_t high, Words out);
    void (*bytes_in)(const std::uint8_t* values, std::size_t size, std::uint8_t low, std::uint8_t high, Words out);
    void (*floats_in)(const float* values, std::size_t size, float low, float high, Words out);
    void (*doubles_in)(const double* values, std::size_t size, double low, double high, Words out);
    /// One of some codes: for up to k_few_codes.
    void (*codes_any)(const std::uint32_t* values, std::size_t size, const std::uint32_t* codes, std::size_t count,
                      Words out);
    void (*bytes_any)(const std::uint8_t* values, std::size_t size, const std::uint32_t* codes, std::size_t count,
                      Words out);
    /// table[value] is not zero; values beyond the table are not in it.
    void (*codes_of)(const std::uint32_t* values, std::size_t size, const std::uint8_t* table, std::uint32_t table_size,
                     Words out);
    void (*bytes_of)(const std::uint8_t* values, std::size_t size, const std::uint8_t* table, std::uint32_t table_size,
                     Words out);
    // Between a table, which has a byte per bit column and group of eight rows, and a word per column.
    /// Of each of `count` bytes, bit `from` becomes bit `to` of its word, where none is set yet.
    void (*take_bit)(const std::uint8_t* bytes, std::size_t count, std::size_t from, std::size_t to, Words out);
    /// Each of `count` bytes becomes bits `to` to `to` + 7 of its word, where none is set yet; and back.
    void (*take_byte)(const std::uint8_t* bytes, std::size_t count, std::size_t to, Words out);
    void (*put_byte)(const std::uint64_t* words, std::size_t count, std::size_t from, std::uint8_t* bytes);
    /// Of two bitmaps of `size` words: who is in both of them, or in either, becomes the second.
    void (*both)(const std::uint64_t* one, std::size_t size, Words other);
    void (*either)(const std::uint64_t* one, std::size_t size, Words other);
    std::size_t (*count)(const std::uint64_t* words, std::size_t size);  // of set bits
};

inline constexpr std::size_t k_few_codes = 8;  // each costs a pass over the values; a table does not

enum class InstructionSet : std::uint8_t { plain, avx2 };

/// Null if this machine does not have it.
const Lanes* lanes(InstructionSet set);
const Lanes& best_lanes();

}  // namespace nurture::engine
