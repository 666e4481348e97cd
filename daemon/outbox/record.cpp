// SPDX-License-Identifier: MIT
#include "daemon/base/backoff.hpp"
#include "daemon/outbox/outbox.hpp"

#include <algorithm>

namespace nurture::outbox {

using connectors::Answer;
using connectors::Blame;

namespace {

using namespace std::chrono_literals;

// A 550 that says nothing more may be about anything. The same a day later is about the address.
const store::Strike k_refused_twice{"refused-twice", 2, {}, 24h, {}};
// The tries of one hour count once: greylisting answers 450 as well, and is over by then.
const store::Strike k_mailbox_full{"mailbox-full", 3, 7 * 24h, 1h, 14 * 24h};

constexpr std::string_view k_no_smtputf8 =
    "the address has letters outside a-z before the @, and no relay of ours takes such addresses (SMTPUTF8)";
constexpr std::string_view k_look_there = "look at its user, password and certificate in nurtured.toml";

std::string why_refused(const std::string& relay, const connectors::Outcome& outcome) {
    auto code = outcome.code == 0 ? std::string() : std::to_string(outcome.code);
    if (!outcome.enhanced.empty())
        code += (code.empty() ? "" : " ") + outcome.enhanced;
    return relay + " does not let us in" + (code.empty() ? "" : " (" + code + ")") + ": " +
           std::string(outcome.advice.empty() ? k_look_there : outcome.advice) + ", then reload";
}

}  // namespace

store::T3 record_of(store::MessageId message, const store::AttemptId& attempt, std::string relay, int tries,
                    const connectors::Outcome& outcome, store::Instant now) {
    store::T3 record{message, attempt, std::move(relay), outcome, {}, {}};
    if (outcome.answer == Answer::deferred) {
        const auto wait =
            std::max<std::chrono::seconds>(base::backoff(message, tries), std::chrono::seconds(outcome.retry_after));
        record.retry_at = now + wait;
    }
    // Only an address's own fault suppresses the address.
    switch (outcome.blame) {
    case Blame::address_dead: record.suppress = "hard-bounce"; break;
    case Blame::opted_out: record.suppress = "opted-out-upstream"; break;
    case Blame::bare_550: record.strike = k_refused_twice; break;
    case Blame::mailbox_full: record.strike = k_mailbox_full; break;
    case Blame::content: record.hold_step = true; break;
    case Blame::no_smtputf8: record.words = k_no_smtputf8; break;
    case Blame::credentials: record.shut_way = why_refused(record.relay, outcome); break;
    default: break;
    }
    return record;
}

}  // namespace nurture::outbox
