// SPDX-License-Identifier: MIT
//
// What can be said about whole campaigns without any data: windows that never open, people who put themselves out of
// their own audience, replies that nobody reacts to.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

namespace nurture::dsl {
namespace {

constexpr int k_day = 24 * 60;
using Week = std::bitset<7 * k_day>;  // Monday 00:00 on

/// SMS may go out from 08:00 to 21:00 at the recipient, whatever a rule says.
constexpr int k_sms_from = 8 * 60;
constexpr int k_sms_to = 21 * 60;

/// The minutes of the window; after midnight they belong to the day on which it opened.
Week minutes_of(const Window& window) {
    Week week;
    const int from = static_cast<int>(window.from.count());
    const int to = static_cast<int>(window.to.count());
    const int length = to > from ? to - from : to - from + k_day;
    for (int day = 0; day < 7; ++day) {
        for (int minute = 0; (window.days >> day & 1) != 0 && minute < length && from != to; ++minute) {
            week.set(static_cast<std::size_t>((day * k_day + from + minute) % (7 * k_day)));
        }
    }
    return week;
}

Week days_of(Weekdays days) { return minutes_of({days, std::chrono::minutes{0}, std::chrono::minutes{k_day}}); }

class CampaignChecker {
public:
    CampaignChecker(Compiler& compiler, const Campaign& campaign)
        : c_(compiler),
          campaign_(campaign),
          all_(compiler.rules.conditions) {}

    void run(bool has_audience) {
        if (has_audience) {
            own_audience();
            own_messages();
            branches();
        }
        window(Channel::email);
        window(Channel::sms);
        replies();
        expiry();
    }

private:
    bool sends(Channel channel) const {
        return std::any_of(campaign_.steps->lines.begin(), campaign_.steps->lines.end(), [&](const StepLine& line) {
            const auto* message = std::get_if<op::Message>(&line.op);
            return message != nullptr && (message->channel == channel || message->other_channel == channel);
        });
    }

    // --- the audience ------------------------------------------------------------------------------------------------

    bool mentions_itself(ConditionIx ix, std::vector<bool>& seen) const {
        if (seen[ix]) {
            return false;
        }
        seen[ix] = true;
        const auto any = [&](const std::vector<ConditionIx>& of) {
            return std::any_of(of.begin(), of.end(), [&](ConditionIx member) { return mentions_itself(member, seen); });
        };
        if (const auto* in = std::get_if<cond::InCampaign>(&all_[ix])) {
            return in->campaign == campaign_.name && in->is != cond::CampaignIs::completed;
        }
        if (const auto* no = std::get_if<cond::Not>(&all_[ix])) {
            return mentions_itself(no->of, seen);
        }
        if (const auto* group = std::get_if<cond::And>(&all_[ix])) {
            return any(group->of);
        }
        const auto* group = std::get_if<cond::Or>(&all_[ix]);
        return group != nullptr && any(group->of);
    }

    void own_audience() {
        const Segment& audience = c_.rules.segments[campaign_.audience];
        std::vector<bool> seen(all_.size());
        if (!mentions_itself(audience.whole, seen)) {
            return;
        }
        c_.report("N0409", campaign_.audience_span,
                  fmt::format("the audience of \"{}\" depends on who is in \"{}\"", campaign_.name, campaign_.name),
                  "entering would change who may enter")
            .notes = {"Take the line out of the segment: nobody is in a campaign twice, and `re-enter` says when "
                      "somebody may come back."};
    }

    /// `has not received …` in the audience and `stop when candidate leaves the audience`: the first message ends it.
    void own_messages() {
        if (!campaign_.stop_leavers) {
            return;
        }
        const ConditionIx whole = c_.rules.segments[campaign_.audience].whole;
        for (const ConditionIx ix : must_hold(c_.pool, whole)) {
            const auto* no = std::get_if<cond::Not>(&all_[ix]);
            const auto* happened = no != nullptr ? std::get_if<cond::Happened>(&all_[no->of]) : nullptr;
            if (happened != nullptr && happened->event == static_cast<EventIx>(BuiltInEvent::received) &&
                own(*happened)) {
                c_.report("N0227", campaign_.audience_span,
                          "this campaign's own messages put people out of its audience",
                          "the audience asks for people who have not received a message")
                    .labels.push_back({campaign_.leavers_span, "and whoever leaves it is stopped"});
                return;
            }
        }
    }

