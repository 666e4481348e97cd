// SPDX-License-Identifier: MIT
//
// Somebody asked us to stop. The suppression, the event and the engine's inbox row are one transaction; when this
// returns true the disk has it, and only then may the page say so. Doing it twice equals doing it once. Loop thread.
// Throws base::StoreError: nothing was written.
#pragma once

#include "daemon/store/messages.hpp"

#include <string_view>

namespace nurture::inbound {

/// The address that this message went to gets no mail any more. False: there is no such message.
bool unsubscribe(store::Database& database, store::MessageId message, store::Instant now);

/// The same for another reason ("hard-bounce"), told by somebody else ("gateway"). False: that was known.
bool stop_writing(store::Database& database, const store::Message& message, std::string_view reason,
                  std::string_view by, store::Instant now);

}  // namespace nurture::inbound
