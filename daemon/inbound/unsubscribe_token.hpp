// SPDX-License-Identifier: MIT
//
// The end of an unsubscribe link: which message it came with, and proof that we wrote it. Holds no personal data and
// cannot be guessed (HMAC-SHA-256, the first 128 bits). Pure; any thread. An unreadable or forged token is nothing.
#pragma once

#include "daemon/base/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nurture::inbound {

/// `key` is the store's own secret. Letters, digits, '-' and '_' only: goes into a URL as it is.
std::string unsubscribe_token(std::string_view key, base::MessageId message);

std::optional<base::MessageId> message_of_token(std::string_view key, std::string_view token);

}  // namespace nurture::inbound
