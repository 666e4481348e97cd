// SPDX-License-Identifier: MIT
//
// `test` blocks: every name, type and date in them, so that a test which checks can be run.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace nurture::dsl {
namespace {

using StepsByName = std::map<std::string, std::vector<const ast::Step*>, std::less<>>;

void collect(const std::vector<ast::Step>& steps, StepsByName& names) {
    for (const ast::Step& step : steps) {
        if (step.name) {
            names[step.name->text].push_back(&step);
        }
        if (const auto* branch = std::get_if<ast::Branch>(&step.what)) {
            collect(branch->then, names);
            collect(branch->otherwise, names);
        }
    }
}

class TestChecker {
public:
    TestChecker(Compiler& compiler, const ast::Test& test, const StepsByName& steps)
        : c_(compiler),
          test_(test),
          steps_(steps) {}

    void run() {
        now();
        for (const ast::Given& given : test_.given) {
            check(given);
        }
        for (const ast::Happening& happening : test_.happenings) {
            check(happening);
        }
        for (const ast::Expect& expect : test_.expects) {
            check(expect);
        }
        if (test_.expects.empty() && !test_.incomplete) {
            c_.report("N0802", test_.span, fmt::format("the test \"{}\" expects nothing", test_.name.text), "")
                .notes.push_back("Write:   expect email \"…\" on 2026-03-03 between 09:00 and 17:00");
        }
    }

private:
    void now() {
        if (!test_.now) {
            if (!test_.incomplete) {
                c_.report("N0801", test_.span,
                          fmt::format("the test \"{}\" does not say when it begins", test_.name.text), "")
                    .notes.push_back("Write:   now is 2026-03-02 06:00 in \"America/Chicago\"");
            }
            return;
        }
        const auto& zones = c_.world.zones;
        if (test_.zone && !zones.empty() && std::find(zones.begin(), zones.end(), test_.zone->text) == zones.end()) {
            c_.unknown_name("N0207", "time zone", test_.zone->text, test_.zone->span, zones,
                            "Zones are named as in   \"America/Chicago\"");
        }
    }

    // --- who -------------------------------------------------------------------------------------------------------

    void check(const ast::Given& given) {
        if (!people_.insert(given.candidate.text).second) {
            c_.report("N0802", given.span, fmt::format("\"{}\" is given twice", given.candidate.text), "");
        }
        for (const ast::GivenField& line : given.fields) {
            check(line);
        }
        for (const ast::ConsentTest& consent : given.consents) {
            c_.consent(consent.name);
        }
        for (const ast::MembershipTest& list : given.lists) {
            c_.list(list.name);
        }
    }

    void check(const ast::GivenField& line) {
        const auto field = c_.field(line.field);
        if (!field) {
            return;
        }
        const FieldKind kind = c_.rules.schema.fields[*field].kind;
        const bool fits =
            kind == FieldKind::yes_no
                ? line.yes.has_value()
                : !line.yes && std::all_of(line.values.begin(), line.values.end(), [&](const ast::Value& v) {
                      return kind == FieldKind::number ? std::holds_alternative<ast::Number>(v)
                             : kind == FieldKind::date ? std::holds_alternative<ast::Date>(v)
                                                       : std::holds_alternative<ast::Quoted>(v);
                  });
        if (!fits) {
            c_.report("N0204", line.span, fmt::format("`{}` is {}", line.field.text, kind_name(kind)),
                      "this value is none");
        } else if (kind != FieldKind::list && line.values.size() > 1) {
            c_.report("N0204", line.span, fmt::format("`{}` has one value", line.field.text), "these are several");
        }
    }

    void check_candidate(const std::optional<ast::Quoted>& who, Span place) {
        if (test_.given.empty()) {
            if (!test_.incomplete) {
                c_.report("N0802", place, "nobody is given to whom this could happen", "")
                    .notes.push_back("Write above it:   given candidate \"ana.ruiz\" from \"fixtures.csv\"");
            }
        } else if (!who && people_.size() > 1) {
            c_.report("N0802", place, "several candidates are given, and this does not say whom it means", "")
                .notes.push_back(fmt::format("Name one, as in   \"{}\"", *people_.begin()));
        } else if (who && !people_.contains(who->text)) {
            c_.unknown_name("N0802", "given candidate", who->text, who->span, {people_.begin(), people_.end()});
        }
    }

    // --- what happens ----------------------------------------------------------------------------------------------

    void check_date(const ast::Date& date) {
        if (test_.now && date.value < test_.now->date.value) {
            c_.report("N0802", date.span, "this is before the test begins",
                      fmt::format("`now is` {}", iso(test_.now->date.value)));
        }
    }

    using IsKind = bool (*)(const ast::Step*);

    /// Somebody answers: an approval, or the note that a message waits for.
    static bool is_question(const ast::Step* step) {
        const auto* message = std::get_if<ast::MessageStep>(&step->what);
        return std::holds_alternative<ast::ApprovalStep>(step->what) ||
               (message != nullptr && message->personal_note_by.has_value());
    }
    static bool is_message(const ast::Step* step) {
        return std::holds_alternative<ast::MessageStep>(step->what) ||
               std::holds_alternative<ast::SplitStep>(step->what);
    }
    static bool is_task(const ast::Step* step) { return std::holds_alternative<ast::TaskStep>(step->what); }

