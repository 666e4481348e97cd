// SPDX-License-Identifier: MIT
#include "tests/simulation/rulebook.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::simulation {
namespace {

constexpr const char* k_head = R"(edition 2026
fields
  stage text
end
events
  applied "applied to a job", with name
end
policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
  sms requires consent "text messages"
  never contact list "Do not contact"
)";

constexpr const char* k_days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

std::string step_lines(const Campaign& campaign, const Step& step) {
    std::string lines;
    if (step.wait_days > 0)
        lines += fmt::format("  wait {} {}day{}\n", step.wait_days, step.business ? "business " : "",
                             step.wait_days == 1 ? "" : "s");
    // The later mails of a campaign answer its first one.
    const auto first = std::find_if(campaign.steps.begin(), campaign.steps.end(),
                                    [](const Step& one) { return one.channel == Channel::email; });
    const bool answers = step.channel == Channel::email && first->name != step.name;
    return lines + fmt::format("  step {}: {} \"{}\"{}\n", step.name, store::to_text(step.channel),
                               campaign.template_of(step), answers ? " in the thread of " + first->name : "");
}

std::string template_lines(const Campaign& campaign, const Step& step) {
    if (step.channel == Channel::sms)
        return fmt::format("template \"{}\" for sms\n  | {} {{{{first_name or you}}}}. Reply STOP to opt out\nend\n",
                           campaign.template_of(step), step.text);
    return fmt::format("template \"{}\" for email\n  subject \"{} {{{{first_name or you}}}}\"\n"
                       "  | {} {{{{postal_address}}}} {{{{unsubscribe_link}}}} {{{{preferences_link}}}}\nend\n",
                       campaign.template_of(step), step.text, step.text);
}

std::string campaign_lines(const Campaign& c) {
    std::string text =
        fmt::format("campaign \"{}\"\n  owner \"dana.wu\"\n  audience \"Open people\"\n  from owner\n", c.name);
    if (c.on_event)
        text += "  start when candidate has applied\n  ignore events older than 5 days\n";
    else
        text += fmt::format("  check every day at {:02d}:00\n", c.check_hour);
    text += fmt::format("  enroll at most {} per day\n", c.per_day);
    text += c.re_enter_days == 0
                ? "  re-enter never\n"
                : fmt::format("  re-enter after {} day{}\n", c.re_enter_days, c.re_enter_days == 1 ? "" : "s");
    text += fmt::format("  priority {}\n  send monday to {} between {:02d}:00 and {:02d}:00\n", c.priority,
                        c.weekends ? "sunday" : "friday", c.from_hour, c.to_hour);
    if (c.draft)
        text += "  draft\n";
    text += c.stop_on_reply ? "  stop when candidate has replied\n" : "  pause 2 days when candidate has replied\n";
    text +=
        c.leavers_stop ? "  stop when candidate leaves the audience\n" : "  keep candidates who leave the audience\n";
    if (c.approval)
        text += fmt::format("  step review: approval by owner within 2 business days, otherwise {}\n",
                            c.approval_stops ? "stop" : "skip step");
    for (const auto& step : c.steps)
        text += step_lines(c, step);
    return text + "end\n";
}

