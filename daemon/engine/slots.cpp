// SPDX-License-Identifier: MIT
//
// Who may send now: everything that is ready, by priority, ready since, campaign, step, person, gets the least minute
// that passes the opening hours, caps, canary, breakers and pace. Now: it is released. Later: it waits until then.
#include "daemon/engine/caps.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace nurture::engine {
namespace {

constexpr std::chrono::minutes k_minute{1};
/// A message is worth less every hour; an SMS at night of the next day is worth nothing.
constexpr std::chrono::hours k_email_expires{24}, k_sms_expires{2};

struct Slot {
    Minute at = base::k_never;
    ReasonCode why{};  // the first thing that made it wait
    Minute closes{};
    std::optional<FullCap> full{};  // if that was a cap
};

/// The minutes to come, of one channel. They fill up and have no room again in this tick: a full one leads to the next
/// that has, so that who is far back in a long queue is not told by counting through all of it.
class Minutes {
public:
    Minute with_room(Minute from) {
        Minute to = from;
        for (auto full = full_.find(to); full != full_.end(); full = full_.find(to))
            to = full->second;
        while (from != to)
            from = std::exchange(full_[from], to);
        return to;
    }
    void take(Minute minute, std::int32_t allowed) {
        if (++taken_[minute] == allowed)
            full_[minute] = minute + k_minute;
    }

private:
    std::map<Minute, std::int32_t> taken_;
    std::map<Minute, Minute> full_;
};

class Slots {
public:
    explicit Slots(Draft& draft) : draft_(draft), caps_(draft) {}

    void give(Enrolment e) {
        const dsl::Campaign& campaign = draft_.rule(e);
        if (e.paused_until > draft_.now())
            return wait(e, e.paused_until, ReasonCode::paused);
        if (campaign.stop_leavers && !draft_.in(campaign.audience, draft_.row(e)))
            return end(draft_, e, {ReasonCode::left_audience, campaign.leavers_span});
        const auto& message = std::get<dsl::op::Message>(e.line().op);
        const Choice choice = choose(draft_, e, message);
        if (may_not_go(choice.skip) && message.miss == dsl::op::Miss::stop)
            return end(draft_, e, {ReasonCode::may_not_go, e.line().span});
        if (choice.skip != ReasonCode::none)
            return skip(draft_, e, choice.skip);
        const Minute last = last_minute(e);
        const Candidate candidate{e, choice};
        place(e, message, candidate, find(candidate, last), last);
    }

private:
    void place(Enrolment& e, const dsl::op::Message& message, const Candidate& candidate, const Slot& slot,
               Minute last) {
        const Minute then = slot.at == base::k_never ? draft_.now() : slot.at;  // a shut gate may open any time
        if (then > last && message.late_skips)
            return skip(draft_, e, ReasonCode::step_too_late);
        if (then > last)
            return end(draft_, e, {ReasonCode::not_fitted_in, e.line().span});
        if (slot.at > draft_.now())
            return wait(e, std::min(slot.at, last + k_minute), slot.why, slot.full);
        const bool sms = candidate.choice.channel == dsl::Channel::sms;
        const Minute expires = slot.at + (sms ? k_sms_expires : k_email_expires);
        caps_.taken(candidate);
        note_window(candidate, slot.at);
        release(e, message, candidate, slot, std::min(expires, last));
    }

    /// How late it may be (30 days where the step does not say), and never after the campaign has expired.
    Minute last_minute(const Enrolment& e) const {
        const auto& within = std::get<dsl::op::Message>(e.line().op).within;
        const Minute patience = draft_.times().add(draft_.zone(e), e.ready_since, within);
        const auto& expires_on = draft_.rule(e).expires_on;
        return expires_on ? std::min(patience, draft_.times().day_start(*expires_on) - k_minute) : patience;
    }

    void wait(Enrolment& e, Minute until, ReasonCode why, const std::optional<FullCap>& full = {}) {
        if (e.due == until && e.blocked == why)
            return;
        e.due = until;
        e.blocked = why;
        draft_.decide(decision::Move{{}, {why, e.line().span}, e, k_no_step, full});
    }

    void release(Enrolment& e, const dsl::op::Message& message, const Candidate& candidate, const Slot& slot,
                 Minute expires) {
        const bool again = draft_.message(e) != nullptr;
        const Choice choice = candidate.choice;
        e.phase = Phase::released;
        e.due = base::k_never;
        e.blocked = ReasonCode::none;
        const std::string& step = e.line().name;
        if (again)
            return draft_.decide(
                decision::Reslot{{}, {ReasonCode::new_slot, e.line().span}, e, step, slot.at, slot.closes, expires});
        const auto& canary = draft_.campaign(e.campaign).canary;
        draft_.decide(decision::Release{{},
                                        {ReasonCode::slot_given, e.line().span},
                                        e,
                                        step,
                                        choice.channel,
                                        choice.message_template,
                                        person(draft_, draft_.row(e), draft_.rule(e), draft_.rule(e).owner),
                                        consent_name(draft_.rules(), draft_.rule(e), choice.channel),
                                        e.approval != k_no_step,
                                        message.with_note,
                                        message.thread_of ? e.steps->lines[*message.thread_of].name : std::string(),
                                        canary && canary->left > 0,
                                        slot.at,
                                        slot.closes,
                                        expires});
    }

