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
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &kept_[found->second].enrolment;
}

std::vector<EnrolmentId> Book::of(CandidateId who) const {
    std::vector<EnrolmentId> ids;
    const auto first = first_.find(who);
    for (Place at = first == first_.end() ? k_nowhere : first->second; at != k_nowhere; at = kept_[at].next)
        ids.push_back(kept_[at].enrolment.id);
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

Book::Place Book::keep(const Enrolment& enrolment) {
    if (free_ == k_nowhere) {
        kept_.push_back({enrolment});
        return static_cast<Place>(kept_.size() - 1);
    }
    const Place place = free_;
    free_ = kept_[place].next;
    kept_[place] = {enrolment};
    return place;
}

void Book::chain(Place place) {
    const Enrolment& enrolment = kept_[place].enrolment;
    Place* link = &first_.try_emplace(enrolment.who, k_nowhere).first->second;
    while (*link != k_nowhere && kept_[*link].enrolment.id < enrolment.id)
        link = &kept_[*link].next;
    kept_[place].next = *link;
    *link = place;
}

/// Out of the chain of its person; its place is free.
void Book::unchain(const Enrolment& enrolment) {
    const auto found = places_.find(enrolment.id);
    const auto first = first_.find(enrolment.who);
    const Place place = found->second;
    Place* link = &first->second;
    while (*link != place)
        link = &kept_[*link].next;
    *link = kept_[place].next;
    if (first->second == k_nowhere)
        first_.erase(first);
    places_.erase(found);
    kept_[place] = {{}, free_};
    free_ = place;
}

void Book::reserve(std::size_t live) {
    kept_.reserve(live);
    places_.reserve(live);
    first_.reserve(live);
}

void Book::put(const Enrolment& enrolment) {
    const auto [found, added] = places_.try_emplace(enrolment.id, k_nowhere);
    if (added) {
        found->second = keep(enrolment);
        chain(found->second);
        falls_due(enrolment);
    } else {
        Enrolment& was = kept_[found->second].enrolment;
        const bool stays = in_heap(was) && in_heap(enrolment) && was.due == enrolment.due;
        if (!stays)
            moves_away(was);
        was = enrolment;
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
}

bool operator==(const Book& a, const Book& b) {
    return a.size() == b.size() && std::all_of(a.places_.begin(), a.places_.end(), [&](const auto& entry) {
               const Enrolment* other = b.find(entry.first);
               return other != nullptr && *other == a.kept_[entry.second].enrolment;
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

bool comes_or_goes(const Enrolment* was, const Enrolment& is) {
    return was == nullptr || !is.live() || was->round != is.round || was->event_at != is.event_at ||
           was->campaign != is.campaign;
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
