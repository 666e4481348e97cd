// SPDX-License-Identifier: MIT
#include "daemon/engine/caps.hpp"

#include <algorithm>

namespace nurture::engine {

Caps::Caps(const Draft& draft) : draft_(draft) {
    const auto add = [&](const dsl::Policy& policy) {
        for (const dsl::Cap& cap : policy.caps)
            if (cap.directory == policy.directory)
                all_.push_back(&cap);
    };
    add(draft_.rules().policy);
    for (const dsl::Policy& policy : draft_.rules().below)
        add(policy);
}

bool Caps::counts(const dsl::Cap& cap, dsl::Channel channel, const std::string& message_template) const {
    switch (cap.of) {
    case dsl::CapOf::messages: return true;
    case dsl::CapOf::email: return channel == dsl::Channel::email;
    case dsl::CapOf::sms: return channel == dsl::Channel::sms;
    case dsl::CapOf::kind: {
        const auto ix = draft_.rules().find_template(channel, message_template);
        return ix && draft_.rules().templates[*ix].kind == cap.kind;
    }
    }
    return false;
}

Caps::Room Caps::rolling(const dsl::Cap& cap, const Candidate& candidate, Minute from) const {
    if (cap.count <= 0)
        return {base::k_never, ReasonCode::cap_reached, FullCap{cap.span, k_no_campaign}};
    const Enrolment& e = candidate.enrolment;
    const auto sent_to_them = draft_.sent(e.who);
    const auto allowed = static_cast<std::size_t>(cap.count);
    if (sent_to_them.size() < allowed)
        return {from, ReasonCode::none};
    std::vector<std::pair<Minute, dsl::CampaignIx>> sent_before;
    for (const Sent& sent : sent_to_them)
        if (!(sent.enrolment == e.id && sent.step == e.line().name) && counts(cap, sent.channel, sent.message_template))
            sent_before.emplace_back(sent.at, sent.campaign);
    if (sent_before.size() < allowed)
        return {from, ReasonCode::none};
    // There is room once the last but `count - 1` of them has left the window.
    std::sort(sent_before.begin(), sent_before.end(), std::greater<>{});
    const auto& [at, campaign] = sent_before[allowed - 1];
    return {std::max(from, at + cap.in), ReasonCode::cap_reached, FullCap{cap.span, campaign}};
}

bool Caps::counts_for(const dsl::Cap& cap, dsl::CampaignIx campaign) const {
    // Of a campaign that is gone, nobody knows its directory or its sender.
    return campaign == k_no_campaign ? cap.per != dsl::CapPer::sender_day && cap.directory.empty()
                                     : draft_.rules().holds_for(cap.directory, draft_.rules().campaigns[campaign]);
}

void Caps::count_today() {
    today_.emplace();
    count(draft_.state().ledger.counts_today());
    count(draft_.more_today());
}

void Caps::count(const DayCounts& some) {
    for (const auto& [what, number] : some) {
        const auto& [campaign, channel, message_template, owner] = what;
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (all_[i]->per != dsl::CapPer::candidate && counts_for(*all_[i], campaign) &&
                counts(*all_[i], channel, message_template))
                (*today_)[{i, counted_under(*all_[i], owner, campaign)}] += number;
    }
}

std::string Caps::counted_under(const dsl::Cap& cap, roster::Code owner, dsl::CampaignIx campaign) const {
    return cap.per == dsl::CapPer::sender_day ? sender(draft_, owner, draft_.rules().campaigns[campaign]) : "";
}

std::int32_t Caps::used_today(const CapAndSender& what) {
    if (!today_)
        count_today();
    const auto found = today_->find(what);
    return found == today_->end() ? 0 : found->second;
}

Caps::Room Caps::room(const Candidate& candidate, Minute from) {
    const dsl::Campaign& campaign = draft_.rule(candidate.enrolment);
    const roster::Code owner = draft_.columns().owner(draft_.row(candidate.enrolment));
    Room room{from, ReasonCode::none};
    const auto wait = [&](Room later) {
        if (later.at > room.at)
            room = later;
    };
    const Minute tomorrow = draft_.times().day_start(draft_.today() + std::chrono::days{1});
    // A slot that is being moved is still counted at its old place today: it does not stand in its own way.
    const Sent* own = draft_.message(candidate.enrolment);
    const bool own_today = own != nullptr && own->at >= draft_.times().day_start(draft_.today());
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const dsl::Cap& cap = *all_[i];
        if (!draft_.rules().holds_for(cap.directory, campaign) ||
            !counts(cap, candidate.choice.channel, candidate.choice.message_template))
            continue;
        if (cap.per == dsl::CapPer::candidate) {
            wait(rolling(cap, candidate, from));
            continue;
        }
        const std::int32_t used =
            used_today({i, counted_under(cap, owner, candidate.enrolment.campaign)}) - (own_today ? 1 : 0);
        if (from < tomorrow && used >= cap.count)
            wait({tomorrow, cap.per == dsl::CapPer::sender_day ? ReasonCode::sender_day_full : ReasonCode::day_full,
                  FullCap{cap.span, k_no_campaign}});
    }
    return room;
}

void Caps::taken(const Candidate& candidate) {
    if (!today_)
        return;
    const dsl::Campaign& campaign = draft_.rule(candidate.enrolment);
    const roster::Code owner = draft_.columns().owner(draft_.row(candidate.enrolment));
    const Sent* own = draft_.message(candidate.enrolment);
    const bool counted = own != nullptr && own->at >= draft_.times().day_start(draft_.today());
    for (std::size_t i = 0; i < all_.size(); ++i)
        if (!counted && all_[i]->per != dsl::CapPer::candidate &&
            draft_.rules().holds_for(all_[i]->directory, campaign) &&
            counts(*all_[i], candidate.choice.channel, candidate.choice.message_template))
            ++(*today_)[{i, counted_under(*all_[i], owner, candidate.enrolment.campaign)}];
}

}  // namespace nurture::engine
