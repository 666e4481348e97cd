// SPDX-License-Identifier: MIT
#include "tests/simulation/traits.hpp"

namespace nurture::simulation {

Traits draw_traits(Dice& dice) {
    Traits t;
    const auto sometimes = [&](int percent, double low, double high) {
        const bool on = dice.chance(percent);
        const double rate = low + (high - low) * dice.below(1000) / 1000.0;
        return on ? rate : 0;
    };
    t.people = dice.chance(70) ? dice.between(5, 20) : dice.between(20, 60);
    t.days = dice.chance(88) ? dice.between(3, 10) : dice.between(12, 60);
    if (t.people > 20 && t.days > 20)
        t.days = 20;
    t.test_mode = dice.chance(20);
    t.shared_mailboxes = dice.chance(50);
    t.approvals = dice.chance(40);
    t.canary = dice.chance(30);
    t.growth_people = dice.chance(40) ? dice.between(1, 6) : 50;
    t.per_minute = dice.chance(25) ? dice.between(1, 4) : 600;
    t.connections = dice.between(1, 6);
    t.refused_connection = sometimes(40, 1, 30);
    t.refused_recipient = sometimes(40, 1, 15);
    t.full_mailbox = sometimes(30, 1, 20);
    t.deferred = sometimes(40, 1, 40);
    t.rejected = sometimes(30, 1, 15);
    t.policy = sometimes(25, 1, 15);
    t.lost_reply = sometimes(50, 2, 30);
    t.cut_in_body = sometimes(40, 1, 20);
    t.nobody_knows = sometimes(30, 1, 15);
    t.credentials = sometimes(5, 1, 4);
    t.slowest_answer = dice.chance(60) ? 5 : dice.between(30, 600);
    t.opt_outs = sometimes(60, 0.3, 4);
    t.replies = sometimes(50, 0.3, 3);
    t.consents = sometimes(50, 0.3, 3);
    t.listed = sometimes(40, 0.2, 2);
    t.erasures = sometimes(40, 0.1, 1);
    t.imports = sometimes(60, 0.5, 4);
    t.growth = sometimes(40, 0.2, 1);
    t.events = sometimes(80, 1, 8);
    t.edits = sometimes(35, 0.1, 0.6);
    t.stops = sometimes(35, 0.2, 1);
    t.stop_files = sometimes(25, 0.2, 1);
    t.crashes = sometimes(60, 0.3, 4);
    t.disk = sometimes(35, 0.2, 2);
    t.clock_back = sometimes(20, 0.1, 0.6);
    t.clock_forward = sometimes(20, 0.1, 0.6);
    t.power_cuts = dice.chance(50);
    t.long_downtime = sometimes(40, 5, 40);
    t.past_the_end = sometimes(40, 20, 80);
    t.broken_rules = sometimes(20, 0.1, 0.5);
    return t;
}

}  // namespace nurture::simulation
