// SPDX-License-Identifier: MIT
//
// The policy's caps, asked as "from when on is there room for this message?". Rolling caps count (t - W, t] per person,
// the others the policy's calendar day; a message that holds a place counts like a sent one. Within daemon/engine only.
#pragma once

#include "daemon/engine/contact.hpp"
#include "daemon/engine/decisions.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nurture::engine {

/// A message that looks for its place.
struct Candidate {
    const Enrolment& enrolment;
    const Choice& choice;
};

class Caps {
public:
    explicit Caps(const Draft& draft);

    struct Room {
        Minute at;
        ReasonCode why{};  // none: there is room at once
        std::optional<FullCap> full{};
    };
    Room room(const Candidate& candidate, Minute from);
    /// It has been given a slot now.
    void taken(const Candidate& candidate);

private:
    using CapAndSender = std::pair<std::size_t, std::string>;  // in all_; empty where the sender does not matter

    bool counts(const dsl::Cap& cap, dsl::Channel channel, const std::string& message_template) const;
    Room rolling(const dsl::Cap& cap, const Candidate& candidate, Minute from) const;
    bool counts_for(const dsl::Cap& cap, dsl::CampaignIx campaign) const;
    void count_today();
    void count(const DayCounts& some);
    std::string counted_under(const dsl::Cap& cap, roster::Code owner, dsl::CampaignIx campaign) const;
    std::int32_t used_today(const CapAndSender& what);

    const Draft& draft_;
    std::vector<const dsl::Cap*> all_;  // each once, wherever it is said
    std::optional<std::map<CapAndSender, std::int32_t>> today_;
};

}  // namespace nurture::engine
