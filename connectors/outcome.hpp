// SPDX-License-Identifier: MIT
//
// What became of one attempt, in four words. `in_doubt` is the honest one: the relay may have it, nobody knows, and it
// is never sent again. Codes only: a relay's reply text holds addresses and is not kept (delivery.md, invariant 17).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nurture::connectors {

enum class Answer : std::uint8_t {
    accepted,  // SENT
    deferred,  // definite and temporary: nothing was accepted, try later
    rejected,  // definite and final
    in_doubt,  // handed over, answer lost
    refused,   // our own gate (T2) said no; nothing was sent
};

/// Whose fault a refusal is (delivery.md "Blame"; RFC 3463). Only `address_dead` suppresses.
enum class Blame : std::uint8_t {
    none,
    address_dead,
    opted_out,
    bare_550,
    mailbox_full,
    rate_or_policy,
    content,
    credentials,
    connection,
    no_smtputf8,  // an address that this relay does not carry; another one may
};

struct Outcome {
    Answer answer = Answer::in_doubt;
    Blame blame = Blame::none;
    int code = 0;                // SMTP reply or HTTP status; 0: none
    std::string enhanced = {};   // "5.1.1" or a gateway's own error number
    std::string remote_id = {};  // queue id, sid; never personal
    int retry_after = 0;         // seconds the remote side asked for
    std::string relay = {};      // which of several; empty: the connector's only one
    std::string_view advice{};   // what the sysadmin is to write, where our configuration is at fault; a literal
};

}  // namespace nurture::connectors
