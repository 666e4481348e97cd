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
    for (const auto& [what, number] : draft_.counts_today()) {
        const auto& [campaign, channel, message_template] = what;
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (all_[i]->per == dsl::CapPer::day && counts_for(*all_[i], campaign) &&
                counts(*all_[i], channel, message_template))
                (*today_)[{i, ""}] += number;
    }
    if (std::any_of(all_.begin(), all_.end(), [](const auto* cap) { return cap->per == dsl::CapPer::sender_day; }))
        count_senders();
}

/// Who was erased has no record to name an owner.
std::string Caps::sender_of(CandidateId who, const dsl::Campaign& campaign) const {
    if (const auto row = draft_.columns().find(who))
        return sender(draft_, *row, campaign);
    return campaign.from.owner ? campaign.owner.name : campaign.from.address;
}

/// Whose name a message carries may be another today than when it went: each is asked.
void Caps::count_senders() {
    const Minute midnight = draft_.times().day_start(draft_.today());
    for (const CandidateId who : draft_.sent_today())
        for (const Sent& sent : draft_.sent(who)) {
            if (sent.at < midnight)
                continue;
            for (std::size_t i = 0; i < all_.size(); ++i)
                if (all_[i]->per == dsl::CapPer::sender_day && counts_for(*all_[i], sent.campaign) &&
                    counts(*all_[i], sent.channel, sent.message_template))
                    ++(*today_)[{i, sender_of(who, draft_.rules().campaigns[sent.campaign])}];
        }
}

std::int32_t Caps::used_today(std::size_t cap, const std::string& sender) {
    if (!today_)
        count_today();
    const auto found = today_->find({cap, sender});
    return found == today_->end() ? 0 : found->second;
}

Caps::Room Caps::room(const Candidate& candidate, Minute from) {
    const dsl::Campaign& campaign = draft_.rule(candidate.enrolment);
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
        const bool by_sender = cap.per == dsl::CapPer::sender_day;
        const std::int32_t used =
            used_today(i, by_sender ? sender_of(candidate.enrolment.who, campaign) : "") - (own_today ? 1 : 0);
        if (from < tomorrow && used >= cap.count)
            wait({tomorrow, by_sender ? ReasonCode::sender_day_full : ReasonCode::day_full,
                  FullCap{cap.span, k_no_campaign}});
    }
    return room;
}

void Caps::taken(const Candidate& candidate) {
    if (!today_)
        return;
    const dsl::Campaign& campaign = draft_.rule(candidate.enrolment);
    const Sent* own = draft_.message(candidate.enrolment);
    const bool counted = own != nullptr && own->at >= draft_.times().day_start(draft_.today());
    for (std::size_t i = 0; i < all_.size(); ++i)
        if (!counted && all_[i]->per != dsl::CapPer::candidate &&
            draft_.rules().holds_for(all_[i]->directory, campaign) &&
            counts(*all_[i], candidate.choice.channel, candidate.choice.message_template))
            ++(*today_)[{i,
                         all_[i]->per == dsl::CapPer::sender_day ? sender_of(candidate.enrolment.who, campaign) : ""}];
}

}  // namespace nurture::engine
