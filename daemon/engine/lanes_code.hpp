// SPDX-License-Identifier: MIT
//
// The code of the lanes, once for every instruction set: included by one file per set, into a namespace without a name,
// so that the linker cannot take one set's code for another's. For the same reason nothing of the standard library is
// called here.
#pragma once

#include "daemon/engine/lanes.hpp"

namespace nurture::engine {
namespace {

using Words = Lanes::Words;

std::uint64_t pack(const std::uint8_t (&hits)[64]) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 64; i += 8) {
        std::uint64_t eight = 0;
        __builtin_memcpy(&eight, hits + i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        bits |= (eight * 0x0102040810204080u >> 56) << i;  // gathers the lowest bit of each byte
    }
    return bits;
}

/// Both loops are there for the vectoriser: with a shift per lane (AVX2) bits are gathered as they are found, without
/// it a byte per row is cheaper.
template<typename Value, typename Test>
std::uint64_t word(const Value* values, Test test) {
#ifdef __AVX2__
    if constexpr (sizeof(Value) >= 4) {
        std::uint32_t low = 0, high = 0;
        for (std::uint32_t i = 0; i < 32; ++i)
            low |= test(values[i]) ? std::uint32_t{1} << i : 0;
        for (std::uint32_t i = 0; i < 32; ++i)
            high |= test(values[32 + i]) ? std::uint32_t{1} << i : 0;
        return low | std::uint64_t{high} << 32;
    }
#endif
    std::uint8_t hits[64];
    for (std::size_t i = 0; i < 64; ++i)
        hits[i] = test(values[i]) ? 1 : 0;
    return pack(hits);
}

template<typename Value, typename Test>
void fill(const Value* values, std::size_t size, Words out, Test test) {
    const std::size_t whole = size / 64;
    for (std::size_t i = 0; i < whole; ++i)
        out[i] = word(values + i * 64, test);
    if (size % 64 == 0)
        return;
    std::uint64_t rest = 0;
    for (std::size_t i = whole * 64; i < size; ++i)
        rest |= static_cast<std::uint64_t>(test(values[i])) << (i % 64);
    out[whole] = rest;
}

template<typename Value>
void in_range(const Value* values, std::size_t size, Value low, Value high, Words out) {
    fill(values, size, out, [=](Value value) { return (value >= low) & (value <= high); });
}

template<typename Value>
void any_code(const Value* values, std::size_t size, const std::uint32_t* codes, std::size_t count, Words out) {
    const std::size_t whole = size / 64;
    for (std::size_t i = 0; i < whole; ++i) {
        std::uint8_t hits[64] = {};
        for (std::size_t k = 0; k < count; ++k)
            if (const auto code = static_cast<Value>(codes[k]); code == codes[k])
                for (std::size_t j = 0; j < 64; ++j)
                    hits[j] |= values[i * 64 + j] == code ? 1 : 0;
        out[i] = pack(hits);
    }
    if (size % 64 == 0)
        return;
    fill(values + whole * 64, size % 64, out + whole, [=](Value value) {
        bool any = false;
        for (std::size_t k = 0; k < count; ++k)
            any |= value == codes[k];
        return any;
    });
}

template<typename Value>
void in_table(const Value* values, std::size_t size, const std::uint8_t* table, std::uint32_t table_size, Words out) {
    fill(values, size, out, [=](Value value) { return value < table_size && table[value] != 0; });
}

void take_bit(const std::uint8_t* bytes, std::size_t count, std::size_t from, std::size_t to, Words out) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] |= static_cast<std::uint64_t>(bytes[i] >> from & 1) << to;
}

void take_byte(const std::uint8_t* bytes, std::size_t count, std::size_t to, Words out) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] |= static_cast<std::uint64_t>(bytes[i]) << to;
}

void put_byte(const std::uint64_t* words, std::size_t count, std::size_t from, std::uint8_t* bytes) {
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::uint8_t>(words[i] >> from);
}

void and_words(const std::uint64_t* one, std::size_t size, Words other) {
    for (std::size_t i = 0; i < size; ++i)
        other[i] &= one[i];
}

void or_words(const std::uint64_t* one, std::size_t size, Words other) {
    for (std::size_t i = 0; i < size; ++i)
        other[i] |= one[i];
}

std::size_t count_bits(const std::uint64_t* words, std::size_t size) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < size; ++i)
        sum += static_cast<std::size_t>(__builtin_popcountll(words[i]));
    return sum;
}

constexpr Lanes k_lanes{in_range<std::int32_t>,
                        in_range<std::uint32_t>,
                        in_range<std::uint8_t>,
                        in_range<float>,
                        in_range<double>,
                        any_code<std::uint32_t>,
                        any_code<std::uint8_t>,
                        in_table<std::uint32_t>,
                        in_table<std::uint8_t>,
                        take_bit,
                        take_byte,
                        put_byte,
                        and_words,
                        or_words,
                        count_bits};

}  // namespace
}  // namespace nurture::engine
