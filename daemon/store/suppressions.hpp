// SPDX-License-Identifier: MIT
//
// Addresses that must not be written to. They only ever grow: an entry is never deleted or shortened, and lifted only
// by a person with a reason. Keyed by AddrKey, so they outlive the candidate. Writers want a write transaction and tell
// inbox and journal themselves. Threads and errors as in database.hpp.
#pragma once

#include "daemon/store/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

struct Suppression {
    std::int64_t id = 0;
    AddrKey key{};
    Channel channel{};
    std::string reason;  // hard-bounce, complaint, unsubscribed, stop-word, mailbox-full, by-hand, erased …
    Instant at;
    std::optional<Instant> until;  // mailbox-full suspends for 14 days; none: for good
    std::optional<Instant> lifted_at;
    std::string lifted_by, why;
};

/// True when it says more than before: new, or longer than what stood there.
bool suppress(Database& database, const AddrKey& key, Channel channel, std::string_view reason, Instant at,
              std::optional<Instant> until = std::nullopt);
/// A refusal that may be a passing one: it counts against the address, and only the so many-th suppresses it.
struct Strike {
    std::string reason;                            // of the suppression
    int times = 2;                                 // at the so many-th …
    std::optional<std::chrono::seconds> within{};  // … of the last so long; none: ever
    std::chrono::seconds apart{};                  // one that follows sooner is the same one
    std::optional<std::chrono::seconds> lasts{};   // none: for good
};
/// True when that was the one too many.
bool strike(Database& database, const AddrKey& key, Channel channel, const Strike& strike, Instant at);
/// `by` and `why` must not be empty. False: nothing to lift.
bool lift_suppression(Database& database, const AddrKey& key, Channel channel, Instant at, std::string_view by,
                      std::string_view why);
std::optional<Suppression> suppression(const Database& database, const AddrKey& key, Channel channel, Instant now);
std::vector<Suppression> suppression_history(const Database& database, const AddrKey& key);
/// Everything that holds at `now`, by id.
std::vector<Suppression> suppressions(const Database& database, Instant now);

}  // namespace nurture::store
