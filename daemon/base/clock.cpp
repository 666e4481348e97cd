// SPDX-License-Identifier: MIT
#include "daemon/base/clock.hpp"

#include <cassert>
#include <ctime>

namespace nurture::base {

Second SystemClock::now() const { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

std::chrono::seconds SystemClock::since_boot() const {
    std::timespec passed{};
    ::clock_gettime(CLOCK_BOOTTIME, &passed);
    return std::chrono::seconds{passed.tv_sec};
}

void SteppedClock::advance(std::chrono::seconds by) {
    assert(by >= std::chrono::seconds{0});
    now_ = now_.load() + by;
    since_boot_ = since_boot_.load() + by;
}

void SteppedClock::advance_to(Second instant) { advance(instant - now()); }

void SteppedClock::jump(std::chrono::seconds by) { now_ = now_.load() + by; }

}  // namespace nurture::base
