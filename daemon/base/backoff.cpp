// SPDX-License-Identifier: MIT
#include "daemon/base/backoff.hpp"

#include "daemon/base/hash.hpp"

#include <algorithm>

namespace nurture::base {

std::chrono::minutes backoff(MessageId message, int tries) {
    using std::chrono::minutes;
    const int doublings = std::clamp(tries - 1, 0, 6);  // 5 min * 2^6 is past the 4 hours already
    const minutes full = std::min(minutes{5} * (1 << doublings), minutes{4 * 60});
    const std::uint64_t chance = spread(static_cast<std::uint64_t>(message), static_cast<std::uint64_t>(tries));
    const auto most_off = static_cast<std::uint64_t>(full.count() / 5);
    return full - minutes{static_cast<std::int64_t>(chance % (most_off + 1))};
}

}  // namespace nurture::base
