// SPDX-License-Identifier: MIT
//
// One test of a field into the pool. Two-valued logic: a positive test is false on an unknown value, every negative
// spelling is its exact complement; `, or is unknown` and `, if known` decide otherwise.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace nurture::dsl {
namespace {

using ast::FieldOp;

constexpr double k_infinity = std::numeric_limits<double>::infinity();

/// One line that shows how a kind is tested.
std::string_view example(FieldKind kind) {
    switch (kind) {
    case FieldKind::text: return "is any of \"…\", \"…\"";
    case FieldKind::list: return "includes any of \"…\", \"…\"";
    case FieldKind::number: return "is at least 2";
    case FieldKind::date: return "is more than 30 days ago";
    case FieldKind::yes_no: return "is yes";
    case FieldKind::place: return "is within 60 miles of \"Dallas, TX\"";
    }
    return "";
}

std::string_view fields_of(FieldKind kind) {
    switch (kind) {
    case FieldKind::text: return "text";
    case FieldKind::list: return "lists";
    case FieldKind::number: return "numbers";
    case FieldKind::date: return "dates";
    case FieldKind::yes_no: return "yes-or-no fields";
    case FieldKind::place: return "places";
    }
    return "";
}

/// Which kind an operator is for; none: for any, or for two (`is` and its relatives).
std::optional<FieldKind> kind_of(FieldOp op) {
    if (op >= FieldOp::includes && op <= FieldOp::includes_none_of) {
        return FieldKind::list;
    }
    if (op == FieldOp::contains || op == FieldOp::starts_with) {
        return FieldKind::text;
    }
    if (op >= FieldOp::at_least && op <= FieldOp::between) {
        return FieldKind::number;
    }
    if (op >= FieldOp::ago_at_least && op <= FieldOp::anniversary_in) {
        return FieldKind::date;
    }
    if (op == FieldOp::is_yes || op == FieldOp::is_no) {
        return FieldKind::yes_no;
    }
    return op == FieldOp::within ? std::optional(FieldKind::place) : std::nullopt;
}

bool is_equality(FieldOp op) { return op <= FieldOp::is_none_of; }
bool is_negative(FieldOp op) {
    return op == FieldOp::is_not || op == FieldOp::is_none_of || op == FieldOp::includes_none_of;
}

std::string values_text(const ast::FieldTest& test) {
    if (test.values_name) {
        return fmt::format("values \"{}\"", test.values_name->text);
    }
    std::string text;
    for (const ast::Value& value : test.values) {
        const auto* quoted = std::get_if<ast::Quoted>(&value);
        const auto* number = std::get_if<ast::Number>(&value);
        text += text.empty() ? "" : ", ";
        text += quoted != nullptr   ? fmt::format("\"{}\"", quoted->text)
                : number != nullptr ? fmt::format("{}", number->value)
                                    : "…";
    }
    return text;
}

class FieldTestCompiler {
public:
    FieldTestCompiler(Compiler& compiler, const ast::FieldTest& test, Span line)
        : c_(compiler),
          test_(test),
          line_(line) {}

    CompiledLine run() {
        const auto field = c_.field(test_.field);
        if (!field) {
            return {c_.pool.always(), {}, {}};
        }
        field_ = *field;
        kind_ = c_.rules.schema.fields[field_].kind;
        if (test_.op == FieldOp::is_known || test_.op == FieldOp::is_unknown) {
            return known_test();
        }
        if (!fits()) {
            return {c_.pool.always(), {}, {}};
        }
        check_unknown_said();
        const std::size_t said = c_.diagnostics.size();
        ConditionIx condition = positive();
        if (c_.diagnostics.size() > said) {
            return {c_.pool.always(), {}, {}};
        }
        if (impossible(c_.rules.conditions, condition)) {
            c_.report("N0220", line_, "this line can never be true, so nobody will ever match",
                      "the first end comes after the second");
            return {c_.pool.always(), {}, {}};
        }
        condition = with_unknown(condition);
        return {condition, may_be_unknown() ? std::optional(c_.pool.unknown(field_)) : std::nullopt, {}};
    }

private:
    bool may_be_unknown() const { return field_ != static_cast<FieldIx>(BuiltIn::created); }

