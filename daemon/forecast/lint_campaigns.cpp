// SPDX-License-Identifier: MIT
// Campaigns together: N0610 audiences that overlap, N0611 caps that they exceed.
#include "daemon/forecast/lint_parts.hpp"
#include "daemon/forecast/page.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace nurture::forecast {
namespace {

constexpr std::chrono::days k_week{7};  // what lies further ahead rests on too many assumptions
// A few people who wait a day are what a cap is for.
constexpr std::size_t k_worth_telling = 10;
constexpr std::size_t k_most_named = 5;  // campaigns of one warning

std::string people(std::size_t count) { return counted(static_cast<std::int64_t>(count), "person", "people"); }

std::vector<base::CandidateId> ids(const engine::State& state, const engine::Bitmap& rows) {
    std::vector<base::CandidateId> all;
    rows.for_each([&](std::size_t row) { all.push_back(state.columns->id(static_cast<roster::Row>(row))); });
    return all;
}

/// Whom one cap makes wait for other campaigns.
struct Crowd {
    std::map<dsl::CampaignIx, std::set<base::CandidateId>> waiting;
    std::map<dsl::CampaignIx, std::map<dsl::CampaignIx, std::size_t>> behind;  // of each, the campaigns ahead
};

class Caps {
public:
    Caps(const Inputs& inputs, engine::State& state, std::vector<Lint>& found)
        : rules_(*inputs.rules),
          course_(foresee(inputs, state, inputs.now + k_week)),
          found_(found) {}

    void run() {
        std::set<dsl::CampaignIx> sending;
        for (const auto& message : course_.messages)
            sending.insert(message.campaign);
        for (const auto& event : course_.events) {
            if (event.what != Event::What::waited || !event.full)
                continue;
            // A cap per day is filled by everybody who sends.
            const bool alone =
                event.full->ahead == engine::k_no_campaign ? sending.size() < 2 : event.full->ahead == event.campaign;
            if (!alone)
                waited(event);
        }
        for (const auto& [place, crowd] : crowds_)
            tell(crowd, {place.first, place.second.first, place.second.second});
    }

private:
    void waited(const Event& event) {
        const auto& line = event.full->line;
        auto& crowd = crowds_[{line.file, {line.begin, line.end}}];
        crowd.waiting[event.campaign].insert(event.who);
        if (event.full->ahead != engine::k_no_campaign)
            ++crowd.behind[event.campaign][event.full->ahead];
    }

    void tell(const Crowd& crowd, dsl::Span line) {
        std::vector<std::pair<std::size_t, dsl::CampaignIx>> most;
        std::set<base::CandidateId> who;
        for (const auto& [campaign, waiting] : crowd.waiting)
            if (waiting.size() >= k_worth_telling) {
                most.emplace_back(waiting.size(), campaign);
                who.insert(waiting.begin(), waiting.end());
            }
        if (most.empty())
            return;
        std::sort(most.rbegin(), most.rend());
        auto one = dsl::diagnose("N0611",
                                 fmt::format("campaigns exceed this cap together: {} will wait for room in it within "
                                             "{} days",
                                             people(who.size()), k_week.count()),
                                 line);
        for (const auto& [count, campaign] : most)
            if (one.labels.size() <= k_most_named)
                one.labels.push_back({rules_.campaigns[campaign].span, behind(crowd, campaign, count)});
        one.notes.emplace_back("Nothing is lost, only late. The larger `priority` goes first; fewer come in with a "
                               "smaller   enroll at most … per day");
        found_.push_back({std::move(one), {who.begin(), who.end()}});
    }

    /// "15 people of it wait, behind "A""
    std::string behind(const Crowd& crowd, dsl::CampaignIx campaign, std::size_t count) const {
        if (!crowd.behind.contains(campaign))
            return people(count) + " of it wait";
        const auto& ahead = crowd.behind.at(campaign);
        const auto most = std::max_element(ahead.begin(), ahead.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        return fmt::format("{} of it wait, {}behind \"{}\"", people(count), ahead.size() > 1 ? "most of them " : "",
                           rules_.campaigns[most->first].name);
    }

    const dsl::Rules& rules_;
    Course course_;
    std::vector<Lint>& found_;
    std::map<std::pair<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>>, Crowd> crowds_;  // by the cap's line
};

}  // namespace

/// One and the same audience is the checker's business, store or no store.
void lint_overlaps(const Inputs& inputs, const engine::State& state, std::vector<Lint>& found) {
    const auto& campaigns = inputs.rules->campaigns;
    std::vector<engine::Bitmap> audiences;
    for (const dsl::Campaign& campaign : campaigns)
        audiences.push_back(state.member.of(campaign.audience));
    for (std::size_t b = 0; b < campaigns.size(); ++b)
        for (std::size_t a = 0; a < b; ++a) {
            if (campaigns[a].priority != campaigns[b].priority || campaigns[a].audience == campaigns[b].audience ||
                campaigns[a].draft || campaigns[b].draft)
                continue;
            const auto both = audiences[a] & audiences[b];
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
