// SPDX-License-Identifier: MIT
//
// Tells now and then how far a long reading of tables is. Each part has its share of the time and is read in the order
// of ids. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

namespace nurture::base {

class HowFar {
public:
    /// `tell` hears each percent once, never less than before; empty: nobody listens.
    explicit HowFar(std::function<void(int percent)> tell = {}) : tell_(std::move(tell)) {}

    /// The parts from here on take what is between the two, of all that there is to read.
    void within(int from, int to) {
        whole_from_ = from;
        whole_to_ = to;
    }
    /// From here on rows up to the id `last` are read, which take what is between the two, of those parts.
    void part(int from, int to, std::int64_t last) {
        from_ = from;
        to_ = to;
        last_ = std::max(last, std::int64_t{1});
    }
    void at(std::int64_t id) {
        constexpr int k_rows = 4096;  // between two looks
        if (!tell_ || ++rows_ % k_rows != 0)
            return;
        const auto of_parts = from_ + (to_ - from_) * std::min(id, last_) / last_;
        const int percent = whole_from_ + static_cast<int>((whole_to_ - whole_from_) * of_parts / 100);
        if (percent > told_)
            tell_(told_ = percent);
    }

private:
    std::function<void(int percent)> tell_;
    std::int64_t last_ = 1;
    int whole_from_ = 0, whole_to_ = 100, from_ = 0, to_ = 100, told_ = -1, rows_ = 0;
};

}  // namespace nurture::base
