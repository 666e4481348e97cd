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
    return found == by_id_.end() ? nullptr : &found->second.enrolment;
}

std::vector<EnrolmentId> Book::of(CandidateId who) const {
    std::vector<EnrolmentId> ids;
    const auto first = first_.find(who);
    for (EnrolmentId id = first == first_.end() ? 0 : first->second; id != 0; id = by_id_.at(id).next)
        ids.push_back(id);
    return ids;
}

EnrolmentId Book::with_address(dsl::CampaignIx campaign, std::uint64_t address) const {
    const auto found = by_address_.find({campaign, address});
    return address == 0 || found == by_address_.end() ? 0 : found->second;
}

std::vector<std::pair<Minute, EnrolmentId>> Book::due(Minute now) const {
    std::vector<std::pair<Minute, EnrolmentId>> due;
    for (const auto& [at, minutes] : due_) {
        if (at > now)
            break;
        for (const EnrolmentId id : minutes.ids)
            if (const Enrolment* e = find(id); e != nullptr && in_heap(*e) && e->due == at)
                due.emplace_back(at, id);
    }
    return due;
}

void Book::falls_due(const Enrolment& enrolment) {
    if (!in_heap(enrolment))
        return;
    Minutes& minutes = due_[enrolment.due];
    minutes.ids.push_back(enrolment.id);
    ++minutes.count;
}

/// Its id stays behind until nobody is due then: who moves away seldom comes back to the same minute.
void Book::moves_away(const Enrolment& enrolment) {
    if (!in_heap(enrolment))
        return;
    const auto minutes = due_.find(enrolment.due);
    if (--minutes->second.count == 0)
        due_.erase(minutes);
}

void Book::chain(const Enrolment& enrolment) {
    EnrolmentId* link = &first_.try_emplace(enrolment.who, 0).first->second;
    while (*link != 0 && *link < enrolment.id)
        link = &by_id_.at(*link).next;
    by_id_.at(enrolment.id).next = *link;
    *link = enrolment.id;
}

void Book::unchain(const Enrolment& enrolment) {
    const auto first = first_.find(enrolment.who);
    EnrolmentId* link = &first->second;
    while (*link != enrolment.id)
        link = &by_id_.at(*link).next;
    *link = by_id_.at(enrolment.id).next;
    if (first->second == 0)
        first_.erase(first);
}

void Book::put(const Enrolment& enrolment) {
    const auto [place, added] = by_id_.try_emplace(enrolment.id, Kept{enrolment});
    if (added) {
        chain(enrolment);
        falls_due(enrolment);
    } else {
        const Enrolment& was = place->second.enrolment;
        const bool stays = in_heap(was) && in_heap(enrolment) && was.due == enrolment.due;
        if (!stays)
            moves_away(was);
        place->second.enrolment = enrolment;
        if (!stays)
            falls_due(enrolment);
    }
    if (enrolment.phase == Phase::pending)
        pending_.insert(enrolment.id);
    else
        pending_.erase(enrolment.id);
    if (enrolment.inside() && enrolment.address != 0)
        by_address_[{enrolment.campaign, enrolment.address}] = enrolment.id;
    if (enrolment.live())
        return;
    if (with_address(enrolment.campaign, enrolment.address) == enrolment.id)
        by_address_.erase({enrolment.campaign, enrolment.address});
    unchain(enrolment);
    by_id_.erase(place);
}

bool operator==(const Book& a, const Book& b) {
    return a.size() == b.size() && std::all_of(a.by_id_.begin(), a.by_id_.end(), [&](const auto& entry) {
               const Enrolment* other = b.find(entry.first);
               return other != nullptr && *other == entry.second.enrolment;
           });
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
