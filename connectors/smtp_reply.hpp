// SPDX-License-Identifier: MIT
//
// What an SMTP dialogue means for a message. libcurl's error code cannot tell "not sent" from "in doubt" (28, 55 and 8
// each cover both), so two facts decide: was the whole body handed over, and what was the last complete reply. Pure,
// any thread. Reply texts hold addresses: only code, enhanced code and queue id leave here. RFC 5321 4.2, 3463, 5248.
#pragma once

#include "connectors/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nurture::connectors {

struct SmtpReply {
    int code = 0;
    std::string enhanced;  // "5.1.1", or empty
    std::string queue_id;  // from "queued as …" and "OK id=…", or empty
};

/// Puts replies together line by line. Garbage and half replies leave the last complete one in place.
class SmtpReplyReader {
public:
    /// True: with this line a reply is complete.
    bool line(std::string_view text);
    const std::optional<SmtpReply>& last() const { return last_; }

private:
    std::optional<SmtpReply> last_;
    std::string enhanced_;  // of the lines "250-…" so far
};

/// The command that was under way when the dialogue ended.
enum class SmtpStage : std::uint8_t { connect, hello, tls, auth, mail, rcpt, data, body };

struct SmtpFacts {
    SmtpStage stage = SmtpStage::connect;
    bool gate_refused = false;       // T2 said no
    bool body_ended = false;         // our read callback returned end of file
    bool credentials_wrong = false;  // the library's own verdict: certificate, TLS, no usable AUTH
    std::optional<SmtpReply> reply;  // the last complete one; 354 after the body ended: none has come since
};

Outcome classify(const SmtpFacts& facts);

}  // namespace nurture::connectors
