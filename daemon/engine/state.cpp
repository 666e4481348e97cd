// SPDX-License-Identifier: MIT
#include "daemon/engine/state.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nurture::engine {
namespace {

bool any_cap_per_sender(const dsl::Rules& rules) {
    const auto any = [](const dsl::Policy& policy) {
        return std::any_of(policy.caps.begin(), policy.caps.end(),
                           [](const dsl::Cap& cap) { return cap.per == dsl::CapPer::sender_day; });
    };
    return any(rules.policy) || std::any_of(rules.below.begin(), rules.below.end(), any);
}

/// By the owners' names: each state has a dictionary of its own.
auto named_counts(const State& state) {
    std::map<std::tuple<dsl::CampaignIx, dsl::Channel, std::string, std::string>, std::int32_t> named;
    for (const auto& [what, number] : state.ledger.counts_today()) {
        const auto& [campaign, channel, message_template, owner] = what;
        if (number != 0)
            named[{campaign, channel, message_template, std::string(state.columns->owner_name(owner))}] += number;
    }
    return named;
}

}  // namespace

State::State(std::shared_ptr<const dsl::Rules> of, std::shared_ptr<roster::Columns> people, const Settings& with)
    : rules(std::move(of)),
      times(std::make_shared<const Timetable>(*rules)),
      columns(std::move(people)),
      settings(with),
      caps_senders(any_cap_per_sender(*rules)),
      member(rules, *columns),
      past(rules->campaigns.size()),
      campaigns(rules->campaigns.size()),
      admission(rules->campaigns.size()) {}

roster::Code charged_owner(const State& state, CandidateId who) {
    return state.caps_senders ? state.columns->owner_of(who) : 0;
}

void sort_out(std::vector<roster::Row>& rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

bool same(const State& a, const State& b) {
    return a.rules->hash == b.rules->hash && *a.columns == *b.columns && a.settings == b.settings &&
           a.today == b.today && a.cursor == b.cursor && a.next_enrolment == b.next_enrolment && a.member == b.member &&
           a.book == b.book && a.past == b.past && a.ledger == b.ledger && named_counts(a) == named_counts(b) &&
           a.campaigns == b.campaigns && a.pace == b.pace && a.stopped == b.stopped &&
           a.channel_held == b.channel_held && a.no_way == b.no_way && a.allowed == b.allowed;
}

}  // namespace nurture::engine
