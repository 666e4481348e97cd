// SPDX-License-Identifier: MIT
//
// The loop: facts in, decisions out, until nothing is left to decide at this minute; then sleep until the next wake.
// The daemon, the preview and the rehearsal run this same function over different Worlds. One thread. What the World
// throws goes through; the state is then as it was before the tick, or partly applied: load it again from the store.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/facts.hpp"

#include <span>

namespace nurture::engine {

struct State;

struct World {
    virtual ~World() = default;
    /// What has happened after the cursor. Columns are up to date when this returns.
    virtual Facts facts(base::InboxSeq cursor, Minute now) = 0;
    /// T0 of one chunk: all of it, or an exception and nothing. What others are to be served in between, is served
    /// here.
    virtual void commit(std::span<const Decision> chunk) = 0;
    /// Everything decided at this minute is committed: whoever hands over may begin.
    virtual void deliver(Minute now) = 0;
    /// Returns the minute at which it woke: at `wake`, or earlier when something came; k_never to end the run.
    virtual Minute sleep_until(Minute wake) = 0;
};

/// A chunk is one transaction: long enough to be cheap, short enough for T2, unsubscribes and the watchdog in between.
inline constexpr std::size_t k_chunk = 2'000;

void run(State& state, World& world, Minute now);
/// One minute of it: until it is quiet. For loops that have more to do than sleep.
void settle(State& state, World& world, Minute now);

}  // namespace nurture::engine
