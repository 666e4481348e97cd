// SPDX-License-Identifier: MIT
//
// An enrolment as the engine has it and as the store keeps it, one to the other. Within daemon/persist only. Pure.
#pragma once

#include "daemon/engine/enrolment.hpp"
#include "daemon/store/enrolments.hpp"

#include <optional>

namespace nurture::persist {

/// All but the address key, which only the store knows.
store::Enrolment to_row(const engine::Enrolment& enrolment);
/// `steps` and `campaign` are found by whoever calls: by row.step_list and row.campaign.
engine::Enrolment from_row(const store::Enrolment& row, dsl::CampaignIx campaign,
                           std::shared_ptr<const dsl::StepList> steps);

dsl::Channel channel(store::Channel channel);
store::Channel channel(dsl::Channel channel);

}  // namespace nurture::persist
