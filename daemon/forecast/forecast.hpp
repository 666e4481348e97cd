// SPDX-License-Identifier: MIT
//
// The engine on a stepped clock: the same run() over the same state as the daemon's, in a world where every message is
// accepted at its slot and people answer as assumed. Writes nothing, connects to nothing. What it returns is the raw
// course of events; preview, plan and why make their reports of it. Throws base::StoreError. One thread.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/state.hpp"
#include "daemon/forecast/inputs.hpp"

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nurture::forecast {

/// A message that went out, with the hash of its text where foresee() was asked for texts; or, with `problem`, one that
/// could not be made.
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
    std::uint32_t domain = 0;  // of the mailbox it goes to, in Course::domains; of emails
    std::string text;          // the subject or the SMS; kept where foresee() says
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

/// Somebody came in, replied as assumed, an enrolment ended, or something waited for that reason (once per enrolment
/// and reason).
struct Event {
    enum class What : std::uint8_t { entered, waited, skipped, replied, ended };
    What what{};
    base::CandidateId who = 0;
    base::EnrolmentId enrolment = 0;
    dsl::CampaignIx campaign = 0;
    Minute at{};
    engine::ReasonCode reason{};
    std::optional<engine::FullCap> full = {};  // waited: for room in that cap
};

/// A message in whole, to look at: of each text that goes out the first ones, and those of the people for whom it is
/// most likely to look odd.
struct Specimen {
    enum class Chosen : std::uint8_t { early, no_name, blank, long_name, right_to_left };
    Chosen chosen{};
    std::size_t message = 0;  // in Course::messages
    render::Letter letter;
};

/// How often a rule line of a campaign decided something, in that way. Lines by where they begin in their file; only
/// people on today's steps.
struct Deed {
    dsl::CampaignIx campaign = 0;
    std::uint32_t begin = 0;
    engine::ReasonCode reason{};
    friend auto operator<=>(const Deed&, const Deed&) = default;
};

/// Everything in the order in which it happened.
struct Course {
    Minute from{}, until{};
    std::vector<Message> messages;
    std::vector<HumanTask> tasks;
    std::vector<Event> events;
    std::map<Deed, std::int64_t> deeds;
    std::vector<Specimen> specimens;
    std::vector<std::string> domains;
};

/// The store through these rules, as of inputs.now.
engine::State load_state(const Inputs& inputs);
/// For Inputs::loaded: what every forecast that begins from it would find out for itself is found out.
std::shared_ptr<const engine::State> load_shared(const Inputs& inputs);
/// What a report needs beside the figures. Texts are made only where they are needed, or decide something: making them
/// costs ten times what deciding about them does.
struct Keep {
    base::CandidateId texts_to = 0;  // subjects and SMS of all messages to this person; always of each text's first
    bool specimens = false;
    bool texts = false;    // hashes of all of them
    bool domains = false;  // of mailboxes
};
/// A forecast in legs, one after the other, each with its own course: what is of no interest yet is left behind, and
/// the state can be looked at in between. `state` is then as of the last thing that happened, and its columns were
/// changed. Inputs and state outlive it.
class Forecast {
public:
    Forecast(const Inputs& inputs, engine::State& state, Keep keep = {});
    ~Forecast();
    Forecast(const Forecast&) = delete;
    Forecast& operator=(const Forecast&) = delete;

    /// On from where the last leg ended (the first: from inputs.now), up to, and without, `until`.
    Course until(Minute until);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// In one leg.
Course foresee(const Inputs& inputs, engine::State& state, Minute until, Keep keep = {});

}  // namespace nurture::forecast