    CompiledLine known_test() {
        if (test_.unknown != ast::UnknownClause::none) {
            c_.report("N0204", line_, "a line that asks whether a value is known needs nothing after it",
                      "leave out what stands after the comma");
        }
        const ConditionIx known = c_.pool.known(field_);
        return {test_.op == FieldOp::is_known ? known : c_.pool.negation(known), {}, {}};
    }

    bool fits() {
        const auto wanted = kind_of(test_.op);
        const bool ok = wanted ? *wanted == kind_ : kind_ == FieldKind::text || kind_ == FieldKind::number;
        if (!ok) {
            wrong_type(wanted);
            return false;
        }
        return !is_equality(test_.op) || values_fit();
    }

    /// The author's line, said in the way that this kind understands.
    std::string proposal() const {
        const std::string& name = test_.field.text;
        const bool words =
            (is_equality(test_.op) || kind_of(test_.op) == FieldKind::list) &&
            (test_.values_name || std::all_of(test_.values.begin(), test_.values.end(),
                                              [](const auto& v) { return std::holds_alternative<ast::Quoted>(v); }));
        const bool several = test_.values.size() > 1 || test_.values_name;
        if (words && kind_ == FieldKind::list) {
            const char* how = is_negative(test_.op) ? " none of" : several ? " any of" : "";
            return fmt::format("{} includes{} {}", name, how, values_text(test_));
        }
        if (words && kind_ == FieldKind::text) {
            const bool no = is_negative(test_.op);
            const char* how = several ? (no ? "none of" : "any of") : (no ? "not" : "");
            return fmt::format("{} is {}{}{}", name, how, *how != '\0' ? " " : "", values_text(test_));
        }
        const auto* date = test_.values.empty() ? nullptr : std::get_if<ast::Date>(&test_.values.front());
        if (kind_ == FieldKind::date && date != nullptr) {
            const auto day = date->value;
            return fmt::format("{} is on {:04}-{:02}-{:02}", name, int(day.year()), unsigned(day.month()),
                               unsigned(day.day()));
        }
        return fmt::format("{} {}", name, example(kind_));
    }

    void wrong_type(std::optional<FieldKind> wanted) {
        const std::string op = c_.one_line(test_.op_span);
        const std::string for_what = fmt::format("that is for {}", wanted ? fields_of(*wanted) : "text and numbers");
        c_.report("N0204", test_.op_span,
                  fmt::format("`{}` is {}, which `{}` cannot test", test_.field.text, kind_name(kind_), op), for_what)
            .notes.push_back("Write:   " + proposal());
    }

    bool values_fit() {
        for (const ast::Value& value : test_.values) {
            const bool ok = kind_ == FieldKind::number ? std::holds_alternative<ast::Number>(value)
                                                       : std::holds_alternative<ast::Quoted>(value);
            if (!ok) {
                const Span place = std::visit([](const auto& v) { return v.span; }, value);
                const std::string written = c_.one_line(place);
                Diagnostic& problem = c_.report(
                    "N0204", place, fmt::format("`{}` is {}", test_.field.text, kind_name(kind_)),
                    kind_ == FieldKind::number ? "a number stands without quotes" : "text stands in double quotes");
                if (kind_ == FieldKind::text) {
                    problem.fix = Fix{place, fmt::format("\"{}\"", written)};
                    problem.notes.push_back(fmt::format("Write:   \"{}\"", written));
                }
                return false;
            }
        }
        if (kind_ == FieldKind::number && test_.values_name) {
            c_.report("N0204", test_.values_name->span, fmt::format("`{}` is a number", test_.field.text),
                      "these values are words");
            return false;
        }
        return true;
    }

