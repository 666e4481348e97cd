// SPDX-License-Identifier: MIT
//
// The one table of connectors: which words in nurtured.toml make which. Called by the wiring, on the loop thread.
// A configuration that could leak a password or mail in clear text is refused with a sentence for the sysadmin.
#pragma once

#include "connectors/connector.hpp"
#include "connectors/sms/gateway.hpp"
#include "connectors/smtp.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::connectors {

struct ConnectorConfig {
    std::string kind;                 // "smtp", "file", "kannel", "twilio"
    std::string url;                  // all but file
    std::filesystem::path directory;  // file
    StartTls starttls = StartTls::required;
    std::string user;
    std::string password;
    std::string ca_file;
    int connections = 8;
    int connect_timeout = 60;  // smtp, seconds: see SmtpConfig
    int reply_timeout = 600;
    bool durable = true;  // file: see FileDropConfig
};

/// `[email] relay` as a ConnectorConfig: "smtp://…", "smtps://…" or "file:DIR". Another scheme leaves `kind` empty.
ConnectorConfig relay_config(const std::string& relay);

/// nullptr when the configuration is refused; `problem` says why.
std::unique_ptr<Connector> make_connector(const ConnectorConfig& config, Gate& gate, std::string& problem);

/// The gateway of that kind, for its delivery reports; nullptr: there is none ("file").
const GatewayKind* gateway_kind(std::string_view kind);

/// Is the host of this URL the machine itself?
bool loopback(std::string_view url);

/// The kinds that can carry this channel, for messages and documentation.
std::vector<std::string> connector_kinds(Channel channel);

}  // namespace nurture::connectors
