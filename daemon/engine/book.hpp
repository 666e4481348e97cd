// SPDX-License-Identifier: MIT
//
// All live enrolments, by id, by person and by when they are due; and of all there ever were, the trace that re-entry,
// rounds and `has entered` look at. Lookups cost a logarithm, nothing here scans but for_each. One writer, like State.
#pragma once

#include "daemon/engine/enrolment.hpp"

#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

namespace nurture::engine {

class Book {
public:
    const Enrolment* find(EnrolmentId id) const;
    /// By id.
    std::span<const EnrolmentId> of(CandidateId who) const;
    const std::map<EnrolmentId, Enrolment>& all() const { return by_id_; }
    /// Who is in the campaign with that address; 0: nobody.
    EnrolmentId with_address(dsl::CampaignIx campaign, std::uint64_t address) const;
    /// (due, id), first due first; without those whose clock stands still or that wait for no time.
    const std::set<std::pair<Minute, EnrolmentId>>& due() const { return due_; }

    /// New or changed; an ended one leaves.
    void put(const Enrolment& enrolment);

    friend bool operator==(const Book& a, const Book& b) { return a.by_id_ == b.by_id_; }

private:
    std::map<EnrolmentId, Enrolment> by_id_;
    std::unordered_map<CandidateId, std::vector<EnrolmentId>> by_person_;
    std::map<std::pair<dsl::CampaignIx, std::uint64_t>, EnrolmentId> by_address_;
    std::set<std::pair<Minute, EnrolmentId>> due_;
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

    /// Live or ended, once or again: what its value says is added.
    void add(const Enrolment& enrolment);

    friend bool operator==(const Past&, const Past&) = default;

private:
    std::vector<std::unordered_map<CandidateId, Trace>> people_;  // both looked up, never walked
    std::vector<std::unordered_map<std::uint64_t, Trace>> addresses_;
};

void add_to_trace(Trace& trace, const Enrolment& enrolment);

}  // namespace nurture::engine