    void check_unknown_said() {
        if (!c_.rules.schema.fields[field_].say_unknown || test_.unknown != ast::UnknownClause::none) {
            return;
        }
        const std::string line = c_.one_line(line_);
        Diagnostic& problem = c_.report(
            "N0226", line_, fmt::format("`{}` may be unknown, and this line does not say what then", test_.field.text),
            "unknown is neither yes nor no here");
        problem.notes = {fmt::format("Write:   {}, or is unknown      unknown counts as yes", line),
                         fmt::format("or:      {}, if known           unknown counts as no", line)};
    }

    ConditionIx with_unknown(ConditionIx positive) {
        const bool negative = is_negative(test_.op);
        const ConditionIx plain = negative ? c_.pool.negation(positive) : positive;
        if (test_.unknown == ast::UnknownClause::or_is_unknown && !negative) {
            return c_.pool.any_of({plain, c_.pool.unknown(field_)});
        }
        if (test_.unknown == ast::UnknownClause::if_known && negative) {
            return c_.pool.all_of({plain, c_.pool.known(field_)});
        }
        return plain;  // a positive test is false on unknown already, a negative one true
    }

    ConditionIx positive() {
        if (kind_ == FieldKind::number) {
            return number();
        }
        if (kind_ == FieldKind::date) {
            return date();
        }
        if (kind_ == FieldKind::place) {
            return within();
        }
        if (kind_ == FieldKind::yes_no) {
            return c_.pool.add(cond::YesNo{field_, test_.op == FieldOp::is_yes});
        }
        std::vector<ast::Quoted> quoted;
        for (const ast::Value& value : test_.values) {
            quoted.push_back(std::get<ast::Quoted>(value));
        }
        if (test_.op == FieldOp::contains || test_.op == FieldOp::starts_with) {
            return c_.pool.add(cond::TextContains{field_, fold(quoted.front().text), test_.op == FieldOp::starts_with});
        }
        std::vector<std::string> values = folded_values(c_, quoted, test_.values_name);
        if (kind_ == FieldKind::list) {
            const bool all = test_.op == FieldOp::includes_all_of && values.size() > 1;
            return c_.pool.add(cond::ListHas{field_, std::move(values), all});
        }
        return c_.pool.add(cond::TextIn{field_, std::move(values)});
    }

    double value(std::size_t i) const { return std::get<ast::Number>(test_.values.at(i)).value; }

    ConditionIx number() {
        switch (test_.op) {
        case FieldOp::at_least: return c_.pool.add(cond::NumberRange{field_, value(0), k_infinity});
        case FieldOp::at_most: return c_.pool.add(cond::NumberRange{field_, -k_infinity, value(0)});
        case FieldOp::more_than: return c_.pool.add(cond::NumberRange{field_, value(0), k_infinity, true});
        case FieldOp::less_than: return c_.pool.add(cond::NumberRange{field_, -k_infinity, value(0), false, true});
        case FieldOp::between: return c_.pool.add(cond::NumberRange{field_, value(0), value(1)});
        default: break;
        }
        std::vector<ConditionIx> equal;
        for (std::size_t i = 0; i < test_.values.size(); ++i) {
            equal.push_back(c_.pool.add(cond::NumberRange{field_, value(i), value(i)}));
        }
        return c_.pool.any_of(std::move(equal));
    }

    DayOffset offset(const std::optional<ast::Length>& length, int sign, int more_days) {
        const DayOffset o = to_offset(c_, *length, "a distance from today");
        return {sign * o.months, sign * o.days + more_days};
    }
    ConditionIx near(std::optional<DayOffset> from, std::optional<DayOffset> to) {
        return c_.pool.add(cond::DateNear{field_, from, to});
    }
    ConditionIx days(std::optional<std::chrono::sys_days> from, std::optional<std::chrono::sys_days> to) {
        return c_.pool.add(cond::DateBetween{field_, from, to});
    }
    std::chrono::sys_days day(std::size_t i) const { return std::get<ast::Date>(test_.values.at(i)).value; }

