// SPDX-License-Identifier: MIT
// Two campaigns at a time: N0610 audiences that overlap, N0611 caps that they exceed together.
#include "daemon/forecast/lint_parts.hpp"
#include "daemon/forecast/page.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace nurture::forecast {
namespace {

using engine::ReasonCode;

constexpr std::chrono::days k_week{7};  // what lies further ahead rests on too many assumptions
// A few people who wait a day are what a cap is for.
constexpr std::size_t k_worth_telling = 10;

std::string people(std::size_t count) { return counted(static_cast<std::int64_t>(count), "person", "people"); }

std::vector<base::CandidateId> ids(const engine::State& state, const engine::Bitmap& rows) {
    std::vector<base::CandidateId> all;
    rows.for_each([&](std::size_t row) { all.push_back(state.columns->id(static_cast<roster::Row>(row))); });
    return all;
}

class Caps {
public:
    Caps(const Inputs& inputs, engine::State& state, std::vector<Lint>& found)
        : rules_(*inputs.rules),
          zone_(state.times->zone()),
          course_(foresee(inputs, state, inputs.now + k_week)),
          found_(found) {}

    void run() {
        for (const auto& message : course_.messages)
            if (!message.problem) {
                by_person_[message.who].push_back(&message);
                by_day_[base::local_day(zone_, message.slot)].insert(message.campaign);
            }
        for (const auto& event : course_.events)
            if (event.what == Event::What::waited)
                waited(event);
        for (const auto& [pair, who] : waiting_)
            if (who.size() >= k_worth_telling)
                tell(pair.first, pair.second, {who.begin(), who.end()});
    }

private:
    void waited(const Event& event) {
        if (event.reason == ReasonCode::cap_reached) {
            for (const auto* message : by_person_[event.who])
                blame(event, message->campaign, std::chrono::abs(message->slot - event.at) <= longest_cap());
        } else if (event.reason == ReasonCode::day_full || event.reason == ReasonCode::sender_day_full) {
            for (const auto campaign : by_day_[base::local_day(zone_, event.at)])
                blame(event, campaign, true);
        }
    }
    void blame(const Event& event, dsl::CampaignIx other, bool near) {
        if (near && other != event.campaign)
            waiting_[{event.campaign, other}].insert(event.who);
    }

    std::chrono::minutes longest_cap() const {
        std::chrono::minutes longest{0};
        for (const auto& cap : rules_.policy.caps)
            longest = std::max(longest, cap.in);
        return longest;
    }

    void tell(dsl::CampaignIx waits, dsl::CampaignIx other, std::vector<base::CandidateId> who) {
        const auto& a = rules_.campaigns[waits];
        const auto& b = rules_.campaigns[other];
        auto one = dsl::diagnose("N0611",
                                 fmt::format("\"{}\" and \"{}\" exceed a cap together: {} of \"{}\" will wait for it "
                                             "within {} days",
                                             a.name, b.name, people(who.size()), a.name, k_week.count()),
                                 a.span);
        one.labels.push_back({b.span, "the other one"});
        one.notes.push_back(
            a.priority == b.priority
                ? "Give the one that matters more a larger priority:   priority 60"
                : "Nothing is lost, only late. Fewer a day come in with a smaller   enroll at most … per day");
        found_.push_back({std::move(one), std::move(who)});
    }

    const dsl::Rules& rules_;
    base::ZoneId zone_;
    Course course_;
    std::vector<Lint>& found_;
    std::map<base::CandidateId, std::vector<const Message*>> by_person_;
    std::map<base::Day, std::set<dsl::CampaignIx>> by_day_;
    std::map<std::pair<dsl::CampaignIx, dsl::CampaignIx>, std::set<base::CandidateId>> waiting_;
};

}  // namespace

/// One and the same audience is the checker's business, store or no store.
void lint_overlaps(const Inputs& inputs, const engine::State& state, std::vector<Lint>& found) {
    const auto& campaigns = inputs.rules->campaigns;
    for (std::size_t b = 0; b < campaigns.size(); ++b)
        for (std::size_t a = 0; a < b; ++a) {
            if (campaigns[a].priority != campaigns[b].priority || campaigns[a].audience == campaigns[b].audience ||
                campaigns[a].draft || campaigns[b].draft)
                continue;
            const auto both = state.member.of(campaigns[a].audience) & state.member.of(campaigns[b].audience);
            if (both.count() < k_worth_telling)
                continue;
            auto one = dsl::diagnose("N0610",
                                     fmt::format("{} are in the audiences of both \"{}\" and \"{}\", which have the "
                                                 "same priority",
                                                 people(both.count()), campaigns[a].name, campaigns[b].name),
                                     campaigns[b].audience_span, "whose message goes first?");
            one.labels.push_back({campaigns[a].audience_span, "the other one"});
            one.notes.push_back(fmt::format("Give one of them another priority:   priority {}",
                                            inputs.rules->free_priority(static_cast<dsl::CampaignIx>(b))));
            found.push_back({std::move(one), ids(state, both)});
        }
}

void lint_caps(const Inputs& inputs, engine::State& state, std::vector<Lint>& found) {
    if (!inputs.rules->policy.caps.empty() && inputs.rules->campaigns.size() > 1)
        Caps(inputs, state, found).run();
}

}  // namespace nurture::forecast
