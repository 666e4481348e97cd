// SPDX-License-Identifier: MIT
//
// The Messages resource of Twilio's REST interface, version 2010-04-01, which other gateways speak too. Only an answer
// with a `sid` counts as accepted. `user` is the account's SID, `password` its auth token, with which the gateway also
// signs its delivery reports. Pure, any thread. Twilio's documentation: "Messages resource", "Error and warning
// dictionary", "Webhooks security".
#pragma once

#include "connectors/sms/gateway.hpp"

namespace nurture::connectors {

extern const GatewayKind k_twilio;

/// X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL and then each parameter's name and value, sorted by name)).
std::string twilio_signature(std::string_view auth_token, std::string_view url, const FormFields& fields);

}  // namespace nurture::connectors
