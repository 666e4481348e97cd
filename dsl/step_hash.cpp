// SPDX-License-Identifier: MIT
//
// The version of a campaign: SHA-256 over its step list in one fixed spelling. Layout, comments and everything above
// the first step are not in it. The spelling is stored with every enrolment (as its hash), so a tag is never changed.
#include "dsl/compiler.hpp"
#include "dsl/hash.hpp"

#include <fmt/format.h>

#include <array>

namespace nurture::dsl {
namespace {

// By enumerator; a new one goes to the end of its enumeration in ast.hpp or gets its tag by name here.
constexpr std::array<std::string_view, 37> k_field_ops = {"is",
                                                          "is_any_of",
                                                          "is_not",
                                                          "is_none_of",
                                                          "includes",
                                                          "includes_any_of",
                                                          "includes_all_of",
                                                          "includes_none_of",
                                                          "contains",
                                                          "starts_with",
                                                          "at_least",
                                                          "at_most",
                                                          "more_than",
                                                          "less_than",
                                                          "between",
                                                          "ago_at_least",
                                                          "ago_at_most",
                                                          "ago_more_than",
                                                          "ago_less_than",
                                                          "ago_between",
                                                          "away_at_least",
                                                          "away_at_most",
                                                          "away_more_than",
                                                          "away_less_than",
                                                          "away_between",
                                                          "is_today",
                                                          "before",
                                                          "after",
                                                          "on",
                                                          "on_or_before",
                                                          "on_or_after",
                                                          "between_dates",
                                                          "anniversary_in",
                                                          "is_yes",
                                                          "is_no",
                                                          "within",
                                                          "is_known"};
static_assert(static_cast<std::size_t>(ast::FieldOp::is_unknown) == k_field_ops.size());
constexpr std::array<std::string_view, 7> k_units = {"minutes", "hours",  "days", "business_days",
                                                     "weeks",   "months", "years"};
constexpr std::array<std::string_view, 4> k_step_events = {"sent", "clicked", "opened", "replied"};
constexpr std::array<std::string_view, 5> k_memberships = {"segment", "list", "campaign", "entered", "completed"};
constexpr std::array<std::string_view, 4> k_consents = {"given", "withdrawn", "unknown", "given_ago"};
constexpr std::array<std::string_view, 3> k_groups = {"any_of", "all_of", "none_of"};
constexpr std::array<std::string_view, 4> k_otherwise = {"none", "stop", "skip_step", "message"};
constexpr std::array<std::string_view, 3> k_unknown = {"", "or_is_unknown", "if_known"};

template<std::size_t N, class E>
std::string_view tag(const std::array<std::string_view, N>& tags, E value) {
    return tags[static_cast<std::size_t>(value)];
}
std::string_view tag(ast::FieldOp op) { return op == ast::FieldOp::is_unknown ? "is_unknown" : tag(k_field_ops, op); }

class StepText {
public:
    std::string take() { return std::move(out_); }

    void steps(const std::vector<ast::Step>& all) {
        for (const ast::Step& step : all) {
            word("step");
            text(step.name ? step.name->text : "");
            std::visit([this](const auto& what) { add(what); }, step.what);
            out_ += '\n';
        }
        word("end");
    }

private:
    void word(std::string_view value) {
        out_ += value;
        out_ += ' ';
    }
    void text(std::string_view value) { fmt::format_to(std::back_inserter(out_), "{}:{} ", value.size(), value); }
    void number(double value) { fmt::format_to(std::back_inserter(out_), "{} ", value); }
    void length(const ast::Length& value) {
        fmt::format_to(std::back_inserter(out_), "{} {} ", value.count, tag(k_units, value.unit));
    }
    void date(std::chrono::sys_days day) { number(static_cast<double>(day.time_since_epoch().count())); }
    template<class T, class F>
    void maybe(const std::optional<T>& value, F write) {
        word(value ? "+" : "-");
        if (value) {
            write(*value);
        }
    }
    void quoted(const ast::Quoted& value) { text(value.text); }
    void channel(ast::Channel value) { word(value == ast::Channel::email ? "email" : "sms"); }
    void person(const ast::Person& value) {
        word(value.owner ? "owner" : value.from_candidate ? "candidate" : "person");
        maybe(value.name, [this](const auto& n) { quoted(n); });
    }
    void otherwise(const ast::Otherwise& value) {
        word(tag(k_otherwise, value.kind));
        maybe(value.channel, [this](auto c) { channel(c); });
        maybe(value.message, [this](const auto& m) { quoted(m); });
    }

    // --- steps -----------------------------------------------------------------------------------------------------

