// SPDX-License-Identifier: MIT
//
// Tells now and then how far a long reading of tables is. Each part has its share of the hundred percent and is read in
// the order of ids. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>

namespace nurture::base {

class HowFar {
public:
    /// `tell` hears each percent once; it may be empty, and must live longer.
    explicit HowFar(const std::function<void(int percent)>& tell) : tell_(tell) {}

    /// From here on rows up to the id `last` are read, which takes what is between the two.
    void part(int from, int to, std::int64_t last) {
        from_ = from;
        to_ = to;
        last_ = std::max(last, std::int64_t{1});
    }
    void at(std::int64_t id) {
        constexpr int k_rows = 4096;  // between two looks
        if (!tell_ || ++rows_ % k_rows != 0)
            return;
        const int percent = from_ + static_cast<int>((to_ - from_) * std::min(id, last_) / last_);
        if (percent != told_)
            tell_(told_ = percent);
    }

private:
    const std::function<void(int percent)>& tell_;
    std::int64_t last_ = 1;
    int from_ = 0, to_ = 0, told_ = -1, rows_ = 0;
};

}  // namespace nurture::base
