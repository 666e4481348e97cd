// SPDX-License-Identifier: MIT
//
// Per person, every message that was sent, is in doubt or holds a place: caps, `next unsent of`, waits and branches on
// clicks look here. A message is named by enrolment and step. What was refused for good is not in it. One writer, like
// State.
#pragma once

#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"
#include "daemon/roster/columns.hpp"
#include "dsl/rules.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace nurture::engine {

using base::CandidateId;
using base::EnrolmentId;
using base::Minute;

struct Sent {
    EnrolmentId enrolment = 0;
    std::string step;
    dsl::CampaignIx campaign = 0;  // in the live rules; k_no_campaign: no longer there
    dsl::Channel channel{};
    std::string message_template;
    Minute at{};                     // the slot, then counted_at
    bool counted = false;            // sent or in doubt; else it only holds its place
    std::array<Minute, 4> events{};  // by dsl::StepEvent, the first of each; `sent` unused

    friend bool operator==(const Sent&, const Sent&) = default;
};
inline constexpr dsl::CampaignIx k_no_campaign = 0xffff;

/// Null if there is none.
const Sent* find_sent(std::span<const Sent> of_person, EnrolmentId enrolment, std::string_view step);

void put_sent(std::vector<Sent>& of_person, const Sent& sent);  // in place of the same one
void remove_sent(std::vector<Sent>& of_person, EnrolmentId enrolment, std::string_view step);

/// How many messages of the policy's day, by what the caps per day tell apart: campaign, channel, template, and, where
/// one is per sender (elsewhere 0), who looks after the person now, as Columns::owner says it: whose name a message
/// carries may be another than when it went.
using DayCounts = std::map<std::tuple<dsl::CampaignIx, dsl::Channel, std::string, roster::Code>, std::int32_t>;
inline void count(DayCounts& counts, const Sent& sent, roster::Code owner, std::int32_t more) {
    counts[{sent.campaign, sent.channel, sent.message_template, owner}] += more;
}

class Ledger {
public:
    /// By enrolment, then step.
    std::span<const Sent> of(CandidateId who) const;
    const DayCounts& counts_today() const { return counts_; }
    Minute day_start() const { return day_start_; }

    /// New or changed, in place of what has the same enrolment and step.
    void put(CandidateId who, const Sent& sent);
    void remove(CandidateId who, EnrolmentId enrolment, std::string_view step);
    /// Counts anew, under who looks after them now: owner_of(CandidateId). After a load as well.
    template<class OwnerOf>
    void begin_day(Minute day_start, OwnerOf owner_of) {
        for (auto& [who, owner] : today_)
            owner = owner_of(who);
        begin_day(day_start);
    }
    /// To be told when it may be somebody else, and about whoever has something new.
    void looked_after(CandidateId who, roster::Code owner);

    friend bool operator==(const Ledger& a, const Ledger& b) { return a.people_ == b.people_; }

private:
    void begin_day(Minute day_start);
    std::size_t count_today(CandidateId who, roster::Code owner, std::int32_t more);

    boost::unordered_flat_map<CandidateId, std::vector<Sent>> people_;  // looked up, never walked
    boost::unordered_flat_map<CandidateId, roster::Code> today_;        // under whose owner they are counted
    DayCounts counts_;
    Minute day_start_{};
};

}  // namespace nurture::engine
