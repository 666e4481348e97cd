// SPDX-License-Identifier: MIT
//
// The mail that tells colleagues every business morning what waits for them. It is decided once a day for everybody, in
// one transaction with the mark that says so: no restart and no crash makes it twice. Only people of [people] get one,
// only when something waits for them, and in test mode only on the allow-list. Its text is made when it is handed over
// and names candidates by ref alone: a mail lies about in more places than the store. Loop thread. Throws
// base::StoreError.
#pragma once

#include "connectors/message.hpp"
#include "daemon/config/config.hpp"
#include "daemon/render/render.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"
#include "dsl/rules.hpp"

#include <optional>
#include <string_view>

namespace nurture::service {

/// The next 08:00 of a business day, in the policy's zone, that is later than `now`.
base::Minute next_digest(const dsl::Policy& policy, base::Minute now);

/// On a business day from 08:00 on, the first time that day: rows for the outbox. Number of mails.
int decide_digests(store::Database& database, const config::Config& config, const dsl::Policy& policy,
                   base::Minute now);

/// Sender, recipient, subject and plain text, as of `now`; none: nothing waits any more.
std::optional<connectors::EmailMessage> digest(const store::Database& database, const store::Message& message,
                                               const render::House& house, const dsl::Rules& rules, base::Minute now);

/// What happens when nobody answers in time: "then the campaign ends for the person". Empty where today's rules no
/// longer have the step.
std::string_view at_deadline(const dsl::Rules& rules, const store::HumanStep& step);

}  // namespace nurture::service
