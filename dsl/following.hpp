// SPDX-License-Identifier: MIT
//
// Where a line of a step list can lead: always further down. Pure; any thread.
#pragma once

#include "dsl/rules.hpp"

#include <vector>

namespace nurture::dsl {

std::vector<StepIx> following(const StepList& steps, StepIx line);

}  // namespace nurture::dsl
