// SPDX-License-Identifier: MIT
//
// An enrolment as the engine has it and as the store has it. Within daemon/persist only.
#pragma once

#include "daemon/engine/enrolment.hpp"
#include "daemon/store/enrolments.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace nurture::persist {

/// `steps` may be null for one that has ended.
engine::Enrolment from_row(const store::Enrolment& row, dsl::CampaignIx campaign,
                           std::shared_ptr<const dsl::StepList> steps);

/// All but the address key, which only the store knows.
store::Enrolment to_row(const engine::Enrolment& enrolment, const dsl::Rules& rules);

dsl::Channel channel_of(store::Channel channel);
store::Channel channel_of(dsl::Channel channel);

/// "clicked" and its like, as feedback rows and step conditions know them.
std::optional<dsl::StepEvent> step_event(std::string_view kind);

}  // namespace nurture::persist
