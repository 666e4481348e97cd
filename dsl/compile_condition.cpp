// SPDX-License-Identifier: MIT
//
// Condition lines into the pool: histories, memberships, consents and groups; compile_field_test.cpp has the fields.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

bool is(EventIx event, BuiltInEvent built_in) { return event == static_cast<EventIx>(built_in); }

/// Elapsed hours, or calendar days back from today.
Since since(Compiler& c, const std::optional<ast::Length>& length) {
    if (!length) {
        return {};
    }
    if (length->unit == ast::Unit::hours) {
        return {{}, length->count};
    }
    const DayOffset o = to_offset(c, *length, "`in the last …` in something other than hours");
    return {DayOffset{-o.months, -o.days}, 0};
}

void warn_opens(Compiler& c, Span place) {
    c.report("N0404", place, "opens are counted by machines, not by people",
             "mail programs open messages that nobody reads")
        .notes.push_back(
            "`clicked` and `replied` mean a person.   To keep it:   allow N0404 because \"…\"   on the line above");
}

/// `has not clicked email "x"` is also true for people who never got it.
void warn_never_got(Compiler& c, const ast::EventTest& test, Span line) {
    const std::string& kind = test.kind.text;
    if (!test.negated || !test.message || (kind != "clicked" && kind != "opened" && kind != "replied")) {
        return;
    }
    const char* channel = *test.channel == ast::Channel::email ? "email" : "sms";
    c.report("N0229", line, "this is also true for everybody who never got that message", "")
        .notes.push_back(fmt::format("If only people who got it are meant, add the line   has received {} \"{}\"",
                                     channel, test.message->text));
}

CompiledLine event_test(Compiler& c, const ast::EventTest& test, Span line) {
    const auto event = c.event(test.kind);
    if (!event) {
        return {c.pool.always(), {}, {}};
    }
    cond::Happened happened;
    happened.event = *event;
    const EventKind& kind = c.rules.schema.events[*event];
    if (test.name) {
        if (!kind.with_name) {
            report_no_name(c, *test.name, *event, "has");
        }
        happened.name = fold(test.name->text);
    }
    if (test.channel) {
        if (!is_message_event(*event)) {
            c.report("N0204", test.kind.span, fmt::format("`{}` does not happen to a message", kind.name),
                     "messages are received, opened, clicked, replied to or bounced");
        }
        happened.channel = to_channel(*test.channel);
    }
    if (test.message && test.channel) {
        c.find_template(*happened.channel, *test.message);
        happened.message_template = test.message->text;
    }
    happened.count = test.at_least ? static_cast<std::int32_t>(test.at_least->value) : 1;
    if (happened.count < 1) {
        c.report("N0221", test.at_least->span, "everybody has that at least 0 times", "write 1 or more");
        happened.count = 1;
    }
    happened.since = since(c, test.in_the_last);
    if (is(*event, BuiltInEvent::opened)) {
        warn_opens(c, test.kind.span);
    }
    warn_never_got(c, test, line);
    const ConditionIx condition = c.pool.add(std::move(happened));
    return {test.negated ? c.pool.negation(condition) : condition, {}, {}};
}

std::optional<ConditionIx> membership(Compiler& c, const ast::MembershipTest& test) {
    using ast::Membership;
    switch (test.kind) {
    case Membership::in_list: return c.pool.add(cond::InList{c.list(test.name)});
    case Membership::in_segment: {
        const auto segment = c.segment(test.name);
        if (!segment || (c.need_segment && !c.need_segment(*segment))) {
            return std::nullopt;
        }
        return c.rules.segments[*segment].whole;
    }
    case Membership::in_campaign:
    case Membership::entered_campaign:
    case Membership::completed_campaign: break;
    }
    if (!c.campaign(test.name)) {
        return std::nullopt;
    }
    const auto how = test.kind == Membership::in_campaign        ? cond::CampaignIs::live
                     : test.kind == Membership::entered_campaign ? cond::CampaignIs::entered
                                                                 : cond::CampaignIs::completed;
    return c.pool.add(cond::InCampaign{test.name.text, how});
}

CompiledLine membership_test(Compiler& c, const ast::MembershipTest& test) {
    const auto condition = membership(c, test);
    if (!condition) {
        return {c.pool.always(), {}, {}};
    }
    return {test.negated ? c.pool.negation(*condition) : *condition, {}, {}};
}

