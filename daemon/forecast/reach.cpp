// SPDX-License-Identifier: MIT
#include "daemon/forecast/reach.hpp"

#include <algorithm>

namespace nurture::forecast {
namespace {

bool never_contact(const engine::State& state, const dsl::Policy& policy, roster::Row row) {
    return std::any_of(policy.never_contact_lists.begin(), policy.never_contact_lists.end(),
                       [&](auto list) { return state.columns->in_list(list, row); }) ||
           std::any_of(policy.never_contact_segments.begin(), policy.never_contact_segments.end(),
                       [&](auto segment) { return state.member.in(segment, row); });
}

bool reachable(const engine::State& state, roster::Row row) {
    const auto& policy = state.rules->policy;
    const auto flags = state.columns->flags(row);
    const auto agreed = [&](const std::optional<dsl::ConsentIx>& consent) {
        return !consent || state.columns->consent(*consent, row) == dsl::cond::ConsentIs::given;
    };
    const bool email = flags.has_email && !flags.email_suppressed && agreed(policy.email_consent);
    const bool sms = flags.has_phone && !flags.sms_suppressed && policy.sms_consent && agreed(policy.sms_consent);
    return !flags.erased && (email || sms) && !never_contact(state, policy, row);
}

bool counts(const dsl::Rules& rules, const dsl::Floor& floor, const engine::Sent& sent) {
    if (floor.of != dsl::CapOf::kind)
        return floor.of == dsl::CapOf::messages || (floor.of == dsl::CapOf::sms) == (sent.channel == dsl::Channel::sms);
    const auto text = rules.find_template(sent.channel, sent.message_template);
    return text && rules.templates[*text].kind == floor.kind;
}

std::int64_t had(const engine::State& state, const dsl::Floor& floor, base::CandidateId who, Minute now) {
    const auto entries = state.ledger.of(who);
    return std::count_if(entries.begin(), entries.end(), [&](const engine::Sent& sent) {
        return sent.counted && sent.at > now - floor.in && counts(*state.rules, floor, sent);
    });
}

}  // namespace

Reach reach(const engine::State& state, const dsl::Campaign& rule, dsl::Channel channel) {
    const bool sms = channel == dsl::Channel::sms;
    const auto& policy = state.rules->policy_of(rule);
    const auto& consent = sms ? policy.sms_consent : policy.email_consent;
    Reach reach;
    reach.consent = consent ? state.rules->schema.consents[*consent] : std::string();
    state.member.of(rule.audience).for_each([&](std::size_t at) {
        const auto row = static_cast<roster::Row>(at);
        const auto flags = state.columns->flags(row);
        const bool has_address = sms ? flags.has_phone : flags.has_email;
        const bool suppressed = sms ? flags.sms_suppressed : flags.email_suppressed;
        const auto word = consent ? state.columns->consent(*consent, row) : dsl::cond::ConsentIs::given;
        auto& counted = never_contact(state, policy, row)         ? reach.never_contact
                        : !has_address                            ? reach.no_address
                        : suppressed                              ? reach.suppressed
                        : word == dsl::cond::ConsentIs::withdrawn ? reach.withdrawn
                        : word == dsl::cond::ConsentIs::unknown   ? reach.unknown
                                                                  : reach.reachable;
        ++counted;
    });
    return reach;
}

std::vector<FloorKept> floors(const engine::State& state, Minute now) {
    std::vector<FloorKept> all;
    for (const auto& promise : state.rules->policy.floors) {
        FloorKept kept{&promise};
        for (roster::Row row = 0; row < state.columns->size(); ++row) {
            if (!reachable(state, row))
                continue;
            ++kept.reachable;
            if (const auto who = state.columns->id(row); had(state, promise, who, now) < promise.count)
                kept.below.push_back(who);
        }
        all.push_back(std::move(kept));
    }
    return all;
}

}  // namespace nurture::forecast