    ConditionIx date() {
        constexpr std::chrono::days one{1};
        const DayOffset today{};
        const auto& n = test_.length;
        switch (test_.op) {
        case FieldOp::ago_more_than: return near({}, offset(n, -1, -1));
        case FieldOp::ago_at_least: return near({}, offset(n, -1, 0));
        case FieldOp::ago_less_than: return near(offset(n, -1, 1), today);
        case FieldOp::ago_at_most: return near(offset(n, -1, 0), today);
        case FieldOp::ago_between: return near(offset(test_.length_to, -1, 0), offset(n, -1, 0));
        case FieldOp::away_more_than: return near(offset(n, 1, 1), {});
        case FieldOp::away_at_least: return near(offset(n, 1, 0), {});
        case FieldOp::away_less_than: return near(today, offset(n, 1, -1));
        case FieldOp::away_at_most: return near(today, offset(n, 1, 0));
        case FieldOp::away_between: return near(offset(n, 1, 0), offset(test_.length_to, 1, 0));
        case FieldOp::is_today: return near(today, today);
        case FieldOp::before: return days({}, day(0) - one);
        case FieldOp::after: return days(day(0) + one, {});
        case FieldOp::on: return days(day(0), day(0));
        case FieldOp::on_or_before: return days({}, day(0));
        case FieldOp::on_or_after: return days(day(0), {});
        case FieldOp::between_dates: return days(day(0), day(1));
        default: break;
        }
        return anniversary();
    }

    ConditionIx anniversary() {
        const DayOffset o = n_days();
        return c_.pool.add(cond::Anniversary{field_, o.days});
    }
    DayOffset n_days() {
        if (!test_.length) {
            return {};
        }
        const DayOffset o = to_offset(c_, *test_.length, "an anniversary");
        if (o.months != 0) {
            c_.report("N0209", test_.length->span, "an anniversary is looked for some days or weeks ahead",
                      "write it in days");
        }
        return o;
    }

    ConditionIx within() {
        const auto at = c_.places.find(test_.place->text);
        if (at) {
            return c_.pool.add(cond::Within{field_, at->lat, at->lon, test_.distance_metres});
        }
        Diagnostic& problem = c_.report("N0207", test_.place->span,
                                        fmt::format("there is no place called \"{}\" in the table", test_.place->text));
        const std::string& text = test_.place->text;
        const bool zip = text.size() >= 5 && text.find_first_not_of("0123456789-") == std::string::npos;
        if (const auto near = zip ? std::nullopt : c_.places.nearest_name(text)) {
            problem.labels.front().text = fmt::format("did you mean \"{}\"?", *near);
        }
        problem.notes.push_back(
            zip ? "ZIP codes come from places.csv in the rules directory, a line each:   75201,32.79,-96.80"
                : "The table has US cities of 100,000 people and more, as \"Dallas, TX\".");
        problem.notes.push_back(
            zip ? "Or write coordinates:   \"32.79,-96.80\""
                : "Others: a line in places.csv   \"Paris, TX\",33.66,-95.56   or coordinates:   \"33.66,-95.56\"");
        return c_.pool.always();
    }

    Compiler& c_;
    const ast::FieldTest& test_;
    Span line_;
    FieldIx field_ = 0;
    FieldKind kind_ = FieldKind::text;
};

}  // namespace

std::vector<std::string> folded_values(Compiler& c, const std::vector<ast::Quoted>& values,
                                       const std::optional<ast::Quoted>& values_name) {
    std::vector<std::string> folded;
    for (const ast::Quoted& value : values) {
        folded.push_back(fold(value.text));
    }
    if (values_name) {
        const auto named = c.values.find(values_name->text);
        if (named == c.values.end()) {
            std::vector<std::string> known;
            for (const auto& [name, list] : c.values) {
                known.push_back(name);
            }
            c.unknown_name("N0205", "list of values", values_name->text, values_name->span, known);
        } else {
            for (const ast::Quoted& value : named->second->values) {
                folded.push_back(fold(value.text));
            }
        }
    }
    std::sort(folded.begin(), folded.end());
    folded.erase(std::unique(folded.begin(), folded.end()), folded.end());
    return folded;
}

CompiledLine compile_field_test(Compiler& compiler, const ast::FieldTest& test, Span line) {
    return FieldTestCompiler(compiler, test, line).run();
}

}  // namespace nurture::dsl
