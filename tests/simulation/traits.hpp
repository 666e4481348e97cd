// SPDX-License-Identifier: MIT
//
// What a seed draws before anything happens: how large the world is, which kinds of trouble it knows, how often. Not
// every world has every trouble: what is rare together with everything else is common alone (swarm testing).
#pragma once

#include "tests/simulation/dice.hpp"

namespace nurture::simulation {

struct Traits {
    int people = 10, days = 10;
    bool test_mode = false;  // only half of the addresses are allowed
    bool shared_mailboxes = false;
    bool approvals = false;
    bool canary = false;
    int growth_people = 50;  // an audience may grow by so many
    int per_minute = 600;
    int connections = 4;

    // the relay and the gateway: per cent of hand-overs
    double refused_connection = 0, refused_recipient = 0, full_mailbox = 0, deferred = 0, rejected = 0, policy = 0;
    double lost_reply = 0, cut_in_body = 0, nobody_knows = 0, credentials = 0;
    int slowest_answer = 5;   // seconds
    double past_the_end = 0;  // connections that take until the message's opening is over, where that is near

    // the world: per day
    double opt_outs = 0, replies = 0, consents = 0, listed = 0, erasures = 0, imports = 0, growth = 0, events = 0;
    double edits = 0, broken_rules = 0, stops = 0, stop_files = 0, crashes = 0, disk = 0, clock_back = 0,
           clock_forward = 0;
    bool power_cuts = false;
    double long_downtime = 0;  // per cent of crashes
};

Traits draw_traits(Dice& dice);

}  // namespace nurture::simulation
