// SPDX-License-Identifier: MIT
//
// A state as it will be once what was decided so far is applied: the state, seen through what the tick has changed.
// Each part of the tick reads and decides here, so that later parts see what earlier ones did. Within daemon/engine
// only.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/state.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <deque>
#include <map>
#include <memory_resource>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace nurture::engine {

class Draft {
public:
    explicit Draft(const State& state);

    const State& state() const { return state_; }
    const dsl::Rules& rules() const { return *state_.rules; }
    const Timetable& times() const { return *state_.times; }
    const roster::Columns& columns() const { return *state_.columns; }
    const dsl::Campaign& rule(const Enrolment& e) const { return rules().campaigns[e.campaign]; }
    Minute now() const { return state_.now; }
    Day today() const { return state_.today; }
    Row row(const Enrolment& e) const;
    base::ZoneId zone(const Enrolment& e) const { return columns().zone(row(e)); }

    // --- the picture ------------------------------------------------------------------------------------------------

    /// Live ones only; null for those that have ended.
    const Enrolment* find(EnrolmentId id) const;
    std::vector<EnrolmentId> of(CandidateId who) const;
    std::vector<EnrolmentId> everybody() const;
    /// Who waits to come in, in any order.
    std::vector<EnrolmentId> pending() const;
    /// Live, due at or before now, in that order.
    std::vector<std::pair<Minute, EnrolmentId>> due() const;
    EnrolmentId with_address(dsl::CampaignIx campaign, std::uint64_t address) const;
    Trace of_person(dsl::CampaignIx campaign, CandidateId who) const;
    Trace of_address(dsl::CampaignIx campaign, std::uint64_t address) const;
    std::span<const Sent> sent(CandidateId who) const;
    const Sent* message(const Enrolment& e) const;  // of the line it is at; null: no row
    /// What this tick adds to the ledger's counts of today, or takes from them.
    DayCounts more_today() const;
    /// Whose enrolments this tick has changed: ascending, each once.
    std::vector<Row> changed() const;
    const CampaignState& campaign(dsl::CampaignIx ix) const { return campaigns_[ix]; }
    const Pace& pace() const { return pace_; }

    bool in(dsl::SegmentIx segment, Row row) const { return members().in(segment, row); }
    const Memberships& members() const { return member_.current(); }
    bool holds(dsl::ConditionIx condition, Row row) const { return member_.holds(condition, row); }

    // --- deciding ---------------------------------------------------------------------------------------------------

    EnrolmentId new_id() const { return next_enrolment_; }
    template<class What>
    void decide(What what) {
        what.at = now();
        take(std::move(what));
    }
    /// Membership of campaigns has changed for them: the next look at a segment sees it.
    void look_again_at(std::span<const Row> rows) { member_.evaluate(rows); }
    /// What should have gone on a quarter of an hour ago or earlier: the daemon was down.
    void note_late(EnrolmentId id) { late_.insert(id); }
    bool late(EnrolmentId id) const { return late_.contains(id); }
    /// A list or a consent of this person changes: known for certain when the fact of it comes, at this minute.
    void changes(CandidateId who) { changing_.insert(who); }
    bool changing(CandidateId who) const { return changing_.contains(who); }

    /// Whole people together, then the marks and the cursor.
    Decisions finish();

    // What effect() writes to; the same names as StatePicture's.
    void put(const Enrolment& enrolment);
    void put_sent(CandidateId who, const Sent& sent);
    void remove_sent(CandidateId who, EnrolmentId enrolment, std::string_view step);
    CampaignState& campaign_state(dsl::CampaignIx ix) { return campaigns_[ix]; }
    Pace& pace_state() { return pace_; }
    void cursor(base::InboxSeq) {}
    const Sent* find_message(CandidateId who, EnrolmentId enrolment, std::string_view step) const;

private:
    void take(Decision decision);
    std::vector<Sent>& own_sent(CandidateId who);

    const State& state_;
    std::pmr::monotonic_buffer_resource memory_;       // of what only comes, and goes all together
    std::pmr::deque<Enrolment> enrolments_{&memory_};  // changed, new or ended, each once; they stay where they are
    boost::unordered_flat_map<EnrolmentId, Enrolment*> known_;  // those
    std::pmr::map<CandidateId, std::vector<EnrolmentId>> added_{&memory_};
    std::pmr::map<std::pair<dsl::CampaignIx, std::uint64_t>, EnrolmentId> addresses_{&memory_};
    Past past_;
    boost::unordered_flat_map<CandidateId, std::vector<Sent>> sent_;
    std::vector<CampaignState> campaigns_;
    Pace pace_;
    EnrolmentId next_enrolment_;
    MemberDraft member_;
    std::unordered_set<EnrolmentId> late_;
    std::unordered_set<CandidateId> changing_;
    std::pmr::deque<Decision> decisions_{&memory_};
};

}  // namespace nurture::engine
