// SPDX-License-Identifier: MIT
//
// An EmailMessage as the bytes that go over the wire: RFC 5322 headers, multipart/alternative, 7-bit, CRLF, lines of at
// most 76 octets (998 where a URL cannot be folded). An address with letters outside ASCII before its @ stands in its
// header as it is (RFC 6532): then, and only then, the headers are UTF-8. The same message gives the same bytes on
// every machine: no clock, no chance. Pure, any thread. Nothing can break out of a header: control characters are
// refused, not repaired. RFC 2045-2047 (MIME, encoded words), 2369 and 8058 (List-Unsubscribe), 3834: no
// Auto-Submitted, a person is writing.
#pragma once

#include "connectors/message.hpp"

#include <optional>
#include <string>

namespace nurture::connectors {

/// nullopt when the message cannot be written safely; `why` says so without repeating personal data.
std::optional<std::string> write_mime(const EmailMessage& message, std::string* why = nullptr);

}  // namespace nurture::connectors
