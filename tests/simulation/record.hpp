// SPDX-License-Identifier: MIT
//
// What the world outside saw, in its order: the relay's and the gateway's own log, the answers of the pages, what
// people and colleagues did, when the program died. The checker judges the program by this, and the story is told from
// it.
#pragma once

#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"
#include "daemon/store/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::simulation {

using base::Second;
using store::Channel;

enum class What : std::uint8_t {
    begun,       // the program lets a message go: from here on it may arrive
    accepted,    // the relay or gateway has it
    told,        // the program was told how it ended; text: the answer
    opted_out,   // the unsubscribe page answered 200
    not_opted,   // it answered with an error
    bounced,     // the program was told that the address is dead
    withdrew,    // consent taken back; text: which
    renewed,     // given again
    off_limits,  // put on the never-contact list
    erased,
    replied,
    reply_read,  // the engine has had its turn since that reply
    stopped,
    resumed,
    applying,   // key: hash of the rules
    applied,    // number: the rule set
    spoilt,     // rules that do not compile are live; number: the rule set
    previewed,  // number: 1, it changed something
    repeated,   // the same once more; number: rows that it left
    asked,
    answered,
    imported,  // also what broke off, and an erasure that did; number: who is in the audience for sure
    happened,
    killed,  // number: connections that had been let go
    started,
    disk,
    clock,
    journal,  // number and text: a head of the journal, noted outside
};
std::string_view name(What what);

struct Line {
    Second at;  // by the clock on the wall
    What what{};
    std::string who{};  // address, or ref
    Channel channel{};
    std::string key{};  // Message-ID, or the gateway's reference
    base::MessageId message = 0;
    std::int64_t number = 0;
    std::string text{};
    std::string wire{};  // accepted by the relay: the message as it came
};

struct Record {
    Second now{};
    std::vector<Line> lines;

    Line& add(What what) { return lines.emplace_back(Line{now, what}); }
    Line& add(What what, std::string who, std::string text = {}) {
        auto& line = add(what);
        line.who = std::move(who);
        line.text = std::move(text);
        return line;
    }
};

}  // namespace nurture::simulation
