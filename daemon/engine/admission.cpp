// SPDX-License-Identifier: MIT
#include "daemon/engine/admission.hpp"

#include "daemon/engine/contact.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace nurture::engine {
namespace {

bool record_allows(const State& state, const dsl::Campaign& campaign, Row row) {
    const roster::Columns& columns = *state.columns;
    if (columns.flags(row).erased)
        return false;
    const auto& never = state.rules->policy_of(campaign).never_contact_lists;
    if (std::any_of(never.begin(), never.end(), [&](dsl::ListIx list) { return columns.in_list(list, row); }))
        return false;
    if (state.settings.test_mode && !state.allowed.contains(columns.id(row)))
        return false;
    return !campaign.has_message || may_send(state, campaign, row, campaign.first_channel) == ReasonCode::none ||
           (campaign.first_other && may_send(state, campaign, row, *campaign.first_other) == ReasonCode::none);
}

}  // namespace

// --- addresses ------------------------------------------------------------------------------------------

std::size_t Doubles::place_of(std::uint32_t mark) const {
    std::size_t at = mark & (places_.size() - 1);  // addresses are keyed hashes: any bits of them are evenly spread
    while (places_[at].row != k_free && places_[at].mark != mark)
        at = (at + 1) & (places_.size() - 1);
    return at;
}

void Doubles::reserve(std::size_t addresses) {
    if (addresses * 3 / 2 < places_.size())
        return;
    std::vector<Place> was(std::bit_ceil(std::max<std::size_t>(1024, addresses * 3 / 2 + 1)));
    was.swap(places_);
    for (const Place& place : was)
        if (place.row != k_free)
            places_[place_of(place.mark)] = place;
}

void Doubles::doubt(Row row) {
    if (row >= rows_.size())
        rows_.resize(row + 1);
    rows_.set(row);
}

void Doubles::add(roster::AddressNumber address, Row row) {
    if (address == 0)
        return;
    reserve(used_ + 1);
    Place& place = places_[place_of(static_cast<std::uint32_t>(address))];
    if (place.row == k_free) {
        place = {static_cast<std::uint32_t>(address), row};
        ++used_;
    } else if (place.row != row) {
        for (const Row doubtful : {place.row, row})
            if (doubtful != k_nobody)
                doubt(doubtful);
    }
}

Row Doubles::holder(roster::AddressNumber address) const {
    if (places_.empty())
        return k_nobody;
    const Place& place = places_[place_of(static_cast<std::uint32_t>(address))];
    return place.row == k_free ? k_nobody : place.row;
}

// --- who may come in ----------------------------------------------------------------------------------------------

Admission::Admission(std::size_t campaigns) : may_(campaigns), barred_(campaigns) {}

void Admission::put(const Enrolment& enrolment, Row row) {
    if (everybody_)
        return;
    doubles_.add(enrolment.address, row);
    stale_.push_back({row, enrolment.campaign});
}

void Admission::look_again_at(Row row) {
    if (!everybody_)
        stale_.push_back({row});
}

void Admission::begin_day(Day today) {
    while (!back_on_.empty() && back_on_.begin()->first <= today) {
        const auto& back = back_on_.begin()->second;
        stale_.insert(stale_.end(), back.begin(), back.end());
        back_on_.erase(back_on_.begin());
    }
}

void Admission::refresh(const State& state) {
    if (everybody_)
        return read_everybody(state);
    std::sort(stale_.begin(), stale_.end());
    stale_.erase(std::unique(stale_.begin(), stale_.end()), stale_.end());
    const std::size_t size = state.columns->size();
    for (dsl::CampaignIx ix = 0; ix < may_.size(); ++ix)
        if (may_[ix].size() < size) {
            may_[ix].resize(size);
            barred_[ix].resize(size);
        }
    for (const Stale& stale : stale_)
        if (stale.campaign == k_all)
            read_record(state, stale.row);
        else
            read_enrolments(state, stale.campaign, stale.row);
    stale_.clear();
}

void Admission::read_record(const State& state, Row row) {
    doubles_.add(state.columns->mailbox(row), row);
    doubles_.add(state.columns->phone(row), row);
    for (dsl::CampaignIx ix = 0; ix < may_.size(); ++ix)
        may_[ix].set(row, record_allows(state, state.rules->campaigns[ix], row));
}

void Admission::read_enrolments(const State& state, dsl::CampaignIx ix, Row row) {
    const auto ids = state.book.of(state.columns->id(row));
    const bool live =
        std::any_of(ids.begin(), ids.end(), [&](EnrolmentId id) { return state.book.find(id)->campaign == ix; });
    barred_[ix].set(row, live || too_recent(state, ix, row));
}

void Admission::read_everybody(const State& state) {
    const roster::Columns& columns = *state.columns;
    doubles_ = {};
    std::size_t addresses = 0;
    for (Row row = 0; row < columns.size(); ++row)
        addresses += (columns.mailbox(row) != 0 ? 1 : 0) + (columns.phone(row) != 0 ? 1 : 0);
    doubles_.reserve(addresses);
    for (Row row = 0; row < columns.size(); ++row) {
        doubles_.add(columns.mailbox(row), row);
        doubles_.add(columns.phone(row), row);
    }
    for (dsl::CampaignIx ix = 0; ix < may_.size(); ++ix) {
        read_records(state, ix);
        barred_[ix] = Bitmap(columns.size());
        state.past.for_each_person(ix, [&](CandidateId who, const Trace&) {
            if (const auto row = columns.find(who))
                barred_[ix].set(*row, too_recent(state, ix, *row));
        });
        // Somebody who is called otherwise now may have come in with it: then it is doubtful whoever has it today.
        state.past.for_each_address(ix, [&](std::uint64_t address, const Trace& trace) {
            const Row holder = doubles_.holder(address);
            if (holder == Doubles::k_nobody)
                doubles_.add_of_nobody(address);
            else if (state.past.of_person(ix, columns.id(holder)) != trace)
                doubles_.doubt(holder);
        });
    }
    state.book.for_each([&](const Enrolment& e) {
        if (const auto row = columns.find(e.who))
            barred_[e.campaign].set(*row);
    });
    everybody_ = false;
    stale_.clear();
}

/// Campaigns of one policy that begin in the same way ask the same of a record: most of them do.
void Admission::read_records(const State& state, dsl::CampaignIx ix) {
    const auto& campaigns = state.rules->campaigns;
    const auto asks = [&](const dsl::Campaign& campaign) {
        return std::tuple(&state.rules->policy_of(campaign), campaign.has_message, campaign.first_channel,
                          campaign.first_other);
    };
    for (dsl::CampaignIx before = 0; before < ix; ++before)
        if (asks(campaigns[before]) == asks(campaigns[ix])) {
            may_[ix] = may_[before];
            return;
        }
    may_[ix] = Bitmap(state.columns->size());
    for (Row row = 0; row < state.columns->size(); ++row)
        if (record_allows(state, campaigns[ix], row))
            may_[ix].set(row);
}

bool Admission::too_recent(const State& state, dsl::CampaignIx ix, Row row) {
    const Minute last = state.past.of_person(ix, state.columns->id(row)).counts_from;
    const auto& after = state.rules->campaigns[ix].re_enter_after;
    if (last == Minute{} || !after)
        return last != Minute{};
    const Day back = dsl::add(state.times->day(last), *after);
    if (state.today < back)
        back_on_[back].push_back({row, ix});
    return state.today < back;
}

}  // namespace nurture::engine
