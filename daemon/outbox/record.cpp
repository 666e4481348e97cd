// SPDX-License-Identifier: MIT
#include "daemon/base/backoff.hpp"
#include "daemon/outbox/outbox.hpp"

#include <algorithm>

namespace nurture::outbox {

using connectors::Answer;
using connectors::Blame;

store::T3 record_of(store::MessageId message, const store::AttemptId& attempt, std::string relay, int tries,
                    const connectors::Outcome& outcome, store::Instant now) {
    store::T3 record{message, attempt, std::move(relay), outcome, {}, {}, {}};
    if (outcome.answer == Answer::deferred) {
        const auto wait =
            std::max<std::chrono::seconds>(base::backoff(message, tries), std::chrono::seconds(outcome.retry_after));
        record.retry_at = now + wait;
    }
    // Only an address's own fault suppresses the address.
    if (outcome.blame == Blame::address_dead)
        record.suppress = "hard-bounce";
    if (outcome.blame == Blame::opted_out)
        record.suppress = "opted-out-upstream";
    return record;
}

}  // namespace nurture::outbox
