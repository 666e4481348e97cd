// SPDX-License-Identifier: MIT
//
// Hands mail to a relay: one thread for all its connections, which are reused; STARTTLS and a verified certificate by
// default. Nothing of a message is sent before release(id, true); a relay that has gone while we waited is noticed
// before the first byte. The reply to the final dot is waited for as long as RFC 5321 4.5.3.2.6 asks (600 s). Threads:
// the Connector contract. done() may follow ready() without a release() in between, when the wait was too long, the
// relay went away, or stop() was called; a later release() of that id does nothing.
#pragma once

#include "connectors/connector.hpp"

#include <memory>

namespace nurture::connectors {

enum class StartTls : std::uint8_t { required, never };

struct SmtpConfig {
    std::string url;  // smtp://HOST[:PORT] or smtps://HOST[:PORT]
    StartTls starttls = StartTls::required;
    std::string user;  // empty: no AUTH
    std::string password;
    std::string ca_file;  // PEM; empty: the system's
    int connections = 8;
    int connect_timeout = 60;  // seconds, up to and including AUTH
    int reply_timeout = 600;   // seconds for each reply, the one to the final dot above all, and for the text before it
};

std::unique_ptr<Connector> make_smtp(SmtpConfig config, Gate& gate);

}  // namespace nurture::connectors