Campaign draw_campaign(Dice& dice, const std::string& name, const Rulebook& book, bool approvals, int sms) {
    Campaign c;
    c.name = name;
    c.on_event = dice.chance(35);
    c.check_hour = dice.between(5, 18);
    c.per_day = dice.chance(35) ? dice.between(1, 3) : dice.between(4, 30);
    c.re_enter_days = dice.chance(30) ? 0 : dice.between(1, 9);
    c.priority = dice.between(1, 99);
    c.weekends = dice.chance(40);
    if (!book.quiet_hours && dice.chance(25)) {  // over midnight
        c.from_hour = dice.between(19, 22);
        c.to_hour = dice.between(1, 5);
    } else if (dice.chance(10)) {
        c.from_hour = 0;
        c.to_hour = 24;
    } else {
        // Some of it may lie in quiet hours, or where no text message goes; something is left.
        c.from_hour = dice.between(6, 14);
        c.to_hour = std::clamp(c.from_hour + (dice.chance(30) ? 1 : dice.between(2, 12)), 10, 23);
    }
    c.approval = approvals && dice.chance(50);
    c.approval_stops = dice.chance(50);
    c.draft = dice.chance(5);
    c.stop_on_reply = dice.chance(60);
    c.leavers_stop = dice.chance(60);
    const int steps = dice.between(1, 4);
    for (int i = 0; i < steps; ++i) {
        Step step;
        step.name = "s" + std::to_string(i + 1);
        const bool open_by_day = c.from_hour < c.to_hour || c.from_hour < 21;
        step.channel = open_by_day && dice.chance(sms) ? Channel::sms : Channel::email;
        step.wait_days = i == 0 ? 0 : dice.between(0, 4);
        step.business = dice.chance(30);
        step.text = "Words " + std::to_string(dice.below(1000));
        c.steps.push_back(step);
    }
    return c;
}

}  // namespace

std::string Rulebook::text() const {
    std::string text = k_head;
    text += fmt::format("  at most {} message{} per candidate in 24 hours\n", cap_day, cap_day == 1 ? "" : "s");
    text += fmt::format("  at most {} messages per candidate in 7 days\n  at most {} messages per day\n", cap_week,
                        cap_all);
    if (quiet_hours)
        text += "  quiet hours 20:00 to 08:00\n";
    if (quiet_day >= 0)
        text += fmt::format("  quiet days {}\n", k_days[quiet_day]);
    text += "end\nsegment \"Open people\"\n  stage is \"Open\"\nend\n";
    for (const auto& campaign : campaigns)
        text += campaign_lines(campaign);
    for (const auto& campaign : campaigns)
        for (const auto& step : campaign.steps)
            text += template_lines(campaign, step);
    return text;
}

const Campaign* Rulebook::campaign(const std::string& name) const {
    const auto found = std::find_if(campaigns.begin(), campaigns.end(), [&](const auto& c) { return c.name == name; });
    return found == campaigns.end() ? nullptr : &*found;
}

Rulebook draw_rulebook(Dice& dice, bool approvals) {
    Rulebook book;
    book.cap_day = dice.between(1, 3);
    book.cap_week = book.cap_day + dice.between(1, 4);
    book.cap_all = dice.chance(30) ? dice.between(3, 15) : 200;
    book.quiet_hours = dice.chance(40);
    book.quiet_day = dice.chance(40) ? dice.below(7) : -1;
    const int sms = dice.chance(25) ? 70 : 25;  // per cent of the steps
    static const std::vector<std::string> names{"Drip", "Fair", "Certified", "Farewell"};
    const int count = dice.between(1, 3);
    for (int i = 0; i < count; ++i)
        book.campaigns.push_back(draw_campaign(dice, names[static_cast<std::size_t>(i)], book, approvals, sms));
    return book;
}

Rulebook edit(Rulebook book, Dice& dice) {
    if (dice.chance(40))
        book.cap_day = dice.between(1, 3);
    book.cap_week = std::max(book.cap_week, book.cap_day + 1);
    for (auto& campaign : book.campaigns) {
        if (dice.chance(30))
            campaign.priority = dice.between(1, 99);
        if (dice.chance(30))
            campaign.per_day = dice.chance(35) ? dice.between(1, 3) : dice.between(4, 30);
        if (dice.chance(30) && campaign.from_hour < campaign.to_hour)
            campaign.to_hour = std::clamp(campaign.from_hour + dice.between(1, 10), 10, 23);
        if (dice.chance(20))
            campaign.re_enter_days = dice.chance(30) ? 0 : dice.between(1, 9);
        for (auto& step : campaign.steps)
            if (dice.chance(40))
                step.text = "Words " + std::to_string(dice.below(1000));
        if (dice.chance(25)) {
            Step more;
            more.name = "s" + std::to_string(campaign.steps.size() + 1);
            more.wait_days = dice.between(1, 4);
            more.text = "More words";
            campaign.steps.push_back(more);
        }
    }
    return book;
}

}  // namespace nurture::simulation
