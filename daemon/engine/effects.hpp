// SPDX-License-Identifier: MIT
//
// What a decision does to a picture: the one place that says so, for the draft within a tick and for the state
// afterwards. A Picture has put, put_sent, remove_sent, find_message, campaign_state, pace_state, cursor.
// Within daemon/engine only.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/state.hpp"

namespace nurture::engine {

template<class Picture>
struct Effect {
    Picture& picture;
    const dsl::Rules& rules;
    const Settings& settings;

    void operator()(const decision::Enrol& d) const {
        picture.put(d.enrolment);
        if (d.counts_on)
            ++picture.campaign_state(d.enrolment.campaign).entered_today;
    }
    void operator()(const decision::Move& d) const { picture.put(d.enrolment); }
    void operator()(const decision::Ask& d) const { picture.put(d.enrolment); }
    void operator()(const decision::Withdraw& d) const { picture.put(d.enrolment); }
    void operator()(const decision::End& d) const { picture.put(d.enrolment); }
    void operator()(const decision::Pause& d) const { picture.put(d.enrolment); }
    // What they do to the person comes back as a fact: the columns belong to the World.
    void operator()(const decision::Enlist& d) const { picture.put(d.enrolment); }
    void operator()(const decision::WithdrawConsent& d) const { picture.put(d.enrolment); }

    void operator()(const decision::Release& d) const {
        const Enrolment& e = d.enrolment;
        picture.put(e);
        picture.put_sent(e.who, {e.id, d.step, e.campaign, d.channel, d.message_template, d.slot, false, {}});
        take_place(d.slot, d.channel);
        if (!d.canary)
            return;
        Canary& canary = *picture.campaign_state(e.campaign).canary;
        if (--canary.left == 0)
            canary.until = d.slot + settings.canary_wait;
    }
    void operator()(const decision::Reslot& d) const {
        picture.put(d.enrolment);
        Sent sent = *picture.find_message(d.enrolment.who, d.enrolment.id, d.step);
        sent.at = d.slot;
        picture.put_sent(d.enrolment.who, sent);
        take_place(d.slot, sent.channel);
    }
    void operator()(const decision::Cancel& d) const {
        const Enrolment& e = d.enrolment;
        picture.put(e);
        const Sent* sent = picture.find_message(e.who, e.id, d.step);
        if (d.keep || sent == nullptr)
            return;
        picture.pace_state().give_back(sent->at, sent->channel);
        picture.remove_sent(e.who, e.id, d.step);
    }

    void operator()(const decision::RunMark& d) const {
        CampaignState& campaign = picture.campaign_state(*rules.campaign(d.campaign));
        campaign.ran_for = d.ran_for;
        campaign.left_over = d.left_over;
    }
    void operator()(const decision::Cursor& d) const { picture.cursor(d.seq); }

private:
    void take_place(Minute slot, dsl::Channel channel) const {
        Pace& pace = picture.pace_state();
        if (pace.minute != slot)
            pace = {slot, {}};
        ++pace.used[static_cast<std::size_t>(channel)];
    }
};

}  // namespace nurture::engine