    // --- the least minute ---------------------------------------------------------------------------------------

    Slot find(const Candidate& candidate, Minute last) {
        const Enrolment& e = candidate.enrolment;
        if (const ReasonCode shut = gate(candidate); shut != ReasonCode::none)
            return {base::k_never, shut, {}};
        Slot slot{draft_.now(), ReasonCode::none, {}};
        const auto later = [&](Minute at, ReasonCode why, const std::optional<FullCap>& full = {}) {
            if (at <= slot.at)
                return false;
            slot.at = at;
            if (slot.why == ReasonCode::none) {
                slot.why = why;
                slot.full = full;
            }
            return true;
        };
        const auto& opening = draft_.times().opening(e.campaign, candidate.choice.channel);
        // Each round moves on by at least a minute or is the last.
        while (slot.at <= last) {
            const auto open = opening.next(draft_.zone(e), slot.at);
            if (!open)
                return {base::k_never, ReasonCode::outside_window, {}};
            later(open->at, ReasonCode::outside_window);
            slot.closes = open->closes;
            const Caps::Room room = caps_.room(candidate, slot.at);
            if (later(room.at, room.why, room.full) || later(after_canary(e), ReasonCode::canary) ||
                later(after_late(candidate, *open), ReasonCode::quiet_until_next_window) ||
                later(after_pace(candidate.choice.channel, slot.at), ReasonCode::pace))
                continue;
            break;
        }
        if (slot.at > draft_.now() && slot.at <= last)
            plan(candidate, slot.at);
        return slot;
    }

    ReasonCode gate(const Candidate& candidate) const {
        const State& state = draft_.state();
        if (state.stopped)
            return ReasonCode::stopped;
        const auto channel = static_cast<std::size_t>(candidate.choice.channel);
        if (state.no_way[channel])
            return ReasonCode::no_way;
        const CampaignState& campaign = draft_.campaign(candidate.enrolment.campaign);
        if (state.channel_held[channel] || campaign.breaker)
            return ReasonCode::breaker;
        return campaign.held_steps.contains(candidate.enrolment.line().name) ? ReasonCode::step_held : ReasonCode::none;
    }

    Minute after_canary(const Enrolment& e) const {
        const auto& canary = draft_.campaign(e.campaign).canary;
        return canary && canary->left == 0 && canary->until ? *canary->until : Minute{};
    }

    /// Late after downtime: at most one message per person and window.
    Minute after_late(const Candidate& candidate, const base::Opening& open) const {
        const Enrolment& e = candidate.enrolment;
        if (!draft_.late(e.id))
            return Minute{};
        const base::ZoneId zone = draft_.zone(e);
        const Day day = base::local_day(zone, open.at);
        const auto entries = draft_.sent(e.who);
        const bool taken =
            late_days_.contains({e.who, day}) || std::any_of(entries.begin(), entries.end(), [&](const Sent& sent) {
                return sent.enrolment != e.id && base::local_day(zone, sent.at) == day;
            });
        return taken ? open.closes : Minute{};
    }

    std::int32_t per_minute(std::size_t channel) const { return draft_.state().settings.per_minute[channel]; }

    Minute after_pace(dsl::Channel channel, Minute from) {
        const auto i = static_cast<std::size_t>(channel);
        if (per_minute(i) <= 0)
            return from;
        const Pace& pace = draft_.pace();
        const bool full = from == pace.minute && pace.used[i] >= per_minute(i);  // until a place is given back
        return minutes_[i].with_room(full ? from + k_minute : from);
    }

    /// Those behind it in the queue are told a later minute at once, instead of one minute after the other.
    void plan(const Candidate& candidate, Minute at) {
        const auto i = static_cast<std::size_t>(candidate.choice.channel);
        minutes_[i].take(at, per_minute(i));
        note_window(candidate, at);
    }

    void note_window(const Candidate& candidate, Minute at) {
        const Enrolment& e = candidate.enrolment;
        if (draft_.late(e.id))
            late_days_.insert({e.who, base::local_day(draft_.zone(e), at)});
    }

    Draft& draft_;
    Caps caps_;
    std::array<Minutes, 2> minutes_;  // by dsl::Channel
    std::set<std::pair<CandidateId, Day>> late_days_;
};

}  // namespace

void give_slots(Draft& draft) {
    using Key = std::tuple<std::int32_t, Minute, std::string_view, std::string_view, Row, EnrolmentId>;
    std::vector<Key> ready;
    for (const auto& [due, id] : draft.due()) {
        const Enrolment& e = *draft.find(id);
        if (e.phase != Phase::ready)
            continue;
        const dsl::Campaign& campaign = draft.rule(e);
        ready.emplace_back(-campaign.priority, e.ready_since, campaign.name, e.line().name, draft.row(e), id);
    }
    if (ready.empty())
        return;
    std::sort(ready.begin(), ready.end());
    Slots slots(draft);
    for (const Key& key : ready)
        if (const Enrolment* e = draft.find(std::get<EnrolmentId>(key)); e != nullptr && !draft.changing(e->who))
            slots.give(*e);
}

}  // namespace nurture::engine
