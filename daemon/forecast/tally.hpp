// SPDX-License-Identifier: MIT
//
// Counting what a course of events holds: per day, per hour, per reason; and where people stand in a state. Within
// daemon/forecast only. Pure.
#pragma once

#include "daemon/forecast/people.hpp"
#include "daemon/forecast/preview.hpp"

#include <functional>
#include <map>
#include <vector>

namespace nurture::forecast {

/// People by reason, each once per reason.
class Tally {
public:
    void add(engine::ReasonCode reason, base::CandidateId who) { people_[reason].push_back(who); }
    /// Most first; with refs where `names` are given.
    Reasons reasons(People* names = nullptr) const;

private:
    std::map<engine::ReasonCode, std::vector<base::CandidateId>> people_;  // perhaps several times
};

Counts counts_of(const HumanTask& task);
Days days_of(const Course& course, dsl::CampaignIx campaign, base::ZoneId zone);

std::vector<Loss> losses(const Course& course, const dsl::Rules& rules,
                         const std::function<bool(dsl::CampaignIx)>& shown);
Loads loads(const Course& course, base::ZoneId zone, const Inputs& inputs,
            const std::function<bool(dsl::CampaignIx)>& shown);
/// Everything in `course` that is about this person.
Timeline timeline(const Course& course, const engine::State& state, base::CandidateId who, People& people);

/// Hours of the zone's clock; only messages before `until` that `counts`.
Hour busiest_hour(const Course& course, base::ZoneId zone, Minute until,
                  const std::function<bool(const Message&)>& counts);

/// Live enrolments that have come in, by campaign.
std::vector<std::int64_t> inside(const engine::State& state);
bool is_inside(const engine::State& state, dsl::CampaignIx campaign, base::CandidateId who);
/// What somebody who may enter, or is inside, waits for.
engine::ReasonCode standing(const engine::State& state, dsl::CampaignIx campaign, base::CandidateId who);

}  // namespace nurture::forecast
