// SPDX-License-Identifier: MIT
#include "daemon/engine/lanes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace nurture::engine;

namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t k_untouched = 0x5eed'5eed'5eed'5eed;
// Around the ends of words, of the vectors of both instruction sets, and of a block.
constexpr std::size_t k_sizes[] = {0, 1, 7, 8, 31, 33, 63, 64, 65, 95, 127, 128, 129, 190, 200, 511, 1000, 4095, 4096};

/// What is written is as long as it has to be, and no longer: there is a word behind it.
template<typename Test>
Words expected_of(std::size_t size, Test test) {
    Words words((size + 63) / 64);
    for (std::size_t i = 0; i < size; ++i)
        words[i / 64] |= std::uint64_t{test(i)} << (i % 64);
    words.push_back(k_untouched);
    return words;
}

template<typename Write>
Words written(std::size_t size, Write write) {
    Words words((size + 63) / 64 + 1, k_untouched);
    write(words.data());
    return words;
}

class Lot {
public:
    explicit Lot(unsigned seed) : source_(seed) {}

    std::uint64_t word() { return source_(); }
    std::size_t below(std::size_t limit) { return source_() % limit; }
    Words words(std::size_t size) {
        Words words(size);
        std::generate(words.begin(), words.end(), [&] { return word(); });
        return words;
    }
    /// Of some values, or any at all, so that both ends of a range are met and passed.
    template<typename Value, typename Any>
    std::vector<Value> values(std::size_t size, const std::vector<Value>& often, Any any) {
        std::vector<Value> values(size);
        for (Value& value : values)
            value = below(4) == 0 ? static_cast<Value>(any()) : often[below(often.size())];
        return values;
    }

private:
    std::mt19937_64 source_;
};

