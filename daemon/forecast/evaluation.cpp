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
    const auto set = [&](base::CandidateId who) {
        if (const auto row = state_.columns->find(who))
            rows.set(*row);
    };
    if (campaign && query.is == CampaignIs::live)
        state_.book.for_each([&](const engine::Enrolment& e) {
            if (e.campaign == *campaign && e.inside())
                set(e.who);
        });
    else if (campaign)
        state_.past.for_each_person(*campaign, [&](base::CandidateId who, const engine::Trace& trace) {
            if (query.is == CampaignIs::entered ? trace.entered_at != Minute{} : trace.completed)
                set(who);
        });
    return rows;
}

}  // namespace nurture::forecast
