// SPDX-License-Identifier: MIT
//
// A set of rows, one bit each; rows beyond its size are not in it. Any thread while nobody writes.
#pragma once

#include "daemon/engine/lanes.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace nurture::engine {

class Bitmap {
public:
    Bitmap() = default;
    explicit Bitmap(std::size_t size) { resize(size); }

    std::size_t size() const { return size_; }
    /// New rows are not in the set.
    void resize(std::size_t size) {
        words_.resize((size + 63) / 64, 0);
        size_ = size;
        clear_tail();
    }

    bool test(std::size_t row) const { return row < size_ && (words_[row / 64] >> (row % 64) & 1) != 0; }
    void set(std::size_t row, bool in = true) {
        const std::uint64_t bit = std::uint64_t{1} << (row % 64);
        words_[row / 64] = in ? words_[row / 64] | bit : words_[row / 64] & ~bit;
    }

    std::size_t count() const { return best_lanes().count(words_.data(), words_.size()); }
    bool none() const {
        return std::all_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word == 0; });
    }

    /// Bits from row 64 * first_word on; those beyond size() are dropped. Different words may be put at the same time.
    void put_words(std::size_t first_word, std::span<const std::uint64_t> words) {
        std::copy(words.begin(), words.end(), words_.begin() + static_cast<std::ptrdiff_t>(first_word));
        if (first_word + words.size() == words_.size())
            clear_tail();
    }
    std::span<const std::uint64_t> words() const { return words_; }

    /// In ascending order.
    template<typename Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i)
            for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
                visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
    }

    Bitmap& operator&=(const Bitmap& other) { return combine(other, std::bit_and<>{}); }
    Bitmap& operator|=(const Bitmap& other) { return combine(other, std::bit_or<>{}); }
    Bitmap& operator^=(const Bitmap& other) { return combine(other, std::bit_xor<>{}); }
    /// Without those of `other`.
    Bitmap& operator-=(const Bitmap& other) {
        return combine(other, [](std::uint64_t a, std::uint64_t b) { return a & ~b; });
    }
    friend Bitmap operator&(Bitmap a, const Bitmap& b) { return a &= b; }
    friend Bitmap operator|(Bitmap a, const Bitmap& b) { return a |= b; }
    friend Bitmap operator^(Bitmap a, const Bitmap& b) { return a ^= b; }
    friend Bitmap operator-(Bitmap a, const Bitmap& b) { return a -= b; }
    friend bool operator==(const Bitmap&, const Bitmap&) = default;

private:
    template<typename Combine>
    Bitmap& combine(const Bitmap& other, Combine with) {
        if (size_ < other.size_)
            resize(other.size_);
        for (std::size_t i = 0; i < words_.size(); ++i)
            words_[i] = with(words_[i], i < other.words_.size() ? other.words_[i] : 0);
        return *this;
    }
    void clear_tail() {
        if (size_ % 64 != 0)
            words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
    }

    std::vector<std::uint64_t> words_;
    std::size_t size_ = 0;
};

}  // namespace nurture::engine
