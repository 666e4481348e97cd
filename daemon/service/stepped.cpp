// SPDX-License-Identifier: MIT
#include "daemon/service/stepped.hpp"

#include <poll.h>

#include <algorithm>

namespace nurture::service {

// Only a lost wake-up would make it wait that long; then it looks again.
constexpr int k_look_again = 1000;  // milliseconds

Stepped::Stepped(store::Database& database, const config::Config& config, base::IdSource ids, base::Minute now,
                 RunnerOptions options, Decided decided)
    : runner_(database, config, std::move(ids), {[this] { waker_.wake(); }, [] {}, std::move(decided)}, now, options) {}

void Stepped::settle(base::Minute now) {
    runner_.settle(now);
    for (;;) {
        while (runner_.pump(now)) {
        }
        if (runner_.idle())
            return;
        pollfd waited{waker_.fd(), POLLIN, 0};
        ::poll(&waited, 1, k_look_again);
        waker_.clear();
    }
}

base::Minute Stepped::next(base::Minute now) const {
    auto next = runner_.next_wake();
    if (const auto due = runner_.next_due(now))
        next = std::min(next, std::chrono::ceil<std::chrono::minutes>(*due));
    return std::max(next, now + std::chrono::minutes(1));
}

}  // namespace nurture::service
