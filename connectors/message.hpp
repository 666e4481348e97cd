// SPDX-License-Identifier: MIT
//
// One message as a connector gets it: addressed, rendered, ready for the wire. Plain values. Holds personal data: never
// logged. Who built it has checked addresses with connectors/address; a connector checks them again before the wire.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nurture::connectors {

enum class Channel : std::uint8_t { email, sms };

struct Mailbox {
    std::string name;     // UTF-8 display name, may be empty
    std::string address;  // local@domain
};

struct EmailMessage {
    Mailbox from;
    Mailbox to;
    std::string envelope_from;  // empty: from.address
    std::string subject;        // UTF-8, no control characters
    std::string plain;          // UTF-8, '\n' line ends
    std::string html;           // UTF-8, a whole document; empty: plain only
    std::string message_id;     // "<…@domain>", stable over attempts
    std::string in_reply_to;    // "<…>" or empty
    std::vector<std::string> references;
    std::string unsubscribe_url;     // https; empty only for digests and tests to staff
    std::string unsubscribe_mailto;  // address, may be empty
    std::int64_t date = 0;           // Unix seconds, for the Date header
};

struct SmsMessage {
    std::string sender;           // our number or alphanumeric id
    std::string to;               // E.164
    std::string text;             // UTF-8
    bool ucs2 = false;            // does not fit the GSM alphabet (dsl::sms_size)
    std::string report_url = {};  // where the gateway tells what became of it; empty: nowhere
};

}  // namespace nurture::connectors
