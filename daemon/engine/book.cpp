// SPDX-License-Identifier: MIT
#include "daemon/engine/book.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

/// Held people's clocks stand still, but what a human was asked keeps its deadline.
bool in_heap(const Enrolment& e) {
    return e.live() && e.due != base::k_never && (e.held_since == Minute{} || e.phase == Phase::asked);
}

}  // namespace

const Enrolment* Book::find(EnrolmentId id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
}

std::span<const EnrolmentId> Book::of(CandidateId who) const {
    const auto found = by_person_.find(who);
    return found == by_person_.end() ? std::span<const EnrolmentId>{} : found->second;
}

EnrolmentId Book::with_address(dsl::CampaignIx campaign, std::uint64_t address) const {
    const auto found = by_address_.find({campaign, address});
    return address == 0 || found == by_address_.end() ? 0 : found->second;
}

void Book::put(const Enrolment& enrolment) {
    const auto [place, added] = by_id_.try_emplace(enrolment.id, enrolment);
    if (!added) {
        if (in_heap(place->second))
            due_.erase({place->second.due, enrolment.id});
        place->second = enrolment;
    } else {
        auto& ids = by_person_[enrolment.who];
        ids.insert(std::upper_bound(ids.begin(), ids.end(), enrolment.id), enrolment.id);
    }
    if (in_heap(enrolment))
        due_.emplace(enrolment.due, enrolment.id);
    if (enrolment.inside() && enrolment.address != 0)
        by_address_[{enrolment.campaign, enrolment.address}] = enrolment.id;
    if (enrolment.live())
        return;
    if (with_address(enrolment.campaign, enrolment.address) == enrolment.id)
        by_address_.erase({enrolment.campaign, enrolment.address});
    const auto person = by_person_.find(enrolment.who);
    std::erase(person->second, enrolment.id);
    if (person->second.empty())
        by_person_.erase(person);
    by_id_.erase(place);
}

Trace Past::of_person(dsl::CampaignIx campaign, CandidateId who) const {
    const auto found = people_[campaign].find(who);
    return found == people_[campaign].end() ? Trace{} : found->second;
}

Trace Past::of_address(dsl::CampaignIx campaign, std::uint64_t address) const {
    const auto found = addresses_[campaign].find(address);
    return found == addresses_[campaign].end() ? Trace{} : found->second;
}

void Past::add(const Enrolment& enrolment) {
    add_to_trace(people_[enrolment.campaign][enrolment.who], enrolment);
    if (enrolment.address != 0)
        add_to_trace(addresses_[enrolment.campaign][enrolment.address], enrolment);
}

void add_to_trace(Trace& trace, const Enrolment& e) {
    trace.started_at = std::max({trace.started_at, e.event_at, e.entered_at});
    if (e.round == 0)
        return;  // it never came in
    trace.round = std::max(trace.round, e.round);
    trace.entered_at = std::max(trace.entered_at, e.entered_at);
    // A live one keeps the person out by itself; how it ends decides whether its entering counts.
    if (!e.live() && uses_up_re_entry(e.end_reason))
        trace.counts_from = std::max(trace.counts_from, e.entered_at);
    if (e.end_reason == ReasonCode::completed)
        trace.completed = true;
}

}  // namespace nurture::engine
