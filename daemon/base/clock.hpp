// SPDX-License-Identifier: MIT
//
// Where `now` comes from. SystemClock is the only place in the project that asks the machine; everything below the loop
// gets `now` as a parameter. SteppedClock moves only when told: tests, preview and rehearsal. now() and since_boot()
// may be called from any thread, the stepping functions from one. Nothing can go wrong. Seconds.
#pragma once

#include "daemon/base/time.hpp"

#include <atomic>

namespace nurture::base {

class Clock {
public:
    virtual ~Clock() = default;
    /// Wall clock. May jump in either direction when somebody sets it.
    virtual Second now() const = 0;
    /// Time since the machine started, suspended time included. Never jumps: what the clock guard compares now() with.
    virtual std::chrono::seconds since_boot() const = 0;
};

class SystemClock final : public Clock {
public:
    Second now() const override;
    std::chrono::seconds since_boot() const override;
};

class SteppedClock final : public Clock {
public:
    explicit SteppedClock(Second start) : now_(start) {}

    Second now() const override { return now_.load(); }
    std::chrono::seconds since_boot() const override { return since_boot_.load(); }

    /// Time passes.
    void advance(std::chrono::seconds by);
    /// Time passes until `instant`, which must not lie in the past.
    void advance_to(Second instant);
    /// Somebody sets the wall clock: now() jumps, since_boot() does not.
    void jump(std::chrono::seconds by);

private:
    std::atomic<Second> now_;
    std::atomic<std::chrono::seconds> since_boot_{std::chrono::seconds{3600}};
};

}  // namespace nurture::base
