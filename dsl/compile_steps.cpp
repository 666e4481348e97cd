// SPDX-License-Identifier: MIT
//
// The shape of a campaign: blocks, branches and waits, and the acts that take no time.
#include "dsl/step_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::dsl {
namespace {

/// Indices are 16 bits wide; a campaign of a thousand steps would run for years.
constexpr std::size_t k_most_steps = 10'000;

bool is_wait(const ast::Step& step) {
    return std::holds_alternative<ast::WaitFor>(step.what) || std::holds_alternative<ast::WaitUntilTime>(step.what) ||
           std::holds_alternative<ast::WaitUntilDate>(step.what) || std::holds_alternative<ast::WaitUpTo>(step.what);
}

bool in_months(const ast::Step& step) {
    const auto* wait = std::get_if<ast::WaitFor>(&step.what);
    return wait != nullptr && (wait->length.unit == ast::Unit::months || wait->length.unit == ast::Unit::years);
}

/// Of a split it is the message of the person's arm that is clicked.
bool sends(const ast::Step& step) {
    return std::holds_alternative<ast::MessageStep>(step.what) || std::holds_alternative<ast::SplitStep>(step.what);
}

const char* event_words(ast::StepEvent what) {
    switch (what) {
    case ast::StepEvent::sent: return "sent";
    case ast::StepEvent::clicked: return "clicked";
    case ast::StepEvent::opened: return "opened";
    case ast::StepEvent::replied: return "replied to";
    }
    return "";
}

}  // namespace

std::shared_ptr<const StepList> StepCompiler::run() {
    if (source_.steps.empty() && !source_.incomplete) {
        c_.report("N0407", source_.span, fmt::format("the campaign \"{}\" has no steps", source_.name.text), "")
            .notes.push_back("Write:   step hello: email \"…\"");
    }
    collect(source_.steps);
    if (count_ > k_most_steps) {
        c_.report("N0130", source_.span, fmt::format("a campaign has at most {} lines", k_most_steps));
        return std::make_shared<StepList>();
    }
    past_.steps.resize(number_.size());
    Block all;
    block(source_.steps, all);
    for (const StepIx line : all.waits_past) {
        at<op::WaitUntilDate>(line).past = here();
    }
    emit(op::End{}, source_.span, "", "");
    for (const auto& [line, step] : later_) {
        const StepIx target = index_.contains(step) ? index_[step] : StepIx{0};
        std::visit(
            [target](auto& op) {
                if constexpr (requires { op.step; }) {
                    op.step = target;
                }
            },
            lines_[line].op);
    }
    auto list = std::make_shared<StepList>();
    list->hash = step_list_hash(source_);
    list->campaign = source_.name.text;
    list->lines = std::move(lines_);
    return list;
}

void StepCompiler::collect(const std::vector<ast::Step>& steps) {
    count_ += steps.size();
    for (const ast::Step& step : steps) {
        if (step.name) {
            number_.emplace(step.name->text, number_.size());
            const auto [at, is_new] = steps_.emplace(step.name->text, &step);
            if (!is_new) {
                c_.taken("steps", step.name->text, step.name->span, at->second->name->span);
            }
        }
        if (const auto* split = std::get_if<ast::SplitStep>(&step.what)) {
            count_ += split->arms.size();
        } else if (const auto* branch = std::get_if<ast::Branch>(&step.what)) {
            collect(branch->then);
            collect(branch->otherwise);
        }
    }
}

const ast::Step* StepCompiler::message_step(const ast::Word& name) {
    const auto found = steps_.find(name.text);
    if (found == steps_.end()) {
        std::vector<std::string> known;
        for (const auto& [step_name, step] : steps_) {
            if (sends(*step)) {
                known.push_back(step_name);
            }
        }
        c_.unknown_name("N0201", "step", name.text, name.span, known);
        return nullptr;
    }
    if (!sends(*found->second)) {
        c_.report("N0410", name.span, fmt::format("`{}` is not a message", name.text),
                  "only messages are sent, clicked and replied to")
            .labels.push_back({found->second->span, "this step"});
        return nullptr;
    }
    return found->second;
}