    void add(const ast::MessageStep& s) {
        word("message");
        channel(s.channel);
        word(s.next_unsent ? "next_unsent" : "one");
        for (const ast::Quoted& name : s.templates) {
            quoted(name);
        }
        maybe(s.thread_of, [this](const auto& w) { text(w.text); });
        maybe(s.within, [this](const auto& l) { length(l); });
        maybe(s.personal_note_by, [this](const auto& p) { person(p); });
        otherwise(s.otherwise);
    }
    void add(const ast::ApprovalStep& s) {
        word("approval");
        person(s.by);
        length(s.within);
        otherwise(s.otherwise);
    }
    void add(const ast::TaskStep& s) {
        word("task");
        person(s.owner);
        quoted(s.text);
    }
    void add(const ast::ListStep& s) {
        word(s.add ? "add" : "remove");
        quoted(s.list);
        maybe(s.for_length, [this](const auto& l) { length(l); });
    }
    void add(const ast::WithdrawStep& s) {
        word("withdraw");
        quoted(s.consent);
    }
    void add(const ast::SplitStep& s) {
        word("split");
        for (const ast::SplitArm& arm : s.arms) {
            number(arm.percent.value);
            maybe(arm.channel, [this](auto c) { channel(c); });
            maybe(arm.message, [this](const auto& m) { quoted(m); });
        }
    }
    void add(const ast::WaitFor& s) {
        word("wait");
        length(s.length);
    }
    void add(const ast::WaitUntilTime& s) {
        word("until_time");
        number(s.days);
        number(static_cast<double>(s.at.value.count()));
    }
    void add(const ast::WaitUntilDate& s) {
        word("until_date");
        length(s.offset);
        text(s.field.text);
    }
    void add(const ast::WaitUpTo& s) {
        word("up_to");
        length(s.length);
        text(s.step.text);
        for (const ast::StepEvent what : s.any_of) {
            word(tag(k_step_events, what));
        }
    }
    void add(const ast::StopStep& /*s*/) { word("stop"); }
    void add(const ast::Branch& s) {
        word("if");
        condition(s.condition);
        steps(s.then);
        word("otherwise");
        steps(s.otherwise);
    }

    // --- conditions ------------------------------------------------------------------------------------------------

    void condition(const ast::Condition& value) {
        std::visit([this](const auto& what) { add(what); }, value.what);
    }
    void value(const ast::Value& value) {
        if (const auto* words = std::get_if<ast::Quoted>(&value)) {
            return quoted(*words);
        }
        if (const auto* amount = std::get_if<ast::Number>(&value)) {
            return number(amount->value);
        }
        date(std::get<ast::Date>(value).value);
    }
    void add(const ast::FieldTest& t) {
        word("field");
        text(t.field.text);
        word(tag(t.op));
        for (const ast::Value& v : t.values) {
            value(v);
        }
        maybe(t.values_name, [this](const auto& n) { quoted(n); });
        maybe(t.length, [this](const auto& l) { length(l); });
        maybe(t.length_to, [this](const auto& l) { length(l); });
        number(t.distance_metres);
        maybe(t.place, [this](const auto& p) { quoted(p); });
        word(tag(k_unknown, t.unknown));
    }
    void add(const ast::EventTest& t) {
        word(t.negated ? "has_not" : "has");
        text(t.kind.text);
        maybe(t.name, [this](const auto& n) { quoted(n); });
        maybe(t.channel, [this](auto c) { channel(c); });
        maybe(t.message, [this](const auto& m) { quoted(m); });
        maybe(t.at_least, [this](const auto& n) { number(n.value); });
        maybe(t.in_the_last, [this](const auto& l) { length(l); });
    }
    void add(const ast::MembershipTest& t) {
        word(t.negated ? "not_in" : "in");
        word(tag(k_memberships, t.kind));
        quoted(t.name);
    }
    void add(const ast::ConsentTest& t) {
        word("consent");
        quoted(t.name);
        word(tag(k_consents, t.op));
        maybe(t.ago, [this](auto op) { word(tag(op)); });
        maybe(t.length, [this](const auto& l) { length(l); });
        maybe(t.length_to, [this](const auto& l) { length(l); });
    }
    void add(const ast::StepTest& t) {
        word("was");
        text(t.step.text);
        word(tag(k_step_events, t.what));
    }
    void add(const ast::Group& t) {
        word(tag(k_groups, t.kind));
        for (const ast::Condition& line : t.lines) {
            condition(line);
        }
        word("end");
    }

    std::string out_;
};

}  // namespace

Hash step_list_hash(const ast::Campaign& campaign) {
    StepText text;
    text.steps(campaign.steps);
    return sha256(text.take());
}

}  // namespace nurture::dsl
