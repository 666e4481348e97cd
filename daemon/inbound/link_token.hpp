// SPDX-License-Identifier: MIT
//
// The end of a link in a message: which message it came with, what the link is for, and proof that we wrote it. Holds
// no personal data and cannot be guessed (HMAC-SHA-256, the first 128 bits). A token for one page opens no other.
// Pure; any thread. An unreadable or forged token is nothing.
#pragma once

#include "daemon/base/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nurture::inbound {

enum class Link : std::uint8_t { unsubscribe, preferences, renew_consent, bounce, delivery_report };

/// `key` is the store's own secret. Letters, digits, '-' and '_' only: goes into a URL as it is.
std::string link_token(Link link, std::string_view key, base::MessageId message);

std::optional<base::MessageId> message_of_token(Link link, std::string_view key, std::string_view token);

}  // namespace nurture::inbound
