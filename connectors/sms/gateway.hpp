// SPDX-License-Identifier: MIT
//
// Hands SMS to an HTTP gateway, one at a time on a thread of its own: a gateway that stops answering costs one doubtful
// message, not many. Each request uses a fresh connection, because libcurl repeats a request by itself when a reused
// one dies. The Gate is asked when the connection stands and nothing of the request is out; after 5 s without an answer
// the attempt is dropped. No redirects, proxies or netrc. A gateway is two pure functions and a row in
// connectors/factory. Threads: the Connector contract; as with SMTP, done() may follow ready() before release().
#pragma once

#include "connectors/connector.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nurture::connectors {

struct GatewayConfig {
    std::string url;  // http:// or https://
    std::string user;
    std::string password;
    std::string ca_file;      // PEM; empty: the system's
    int answer_timeout = 30;  // seconds for the whole exchange
    int release_timeout = 5;  // seconds that the commit may take
};

using FormFields = std::vector<std::pair<std::string, std::string>>;  // names and values as they are, not encoded

struct GatewayRequest {
    std::string url;
    FormFields form;
    bool post = true;         // else the form becomes the query
    bool basic_auth = false;  // with the config's user and password
};

struct GatewayAnswer {
    int status = 0;       // HTTP; 0: none came
    std::string body;     // at most its first 64 KiB
    int retry_after = 0;  // seconds
};

/// A call of ours by the gateway: what became of an SMS that it had accepted.
struct ReportRequest {
    std::string url;  // the whole one, as the gateway called it
    FormFields fields;
    std::string signature;  // X-Twilio-Signature, or empty
};
enum class SmsReport : std::uint8_t {
    under_way,     // nothing final yet
    delivered,     //
    failed,        // for a reason that says nothing about the person
    address_dead,  // the number takes no SMS
    opted_out,     // the person has told the gateway to stop
};

/// A kind of gateway. The functions are pure. `read` sees complete answers only: time-outs and broken connections
/// after the request went out are in_doubt whatever the gateway. `report`: nothing where it was not the gateway that
/// called (the message it is about is proven by the token in the URL).
struct GatewayKind {
    std::string_view name;
    GatewayRequest (*request)(const GatewayConfig& config, const SmsMessage& message);
    Outcome (*read)(const GatewayAnswer& answer);
    std::optional<SmsReport> (*report)(const GatewayConfig& config, const ReportRequest& got);
};

std::unique_ptr<Connector> make_gateway(const GatewayKind& kind, GatewayConfig config, Gate& gate);

}  // namespace nurture::connectors
