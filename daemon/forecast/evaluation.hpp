// SPDX-License-Identifier: MIT
//
// A state's segments as the evaluator sees them, for funnels and explanations. Within daemon/forecast only; the state
// must outlive it and stay as it is.
#pragma once

#include "daemon/engine/evaluate_explain.hpp"
#include "daemon/engine/state.hpp"

#include <vector>

namespace nurture::forecast {

class Evaluation {
public:
    explicit Evaluation(const engine::State& state);

    const engine::Evaluator& evaluator() const { return evaluator_; }
    engine::View view() const { return {*state_.columns, state_.today, state_.now, campaigns_}; }

private:
    engine::Bitmap people(const engine::CampaignQuery& query) const;

    const engine::State& state_;
    engine::Evaluator evaluator_;
    std::vector<engine::Bitmap> campaigns_;
};

}  // namespace nurture::forecast
