// SPDX-License-Identifier: MIT
#include "tests/support/busy_world.hpp"

#include <array>

namespace nurture::support {
namespace {

/// splitmix64: the same numbers everywhere.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint32_t below(std::uint32_t n) {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<std::uint32_t>((z ^ (z >> 31)) % n);
    }

private:
    std::uint64_t state_;
};

constexpr std::array k_stages{"Open", "Open", "Interviewing", "Hired"};
constexpr std::array k_zones{"", "America/New_York", "America/Los_Angeles", "America/Phoenix"};

std::string two_digits(std::uint32_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string some_time(Dice& dice) {
    return "2026-03-" + two_digits(2 + dice.below(20)) + " " + two_digits(dice.below(24)) + ":" +
           two_digits(dice.below(60));
}

void something(Story& s, Dice& dice, const std::string& name) {
    const std::string when = some_time(dice);
    switch (dice.below(8)) {
    case 0: return s.becomes(when, name, "stage", k_stages[dice.below(k_stages.size())], dice.below(2) == 0);
    case 1: return s.gains(when, name, "certifications", dice.below(2) == 0 ? "CCRA" : "CCRP");
    case 2: return s.happens(when, name, "attended", "Fair");
    case 3: return s.happens(when, name, "applied", "Nurse");
    case 4: return s.happens(when, name, "auto_replied");
    case 5: return dice.below(3) == 0 ? s.replies(when, name) : s.decides(when, name, true);
    case 6: return s.decides(when, name, dice.below(4) != 0);
    default:
        return s.at(when, [&s, name](engine::Facts& facts, base::Minute) {
            s.set(name, "license_expires", "2026-03-25");
            facts.list.push_back(s.changed(name));
        });
    }
}

}  // namespace

std::string busy_rules() {
    return house("  at most 1 message per candidate in 24 hours\n  at most 3 messages per candidate in 7 days\n"
                 "  at most 6 messages per day\n  at most 4 messages per sender per day\n  quiet hours 20:00 to "
                 "08:00\n  quiet days sunday\n"
                 "  hold segment \"Interviewing\"\n  never contact list \"Do not contact\"") +
           R"(
segment "Open people"
  stage is any of "Open", "Hired"
end
segment "Interviewing"
  stage is "Interviewing"
end
segment "Free to drip"
  stage is "Open"
  none of
    is in campaign "Fair"
    has replied in the last 5 days
  end
end
campaign "Drip"
  owner from candidate, otherwise "dana.wu"
  audience "Free to drip"
  from owner
  check every weekday at 07:00
  enroll at most 3 per day
  re-enter after 4 days
  priority 40
  send monday to friday between 09:30 and 16:00
  stop when candidate has applied
  stop when candidate leaves the audience
  pause 3 days when candidate has auto_replied
  step a: email "one"
  wait up to 2 days until a is clicked or replied to
  if a was clicked
    step t: task for owner "Call"
  otherwise
    wait until tuesday at 10:00
    step b: email next unsent of "two", "three"
  end
  wait 1 month
  wait 1 month
  step z: email "one"
end
campaign "Fair"
  owner "lee.ortiz"
  audience "Open people"
  from "Lone Star <events@lonestar.example>"
  start when candidate has attended
  ignore events older than 5 days
  enroll at most 2 per day
  re-enter after 2 days
  priority 80
  pause 2 days when candidate has entered campaign "Certified"
  keep candidates who leave the audience
  step review: approval by owner within 1 business day, otherwise skip step
  step thanks: email "thanks"
  wait 2 business days
  step nudge: sms "short", otherwise email "two"
end
campaign "Certified"
  owner "dana.wu"
  audience "Open people"
  from owner
  start when certifications gains any of "CCRA", "CCRP"
  ignore events older than 3 days
  enroll at most 4 per day
  re-enter after 1 day
  priority 90
  keep candidates who leave the audience
  step ok: approval by owner within 2 business days, otherwise stop
  step congrats: email "three" within 12 hours, otherwise skip step
end
campaign "Expiring"
  owner "dana.wu"
  audience "Open people"
  from owner
  start 10 days before license_expires
  ignore events older than 4 days
  enroll at most 5 per day
  re-enter never
  stop when candidate leaves the audience
  wait until 3 days before license_expires
  step renew: email "thanks"
end
campaign "Trial"
  owner "dana.wu"
  audience "Open people"
  from owner
  start when candidate has applied
  ignore events older than 5 days
  enroll at most 3 per day
  re-enter after 2 days
  priority 60
  keep candidates who leave the audience
  stop when candidate has clicked email "noted"
  step trial: split
    45 percent: email "two"
    35 percent: sms "short"
    20 percent: nothing
  end
  step park: add to list "Not now" for 2 days
  wait 1 day
  if is in list "Not now"
    step noted: email "noted" with a personal note by owner within 1 business day, otherwise skip step
  end
  step unpark: remove from list "Not now"
  step quiet: add to list "Do not contact" for 6 hours
end
campaign "Farewell"
  owner "dana.wu"
  audience "Open people"
  from owner
  start when candidate has joined list "Not now"
  ignore events older than 5 days
  enroll at most 2 per day
  re-enter never
  priority 70
  keep candidates who leave the audience
  wait 3 days
  step out: withdraw consent "text messages"
  step bye: sms "short"
end
template "noted" for email
  subject "Well done"
  | {{personal_note}}
  | {{postal_address}} {{unsubscribe_link}}
end
template "short" for sms
  | Hi. Reply STOP to opt out
end
)" + templates({"one", "two", "three", "thanks"});
}

void fill(Story& s, std::uint64_t seed, bool trouble) {
    Dice dice(seed);
    for (int i = 0; i < 12; ++i) {
        const std::string name = "p" + std::to_string(i);
        Story::Someone& someone = s.person(name);
        someone.zone = k_zones[dice.below(k_zones.size())];
        if (dice.below(6) == 0 && i > 0)
            someone.mailbox = 1000 + dice.below(static_cast<std::uint32_t>(i)) + 1;
        if (dice.below(5) == 0)
            someone.phone = 0;
        s.set(name, "stage", k_stages[dice.below(k_stages.size())]);
        if (dice.below(3) == 0)
            s.set(name, "license_expires", "2026-03-" + two_digits(10 + dice.below(20)));
        if (dice.below(7) == 0)
            s.consent(name, "job news", false);
        for (std::uint32_t n = 1 + dice.below(5); n > 0; --n)
            something(s, dice, name);
    }
    if (!trouble)
        return;
    using Now = engine::fact::Outcome::Now;
    s.answer("a", Now::in_doubt);
    s.answer("thanks", Now::rejected);
    s.answer("congrats", Now::held, true);
    s.answer("b", Now::held);
}

}  // namespace nurture::support