    /// Who is still in the campaign is still in its audience, where leavers are stopped.
    void branches() {
        if (!campaign_.stop_leavers) {
            return;
        }
        const ConditionIx whole = c_.rules.segments[campaign_.audience].whole;
        for (const StepLine& line : campaign_.steps->lines) {
            const auto* branch = std::get_if<op::If>(&line.op);
            if (branch != nullptr && branch->condition && disjoint(all_, whole, *branch->condition)) {
                c_.report("N0402", line.span, "nobody in the audience gets into this branch", "")
                    .labels.push_back({campaign_.audience_span, "and whoever leaves it is stopped"});
            }
        }
    }

    bool own(const cond::Happened& received) const {
        return std::any_of(campaign_.steps->lines.begin(), campaign_.steps->lines.end(), [&](const StepLine& line) {
            const auto* message = std::get_if<op::Message>(&line.op);
            return message != nullptr && (!received.channel || *received.channel == message->channel) &&
                   (!received.message_template || std::find(message->templates.begin(), message->templates.end(),
                                                            *received.message_template) != message->templates.end());
        });
    }

    // --- time --------------------------------------------------------------------------------------------------------

    void window(Channel channel) {
        if (!sends(channel)) {
            return;
        }
        const Policy& policy = c_.rules.policy_of(campaign_);
        Week open = minutes_of(campaign_.window) & ~days_of(policy.quiet_days);
        if (policy.quiet_hours) {
            open &= ~minutes_of(*policy.quiet_hours);
        }
        const bool without_sms_hours = open.any();
        if (channel == Channel::sms) {
            open &= minutes_of({0b1111111, std::chrono::minutes{k_sms_from}, std::chrono::minutes{k_sms_to}});
        }
        const bool said = campaign_.window.from == campaign_.window.to || policy.quiet_days == 0b1111111;
        if (open.any() || said) {
            return;
        }
        c_.report("N0312", window_span(),
                  fmt::format("no time is left in which \"{}\" may send {}", campaign_.name,
                              channel == Channel::email ? "an email" : "an sms"),
                  without_sms_hours ? "an sms may go out from 08:00 to 21:00 only"
                                    : "all of it falls into quiet hours or quiet days");
    }

    Span window_span() const {
        for (const ast::File& file : c_.files) {
            for (const ast::Campaign& source : file.campaigns) {
                if (source.name.text == campaign_.name && !source.send.empty()) {
                    return source.send.front().span;
                }
            }
        }
        return campaign_.span;
    }

    /// At least so many days, in the calendar's favour.
    static long least_days(const Length& length) {
        switch (length.unit) {
        case Unit::minutes: return length.count / k_day;
        case Unit::hours: return length.count / 24;
        case Unit::days:
        case Unit::business_days: return length.count;
        case Unit::weeks: return 7L * length.count;
        case Unit::months: return 28L * length.count;
        case Unit::years: return 365L * length.count;
        }
        return 0;
    }

    /// A wait that ends after `expires on` even for somebody who enters today by the shortest way.
    void expiry() {
        if (!campaign_.expires_on || c_.world.today == std::chrono::sys_days{} ||
            *campaign_.expires_on < c_.world.today) {
            return;
        }
        const long left = (*campaign_.expires_on - c_.world.today).count();
        const auto& lines = campaign_.steps->lines;
        std::vector<long> at(lines.size() + 1, -1);  // days at which a line can be reached first; -1: not
        if (!at.empty()) {
            at[0] = 0;
        }
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (at[i] < 0) {
                continue;
            }
            const auto reach = [&](std::size_t to, long day) { at[to] = at[to] < 0 ? day : std::min(at[to], day); };
            long days = 0;
            if (const auto* wait = std::get_if<op::WaitFor>(&lines[i].op)) {
                days = least_days(wait->length);
            } else if (const auto* test = std::get_if<op::If>(&lines[i].op)) {
                reach(test->otherwise, at[i]);
            } else if (const auto* wait_past = std::get_if<op::WaitUntilDate>(&lines[i].op)) {
                reach(wait_past->past, at[i]);
            } else if (const auto* jump = std::get_if<op::Jump>(&lines[i].op)) {
                reach(jump->to, at[i]);
                continue;
            } else if (const auto* split = std::get_if<op::Split>(&lines[i].op)) {
                for (const op::Split::Arm& arm : split->arms) {
                    reach(arm.to, at[i]);
                }
                continue;
            } else if (std::holds_alternative<op::Stop>(lines[i].op) ||
                       std::holds_alternative<op::HeldOut>(lines[i].op)) {
                continue;
            }
            if (at[i] + days > left) {
                c_.report(
                    "N0310", lines[i].span,
                    fmt::format("this wait ends after the campaign has expired on {}", iso(*campaign_.expires_on)),
                    fmt::format("day {} for somebody who enters today", at[i] + days));
                return;
            }
            reach(i + 1, at[i] + days);
        }
    }

