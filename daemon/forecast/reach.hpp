// SPDX-License-Identifier: MIT
//
// Who of an audience can be written to, and who has had less than the policy promises (`at least 1 message per
// candidate in 120 days`). Within daemon/forecast only. Plain values; one thread.
#pragma once

#include "daemon/engine/state.hpp"
#include "daemon/forecast/plan.hpp"

namespace nurture::forecast {

/// Everybody in the campaign's audience is counted once, at the first reason not to write to them.
Reach reach(const engine::State& state, const dsl::Campaign& campaign, dsl::Channel channel);

struct FloorKept {
    const dsl::Floor* promise = nullptr;  // in the state's rules
    std::int64_t reachable = 0;           // people who may be written to on some channel
    std::vector<base::CandidateId> below{};
};
std::vector<FloorKept> floors(const engine::State& state, Minute now);

}  // namespace nurture::forecast
