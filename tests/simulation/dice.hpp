// SPDX-License-Identifier: MIT
//
// Chance from a seed: the same numbers everywhere (splitmix64). Each part of a simulation throws dice of its own, so
// that a change in one part leaves the others as they were.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace nurture::simulation {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    Dice(std::uint64_t seed, std::string_view purpose) : state_(seed) {
        for (const char c : purpose)
            state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        next();
    }

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// 0 … n-1
    int below(int n) { return n <= 0 ? 0 : static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
    /// Both included.
    int between(int low, int high) { return low + below(high - low + 1); }
    bool chance(double percent) { return static_cast<double>(next() % 1'000'000) < percent * 10'000; }
    template<class T>
    const T& pick(const std::vector<T>& from) {
        return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
    }

private:
    std::uint64_t state_;
};

}  // namespace nurture::simulation
