// SPDX-License-Identifier: MIT
//
// Rules as a plan that both sides can read: the program gets them as text, the checker as numbers. What the checker
// knows of the rules it knows from here, not from the compiler.
#pragma once

#include "daemon/store/types.hpp"
#include "tests/simulation/dice.hpp"

#include <string>
#include <vector>

namespace nurture::simulation {

using store::Channel;

struct Step {
    std::string name;
    Channel channel{};
    int wait_days = 0;      // before it
    bool business = false;  // those are business days
    std::string text;       // of its template, which has the campaign's and the step's name
};

struct Campaign {
    std::string name;
    bool on_event = false;  // starts when somebody has applied; else a daily check
    int check_hour = 7;
    int per_day = 20;        // who may enter
    int re_enter_days = 10;  // 0: never
    int priority = 50;
    int from_hour = 9, to_hour = 17;  // may wrap midnight
    bool weekends = false;
    bool approval = false;       // before the first message
    bool approval_stops = true;  // refused or too late; else the message is skipped
    bool draft = false;
    bool stop_on_reply = true;
    bool leavers_stop = true;
    std::vector<Step> steps;

    std::string template_of(const Step& step) const { return name + " " + step.name; }
};

struct Rulebook {
    int cap_day = 1, cap_week = 3;  // messages per candidate, rolling
    int cap_all = 200;              // messages per calendar day
    bool quiet_hours = false;       // 20:00 to 08:00
    int quiet_day = -1;             // 0: Monday
    std::vector<Campaign> campaigns;

    std::string text() const;
    const Campaign* campaign(const std::string& name) const;
};

inline constexpr const char* k_policy_zone = "America/Chicago";
inline constexpr const char* k_never_list = "Do not contact";

Rulebook draw_rulebook(Dice& dice, bool approvals);
/// Another edition of the same rules: steps stay, so that nobody is left on a step that is gone.
Rulebook edit(Rulebook book, Dice& dice);

}  // namespace nurture::simulation
