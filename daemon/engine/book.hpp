// SPDX-License-Identifier: MIT
//
// All live enrolments, by id, by person and by when they are due; and of all there ever were, the trace that re-entry,
// rounds and `has entered` look at. An enrolment lies once in one table, chained to the others of its person;
// addresses, minutes of falling due and traces hold numbers only. Nothing here scans but for_each. One writer, like
// State.
#pragma once

#include "daemon/engine/enrolment.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace nurture::engine {

class Book {
public:
    const Enrolment* find(EnrolmentId id) const;
    /// By id.
    std::vector<EnrolmentId> of(CandidateId who) const;
    /// In any order.
    template<class Visit>
    void for_each(Visit visit) const {
        for (const auto& [id, place] : places_)
            visit(kept_[place].enrolment);
    }
    std::size_t size() const { return places_.size(); }
    /// Who is in the campaign with that address; 0: nobody.
    EnrolmentId with_address(dsl::CampaignIx campaign, std::uint64_t address) const;
    /// Those that wait to come in.
    const std::set<EnrolmentId>& pending() const { return pending_; }

    /// When the first falls due, without those whose clock stands still or that wait for no time; k_never: none does.
    Minute next_due() const { return due_.empty() ? base::k_never : due_.begin()->first; }
    /// Who is due at or before `now`, in any order.
    std::vector<std::pair<Minute, EnrolmentId>> due(Minute now) const;

    /// Makes room for so many, which are going to be put.
    void reserve(std::size_t live);
    /// New or changed; an ended one leaves.
    void put(const Enrolment& enrolment);

    friend bool operator==(const Book& a, const Book& b);

private:
    using Place = std::uint32_t;  // in kept_: a store of four thousand million live enrolments has other troubles
    static constexpr Place k_nowhere = 0xffff'ffff;
    struct Kept {
        Enrolment enrolment;
        Place next = k_nowhere;  // of the same person, the next larger id; of a free place: the next free one
    };
    /// Ids in any order, perhaps some that have moved away, and how many have not.
    struct Minutes {
        std::vector<EnrolmentId> ids;
        std::size_t count = 0;
    };
    using InCampaign = std::pair<dsl::CampaignIx, std::uint64_t>;
    struct Hash {
        std::size_t operator()(const InCampaign& key) const { return key.second * 31 + key.first; }
    };

    void falls_due(const Enrolment& enrolment);
    void moves_away(const Enrolment& enrolment);
    Place keep(const Enrolment& enrolment);
    void chain(Place place);
    void unchain(const Enrolment& enrolment);

    std::vector<Kept> kept_;
    Place free_ = k_nowhere;
    boost::unordered_flat_map<EnrolmentId, Place> places_;
    boost::unordered_flat_map<CandidateId, Place> first_;  // the smallest id of each person
    boost::unordered_flat_map<InCampaign, EnrolmentId, Hash> by_address_;
    std::map<Minute, Minutes> due_;
    std::set<EnrolmentId> pending_;
};

/// What the enrolments of one person, or of one address, in one campaign have left behind.
struct Trace {
    std::uint16_t round = 0;  // of the last entering
    bool completed = false;   // ever
    Minute entered_at{};      // the last entering; Minute{}: never
    Minute counts_from{};     // … of an ended enrolment that counts for `re-enter after`
    Minute started_at{};      // the last event or date that was taken up, whether or not the person came in
    friend bool operator==(const Trace&, const Trace&) = default;
};

/// By campaign of the live rules, then person, then address.
class Past {
public:
    explicit Past(std::size_t campaigns) : people_(campaigns), addresses_(campaigns) {}

    Trace of_person(dsl::CampaignIx campaign, CandidateId who) const;
    Trace of_address(dsl::CampaignIx campaign, std::uint64_t address) const;  // 0: nothing

    /// Each with its trace, in any order.
    template<class Visit>
    void for_each_person(dsl::CampaignIx campaign, Visit visit) const {
        for (const auto& [who, trace] : people_[campaign])
            visit(who, trace);
    }
    template<class Visit>
    void for_each_address(dsl::CampaignIx campaign, Visit visit) const {
        for (const auto& [address, trace] : addresses_[campaign])
            visit(address, trace);
    }

    /// Live or ended, once or again: what its value says is added.
    void add(const Enrolment& enrolment);

    friend bool operator==(const Past&, const Past&) = default;

private:
    std::vector<boost::unordered_flat_map<CandidateId, Trace>> people_;
    std::vector<boost::unordered_flat_map<std::uint64_t, Trace>> addresses_;
};

void add_to_trace(Trace& trace, const Enrolment& enrolment);

/// Whether this value says more to traces and to whom the campaign lets in than `was` did, its last one; null: it is
/// new. What happens between coming in and the end says nothing to them.
bool comes_or_goes(const Enrolment* was, const Enrolment& is);

}  // namespace nurture::engine
