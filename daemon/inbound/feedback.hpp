// SPDX-License-Identifier: MIT
//
// What came back for a message of ours: a reply by a person, a click, an opening, a delivery report, a bounce, a
// complaint. The fact, what follows from it (an address is suppressed, a doubt is settled, a breaker opens) and the
// engine's inbox are one transaction. Loop thread or a command. Throws base::StoreError: nothing was written.
#pragma once

#include "daemon/store/messages.hpp"

#include <string_view>

namespace nurture::inbound {

/// `kind` as store::add_feedback knows it. False: it was known already.
bool feedback(store::Database& database, const store::Message& message, std::string_view kind, store::Instant at,
              std::string_view by);

}  // namespace nurture::inbound
