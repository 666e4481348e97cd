// SPDX-License-Identifier: MIT
//
// Somebody asked us to stop. The suppression, the event and the engine's inbox row are one transaction; when this
// returns true the disk has it, and only then may the page say so. Doing it twice equals doing it once. Loop thread.
// Throws base::StoreError: nothing was written.
#pragma once

#include "daemon/store/database.hpp"

namespace nurture::inbound {

/// The address that this message went to gets no mail any more. False: there is no such message.
bool unsubscribe(store::Database& database, store::MessageId message, store::Instant now);

}  // namespace nurture::inbound
