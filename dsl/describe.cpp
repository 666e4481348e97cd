// SPDX-License-Identifier: MIT
#include "dsl/describe.hpp"

#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <cmath>

namespace nurture::dsl {
namespace {

std::string quoted_list(const std::vector<std::string>& values, std::string_view one, std::string_view several) {
    std::string text(values.size() == 1 ? one : several);
    for (std::size_t i = 0; i < values.size(); ++i) {
        text += fmt::format("{} \"{}\"", i > 0 ? "," : "", values[i]);
    }
    return text;
}

std::string day(const DayOffset& o) {
    std::string text = "today";
    if (o.months != 0) {
        text += fmt::format("{:+}mo", o.months);
    }
    return o.days != 0 ? text + fmt::format("{:+}d", o.days) : text;
}
std::string day(std::chrono::sys_days date) { return iso(date); }

template<class End>
std::string range(const std::optional<End>& from, const std::optional<End>& to) {
    if (from && to && *from == *to) {
        return "on " + day(*from);
    }
    return (from ? "from " + day(*from) : "") + (from && to ? " " : "") + (to ? "to " + day(*to) : "");
}

class ConditionText {
public:
    explicit ConditionText(const Rules& rules) : rules_(rules) {}

    std::string of(ConditionIx ix) const {
        return std::visit([this](const auto& c) { return text(c); }, rules_.conditions[ix]);
    }

private:
    const std::string& field(FieldIx ix) const { return rules_.schema.fields[ix].name; }

    std::string group(std::string_view name, const std::vector<ConditionIx>& of_members) const {
        std::string text;
        for (const ConditionIx member : of_members) {
            text += (text.empty() ? "" : ", ") + of(member);
        }
        return fmt::format("{}({})", name, text);
    }

    std::string text(const cond::And& c) const { return group("all", c.of); }
    std::string text(const cond::Or& c) const { return group("any", c.of); }
    std::string text(const cond::Not& c) const {
        if (const auto* known = std::get_if<cond::Known>(&rules_.conditions[c.of])) {
            return field(known->field) + " is unknown";
        }
        return fmt::format("not({})", of(c.of));
    }
    std::string text(const cond::Known& c) const { return field(c.field) + " is known"; }
    std::string text(const cond::TextIn& c) const {
        return field(c.field) + quoted_list(c.values, " is", " is any of");
    }
    std::string text(const cond::TextContains& c) const {
        return fmt::format("{} {} \"{}\"", field(c.field), c.prefix ? "starts with" : "contains", c.text);
    }
    std::string text(const cond::ListHas& c) const {
        return field(c.field) + quoted_list(c.values, " includes", c.all ? " includes all of" : " includes any of");
    }
    std::string text(const cond::NumberRange& c) const {
        if (c.low == c.high) {
            return fmt::format("{} = {}", field(c.field), c.low);
        }
        std::string text = field(c.field);
        if (!std::isinf(c.low)) {
            text += fmt::format(" {} {}", c.low_open ? ">" : ">=", c.low);
        }
        if (!std::isinf(c.high)) {
            text += fmt::format(" {} {}", c.high_open ? "<" : "<=", c.high);
        }
        return text;
    }
    std::string text(const cond::YesNo& c) const { return field(c.field) + (c.yes ? " is yes" : " is no"); }
    std::string text(const cond::DateBetween& c) const { return field(c.field) + " " + range(c.from, c.to); }
    std::string text(const cond::DateNear& c) const { return field(c.field) + " " + range(c.from, c.to); }
    std::string text(const cond::Anniversary& c) const {
        return fmt::format("{} has its anniversary {}", field(c.field), day(DayOffset{0, c.in_days}));
    }
    std::string text(const cond::Within& c) const {
        return fmt::format("{} within {:.0f} m of {:.2f},{:.2f}", field(c.field), c.metres, c.lat, c.lon);
    }
    std::string text(const cond::Happened& c) const {
        std::string text = "has " + rules_.schema.events[c.event].name;
        if (c.channel) {
            text += *c.channel == Channel::email ? " email" : " sms";
        }
        if (c.message_template) {
            text += fmt::format(" \"{}\"", *c.message_template);
        }
        if (c.name) {
            text += fmt::format(" \"{}\"", *c.name);
        }
        if (c.count > 1) {
            text += fmt::format(" {} times", c.count);
        }
        if (c.since.days) {
            text += " since " + day(*c.since.days);
        }
        return c.since.hours > 0 ? text + fmt::format(" in {} hours", c.since.hours) : text;
    }
    std::string text(const cond::InList& c) const { return fmt::format("in list \"{}\"", rules_.schema.lists[c.list]); }
    std::string text(const cond::InCampaign& c) const {
        const char* how = c.is == cond::CampaignIs::live      ? "in"
                          : c.is == cond::CampaignIs::entered ? "entered"
                                                              : "completed";
        return fmt::format("{} campaign \"{}\"", how, c.campaign);
    }
    std::string text(const cond::Consent& c) const {
        const char* how = c.is == cond::ConsentIs::given       ? "given"
                          : c.is == cond::ConsentIs::withdrawn ? "withdrawn"
                                                               : "unknown";
        const std::string when = c.from || c.to ? " " + range(c.from, c.to) : "";
        return fmt::format("consent \"{}\" {}{}", rules_.schema.consents[c.consent], how, when);
    }

