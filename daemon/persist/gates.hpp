// SPDX-License-Identifier: MIT
//
// How gates, quotas and feedback are spelled in the store. Within daemon/persist only.
#pragma once

#include "daemon/engine/state.hpp"
#include "daemon/store/breakers.hpp"
#include "daemon/store/enrolments.hpp"

#include <optional>
#include <string_view>

namespace nurture::persist {

inline constexpr std::string_view k_enrol_quota = "enroll";  // name: campaign, period: day number
inline constexpr std::string_view k_canary_gate =
    "canary";  // name: campaign; value: messages left; until: then the rest
using store::k_breaker_gate, store::k_hold_gate, store::k_step_gate, store::k_way_gate;

inline void read_gate(const store::Gate& gate, engine::State& state) {
    if (gate.kind == k_hold_gate || gate.kind == k_way_gate) {
        auto& held = gate.kind == k_hold_gate ? state.channel_held : state.no_way;
        for (const store::Channel channel : {store::Channel::email, store::Channel::sms})
            if (gate.name == store::to_text(channel))
                held[channel == store::Channel::sms ? 1 : 0] = true;
        return;
    }
    const bool step = gate.kind == k_step_gate;
    const auto name = step ? store::step_of_gate(gate.name).first : std::string_view(gate.name);
    const auto campaign = state.rules->campaign(state.rules->campaign_today(name));
    if (!campaign)
        return;
    engine::CampaignState& is = state.campaigns[*campaign];
    if (gate.kind == k_breaker_gate)
        is.breaker = true;
    else if (step)
        is.held_steps.emplace(store::step_of_gate(gate.name).second);
    else if (gate.kind == k_canary_gate)
        is.canary = engine::Canary{static_cast<std::int32_t>(gate.value),
                                   gate.until ? std::optional(base::floor_minute(*gate.until)) : std::nullopt};
}

/// clicked, opened, replied.
inline std::optional<dsl::StepEvent> feedback_of_step(std::string_view kind) {
    if (kind == "clicked")
        return dsl::StepEvent::clicked;
    if (kind == "opened")
        return dsl::StepEvent::opened;
    if (kind == "replied")
        return dsl::StepEvent::replied;
    return {};
}

}  // namespace nurture::persist
