// SPDX-License-Identifier: MIT
// T2: the last look before a message leaves.
#include "daemon/store/breakers.hpp"
#include "daemon/store/handover_parts.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"
#include "daemon/store/suppressions.hpp"

#include <algorithm>

namespace nurture::store {
namespace {

constexpr std::string_view k_refusals[] = {"",
                                           "unknown message",
                                           "not ready",
                                           "stopped",
                                           "erased",
                                           "suppressed",
                                           "no consent",
                                           "never contact",
                                           "address changed",
                                           "approval missing",
                                           "approval lapsed",
                                           "window closed",
                                           "too late",
                                           "cap full",
                                           "clock went back",
                                           "not on the allow-list",
                                           "held back",
                                           "day over"};

// A clock that is corrected by NTP may step back a little; more than this is somebody setting it.
constexpr std::chrono::minutes k_clock_slack{5};

/// What becomes of the row; none: it stays as it is.
std::optional<MessageState> state_after(Refusal refusal) {
    switch (refusal) {
    case Refusal::erased: return MessageState::cancelled;
    case Refusal::suppressed:
    case Refusal::no_consent:
    case Refusal::off_allow_list:
    case Refusal::never_contact: return MessageState::suppressed;
    case Refusal::too_late: return MessageState::expired;
    case Refusal::address_changed:
    case Refusal::approval_missing:
    case Refusal::approval_lapsed:
    case Refusal::window_closed:
    case Refusal::cap_full:
    case Refusal::day_over:
    case Refusal::held_back: return MessageState::held;
    default: return std::nullopt;
    }
}

bool is_erased(const Database& database, CandidateId candidate) {
    return candidate != 0 &&
           Statement(database, "SELECT 1 FROM candidate WHERE id=? AND erased_at IS NOT NULL", candidate).step();
}

bool names(const std::vector<std::string>& campaigns, const Message& m) {
    return std::find(campaigns.begin(), campaigns.end(), m.campaign) != campaigns.end();
}

bool never_contact(const Database& database, const Message& m, const T2Policy& policy, Instant now) {
    const auto on = [&](const std::string& list) { return is_list_member(database, m.candidate, list, now); };
    return std::any_of(policy.never_contact_lists.begin(), policy.never_contact_lists.end(), on) ||
           std::any_of(policy.never_contact_below.begin(), policy.never_contact_below.end(),
                       [&](const NeverContact& below) { return names(below.campaigns, m) && on(below.list); });
}

Refusal approval_refusal(const Database& database, const Message& m, const Hash& text_hash) {
    if (m.approval == 0) {
        return Refusal::none;
    }
    if (!Statement(database, "SELECT 1 FROM human_step WHERE id=? AND decision='approved'", m.approval).step()) {
        return Refusal::approval_missing;
    }
    // Without a hash it is a later message under the same approval: only the next one was shown.
    return !m.shown || m.shown == text_hash ? Refusal::none : Refusal::approval_lapsed;
}

bool is_about(const CandidateCap& cap, Channel channel, const std::string& message_template) {
    return (!cap.channel || *cap.channel == channel) &&
           (cap.templates.empty() || std::find(cap.templates.begin(), cap.templates.end(),
                                               std::pair(channel, message_template)) != cap.templates.end());
}

bool cap_full(const Database& database, const Message& m, const T2Policy& policy, Instant now) {
    std::vector<std::pair<const CandidateCap*, int>> counts;
    Instant since = now;
    for (const auto& cap : policy.caps) {
        if (is_about(cap, m.channel, m.message_template) && (cap.campaigns.empty() || names(cap.campaigns, m))) {
            counts.emplace_back(&cap, 0);
            since = std::min(since, now - cap.in);
        }
    }
    if (counts.empty()) {
        return false;
    }
    Statement query(database,
                    "SELECT counted_at,channel,template FROM message WHERE candidate=? AND counted_at>?"
                    " AND counted_at<=? AND purpose='campaign' AND id<>?",
                    m.candidate, since, now, m.id);
    while (query.step()) {
        const Instant at = query.instant();
        const Channel channel = query.view() == "email" ? Channel::email : Channel::sms;
        const std::string message_template = query.text();
        for (auto& [cap, counted] : counts) {
            counted += at > now - cap->in && is_about(*cap, channel, message_template) ? 1 : 0;
        }
    }
    return std::any_of(counts.begin(), counts.end(), [](const auto& of) { return of.second >= of.first->count; });
}

/// Everything that another hand may have changed since the engine released the message.
Refusal look_again(const Database& database, const Message& m, const T2& request, const T2Policy& policy,
                   const Moment& moment, Instant now) {
    const bool campaign = m.purpose == MessagePurpose::campaign;
    if (m.state != MessageState::ready || now < m.not_before || now < m.slot) {
        return Refusal::not_ready;
    }
    if (policy.stop_file || moment.stopped) {
        return Refusal::stopped;
    }
    if (moment.clock_back) {
        return Refusal::clock_back;
    }
    if (holds_back(moment.gates, m)) {
        return campaign ? Refusal::held_back : Refusal::stopped;  // nobody would give staff's mail a new slot
    }
    // Mail to colleagues was allowed when it was asked for.
    if (campaign && policy.reachable && !policy.reachable(request.recipient)) {
        return Refusal::off_allow_list;
    }
    if (is_erased(database, m.candidate)) {
        return Refusal::erased;
    }
    if (suppression(database, request.addr_key, m.channel, now)) {
        return Refusal::suppressed;
    }
    if (campaign && !m.consent.empty() && consent_status(database, m.candidate, m.consent) != ConsentStatus::given) {
        return Refusal::no_consent;
    }
    if (campaign && never_contact(database, m, policy, now)) {
        return Refusal::never_contact;
    }
    if (m.addr_key != request.addr_key) {
        return Refusal::address_changed;
    }
    if (const Refusal refusal = approval_refusal(database, m, request.text_hash); refusal != Refusal::none) {
        return refusal;
    }
    if (now >= m.expires) {
        return Refusal::too_late;
    }
    if (now >= m.closes) {
        return Refusal::window_closed;
    }
    if (campaign && policy.days_of && day_over(*policy.days_of, m.slot, now)) {
        return Refusal::day_over;
    }
    return campaign && cap_full(database, m, policy, now) ? Refusal::cap_full : Refusal::none;
}

void hand_over(Database& database, const Message& m, const T2& request, Instant now) {
    Statement(database, "UPDATE message SET state='INFLIGHT',text_hash=?,subject=?,counted_at=? WHERE id=?",
              request.text_hash, request.subject, counted_at(m.slot, now), m.id)
        .run();
    Statement(database, "INSERT INTO attempt VALUES(?,?,?,?,NULL,'',0,'','')", m.id, request.attempt, request.relay,
              now)
        .run();
    note(database, m, "handover",
         JournalBody()
             .add("candidate", m.candidate)
             .add("campaign", m.campaign)
             .add("step", m.step)
             .add("channel", to_text(m.channel))
             .add("slot", base::to_unix(m.slot))
             .add("text", request.text_hash)
             .add("key", request.addr_key)
             .add("rule_set", m.rule_set)
             .add("attempt", base::hex(request.attempt)),
         now);
}

}  // namespace

std::string_view to_text(Refusal refusal) { return name_of(k_refusals, refusal); }

bool day_over(base::ZoneId days_of, Instant slot, Instant now) {
    const auto day = [&](Instant at) { return base::local_day(days_of, base::floor_minute(at)); };
    return day(counted_at(slot, now)) != day(slot);
}

bool clock_is_back(const Database& database, Instant now) {
    return now + k_clock_slack < clock_max(database).value_or(now);
}

Moment look_at_gates(const Database& database, Instant now) {
    return {stopped(database).has_value(), clock_is_back(database, now), gates(database)};
}

T2Verdict last_look(Database& database, const T2& request, const T2Policy& policy, const Moment& moment, Instant now) {
    const auto m = message(database, request.message);
    if (!m) {
        return {request.message, Refusal::unknown};
    }
    const Refusal refusal = look_again(database, *m, request, policy, moment, now);
    if (refusal == Refusal::none) {
        hand_over(database, *m, request, now);
    } else if (const auto state = state_after(refusal)) {
        move(database, *m, *state, to_text(refusal), now);
    }
    return {request.message, refusal};
}

}  // namespace nurture::store
