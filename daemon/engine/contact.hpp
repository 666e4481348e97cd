// SPDX-License-Identifier: MIT
//
// Whether and how a person may be written to, and under whose name. Within daemon/engine only. Pure.
#pragma once

#include "daemon/engine/draft.hpp"

#include <optional>
#include <string>

namespace nurture::engine {

/// none, no_address, suppressed or no_consent.
ReasonCode may_send(const State& state, const dsl::Campaign& campaign, Row row, dsl::Channel channel);
inline ReasonCode may_send(const Draft& draft, const dsl::Campaign& campaign, Row row, dsl::Channel channel) {
    return may_send(draft.state(), campaign, row, channel);
}
/// Whether that is one of those three.
bool may_not_go(ReasonCode reason);
bool never_contact(const Draft& draft, const dsl::Campaign& campaign, Row row);
bool on_hold(const Draft& draft, const dsl::Campaign& campaign, Row row);

/// Of the channel; 0: none.
roster::AddressNumber address(const Draft& draft, Row row, dsl::Channel channel);
/// The one that the campaign's first message would go to.
roster::AddressNumber first_address(const Draft& draft, const dsl::Campaign& campaign, Row row);
/// The consent that the policy wants for the channel; empty: none.
std::string consent_name(const dsl::Rules& rules, const dsl::Campaign& campaign, dsl::Channel channel);

std::string person(const Draft& draft, Row row, const dsl::Campaign& campaign, const dsl::PersonRef& who);
/// Whose messages `per sender per day` counts together, of people whom `owner` looks after.
std::string sender(const Draft& draft, roster::Code owner, const dsl::Campaign& campaign);

/// What a message step would send to this person now, or why nothing.
struct Choice {
    ReasonCode skip{};
    dsl::Channel channel{};
    std::string message_template;
};
Choice choose(const Draft& draft, const Enrolment& enrolment, const dsl::op::Message& message);

}  // namespace nurture::engine
