// SPDX-License-Identifier: MIT
#include "daemon/engine/contact.hpp"

#include <algorithm>

namespace nurture::engine {

ReasonCode may_send(const State& state, const dsl::Campaign& campaign, Row row, dsl::Channel channel) {
    const roster::PersonFlags flags = state.columns->flags(row);
    const bool sms = channel == dsl::Channel::sms;
    if (sms ? !flags.has_phone : !flags.has_email)
        return ReasonCode::no_address;
    if (sms ? flags.sms_suppressed : flags.email_suppressed)
        return ReasonCode::suppressed;
    const auto& policy = state.rules->policy_of(campaign);
    const auto& consent = sms ? policy.sms_consent : policy.email_consent;
    if (consent && state.columns->consent(*consent, row) != dsl::cond::ConsentIs::given)
        return ReasonCode::no_consent;
    return ReasonCode::none;
}

bool may_not_go(ReasonCode reason) {
    return reason == ReasonCode::no_address || reason == ReasonCode::suppressed || reason == ReasonCode::no_consent;
}

bool never_contact(const Draft& draft, const dsl::Campaign& campaign, Row row) {
    const auto& policy = draft.rules().policy_of(campaign);
    return std::any_of(policy.never_contact_lists.begin(), policy.never_contact_lists.end(),
                       [&](dsl::ListIx list) { return draft.columns().in_list(list, row); }) ||
           std::any_of(policy.never_contact_segments.begin(), policy.never_contact_segments.end(),
                       [&](dsl::SegmentIx segment) { return draft.in(segment, row); });
}

bool on_hold(const Draft& draft, const dsl::Campaign& campaign, Row row) {
    const auto& segments = draft.rules().policy_of(campaign).hold_segments;
    return std::any_of(segments.begin(), segments.end(),
                       [&](dsl::SegmentIx segment) { return draft.in(segment, row); });
}

roster::AddressNumber address(const Draft& draft, Row row, dsl::Channel channel) {
    return channel == dsl::Channel::sms ? draft.columns().phone(row) : draft.columns().mailbox(row);
}

roster::AddressNumber first_address(const Draft& draft, const dsl::Campaign& campaign, Row row) {
    const auto may = [&](dsl::Channel channel) { return may_send(draft, campaign, row, channel) == ReasonCode::none; };
    const bool by_other = campaign.first_other && !may(campaign.first_channel) && may(*campaign.first_other);
    return address(draft, row, by_other ? *campaign.first_other : campaign.first_channel);
}

std::string consent_name(const dsl::Rules& rules, const dsl::Campaign& campaign, dsl::Channel channel) {
    const auto& policy = rules.policy_of(campaign);
    const auto& consent = channel == dsl::Channel::sms ? policy.sms_consent : policy.email_consent;
    return consent ? rules.schema.consents[*consent] : std::string();
}

namespace {

std::string person(const Draft& draft, roster::Code owner, const dsl::PersonRef& who) {
    const std::string_view name = who.from_candidate ? draft.columns().owner_name(owner) : "";
    return name.empty() ? who.name : std::string(name);
}

}  // namespace

std::string person(const Draft& draft, Row row, const dsl::Campaign& campaign, const dsl::PersonRef& who) {
    return person(draft, draft.columns().owner(row), who.campaign_owner ? campaign.owner : who);
}

std::string sender(const Draft& draft, roster::Code owner, const dsl::Campaign& campaign) {
    return campaign.from.owner ? person(draft, owner, campaign.owner) : campaign.from.address;
}

namespace {

bool never_got(const Draft& draft, const Enrolment& e, dsl::Channel channel, const std::string& message_template) {
    const auto sent = draft.sent(e.who);
    return std::none_of(sent.begin(), sent.end(), [&](const Sent& one) {
        return one.channel == channel && one.message_template == message_template &&
               !(one.enrolment == e.id && one.step == e.line().name);
    });
}

Choice first_choice(const Draft& draft, const Enrolment& e, const dsl::op::Message& message) {
    if (const ReasonCode refused = may_send(draft, draft.rule(e), draft.row(e), message.channel);
        refused != ReasonCode::none)
        return {refused, message.channel, {}};
    for (const std::string& one : message.templates)
        if (!message.next_unsent || never_got(draft, e, message.channel, one))
            return {ReasonCode::none, message.channel, one};
    return {ReasonCode::never_sent_left, message.channel, {}};
}

}  // namespace

Choice choose(const Draft& draft, const Enrolment& e, const dsl::op::Message& message) {
    if (e.muted)
        return {ReasonCode::human_reply, message.channel, {}};
    // A row that exists keeps its channel and text: its key can be used once.
    if (const Sent* row = draft.message(e))
        return {may_send(draft, draft.rule(e), draft.row(e), row->channel), row->channel, row->message_template};
    Choice choice = first_choice(draft, e, message);
    if (may_not_go(choice.skip) && message.miss == dsl::op::Miss::other_message &&
        may_send(draft, draft.rule(e), draft.row(e), *message.other_channel) == ReasonCode::none)
        return {ReasonCode::none, *message.other_channel, message.other_template};
    return choice;
}

}  // namespace nurture::engine
