// SPDX-License-Identifier: MIT
//
// The gateway says what became of an SMS that we handed to it: evidence for a message in doubt, feedback, and, where
// the number is dead or its owner told the gateway to stop, a suppression: that first, each in a transaction of its own
// with the engine's inbox. A report that comes again writes what is missing. Loop thread. Throws base::StoreError.
#pragma once

#include "daemon/store/database.hpp"

#include <cstdint>

namespace nurture::inbound {

enum class Delivery : std::uint8_t { delivered, failed, address_dead, opted_out };

/// False: there is no such message, or it never left.
bool delivery_report(store::Database& database, store::MessageId message, Delivery what, store::Instant now);

}  // namespace nurture::inbound