// --- output --------------------------------------------------------------------------------------------------------

StepIx StepCompiler::emit(Op op, Span span, std::string name, std::string text) {
    lines_.push_back({std::move(name), std::move(op), span, std::move(text)});
    return static_cast<StepIx>(lines_.size() - 1);
}
StepIx StepCompiler::emit(const ast::Step& step, Op op) {
    return emit(std::move(op), step.span, step.name ? step.name->text : "", c_.one_line(step.span));
}

// --- blocks --------------------------------------------------------------------------------------------------------

void StepCompiler::block(const std::vector<ast::Step>& steps, Block& in) {
    for (const ast::Step& step : steps) {
        if (in.ends) {
            c_.report("N0403", step.span, "nobody ever gets here: the campaign has stopped before",
                      "leave this line out, or move it before `stop`");
            break;
        }
        if (is_wait(step)) {
            for (const StepIx line : std::exchange(in.waits_past, {})) {
                at<op::WaitUntilDate>(line).past = here();
            }
        }
        if (is_wait(step) ? !in_months(step) : std::holds_alternative<ast::Branch>(step.what)) {
            in.in_months = false;
            in.months = 0;
        }
        std::visit([&](const auto& what) { add(step, what, in); }, step.what);
        if (step.name) {
            index_.emplace(step.name->text, lines_.empty() ? StepIx{0} : static_cast<StepIx>(lines_.size() - 1));
            past_.steps[number_.at(step.name->text)] = true;
        }
    }
    for (const StepIx line : in.skipping) {
        c_.report("N0410", lines_[line].span, "there is no message after this approval that could be skipped",
                  "in the same block")
            .notes.push_back("Write:   …, otherwise stop");
    }
}

void StepCompiler::warn_opens(ast::StepEvent what, Span place) {
    if (what == ast::StepEvent::opened) {
        c_.report("N0404", place, "opens are counted by machines, not by people",
                  "mail programs open messages that nobody reads");
    }
}

op::If StepCompiler::test(const ast::Step& step, const ast::Branch& source) {
    op::If test;
    const auto* of_step = std::get_if<ast::StepTest>(&source.condition.what);
    if (of_step == nullptr) {
        test.condition = compile_condition(c_, source.condition).condition;
        return test;
    }
    test.what = static_cast<StepEvent>(of_step->what);
    warn_opens(of_step->what, of_step->step.span);
    if (message_step(of_step->step) == nullptr) {
        return test;
    }
    const auto fact = std::pair(of_step->step.text, of_step->what);
    if (!may_have_run(of_step->step.text)) {
        c_.report("N0402", step.span,
                  fmt::format("`{}` cannot have been {} before this line", fact.first, event_words(fact.second)),
                  "nobody gets into this branch");
    } else if (facts_.contains(fact) && !source.otherwise.empty()) {
        c_.report("N0402", source.otherwise.front().span, "nobody gets into this `otherwise`",
                  fmt::format("whoever is here has `{}` {} already", fact.first, event_words(fact.second)));
    }
    return test;
}

bool StepCompiler::side(const std::vector<ast::Step>& steps, const Past& before, Block& in) {
    past_ = before;
    Block inner;
    block(steps, inner);
    in.waits_past.insert(in.waits_past.end(), inner.waits_past.begin(), inner.waits_past.end());
    if (inner.ends) {
        past_ = before;
    }
    return inner.ends;
}

