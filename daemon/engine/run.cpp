// SPDX-License-Identifier: MIT
#include "daemon/engine/run.hpp"

#include "daemon/engine/engine.hpp"

#include <algorithm>
#include <cassert>

namespace nurture::engine {
namespace {

/// Every round at one minute moves somebody forward, and step lists have an end.
constexpr int k_rounds = 100'000;

/// The end of a chunk that begins at `begin`: never between two decisions about one person.
std::size_t chunk_end(std::span<const Decision> decisions, std::size_t begin) {
    const auto who = [&](std::size_t i) {
        const Enrolment* e = enrolment(decisions[i]);
        return e != nullptr ? e->who : 0;
    };
    if (decisions.size() - begin <= k_chunk)
        return decisions.size();
    std::size_t end = begin + k_chunk;
    while (end > begin + 1 && who(end) != 0 && who(end) == who(end - 1))
        --end;
    if (end == begin + 1)  // one person fills the chunk
        for (end = begin + k_chunk; end < decisions.size() && who(end) == who(end - 1); ++end)
            ;
    return end;
}

void commit(World& world, std::span<const Decision> decisions) {
    for (std::size_t begin = 0; begin < decisions.size();) {
        const std::size_t end = chunk_end(decisions, begin);
        world.commit(decisions.subspan(begin, end - begin));
        begin = end;
    }
}

}  // namespace

void settle(State& state, World& world, Minute now) {
    for (int round = 0;; ++round) {
        assert(round < k_rounds);
        const Facts facts = world.facts(std::max(state.cursor, state.arrived_until), now);
        absorb(state, facts, now);
        const Decisions decisions = tick(state);
        commit(world, decisions);
        engine::apply(state, decisions);
        if (!decisions.empty())
            world.deliver(now);
        if (decisions.empty() && facts.list.empty() && state.quiet())
            return;
    }
}

void run(State& state, World& world, Minute now) {
    while (now != base::k_never) {
        settle(state, world, now);
        now = world.sleep_until(next_wake(state));
    }
}

}  // namespace nurture::engine
