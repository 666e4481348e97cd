// SPDX-License-Identifier: MIT
#include "daemon/forecast/tally.hpp"

#include <algorithm>

namespace nurture::forecast {
namespace {

using engine::Phase;
using engine::ReasonCode;

const engine::Enrolment* find_inside(const engine::State& state, dsl::CampaignIx campaign, base::CandidateId who) {
    for (const auto id : state.book.of(who))
        if (const auto* e = state.book.find(id); e != nullptr && e->campaign == campaign && e->inside())
            return e;
    return nullptr;
}

Counts counts_of(const Message& message) {
    Counts counts;
    (message.channel == dsl::Channel::sms ? counts.sms : counts.emails) = message.problem ? 0 : 1;
    counts.sms_segments = message.sms_segments;
    return counts;
}

}  // namespace

Reasons Tally::reasons(People* names) const {
    Reasons list;
    for (const auto& [reason, found] : people_) {
        auto people = found;
        std::sort(people.begin(), people.end());
        people.erase(std::unique(people.begin(), people.end()), people.end());
        ReasonCount count{reason, static_cast<std::int64_t>(people.size()), {}};
        if (names != nullptr)
            for (const auto who : people)
                count.who.push_back((*names)[who].ref);
        list.push_back(std::move(count));
    }
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.people > b.people; });
    return list;
}

Counts counts_of(const HumanTask& task) {
    Counts counts;
    switch (task.kind) {
    case engine::decision::Ask::Kind::approval: counts.approvals = 1; break;
    case engine::decision::Ask::Kind::note: counts.notes = 1; break;
    case engine::decision::Ask::Kind::task: counts.tasks = 1; break;
    }
    return counts;
}

Days days_of(const Course& course, dsl::CampaignIx campaign, base::ZoneId zone) {
    Days days;
    for (const auto& event : course.events)
        if (event.campaign == campaign && event.what == Event::What::entered)
            ++days[base::local_day(zone, event.at)].entered;
    for (const auto& message : course.messages)
        if (message.campaign == campaign && !message.problem)
            days[base::local_day(zone, message.slot)] += counts_of(message);
    for (const auto& task : course.tasks)
        if (task.campaign == campaign)
            days[base::local_day(zone, task.asked_at)] += counts_of(task);
    return days;
}

Hour busiest_hour(const Course& course, base::ZoneId zone, Minute until,
                  const std::function<bool(const Message&)>& counts) {
    std::map<Minute, std::int64_t> hours;
    for (const auto& message : course.messages) {
        if (message.problem || message.slot >= until || !counts(message))
            continue;
        const auto past_the_hour = base::local(zone, message.slot).minute % std::chrono::hours{1};
        ++hours[message.slot - past_the_hour];
    }
    Hour busiest;
    for (const auto& [begins, messages] : hours)
        if (messages > busiest.messages)
            busiest = {begins, messages};
    return busiest;
}

std::vector<std::int64_t> inside(const engine::State& state) {
    std::vector<std::int64_t> people(state.campaigns.size());
    state.book.for_each([&](const engine::Enrolment& e) { people[e.campaign] += e.inside() ? 1 : 0; });
    return people;
}

bool is_inside(const engine::State& state, dsl::CampaignIx campaign, base::CandidateId who) {
    return find_inside(state, campaign, who) != nullptr;
}

ReasonCode standing(const engine::State& state, dsl::CampaignIx campaign, base::CandidateId who) {
    const auto* e = find_inside(state, campaign, who);
    if (e == nullptr)
        return state.campaigns[campaign].left_over > 0 ? ReasonCode::quota_used_up : ReasonCode::not_started;
    switch (e->phase) {
    case Phase::asked: return ReasonCode::approval_asked;
    case Phase::ready: return e->blocked != ReasonCode::none ? e->blocked : ReasonCode::message_due;
    case Phase::released: return ReasonCode::slot_given;
    default: return ReasonCode::wait_begins;
    }
}

}  // namespace nurture::forecast
