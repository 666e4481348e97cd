// SPDX-License-Identifier: MIT
//
// A message text, compiled: literal pieces and merge fields. What fills a merge field is a number (a Source), never a
// name looked up at run time. Pure values: any thread. daemon/compose renders them.
#pragma once

#include "dsl/schema.hpp"
#include "dsl/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

enum class MergeKind : std::uint8_t {
    literal,  // text
    field,    // field: dates print as "May 1, 2026", lists as "ICU, CVICU"
    owner_name,
    owner_email,
    owner_phone,
    organisation,
    postal_address,
    unsubscribe_link,
    preferences_link,
    renew_consent_link,
    event_value,
    event_date,
    personal_note,
    years_since,  // whole years since a date field
};

struct Piece {
    MergeKind kind = MergeKind::literal;
    std::string text;           // literal: the words; otherwise what to say when the value is blank
    FieldIx field = 0;          // field, years_since
    bool has_fallback = false;  // `or …` was written; `or nothing` is a fallback of no words
    Span span;
};

using Pieces = std::vector<Piece>;

enum class Channel : std::uint8_t { email, sms };

struct Template {
    std::string name;
    Channel channel = Channel::email;
    std::string kind;      // "pitch", or empty; the same in all languages
    std::string language;  // "es": for people of that language; empty: for everybody else
    Pieces subject;        // email only
    Pieces body;           // Markdown for email, plain text for SMS; lines joined by '\n'
    Span span;
};

/// The two letters of a language, small: "es" of "es", "ES" and "es-MX". Empty where it is none.
std::string language_code(std::string_view value);
/// Whether ISO 639-1 has these two small letters.
bool is_language(std::string_view code);

/// GSM 03.38 7-bit when every character fits (extension table counts two), else UCS-2.
struct SmsSize {
    bool ucs2 = false;
    int segments = 0;  // 160/153 septets, 70/67 UTF-16 units
    int units = 0;
};
SmsSize sms_size(std::string_view utf8);

/// Whether a gateway may know it as a sender: "+15125550100", a short code, a name of up to 11 letters and digits, or a
/// Twilio messaging service (MG…).
bool is_sms_sender(std::string_view text);

}  // namespace nurture::dsl
