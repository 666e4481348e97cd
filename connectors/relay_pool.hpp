// SPDX-License-Identifier: MIT
//
// Several relays as one connector: messages are dealt out by weight among those that work. A message goes to a second
// relay only when it is certain that the first has nothing of it and could not take any: no connection, credentials
// and certificate refused, or no SMTPUTF8 for an address that needs it, before the outbox was asked. From ready() on a
// message belongs to its relay, whatever happens. A relay that cannot be reached rests for a minute; one that refuses
// our credentials rests until the pool is made anew (a reload). Threads: the Connector contract; members answer from
// threads of their own.
#pragma once

#include "connectors/connector.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nurture::connectors {

/// Makes one member, which answers to that gate.
struct RelayMember {
    std::function<std::unique_ptr<Connector>(Gate&)> make;
    int weight = 1;  // share of the messages, 1 or more
};

std::unique_ptr<Connector> make_relay_pool(const std::vector<RelayMember>& members, Gate& gate);

}  // namespace nurture::connectors
