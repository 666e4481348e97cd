// SPDX-License-Identifier: MIT
//
// The encodings that MIME is made of, each for one place in a message. Pure, any thread. Input is UTF-8 that
// header_text() or body_text() has let through. RFC 2045 6.7 and 6.8, RFC 2047.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nurture::connectors {

/// Valid UTF-8 without control characters (C0, DEL, C1) and without the separators U+2028 and U+2029.
bool header_text(std::string_view text);
/// Valid UTF-8 whose only control characters are '\n' and '\t'.
bool body_text(std::string_view text);

/// "Subject: …" folded, with encoded words where needed. `name` is ours and ASCII. Ends with CRLF.
std::string unstructured_header(std::string_view name, std::string_view text);
/// A display name: atoms, a quoted string, or encoded words; `column` is where on the line it starts.
std::string phrase(std::string_view text, std::size_t column);

std::string base64(std::string_view bytes);  // one line
/// About as many as quoted-printable writes as three: tabs count, blanks at the ends of lines do not.
std::size_t special_octets(std::string_view text);
/// Bodies with '\n' line ends; both encoders write CRLF and end with one.
std::string quoted_printable_body(std::string_view text);
std::string base64_body(std::string_view text);

}  // namespace nurture::connectors