    // --- replies -----------------------------------------------------------------------------------------------------

    static bool is_reply(const Change& change) {
        const auto* event = std::get_if<change::Event>(&change);
        return event != nullptr && event->event == static_cast<EventIx>(BuiltInEvent::replied);
    }

    void replies() {
        const auto& lines = campaign_.steps->lines;
        const auto is_message = [](const StepLine& line) { return std::holds_alternative<op::Message>(line.op); };
        const auto asks = [](const StepLine& line) {
            const auto* test = std::get_if<op::If>(&line.op);
            const auto* wait = std::get_if<op::WaitUpTo>(&line.op);
            return (test != nullptr && !test->condition && test->what == StepEvent::replied) ||
                   (wait != nullptr && (wait->events >> static_cast<unsigned>(StepEvent::replied) & 1) != 0);
        };
        const bool handled = std::any_of(campaign_.stops.begin(), campaign_.stops.end(),
                                         [](const Stop& s) { return is_reply(s.when); }) ||
                             std::any_of(campaign_.pauses.begin(), campaign_.pauses.end(),
                                         [](const Pause& p) { return is_reply(p.when); }) ||
                             std::any_of(lines.begin(), lines.end(), asks);
        if (handled || std::none_of(lines.begin(), lines.end(), is_message)) {
            return;
        }
        c_.report("N0405", campaign_.span,
                  fmt::format("\"{}\" does not say what happens after a reply", campaign_.name),
                  "no further message goes out in any case; tasks, waits and branches go on")
            .notes = {"Write:   stop when candidate has replied",
                      "or, if the tasks are to come all the same:   allow N0405 because \"…\"   on the line above"};
    }

    Compiler& c_;
    const Campaign& campaign_;
    const std::vector<Condition>& all_;
};

/// Two campaigns of equal priority for the same people: which one goes first is left to their names.
void check_overlap(Compiler& c) {
    const auto& campaigns = c.rules.campaigns;
    for (std::size_t b = 0; b < campaigns.size(); ++b) {
        const auto same =
            std::find_if(campaigns.begin(), campaigns.begin() + static_cast<std::ptrdiff_t>(b), [&](const Campaign& a) {
                return !a.draft && c.has_audience[static_cast<std::size_t>(&a - campaigns.data())] &&
                       a.priority == campaigns[b].priority && a.audience == campaigns[b].audience;
            });
        if (campaigns[b].draft || !c.has_audience[b] || same == campaigns.begin() + static_cast<std::ptrdiff_t>(b)) {
            continue;
        }
        c.report("N0610", campaigns[b].audience_span,
                 fmt::format("\"{}\" and \"{}\" have the same audience and the same priority", same->name,
                             campaigns[b].name),
                 "whose message goes first?")
            .labels.push_back({same->audience_span, "the other one"});
        c.diagnostics.back().notes.push_back(fmt::format("Give one of them another priority:   priority {}",
                                                         c.rules.free_priority(static_cast<CampaignIx>(b))));
    }
}

}  // namespace

void check_campaigns(Compiler& c) {
    for (std::size_t i = 0; i < c.rules.campaigns.size(); ++i) {
        CampaignChecker(c, c.rules.campaigns[i]).run(c.has_audience[i]);
    }
    check_overlap(c);
}

}  // namespace nurture::dsl
