// SPDX-License-Identifier: MIT
//
// The engine: what the store says goes in, what is to be done comes out. It never reads a clock (`now` comes in), never
// sends, never writes. Same state and same `now` give the same decisions, byte for byte. Whoever commits decisions
// applies them afterwards; who only wants to know applies them without. One thread per State. Fails for nothing.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/facts.hpp"
#include "daemon/engine/state.hpp"

#include <span>

namespace nurture::engine {

/// What is so: facts, the day, memberships of what changed. `now` never goes back.
void absorb(State& state, const Facts& facts, Minute now);

/// Whether a tick at state.now has anything to look at. A tick that has not costs a look at each campaign's next check,
/// however many people and enrolments there are.
bool has_work(const State& state);

/// What is to be done at state.now. Pure. Repeat absorb, tick, apply at the same minute until nothing comes.
Decisions tick(const State& state);

void apply(State& state, std::span<const Decision> decisions);

/// The first minute after state.now at which a tick can have something to do without being told; may be early, is never
/// late; k_never if there is none.
Minute next_wake(const State& state);

/// The first check of an audience that has not run yet; may be due now.
Minute next_check(const State& state);

/// Before the first absorb(): the picture as of `now` is taken from columns, book and ledger as they stand.
void look_around(State& state, Minute now);

}  // namespace nurture::engine
