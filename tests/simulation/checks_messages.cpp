// SPDX-License-Identifier: MIT
// Promises about single messages.
#include "tests/simulation/judge.hpp"

#include "daemon/store/inbox.hpp"

#include <fmt/format.h>

namespace nurture::simulation {

using store::MessageState;

void Judge::no_key_is_accepted_twice() {
    constexpr auto promise = "1: no key is accepted twice";
    std::map<std::string, int> accepted;
    // A person with another address is written to there: that is another key, and nothing had arrived before.
    std::map<std::pair<base::MessageId, std::string>, std::string> keys;
    for (const auto& line : e_.record.lines) {
        if (line.what == What::accepted && ++accepted[line.key] > 1)
            blame(promise, "accepted again: " + line.key, line.message, line.who);
        if (line.what != What::begun)
            continue;
        const auto [known, fresh] = keys.emplace(std::pair(line.message, lower(line.who)), line.key);
        if (!fresh && known->second != line.key)
            blame(promise, "another key at another attempt: " + line.key, line.message, line.who);
    }
}

void Judge::no_step_is_accepted_twice() {
    constexpr auto promise = "2: no mailbox gets a step of a round twice";
    std::map<std::string, base::MessageId> seen;
    for (const auto& line : e_.record.lines) {
        const auto* m = message(line.message);
        if (line.what != What::accepted || m == nullptr)
            continue;
        for (const auto& key : {fmt::format("{}/{}/{}/{}", m->campaign, m->step, m->round, lower(line.who)),
                                fmt::format("{}/{}", m->enrolment, m->step)})
            if (!seen.emplace(key, m->id).second)
                blame(promise, key + " again", m->id, line.who);
    }
}

void Judge::nothing_starts_after_a_suppression() {
    constexpr auto promise = "3: nothing is started after a suppression";
    std::map<std::pair<Channel, std::string>, std::string> silent;
    std::map<std::pair<Channel, base::CandidateId>, std::string> withdrawn;
    std::map<std::string, std::string> off_limits;  // by ref
    for (const auto& line : e_.record.lines) {
        const auto* m = message(line.message);
        const auto* who = m != nullptr ? person(m->candidate) : nullptr;
        switch (line.what) {
        case What::opted_out:
        case What::bounced:
        case What::erased:
            if (!line.who.empty())
                silent[{line.channel, lower(line.who)}] = name(line.what);
            break;
        case What::withdrew: withdrawn[{line.channel, m->candidate}] = "took consent back"; break;
        case What::renewed: withdrawn.erase({line.channel, m->candidate}); break;
        case What::off_limits: off_limits[line.who] = "is off limits"; break;
        case What::begun:
            if (const auto why = silent.find({line.channel, lower(line.who)}); why != silent.end())
                blame(promise, "the address " + why->second, line.message, line.who);
            if (m != nullptr && withdrawn.contains({line.channel, m->candidate}))
                blame(promise, "the person took the consent back", line.message, line.who);
            if (who != nullptr && off_limits.contains(who->ref))
                blame(promise, "the person is on the never-contact list", line.message, line.who);
            break;
        default: break;
        }
    }
}

void Judge::nothing_starts_outside_the_window() {
    constexpr auto promise = "4: nothing is started outside the window";
    const auto inside = [](const Rulebook& book, const Campaign& c, Channel channel, const WallTime& t) {
        const bool wraps = c.to_hour <= c.from_hour;
        const bool in_hours =
            wraps ? t.hour >= c.from_hour || t.hour < c.to_hour : t.hour >= c.from_hour && t.hour < c.to_hour;
        // After midnight it is still the window of the evening before.
        const int opened = wraps && t.hour < c.to_hour ? (t.weekday + 6) % 7 : t.weekday;
        return in_hours && (c.weekends || opened < 5) && !(book.quiet_hours && (t.hour >= 20 || t.hour < 8)) &&
               t.weekday != book.quiet_day && !(channel == Channel::sms && (t.hour < 8 || t.hour >= 21));
    };
    for (const auto& line : e_.record.lines) {
        const auto* m = message(line.message);
        const auto* who = m != nullptr ? person(m->candidate) : nullptr;
        if (line.what != What::begun || who == nullptr || m->purpose != store::MessagePurpose::campaign)
            continue;
        const auto local = wall_time(who->zone.empty() ? k_policy_zone : who->zone, line.at);
        // Rules that were edited meanwhile: a message keeps the opening that it was released into, or got a new one.
        bool fine = false;
        for (auto book = books_.lower_bound(m->rule_set); book != books_.end(); ++book)
            if (const auto* campaign = book->second->campaign(m->campaign))
                fine = fine || inside(*book->second, *campaign, line.channel, local);
        if (!fine)
            blame(promise,
                  fmt::format("weekday {} {:02d}:{:02d} in {}", local.weekday + 1, local.hour, local.minute, who->zone),
                  m->id, line.who);
    }
}

void Judge::sent_is_what_was_accepted() {
    constexpr auto promise = "5: SENT only if accepted once; accepted is SENT or IN_DOUBT";
    std::map<base::MessageId, int> accepted;
    for (const auto& line : e_.record.lines)
        if (line.what == What::accepted)
            ++accepted[line.message];
    for (const auto& [id, m] : messages_) {
        const int times = accepted[id];
        if (m.state == MessageState::sent && times != 1)
            blame(promise, fmt::format("SENT, and accepted {} times", times), id);
        if (times > 0 && m.state != MessageState::sent && m.state != MessageState::in_doubt)
            blame(promise, fmt::format("accepted, and {}", to_text(m.state)), id);
        if (m.state == MessageState::inflight)
            blame(promise, "INFLIGHT at the end", id);
    }
    std::map<base::MessageId, int> noted;
    for (const auto& line : journal_)
        noted[line.row.message] += line.row.kind == "handover" ? 1 : 0;
    for (const auto& line : e_.record.lines)
        if (line.what == What::begun && --noted[line.message] < 0)
            blame(promise, "started without a record of it", line.message, line.who);
}

void Judge::nothing_starts_while_stopped() {
    bool stopped = false;
    for (const auto& line : e_.record.lines) {
        if (line.what == What::stopped || line.what == What::resumed)
            stopped = line.what == What::stopped;
        if (line.what == What::begun && stopped)
            blame("8: nothing is started after the kill switch", "started", line.message, line.who);
    }
}

void Judge::nothing_is_too_late() {
    for (const auto& line : journal_) {
        const auto* m = message(line.row.message);
        if (line.row.kind != "handover" || m == nullptr)
            continue;
        const auto late = base::to_unix(line.row.at) - line.body["slot"].get<std::int64_t>();
        if (late < 0 || late >= (m->channel == Channel::sms ? 2 : 24) * 3600)
            blame("12: nothing is early, or later than allowed", fmt::format("{} s after its slot", late), m->id);
    }
}

void Judge::only_legal_edges() {
    static const std::set<std::string> legal{
        "READY READY",       "READY HELD",        "READY INFLIGHT", "READY REJECTED",    "READY SUPPRESSED",
        "READY EXPIRED",     "READY CANCELLED",   "HELD READY",     "HELD HELD",         "READY FAILED_RENDER",
        "HELD SUPPRESSED",   "HELD EXPIRED",      "HELD CANCELLED", "INFLIGHT SENT",     "INFLIGHT READY",
        "INFLIGHT REJECTED", "INFLIGHT IN_DOUBT", "IN_DOUBT SENT",  "IN_DOUBT REJECTED", "HELD FAILED_RENDER"};
    for (const auto& edge : e_.house.edges)
        if (!legal.contains(edge.was + ' ' + edge.state))
            blame("13: only legal edges", edge.was + " to " + edge.state, edge.message);
}

void Judge::nothing_is_left_behind() {
    constexpr auto promise = "21: when the trouble is over, whatever is due goes out";
    const auto end = e_.record.now;
    const auto hour = std::chrono::hours(1);
    for (const auto& [id, m] : messages_)
        if (m.state == MessageState::ready && m.not_before + 2 * hour < end)
            blame(promise, "READY since " + base::format_instant(m.not_before), id);
    for (const auto& [id, enrolment] : enrolments_) {
        if (enrolment.ended_at)
            continue;
        if (enrolment.phase == store::Phase::waiting && enrolment.due && *enrolment.due + hour < end)
            blame(promise, fmt::format("enrolment {} waits for what has passed", id));
        if (enrolment.phase != store::Phase::released)
            continue;
        const auto m = store::message_of(e_.database, id, enrolment.step);
        if (!m || store::is_final(m->state))
            blame(promise, fmt::format("enrolment {} has not heard what became of its message", id), m ? m->id : 0);
    }
    if (store::inbox_cursor(e_.database) < store::inbox_end(e_.database))
        blame(promise, "the engine has not read its inbox to the end");
}

void Judge::a_clock_that_went_back_starts_nothing() {
    Second latest{};
    for (const auto& line : e_.record.lines) {
        if (line.what != What::begun && line.what != What::told)
            continue;
        if (line.what == What::begun && line.at + std::chrono::minutes(5) < latest)
            blame("20: a clock that went back starts nothing", "started in the past", line.message, line.who);
        if (line.what == What::begun)
            latest = std::max(latest, line.at);
    }
}

}  // namespace nurture::simulation
