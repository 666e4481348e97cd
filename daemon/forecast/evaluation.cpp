// SPDX-License-Identifier: MIT
#include "daemon/forecast/evaluation.hpp"

#include "daemon/forecast/tally.hpp"

namespace nurture::forecast {

Evaluation::Evaluation(const engine::State& state) : state_(state), evaluator_(state.rules, *state.columns) {
    for (const auto& query : evaluator_.campaign_queries())
        campaigns_.push_back(people(query));
}

engine::Bitmap Evaluation::people(const engine::CampaignQuery& query) const {
    using dsl::cond::CampaignIs;
    engine::Bitmap rows(state_.columns->size());
    const auto campaign = state_.rules->campaign(query.campaign);
    for (roster::Row row = 0; campaign && row < state_.columns->size(); ++row) {
        const auto who = state_.columns->id(row);
        const auto trace = state_.past.of_person(*campaign, who);
        const bool is = query.is == CampaignIs::live      ? is_inside(state_, *campaign, who)
                        : query.is == CampaignIs::entered ? trace.entered_at != Minute{}
                                                          : trace.completed;
        rows.set(row, is);
    }
    return rows;
}

}  // namespace nurture::forecast
