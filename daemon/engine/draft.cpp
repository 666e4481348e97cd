// SPDX-License-Identifier: MIT
#include "daemon/engine/draft.hpp"

#include "daemon/engine/effects.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace nurture::engine {
namespace {

Trace both(const Trace& a, const Trace& b) {
    return {std::max(a.round, b.round), a.completed || b.completed, std::max(a.entered_at, b.entered_at),
            std::max(a.counts_from, b.counts_from), std::max(a.started_at, b.started_at)};
}

}  // namespace

Draft::Draft(const State& state)
    : state_(state),
      past_(state.campaigns.size()),
      campaigns_(state.campaigns),
      pace_(state.pace),
      next_enrolment_(state.next_enrolment),
      member_(state.member, *state.columns, state.today, state.now) {}

Row Draft::row(const Enrolment& e) const {
    const auto row = columns().find(e.who);
    assert(row);  // people are never deleted
    return *row;
}

const Enrolment* Draft::find(EnrolmentId id) const {
    if (const auto changed = known_.find(id); changed != known_.end())
        return changed->second->live() ? changed->second : nullptr;
    return state_.book.find(id);
}

std::vector<EnrolmentId> Draft::of(CandidateId who) const {
    std::vector<EnrolmentId> ids;
    for (const EnrolmentId id : state_.book.of(who))
        if (find(id) != nullptr)
            ids.push_back(id);
    if (const auto added = added_.find(who); added != added_.end())
        std::copy_if(added->second.begin(), added->second.end(), std::back_inserter(ids),
                     [&](EnrolmentId id) { return find(id) != nullptr; });
    return ids;
}

std::vector<EnrolmentId> Draft::everybody() const {
    std::vector<EnrolmentId> ids;
    state_.book.for_each([&](const Enrolment& e) {
        if (find(e.id) != nullptr)
            ids.push_back(e.id);
    });
    for (const auto& [who, added] : added_)
        std::copy_if(added.begin(), added.end(), std::back_inserter(ids),
                     [&](EnrolmentId id) { return find(id) != nullptr; });
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<EnrolmentId> Draft::pending() const {
    std::vector<EnrolmentId> ids;
    for (const EnrolmentId id : state_.book.pending())
        if (!known_.contains(id))
            ids.push_back(id);
    for (const Enrolment& e : enrolments_)
        if (e.phase == Phase::pending)
            ids.push_back(e.id);
    return ids;
}

std::vector<std::pair<Minute, EnrolmentId>> Draft::due() const {
    auto due = state_.book.due(now());
    std::erase_if(due, [&](const auto& one) { return known_.contains(one.second); });
    for (const Enrolment& e : enrolments_)
        if (e.live() && e.due <= now() && (e.held_since == Minute{} || e.phase == Phase::asked))
            due.emplace_back(e.due, e.id);
    std::sort(due.begin(), due.end());
    due.erase(std::unique(due.begin(), due.end()), due.end());
    return due;
}

std::vector<Row> Draft::changed() const {
    std::vector<Row> rows;
    for (const Enrolment& e : enrolments_)
        rows.push_back(row(e));
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

EnrolmentId Draft::with_address(dsl::CampaignIx campaign, std::uint64_t address) const {
    if (const auto added = addresses_.find({campaign, address}); added != addresses_.end())
        return find(added->second) != nullptr ? added->second : 0;
    const EnrolmentId id = state_.book.with_address(campaign, address);
    return id != 0 && find(id) != nullptr ? id : 0;
}

Trace Draft::of_person(dsl::CampaignIx campaign, CandidateId who) const {
    return both(state_.past.of_person(campaign, who), past_.of_person(campaign, who));
}

Trace Draft::of_address(dsl::CampaignIx campaign, std::uint64_t address) const {
    return both(state_.past.of_address(campaign, address), past_.of_address(campaign, address));
}

std::span<const Sent> Draft::sent(CandidateId who) const {
    const auto own = sent_.find(who);
    return own == sent_.end() ? state_.ledger.of(who) : own->second;
}

const Sent* Draft::message(const Enrolment& e) const { return find_sent(sent(e.who), e.id, e.line().name); }

const Sent* Draft::find_message(CandidateId who, EnrolmentId enrolment, std::string_view step) const {
    return find_sent(sent(who), enrolment, step);
}

DayCounts Draft::more_today() const {
    DayCounts counts;
    const auto add = [&](std::span<const Sent> entries, roster::Code owner, std::int32_t more) {
        for (const Sent& sent : entries)
            if (sent.at >= state_.ledger.day_start())
                count(counts, sent, owner, more);
    };
    for (const auto& [who, entries] : sent_) {
        const roster::Code owner = charged_owner(state_, who);
        add(state_.ledger.of(who), owner, -1);
        add(entries, owner, 1);
    }
    return counts;
}

void Draft::put(const Enrolment& e) {
    if (e.id >= next_enrolment_)
        next_enrolment_ = e.id + 1;
    const auto [known, added] = known_.try_emplace(e.id);
    const Enrolment* was = added ? state_.book.find(e.id) : known->second;
    if (was == nullptr)
        added_[e.who].push_back(e.id);
    if (comes_or_goes(was, e)) {
        past_.add(e);
        if (e.inside() && e.address != 0)
            addresses_[{e.campaign, e.address}] = e.id;
        member_.put(e, row(e));
    }
    if (added)
        known->second = &enrolments_.emplace_back(e);
    else
        *known->second = e;
}

std::vector<Sent>& Draft::own_sent(CandidateId who) {
    const auto [own, added] = sent_.try_emplace(who);
    if (added) {
        const auto base = state_.ledger.of(who);
        own->second.assign(base.begin(), base.end());
    }
    return own->second;
}

void Draft::put_sent(CandidateId who, const Sent& sent) { engine::put_sent(own_sent(who), sent); }

void Draft::remove_sent(CandidateId who, EnrolmentId enrolment, std::string_view step) {
    engine::remove_sent(own_sent(who), enrolment, step);
}

void Draft::take(Decision decision) {
    std::visit(Effect<Draft>{*this, rules(), state_.settings}, decision);
    decisions_.push_back(std::move(decision));
}

Decisions Draft::finish() {
    // People in the order in which they were first decided about; marks after everybody, the cursor after the marks: a
    // crash before the marks lets the check run again, for those who are not in yet.
    boost::unordered_flat_map<CandidateId, std::uint32_t> places;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> order;  // by the person's place, then as decided
    order.reserve(decisions_.size());
    for (std::uint32_t i = 0; i < decisions_.size(); ++i) {
        const Enrolment* e = enrolment(decisions_[i]);
        const auto place = e == nullptr
                               ? std::numeric_limits<std::uint32_t>::max()
                               : places.emplace(e->who, static_cast<std::uint32_t>(places.size())).first->second;
        order.emplace_back(place, i);
    }
    std::sort(order.begin(), order.end());
    Decisions sorted;
    sorted.reserve(decisions_.size() + 1);
    for (const auto& [place, i] : order)
        sorted.push_back(std::move(decisions_[i]));
    if (state_.arrived_until > state_.cursor)
        sorted.emplace_back(decision::Cursor{state_.arrived_until});
    return sorted;
}

}  // namespace nurture::engine