void StepCompiler::add(const ast::Step& step, const ast::Branch& source, Block& in) {
    const StepIx decision = emit(step, test(step, source));
    const Past before = past_;
    const auto facts = facts_;
    if (const auto* of_step = std::get_if<ast::StepTest>(&source.condition.what)) {
        later_.emplace_back(decision, of_step->step.text);
        facts_.emplace(of_step->step.text, of_step->what);
    }
    const bool then_ends = side(source.then, before, in);
    facts_ = facts;
    if (source.otherwise.empty()) {
        at<op::If>(decision).otherwise = here();
        return;
    }
    Past after_then = past_;
    const std::optional<StepIx> jump = then_ends ? std::nullopt : std::optional(emit(op::Jump{}, step.span, "", ""));
    at<op::If>(decision).otherwise = here();
    in.ends = side(source.otherwise, before, in) && then_ends;
    if (jump) {
        at<op::Jump>(*jump).to = here();
    }
    for (std::size_t i = 0; i < past_.steps.size(); ++i) {
        past_.steps[i] = past_.steps[i] || after_then.steps[i];
    }
    past_.templates.merge(after_then.templates);
}

// --- waits and acts --------------------------------------------------------------------------------------------------

void StepCompiler::add(const ast::Step& step, const ast::WaitFor& source, Block& in) {
    op::WaitFor wait{to_length(source.length), true, 0};
    if (in_months(step)) {
        wait.first_of_months = !in.in_months;
        wait.months_before = in.months;
        in.in_months = true;
        in.months += source.length.count * (source.length.unit == ast::Unit::years ? 12 : 1);
    }
    emit(step, wait);
}

void StepCompiler::add(const ast::Step& step, const ast::WaitUntilTime& source, Block& /*in*/) {
    emit(step, op::WaitUntilTime{source.days, source.at.value});
}

void StepCompiler::add(const ast::Step& step, const ast::WaitUntilDate& source, Block& in) {
    const auto field = c_.field(source.field);
    if (field && c_.rules.schema.fields[*field].kind != FieldKind::date) {
        c_.report(
            "N0204", source.field.span,
            fmt::format("`{}` is {}, not a date", source.field.text, kind_name(c_.rules.schema.fields[*field].kind)),
            "");
    }
    const DayOffset offset = to_offset(c_, source.offset, "the distance from a date");
    in.waits_past.push_back(emit(step, op::WaitUntilDate{field.value_or(0), offset, 0}));
}

void StepCompiler::add(const ast::Step& step, const ast::WaitUpTo& source, Block& /*in*/) {
    op::WaitUpTo wait{to_length(source.length), 0, 0};
    for (const ast::StepEvent what : source.any_of) {
        wait.events = static_cast<std::uint8_t>(wait.events | (1U << static_cast<unsigned>(what)));
        warn_opens(what, source.step.span);
    }
    if (message_step(source.step) != nullptr && !may_have_run(source.step.text)) {
        c_.report("N0402", source.step.span,
                  fmt::format("`{}` cannot have been sent before this line", source.step.text),
                  "so this always waits to the end");
    }
    later_.emplace_back(emit(step, wait), source.step.text);
}

void StepCompiler::add(const ast::Step& step, const ast::TaskStep& task, Block& /*in*/) {
    PersonRef owner = compile_person(c_, task.owner);
    emit(step, op::Task{std::move(owner), compile_text(c_, task.text.text, task.text.span, true)});
}
void StepCompiler::add(const ast::Step& step, const ast::StopStep& /*stop*/, Block& in) {
    emit(step, op::Stop{});
    in.ends = true;
}

void StepCompiler::add(const ast::Step& step, const ast::ListStep& list, Block& /*in*/) {
    emit(step, op::OnList{c_.list(list.list), list.add,
                          list.for_length ? std::optional(to_length(*list.for_length)) : std::nullopt});
}

void StepCompiler::add(const ast::Step& step, const ast::WithdrawStep& withdraw, Block& /*in*/) {
    emit(step, op::WithdrawConsent{c_.consent(withdraw.consent)});
}

std::shared_ptr<const StepList> compile_steps(Compiler& compiler, const ast::Campaign& source,
                                              std::optional<CampaignIx> campaign) {
    return StepCompiler(compiler, source, campaign).run();
}

}  // namespace nurture::dsl
