// SPDX-License-Identifier: MIT
//
// Who may come into a campaign, and what keeps the others out: the questions a tick asks at a check, for reports. Sees
// the state as it was when it was made. Pure; any thread while nobody writes the state.
#pragma once

#include "daemon/engine/state.hpp"

#include <memory>

namespace nurture::engine {

class Draft;

class Entrance {
public:
    explicit Entrance(const State& state);
    ~Entrance();

    /// What keeps everybody out: a draft, expired, stopped, an audience that grew; none: nothing.
    ReasonCode closed(dsl::CampaignIx campaign) const;
    /// What keeps this person out, the day's enrol quota aside; none: may come in.
    ReasonCode refusal(dsl::CampaignIx campaign, roster::Row row) const;

private:
    std::unique_ptr<const Draft> draft_;
};

}  // namespace nurture::engine
