// SPDX-License-Identifier: MIT
//
// A Runner whose clock is moved by hand: a rehearsal of days, or one test of the rules. At each minute everything that
// is to happen then has happened before settle() returns, handing over included. One thread (the connectors have their
// own). Errors as Runner's.
#pragma once

#include "daemon/service/queue.hpp"
#include "daemon/service/runner.hpp"

namespace nurture::service {

class Stepped {
public:
    using Decided = std::function<void(std::span<const engine::Decision>)>;

    Stepped(store::Database& database, const config::Config& config, base::IdSource ids, base::Minute now,
            RunnerOptions options, Decided decided = {});

    Runner& runner() { return runner_; }
    const Runner& runner() const { return runner_; }

    /// What there is to decide and to hand over at this minute; call again while runner().news().
    void settle(base::Minute now);
    /// The next minute after `now` at which there is something to do; k_never: none.
    base::Minute next(base::Minute now) const;
    void stop(base::Minute now) { runner_.stop(now); }

private:
    Waker waker_;
    Runner runner_;
};

}  // namespace nurture::service