    void check_step(const ast::Word& name, std::string_view kind, IsKind is_kind) {
        const auto found = steps_.find(name.text);
        if (found != steps_.end() && std::any_of(found->second.begin(), found->second.end(), is_kind)) {
            return;
        }
        std::vector<std::string> known;
        for (const auto& [step_name, steps] : steps_) {
            if (std::any_of(steps.begin(), steps.end(), is_kind)) {
                known.push_back(step_name);
            }
        }
        c_.unknown_name("N0201", kind, name.text, name.span, known);
    }

    void check(const ast::Happening& happening) {
        check_date(happening.at.date);
        if (const auto* decision = std::get_if<std::pair<bool, ast::Word>>(&happening.what)) {
            check_step(decision->second, "approval step", is_question);
            if (happening.who) {
                c_.check_person(*happening.who);
            }
            return;
        }
        check_candidate(happening.who, happening.span);
        if (const auto* change = std::get_if<ast::Change>(&happening.what)) {
            check_change(*change);
            check_can_happen(*change, happening.span);
        } else if (const auto* event = std::get_if<ast::EventTest>(&happening.what)) {
            c_.event(event->kind);
            check_can_happen(*event, happening.span);
        } else if (const auto* click = std::get_if<ast::StepTest>(&happening.what)) {
            check_step(click->step, "message step", is_message);
        }
    }

    /// What campaigns do not watch, such as dates, can change all the same. Whether it is a date says the importer.
    void check_change(const ast::Change& change) {
        if (change.kind == ast::ChangeKind::becomes) {
            const auto field = c_.field(change.word);
            if (!field || c_.rules.schema.fields[*field].kind != FieldKind::list)
                return;
        }
        compile_change(c_, change);
    }

    void cannot_happen(Span place, std::string_view what, std::string instead) {
        c_.report("N0802", place, fmt::format("{} cannot be made to happen in a test", what), "")
            .notes.push_back("Write:   " + std::move(instead));
    }

    /// What the rules decide by themselves is expected, not done; and what is done is one thing.
    void check_can_happen(const ast::Change& change, Span place) {
        const std::string when = "at 2026-03-03 10:00 ";
        if (change.kind == ast::ChangeKind::leaves_audience)
            cannot_happen(place, "leaving the audience", when + "stage becomes \"On assignment\"");
        else if (change.kind == ast::ChangeKind::entered_campaign)
            cannot_happen(place, "entering a campaign", "expect email \"…\" on 2026-03-03");
        else if (change.kind == ast::ChangeKind::changes)
            cannot_happen(place, "a change without its new value",
                          fmt::format("{}{} becomes \"…\"", when, change.word.text));
        else if (change.values_name || change.values.size() > 1)
            cannot_happen(place, "one of several values",
                          fmt::format("{}{} {} \"…\"", when, change.word.text,
                                      change.kind == ast::ChangeKind::gains ? "gains" : "becomes"));
        else if (change.kind == ast::ChangeKind::event)
            check_can_happen(change.word, place);
    }
    void check_can_happen(const ast::EventTest& event, Span place) {
        if (event.negated || event.at_least || event.in_the_last)
            cannot_happen(place, "a condition", fmt::format("at 2026-03-03 10:00 has {}", event.kind.text));
        else
            check_can_happen(event.kind, place);
    }
    void check_can_happen(const ast::Word& event, Span place) {
        if (event.text == "received")
            cannot_happen(place, "a message of ours", "expect email \"…\" on 2026-03-03");
        else if (event.text == "joined")
            cannot_happen(place, "coming into the store", "given candidate \"ana.ruiz\" with");
    }

    // --- what must follow ------------------------------------------------------------------------------------------

    void check(const ast::Expect& expect) {
        for (const auto* date : {&expect.on, &expect.before, &expect.after}) {
            if (*date) {
                check_date(**date);
            }
        }
        if (expect.from && expect.to && expect.to->value <= expect.from->value) {
            c_.report("N0802", expect.to->span, "this is not after the first time", "");
        }
        if (expect.segment) {
            c_.segment(*expect.segment);
        } else if (expect.step) {
            check_step(*expect.step, "task step", is_task);
        } else if (expect.name && expect.kind != ast::ExpectKind::message) {
            c_.find_template(expect.kind == ast::ExpectKind::sms ? Channel::sms : Channel::email, *expect.name);
        }
        // Without a name a line is about anybody: nobody gets it, or somebody does.
        if (expect.segment || test_.given.empty()) {
            check_candidate(expect.who, expect.span);
        }
    }

    Compiler& c_;
    const ast::Test& test_;
    const StepsByName& steps_;
    std::set<std::string> people_;
};

}  // namespace

void check_tests(Compiler& c) {
    StepsByName steps;
    for (const ast::File& file : c.files) {
        for (const ast::Campaign& campaign : file.campaigns) {
            collect(campaign.steps, steps);
        }
    }
    for (const ast::File& file : c.files) {
        for (const ast::Test& test : file.tests) {
            TestChecker(c, test, steps).run();
        }
    }
}

}  // namespace nurture::dsl
