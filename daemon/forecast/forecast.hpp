// SPDX-License-Identifier: MIT
//
// The engine on a stepped clock: the same run() over the same state as the daemon's, in a world where every message is
// accepted at its slot and people answer as assumed. Writes nothing, connects to nothing. What it returns is the raw
// course of events; preview, plan and why make their reports of it. Throws base::StoreError. One thread.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/state.hpp"
#include "daemon/forecast/inputs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nurture::forecast {

/// A message that went out, with the text it had; or, with `problem`, one that could not be made.
struct Message {
    base::CandidateId who = 0;
    base::EnrolmentId enrolment = 0;
    dsl::CampaignIx campaign = 0;
    std::string step;
    Minute slot{};
    dsl::Channel channel{};
    std::string message_template;
    compose::Hash text_hash{};
    std::int32_t sms_segments = 0;
    std::string text;  // the subject or the SMS; kept where foresee() says
    std::optional<render::Problem> problem;
};

struct HumanTask {
    base::CandidateId who = 0;
    dsl::CampaignIx campaign = 0;
    std::string step;
    engine::decision::Ask::Kind kind{};
    std::string owner;
    Minute asked_at{}, deadline = base::k_never;
    std::optional<Minute> answered_at;  // an approval that is given; none: too late, or not needed any more
};

/// Somebody came in, an enrolment ended, or something waited for that reason (once per enrolment and reason).
struct Event {
    enum class What : std::uint8_t { entered, ended, waited, skipped };
    What what{};
    base::CandidateId who = 0;
    base::EnrolmentId enrolment = 0;
    dsl::CampaignIx campaign = 0;
    Minute at{};
    engine::ReasonCode reason{};
};

/// Everything in the order in which it happened.
struct Course {
    Minute from{}, until{};
    std::vector<Message> messages;
    std::vector<HumanTask> tasks;
    std::vector<Event> events;
};

/// The store through these rules, as of inputs.now.
engine::State load_state(const Inputs& inputs);
/// Up to, and without, `until`. `state` is then as of the last thing that happened, and its columns were changed. Texts
/// are kept of the first message of each campaign and template, and of all to `about`.
Course foresee(const Inputs& inputs, engine::State& state, Minute until, base::CandidateId about = 0);

}  // namespace nurture::forecast
