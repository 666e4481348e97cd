// SPDX-License-Identifier: MIT
//
// Kannel's sendsms interface, which several other gateways speak too. Only its own "0:" (sent) and "3:" (queued) count
// as accepted. Pure, any thread. Kannel User's Guide 1.4.5, "Using the HTTP interface to send SMS".
#pragma once

#include "connectors/sms/gateway.hpp"

namespace nurture::connectors {

extern const GatewayKind k_kannel;

}  // namespace nurture::connectors