/// Every size with every instruction set that this machine has.
template<typename Check>
void everywhere(Check check) {
    for (const auto set : {InstructionSet::plain, InstructionSet::avx2})
        if (const Lanes* with = lanes(set); with != nullptr)
            for (const std::size_t size : k_sizes)
                for (unsigned seed = 0; seed < 3; ++seed) {
                    CAPTURE(static_cast<int>(set), size, seed);
                    Lot lot(seed * 10'000 + static_cast<unsigned>(size));
                    check(*with, size, lot);
                }
}

template<typename Value, typename Any>
void check_ranges(void (*in)(const Value*, std::size_t, Value, Value, Lanes::Words), const std::vector<Value>& often,
                  std::size_t size, Lot& lot, Any any) {
    const std::vector<Value> values = lot.values(size, often, any);
    for (const Value low : often)
        for (const Value high : often) {
            CAPTURE(+low, +high);
            REQUIRE(written(size, [&](auto out) { in(values.data(), size, low, high, out); }) ==
                    expected_of(size, [&](std::size_t i) { return low <= values[i] && values[i] <= high; }));
        }
}

template<typename Value>
void check_codes(void (*any)(const Value*, std::size_t, const std::uint32_t*, std::size_t, Lanes::Words),
                 void (*of)(const Value*, std::size_t, const std::uint8_t*, std::uint32_t, Lanes::Words),
                 const std::vector<Value>& often, std::size_t size, Lot& lot) {
    const std::vector<Value> values = lot.values(size, often, [&] { return lot.word(); });
    for (std::size_t count = 0; count <= k_few_codes; ++count) {
        CAPTURE(count);
        std::vector<std::uint32_t> codes(count);
        // Some are larger than a byte, and with that byte in common with a value.
        for (std::uint32_t& code : codes)
            code = std::uint32_t{often[lot.below(often.size())]} + (lot.below(3) == 0 ? 256 : 0);
        REQUIRE(written(size, [&](auto out) { any(values.data(), size, codes.data(), count, out); }) ==
                expected_of(size, [&](std::size_t i) {
                    return std::find(codes.begin(), codes.end(), values[i]) != codes.end();
                }));
    }
    for (const std::uint32_t table_size : {0u, 1u, 5u, 200u, 256u, 300u}) {
        CAPTURE(table_size);
        std::vector<std::uint8_t> table(table_size);
        for (std::uint8_t& in : table)
            in = static_cast<std::uint8_t>(lot.below(3));  // whatever is not zero will do
        REQUIRE(written(size, [&](auto out) { of(values.data(), size, table.data(), table_size, out); }) ==
                expected_of(size, [&](std::size_t i) { return values[i] < table_size && table[values[i]] != 0; }));
    }
}

template<typename Number>
void check_numbers(void (*in)(const Number*, std::size_t, Number, Number, Lanes::Words), std::size_t size, Lot& lot) {
    using Limits = std::numeric_limits<Number>;
    check_ranges<Number>(in,
                         {Limits::quiet_NaN(), -Limits::infinity(), Limits::lowest(), -1, Number{-0.0}, 0,
                          Limits::denorm_min(), Number{0.5}, Limits::max(), Limits::infinity()},
                         size, lot, [&] { return static_cast<double>(lot.below(2'000)) / 1'000 - 1; });
}

}  // namespace

TEST_CASE("a lane finds the integers in a range as a loop over them would") {
    everywhere([](const Lanes& with, std::size_t size, Lot& lot) {
        const auto any = [&] { return lot.word(); };
        using Int = std::numeric_limits<std::int32_t>;
        check_ranges<std::int32_t>(with.ints_in, {Int::min(), Int::min() + 1, -1, 0, 1, 20'000, Int::max()}, size, lot,
                                   any);
        check_ranges<std::uint32_t>(with.codes_in, {0, 1, 255, 256, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff}, size, lot,
                                    any);
        check_ranges<std::uint8_t>(with.bytes_in, {0, 1, 2, 127, 128, 255}, size, lot, any);
    });
}

TEST_CASE("a lane finds the numbers in a range as a loop over them would, and what is not a number in none") {
    everywhere([](const Lanes& with, std::size_t size, Lot& lot) {
        check_numbers<float>(with.floats_in, size, lot);
        check_numbers<double>(with.doubles_in, size, lot);
    });
}

TEST_CASE("a lane finds codes among a few and in a table as a loop over them would") {
    everywhere([](const Lanes& with, std::size_t size, Lot& lot) {
        check_codes<std::uint32_t>(with.codes_any, with.codes_of, {0, 1, 2, 3, 7, 44, 199, 200, 255, 256, 299, 300},
                                   size, lot);
        check_codes<std::uint8_t>(with.bytes_any, with.bytes_of, {0, 1, 2, 3, 7, 44, 199, 200, 255}, size, lot);
    });
}

TEST_CASE("two bitmaps are joined in the lanes as they are word by word") {
    everywhere([](const Lanes& with, std::size_t size, Lot& lot) {
        const Words one = lot.words(size), other = lot.words(size + 1);
        Words both = other, either = other;
        with.both(one.data(), size, both.data());
        with.either(one.data(), size, either.data());
        Words and_words = other, or_words = other;
        for (std::size_t i = 0; i < size; ++i) {
            and_words[i] = one[i] & other[i];
            or_words[i] = one[i] | other[i];
        }
        REQUIRE(both == and_words);
        REQUIRE(either == or_words);
    });
}

TEST_CASE("set bits are counted in the lanes as they are one by one") {
    everywhere([](const Lanes& with, std::size_t size, Lot& lot) {
        const Words words = lot.words(size);
        std::size_t set = 0;
        for (std::size_t i = 0; i < size * 64; ++i)
            set += words[i / 64] >> (i % 64) & 1;
        REQUIRE(with.count(words.data(), size) == set);
        const Words all(size, ~std::uint64_t{0});
        REQUIRE(with.count(all.data(), size) == size * 64);
    });
}

TEST_CASE("bits and bytes of a table go into words and back in the lanes") {
    everywhere([](const Lanes& with, std::size_t size, Lot& lot) {
        std::vector<std::uint8_t> bytes(size);
        for (std::uint8_t& byte : bytes)
            byte = static_cast<std::uint8_t>(lot.word());
        Words taken(size + 1), expected(size + 1);
        taken[size] = expected[size] = k_untouched;
        for (std::size_t to = 0; to < 64; to += 5) {
            const std::size_t from = lot.below(8);
            with.take_bit(bytes.data(), size, from, to, taken.data());
            for (std::size_t i = 0; i < size; ++i)
                expected[i] |= std::uint64_t{(bytes[i] & 1u << from) != 0} << to;
        }
        REQUIRE(taken == expected);
        for (std::size_t to = 0; to < 64; to += 8) {
            Words whole = lot.words(size + 1), wanted;
            for (std::size_t i = 0; i < size; ++i)
                whole[i] &= ~(std::uint64_t{0xff} << to);
            wanted = whole;
            with.take_byte(bytes.data(), size, to, whole.data());
            for (std::size_t i = 0; i < size; ++i)
                wanted[i] += bytes[i] * (std::uint64_t{1} << to);
            REQUIRE(whole == wanted);
            std::vector<std::uint8_t> back(size + 1, 0xa5);
            with.put_byte(whole.data(), size, to, back.data());
            REQUIRE(back.back() == 0xa5);
            back.pop_back();
            REQUIRE(back == bytes);
        }
    });
}