CompiledLine consent_test(Compiler& c, const ast::ConsentTest& test) {
    cond::Consent consent;
    consent.consent = c.consent(test.name);
    consent.is = test.op == ast::ConsentOp::withdrawn ? cond::ConsentIs::withdrawn
                 : test.op == ast::ConsentOp::unknown ? cond::ConsentIs::unknown
                                                      : cond::ConsentIs::given;
    if (test.op == ast::ConsentOp::given_ago && test.ago && test.length) {
        const auto back = [&](const ast::Length& length, int more_days) {
            const DayOffset o = to_offset(c, length, "the age of a consent");
            return DayOffset{-o.months, -o.days + more_days};
        };
        switch (*test.ago) {
        case ast::FieldOp::ago_more_than: consent.to = back(*test.length, -1); break;
        case ast::FieldOp::ago_at_least: consent.to = back(*test.length, 0); break;
        case ast::FieldOp::ago_less_than: consent.from = back(*test.length, 1); break;
        case ast::FieldOp::ago_at_most: consent.from = back(*test.length, 0); break;
        default:
            consent.to = back(*test.length, 0);
            consent.from = back(test.length_to ? *test.length_to : *test.length, 0);
        }
    }
    return {c.pool.add(std::move(consent)), {}, {}};
}

CompiledLine group(Compiler& c, const ast::Group& group, Span line) {
    std::vector<Line> lines = compile_lines(c, group.lines);
    if (lines.empty()) {
        c.report("N0202", line, "this group is empty", "write at least one condition line before its `end`");
        return {c.pool.always(), {}, {}};
    }
    if (group.kind == ast::GroupKind::all_of) {
        check_lines(c, lines);
    } else {
        check_alternatives(c, lines, group.kind == ast::GroupKind::any_of);
    }
    std::vector<ConditionIx> members;
    std::vector<ConditionIx> unknown;
    for (const Line& member : lines) {
        members.push_back(member.condition);
        if (member.unknown) {
            unknown.push_back(*member.unknown);
        }
    }
    CompiledLine result;
    for (const Line& member : lines) {
        if (group.kind == ast::GroupKind::all_of) {
            result.needed.insert(result.needed.end(), member.needed.begin(), member.needed.end());
        } else if (group.kind == ast::GroupKind::none_of) {
            result.needed.push_back({c.pool.negation(member.condition), member.span});
        }
    }
    result.condition = group.kind == ast::GroupKind::all_of   ? c.pool.all_of(std::move(members))
                       : group.kind == ast::GroupKind::any_of ? c.pool.any_of(std::move(members))
                                                              : c.pool.none_of(std::move(members));
    if (!unknown.empty()) {
        result.unknown = c.pool.any_of(std::move(unknown));
    }
    return result;
}

}  // namespace

bool is_message_event(EventIx event) { return event <= static_cast<EventIx>(BuiltInEvent::unsubscribed); }

CompiledLine compile_condition(Compiler& c, const ast::Condition& line) {
    if (const auto* test = std::get_if<ast::FieldTest>(&line.what)) {
        return compile_field_test(c, *test, line.span);
    }
    if (const auto* test = std::get_if<ast::EventTest>(&line.what)) {
        return event_test(c, *test, line.span);
    }
    if (const auto* test = std::get_if<ast::MembershipTest>(&line.what)) {
        return membership_test(c, *test);
    }
    if (const auto* test = std::get_if<ast::ConsentTest>(&line.what)) {
        return consent_test(c, *test);
    }
    if (const auto* test = std::get_if<ast::Group>(&line.what)) {
        return group(c, *test, line.span);
    }
    const auto& test = std::get<ast::StepTest>(line.what);
    c.report("N0410", line.span, "what happened to a step can only be asked right after `if`",
             fmt::format("`{}` is a step of one campaign", test.step.text))
        .notes.push_back("In a condition, ask for the message:   has clicked email \"…\"");
    return {c.pool.always(), {}, {}};
}

std::vector<Line> compile_lines(Compiler& c, const std::vector<ast::Condition>& lines) {
    std::vector<Line> result;
    for (const ast::Condition& line : lines) {
        CompiledLine compiled = compile_condition(c, line);
        if (compiled.needed.empty()) {
            compiled.needed = {{compiled.condition, line.span}};
        }
        result.push_back(
            {{line.span, c.one_line(line.span), compiled.condition, compiled.unknown}, std::move(compiled.needed)});
    }
    return result;
}

void report_no_name(Compiler& c, const ast::Quoted& name, EventIx event, std::string_view who) {
    const EventKind& kind = c.rules.schema.events[event];
    const bool reply = event == static_cast<EventIx>(BuiltInEvent::replied);
    const bool message =
        c.rules.find_template(Channel::email, name.text) || c.rules.find_template(Channel::sms, name.text);
    if (reply && !message) {
        c.report("N0204", name.span, "the words of a reply are not read in this edition", "leave this out")
            .notes.push_back("A person reads it, and what they find can be put on a list:   is in list \"Interested\"");
    } else if (is_message_event(event)) {
        c.report("N0204", name.span, fmt::format("`{}` carries no name", kind.name),
                 "say whether it is an email or an sms")
            .notes.push_back(
                fmt::format("Write:   {} {}{} email \"{}\"", who, kind.name, reply ? " to" : "", name.text));
    } else {
        c.report("N0204", name.span, fmt::format("`{}` carries no name", kind.name), "leave it out")
            .notes.push_back(fmt::format("Or declare it so:   {}  \"{}\", with name", kind.name, kind.label));
    }
}

}  // namespace nurture::dsl