    const Rules& rules_;
};

std::string length(const Length& l) {
    static constexpr std::string_view k_units[] = {"minute", "hour", "day", "business day", "week", "month", "year"};
    return plural(l.count, k_units[static_cast<std::size_t>(l.unit)]);
}
std::string person(const PersonRef& p) {
    return p.campaign_owner   ? "owner"
           : p.from_candidate ? fmt::format("candidate's owner or \"{}\"", p.name)
                              : fmt::format("\"{}\"", p.name);
}
const char* channel(Channel c) { return c == Channel::email ? "email" : "sms"; }
const char* event(StepEvent e) {
    return e == StepEvent::sent      ? "sent"
           : e == StepEvent::clicked ? "clicked"
           : e == StepEvent::opened  ? "opened"
                                     : "replied";
}

class StepDescription {
public:
    explicit StepDescription(const Rules& rules) : rules_(rules) {}

    std::string operator()(const op::Message& m) const {
        std::string text = channel(m.channel) + quoted_list(m.templates, "", m.next_unsent ? " next unsent of" : "");
        if (m.thread_of) {
            text += fmt::format(", in the thread of {}", *m.thread_of);
        }
        text += ", within " + length(m.within);
        if (m.late_skips) {
            text += ", otherwise skip step";
        }
        if (m.miss == op::Miss::stop) {
            text += ", otherwise stop";
        }
        if (m.with_note) {
            text += ", with the note";
        }
        return m.miss == op::Miss::other_message
                   ? text + fmt::format(", otherwise {} \"{}\"", channel(*m.other_channel), m.other_template)
                   : text;
    }
    std::string operator()(const op::Approval& a) const { return "approval by " + question(a); }
    std::string operator()(const op::Note& n) const { return "note by " + question(n); }
    std::string operator()(const op::Task& t) const { return fmt::format("task for {}", person(t.owner)); }
    std::string operator()(const op::OnList& l) const {
        const std::string lasts = l.lasts ? " for " + length(*l.lasts) : "";
        return fmt::format("{} list \"{}\"{}", l.add ? "add to" : "remove from", rules_.schema.lists[l.list], lasts);
    }
    std::string operator()(const op::WithdrawConsent& w) const {
        return fmt::format("withdraw consent \"{}\"", rules_.schema.consents[w.consent]);
    }
    std::string operator()(const op::Split& s) const {
        std::string arms;
        for (const op::Split::Arm& arm : s.arms) {
            arms += fmt::format("{}{} percent go to {}", arms.empty() ? "" : ", ", arm.percent, arm.to);
        }
        return fmt::format("split {}: {}", s.name, arms);
    }
    std::string operator()(const op::HeldOut& /*h*/) const { return "held out"; }
    std::string operator()(const op::WaitFor& w) const {
        const std::string row = w.first_of_months ? "" : fmt::format(", after {} months", w.months_before);
        return fmt::format("wait {}{}", length(w.length), row);
    }
    std::string operator()(const op::WaitUntilTime& w) const {
        return fmt::format("wait until days {:07b} at {:02}:{:02}", w.days, w.at.count() / 60, w.at.count() % 60);
    }
    std::string operator()(const op::WaitUntilDate& w) const {
        return fmt::format("wait until {} of {}, past: go to {}", day(w.offset), rules_.schema.fields[w.field].name,
                           w.past);
    }
    std::string operator()(const op::WaitUpTo& w) const {
        std::string what;
        for (unsigned i = 0; i < 4; ++i) {
            if ((w.events >> i & 1U) != 0) {
                what += (what.empty() ? "" : " or ") + std::string(event(static_cast<StepEvent>(i)));
            }
        }
        return fmt::format("wait up to {} until {} was {}", length(w.length), w.step, what);
    }
    std::string operator()(const op::If& i) const {
        const std::string what =
            i.condition ? describe(rules_, *i.condition) : fmt::format("{} was {}", i.step, event(i.what));
        return fmt::format("if {}, otherwise go to {}", what, i.otherwise);
    }
    std::string operator()(const op::Jump& j) const { return fmt::format("go to {}", j.to); }
    std::string operator()(const op::Retired& r) const {
        return r.to ? fmt::format("retired, go to {}", *r.to) : "retired, stop";
    }
    std::string operator()(const op::Stop& /*s*/) const { return "stop"; }
    std::string operator()(const op::End& /*e*/) const { return "end"; }

private:
    static std::string question(const op::Question& q) {
        const std::string miss = q.otherwise_stop ? "stop" : fmt::format("go to {}", q.otherwise);
        return fmt::format("{} within {}, otherwise {}", person(q.by), length(q.within), miss);
    }

    const Rules& rules_;
};

}  // namespace

std::string describe(const Rules& rules, ConditionIx condition) { return ConditionText(rules).of(condition); }

std::string describe(const Rules& rules, const StepLine& line) { return std::visit(StepDescription(rules), line.op); }

}  // namespace nurture::dsl
