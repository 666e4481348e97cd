// SPDX-License-Identifier: MIT
//
// How much one recipient's domain gets: a fixed number of messages a minute, half of it for an hour after the domain
// asked us to slow down, nothing for an hour when too many of its messages fail. In memory: a restart forgets it, and
// the next answer teaches it again; a domain that has its full rate and nobody waiting is forgotten within the hour,
// one whose messages count for the day the day after. Domains are never logged: a domain may be a person. One thread;
// nothing can go wrong.
#pragma once

#include "connectors/outcome.hpp"
#include "daemon/store/breakers.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nurture::outbox {

class Domains {
public:
    /// 0: any number, and asking to slow down changes nothing.
    explicit Domains(int per_minute) : per_minute_(per_minute) {}
    void set_rate(int per_minute) { per_minute_ = per_minute; }

    /// Takes a place in this minute. An instant: there is none, ask again then. Those who ask in vain are spread over
    /// the minutes to come, so that each is asked about about once.
    std::optional<store::Instant> place(const std::string& domain, store::Instant now);

    void ended(const std::string& domain, const connectors::Outcome& outcome, store::Instant now);

    /// How many domains are remembered.
    std::size_t size() const { return domains_.size(); }

private:
    struct Domain {
        base::Minute minute{};  // the one that `used` counts
        int used = 0;
        base::Minute last{};  // the last minute that somebody was sent to, and how many were
        int sent_there = 0;
        store::Instant slow_until{}, shut_until{};
        std::int64_t day = 0;
        store::Tally today;
    };
    int rate(const Domain& domain, store::Instant now) const;
    void forget(store::Instant now);

    int per_minute_ = 0;
    std::unordered_map<std::string, Domain> domains_;
    std::int64_t tidied_ = 0;  // the hour of the last look
};

}  // namespace nurture::outbox
