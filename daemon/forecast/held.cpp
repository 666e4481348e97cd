// SPDX-License-Identifier: MIT
#include "daemon/forecast/held.hpp"

#include "daemon/store/breakers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

/// Others let some out first, and the rest by themselves (persist::k_canary_gate): the forecast does as they say.
bool shuts(const store::Gate& gate) {
    return gate.kind == store::k_breaker_gate || gate.kind == store::k_hold_gate || gate.kind == store::k_step_gate ||
           gate.kind == store::k_way_gate;
}

}  // namespace

std::vector<Held> held(const store::Database& database, const dsl::Rules& rules, const std::string& only) {
    std::vector<Held> all;
    for (const auto& gate : store::gates(database)) {
        if (!shuts(gate))
            continue;
        Held one{gate.name, {}, {}, gate.why, gate.kind == store::k_way_gate};
        if (gate.kind == store::k_breaker_gate) {
            one.campaign = rules.campaign_today(gate.name);
        } else if (gate.kind == store::k_step_gate) {
            const auto [campaign, step] = store::step_of_gate(gate.name);
            one.campaign = rules.campaign_today(campaign);
            one.step = step;
        }
        const bool here =
            one.campaign.empty() || (only.empty() ? rules.campaign(one.campaign).has_value() : one.campaign == only);
        if (here)
            all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(), [](const Held& a, const Held& b) { return a.name < b.name; });
    return all;
}

std::string sentence(const Held& held) {
    const auto what = held.campaign.empty() ? fmt::format("No {} goes out", held.name)
                      : held.step.empty()   ? fmt::format("\"{}\" sends nothing", held.campaign)
                                            : fmt::format("Step {} of \"{}\" sends nothing", held.step, held.campaign);
    if (held.by_reload)
        return fmt::format("{}: {}.", what, held.why);
    return fmt::format("{}: {}. Look into it, then `nurture resume \"{}\"`.", what, held.why, held.name);
}

}  // namespace nurture::forecast
