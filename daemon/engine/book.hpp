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
    /// (due, id), first due first; without those whose clock stands still or that wait for no time.
    const std::set<std::pair<Minute, EnrolmentId>>& due() const { return due_; }

    /// New or changed; an ended one leaves.
    void put(const Enrolment& enrolment);

    friend bool operator==(const Book& a, const Book& b) { return a.by_id_ == b.by_id_; }

private:
    std::map<EnrolmentId, Enrolment> by_id_;
    std::unordered_map<CandidateId, std::vector<EnrolmentId>> by_person_;
    std::set<std::pair<Minute, EnrolmentId>> due_;
};

/// What one person's enrolments in one campaign have left behind.
struct Trace {
    std::uint16_t round = 0;  // of the last entering
    bool completed = false;   // ever
    Minute entered_at{};      // the last entering; Minute{}: never
    Minute counts_from{};     // … of an ended enrolment that counts for `re-enter after`
    Minute started_at{};      // the last event or date that was taken up, whether or not the person came in
    friend bool operator==(const Trace&, const Trace&) = default;
};

/// By campaign of the live rules, then person.
class Past {
public:
    explicit Past(std::size_t campaigns) : traces_(campaigns) {}

    const Trace* find(dsl::CampaignIx campaign, CandidateId who) const;
    Trace& at(dsl::CampaignIx campaign, CandidateId who) { return traces_[campaign][who]; }

    friend bool operator==(const Past&, const Past&) = default;

private:
    std::vector<std::unordered_map<CandidateId, Trace>> traces_;  // looked up, never walked
};

/// What an enrolment's value, old or new, adds to its trace.
void add_to_trace(Trace& trace, const Enrolment& enrolment);

}  // namespace nurture::engine
