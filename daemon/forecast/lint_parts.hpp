// SPDX-License-Identifier: MIT
//
// The parts of lints(): each appends what it finds. Within daemon/forecast only.
#pragma once

#include "daemon/forecast/evaluation.hpp"
#include "daemon/forecast/forecast.hpp"
#include "daemon/forecast/lints.hpp"

namespace nurture::forecast {

void lint_segments(const Inputs& inputs, const engine::State& state, std::vector<Lint>& found);
void lint_values(const engine::State& state, std::vector<Lint>& found);
void lint_overlaps(const Inputs& inputs, const engine::State& state, std::vector<Lint>& found);
void lint_floors(const Inputs& inputs, const engine::State& state, std::vector<Lint>& found);
/// Lets a week go by: the state is a later one afterwards.
void lint_caps(const Inputs& inputs, engine::State& state, std::vector<Lint>& found);

}  // namespace nurture::forecast
