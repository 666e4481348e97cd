// SPDX-License-Identifier: MIT
//
// Steps, waits and branches become a flat program that only runs forward. Alongside goes what may have happened before
// each line, so that a branch which nobody can reach is found.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
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

const char* event_words(ast::StepEvent what) {
    switch (what) {
    case ast::StepEvent::sent: return "sent";
    case ast::StepEvent::clicked: return "clicked";
    case ast::StepEvent::opened: return "opened";
    case ast::StepEvent::replied: return "replied to";
    }
    return "";
}

class StepCompiler {
public:
    StepCompiler(Compiler& compiler, const ast::Campaign& source, std::optional<CampaignIx> campaign)
        : c_(compiler),
          source_(source),
          campaign_(campaign) {}

    std::shared_ptr<const StepList> run() {
        if (source_.steps.empty() && !source_.incomplete) {
            c_.report("N0407", source_.span, fmt::format("the campaign \"{}\" has no steps", source_.name.text), "")
                .notes.push_back("Write:   step hello: email \"…\"");
        }
        collect(source_.steps);
        if (count_ > k_most_steps) {
            c_.report("N0130", source_.span, fmt::format("a campaign has at most {} lines", k_most_steps));
            return std::make_shared<StepList>();
        }
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

private:
    /// What is open while the lines of one block are read.
    struct Block {
        bool ends = false;               // every way through it stops
        std::vector<StepIx> waits_past;  // `wait until` a date: where to go when it is past is still open
        std::vector<StepIx> skipping;    // approvals that skip the next message
        bool in_months = false;          // the row of month waits that the next one would continue …
        std::int32_t months = 0;         // … and its sum
    };

    // --- names ---------------------------------------------------------------------------------------------------

    void collect(const std::vector<ast::Step>& steps) {
        count_ += steps.size();
        for (const ast::Step& step : steps) {
            if (step.name) {
                const auto [at, is_new] = steps_.emplace(step.name->text, &step);
                if (!is_new) {
                    c_.taken("steps", step.name->text, step.name->span, at->second->name->span);
                }
            }
            if (const auto* branch = std::get_if<ast::Branch>(&step.what)) {
                collect(branch->then);
                collect(branch->otherwise);
            }
        }
    }

    /// The message step of that name; reports what is no such step.
    const ast::Step* message_step(const ast::Word& name) {
        const auto found = steps_.find(name.text);
        if (found == steps_.end()) {
            std::vector<std::string> known;
            for (const auto& [step_name, step] : steps_) {
                if (std::holds_alternative<ast::MessageStep>(step->what)) {
                    known.push_back(step_name);
                }
            }
            c_.unknown_name("N0201", "step", name.text, name.span, known);
            return nullptr;
        }
        if (!std::holds_alternative<ast::MessageStep>(found->second->what)) {
            c_.report("N0410", name.span, fmt::format("`{}` is not a message", name.text),
                      "only messages are sent, clicked and replied to")
                .labels.push_back({found->second->span, "this step"});
            return nullptr;
        }
        return found->second;
    }

    // --- output --------------------------------------------------------------------------------------------------

    StepIx here() const { return static_cast<StepIx>(lines_.size()); }
    template<class T>
    T& at(StepIx line) {
        return std::get<T>(lines_[line].op);
    }

    StepIx emit(Op op, Span span, std::string name, std::string text) {
        lines_.push_back({std::move(name), std::move(op), span, std::move(text)});
        return static_cast<StepIx>(lines_.size() - 1);
    }
    StepIx emit(const ast::Step& step, Op op) {
        return emit(std::move(op), step.span, step.name ? step.name->text : "", c_.one_line(step.span));
    }

    // --- blocks --------------------------------------------------------------------------------------------------

    void block(const std::vector<ast::Step>& steps, Block& in) {
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
                past_.steps.insert(step.name->text);
            }
        }
        for (const StepIx line : in.skipping) {
            c_.report("N0410", lines_[line].span, "there is no message after this approval that could be skipped",
                      "in the same block")
                .notes.push_back("Write:   …, otherwise stop");
        }
    }

    void add(const ast::Step& step, const ast::ListStep& list, Block& /*in*/) {
        c_.not_yet(step.span, list.add ? "add to list" : "remove from list",
                   fmt::format("Write a task:   step {}: task for owner \"{} list {}: {{{{first_name or them}}}}\"",
                               step.name ? step.name->text : "park", list.add ? "Add to" : "Remove from",
                               list.list.text));
    }
    void add(const ast::Step& step, const ast::WithdrawStep& /*withdraw*/, Block& /*in*/) {
        c_.not_yet(step.span, "withdraw consent",
                   "Write a task:   step ask: task for owner \"Withdraw the consent of {{first_name or them}}\"");
    }
    void add(const ast::Step& step, const ast::SplitStep& /*split*/, Block& /*in*/) {
        c_.not_yet(step.span, "split", "Send one of the messages to everybody:   step hello: email \"…\"");
    }
    void add(const ast::Step& step, const ast::TaskStep& task, Block& /*in*/) {
        PersonRef owner = compile_person(c_, task.owner);
        emit(step, op::Task{std::move(owner), compile_text(c_, task.text.text, task.text.span, true)});
    }
    void add(const ast::Step& step, const ast::StopStep& /*stop*/, Block& in) {
        emit(step, op::Stop{});
        in.ends = true;
    }

    // --- messages ------------------------------------------------------------------------------------------------

    void use_template(Channel channel, const ast::Quoted& name, Span step) {
        const auto ix = c_.find_template(channel, name);
        if (ix && campaign_) {
            c_.template_uses[*ix].push_back({*campaign_, step});
        }
        const bool consent =
            (channel == Channel::email ? c_.rules.policy.email_consent : c_.rules.policy.sms_consent).has_value();
        if (!consent && !c_.policy_incomplete && !c_.incomplete && warned_consent_.insert(channel).second) {
            const char* word = channel == Channel::email ? "email" : "sms";
            c_.report("N0401", step, fmt::format("no policy says which consent {} needs", word),
                      "so this may not be sent to anybody")
                .notes.push_back(fmt::format("Write in the policy:   {} requires consent \"{}\"", word,
                                             channel == Channel::email ? "job news" : "text messages"));
        }
        const auto [first, is_new] = past_.templates.emplace(std::pair(channel, name.text), name.span);
        if (!is_new) {
            c_.report("N0612", name.span,
                      fmt::format("\"{}\" is sent twice on the same way through this campaign", name.text),
                      "the second time")
                .labels.push_back({first->second, "the first time"});
        }
    }

    void add(const ast::Step& step, const ast::MessageStep& source, Block& in) {
        op::Message m;
        m.channel = to_channel(source.channel);
        m.next_unsent = source.next_unsent;
        for (const ast::Quoted& name : source.templates) {
            use_template(m.channel, name, step.span);
            m.templates.push_back(name.text);
        }
        if (source.personal_note_by) {
            c_.not_yet(step.span, "with a personal note",
                       "Write an approval before the message:   step review: approval by owner within 2 business days, "
                       "otherwise stop");
        }
        if (source.within && !source.personal_note_by) {
            m.within = to_length(*source.within);
        }
        const bool has_thread = source.thread_of && thread(step, *source.thread_of);
        if (has_thread) {
            m.thread_of = index_.contains(source.thread_of->text) ? index_[source.thread_of->text] : StepIx{0};
        }
        otherwise(step, source.otherwise, m);
        emit(step, std::move(m));
        for (const StepIx line : std::exchange(in.skipping, {})) {
            at<op::Approval>(line).otherwise = here();
        }
    }

    void otherwise(const ast::Step& step, const ast::Otherwise& source, op::Message& m) {
        switch (source.kind) {
        case ast::OtherwiseKind::none: break;
        case ast::OtherwiseKind::stop: m.miss = op::Miss::stop; break;
        case ast::OtherwiseKind::skip_step: m.late_skips = true; break;
        case ast::OtherwiseKind::message:
            m.miss = op::Miss::other_message;
            m.other_channel = to_channel(*source.channel);
            m.other_template = source.message->text;
            use_template(*m.other_channel, *source.message, step.span);
        }
    }

    bool thread(const ast::Step& step, const ast::Word& of) {
        const ast::Step* first = message_step(of);
        if (first == nullptr) {
            return false;
        }
        const bool emails = std::get<ast::MessageStep>(step.what).channel == ast::Channel::email &&
                            std::get<ast::MessageStep>(first->what).channel == ast::Channel::email;
        if (!emails) {
            c_.report("N0410", of.span, "only emails have threads", "one of the two is an sms");
        } else if (!past_.steps.contains(of.text)) {
            c_.report("N0410", of.span, fmt::format("`{}` cannot have been sent before this step", of.text),
                      "so there is no thread to continue")
                .labels.push_back({first->span, "this step"});
        }
        return emails;
    }

    void add(const ast::Step& step, const ast::ApprovalStep& source, Block& in) {
        op::Approval approval{compile_person(c_, source.by), to_length(source.within), true, 0};
        approval.otherwise_stop = source.otherwise.kind != ast::OtherwiseKind::skip_step;
        if (source.otherwise.kind == ast::OtherwiseKind::none) {
            c_.report("N0407", step.span, "what happens without an approval is not said", "")
                .notes.push_back(fmt::format("Write:   {}, otherwise stop", c_.one_line(step.span)));
        } else if (source.otherwise.kind == ast::OtherwiseKind::message) {
            c_.report("N0410", step.span, "without an approval nothing else can be sent", "")
                .notes.push_back("Write:   …, otherwise stop   or   …, otherwise skip step");
        }
        const bool skips = !approval.otherwise_stop;
        const StepIx line = emit(step, std::move(approval));
        if (skips) {
            in.skipping.push_back(line);
        }
    }

    // --- waits ---------------------------------------------------------------------------------------------------

    void add(const ast::Step& step, const ast::WaitFor& source, Block& in) {
        op::WaitFor wait{to_length(source.length), true, 0};
        if (in_months(step)) {
            wait.first_of_months = !in.in_months;
            wait.months_before = in.months;
            in.in_months = true;
            in.months += source.length.count * (source.length.unit == ast::Unit::years ? 12 : 1);
        }
        emit(step, wait);
    }

    void add(const ast::Step& step, const ast::WaitUntilTime& source, Block& /*in*/) {
        emit(step, op::WaitUntilTime{source.days, source.at.value});
    }

    void add(const ast::Step& step, const ast::WaitUntilDate& source, Block& in) {
        const auto field = c_.field(source.field);
        if (field && c_.rules.schema.fields[*field].kind != FieldKind::date) {
            c_.report("N0204", source.field.span,
                      fmt::format("`{}` is {}, not a date", source.field.text,
                                  kind_name(c_.rules.schema.fields[*field].kind)),
                      "");
        }
        const DayOffset offset = to_offset(c_, source.offset, "the distance from a date");
        in.waits_past.push_back(emit(step, op::WaitUntilDate{field.value_or(0), offset, 0}));
    }

    void add(const ast::Step& step, const ast::WaitUpTo& source, Block& /*in*/) {
        op::WaitUpTo wait{to_length(source.length), 0, 0};
        for (const ast::StepEvent what : source.any_of) {
            wait.events = static_cast<std::uint8_t>(wait.events | (1U << static_cast<unsigned>(what)));
            warn_opens(what, source.step.span);
        }
        if (message_step(source.step) != nullptr && !past_.steps.contains(source.step.text)) {
            c_.report("N0402", source.step.span,
                      fmt::format("`{}` cannot have been sent before this line", source.step.text),
                      "so this always waits to the end");
        }
        later_.emplace_back(emit(step, wait), source.step.text);
    }

    // --- branches ------------------------------------------------------------------------------------------------

    void warn_opens(ast::StepEvent what, Span place) {
        if (what == ast::StepEvent::opened) {
            c_.report("N0404", place, "opens are counted by machines, not by people",
                      "mail programs open messages that nobody reads");
        }
    }

    op::If test(const ast::Step& step, const ast::Branch& source) {
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
        if (!past_.steps.contains(of_step->step.text)) {
            c_.report("N0402", step.span,
                      fmt::format("`{}` cannot have been {} before this line", fact.first, event_words(fact.second)),
                      "nobody gets into this branch");
        } else if (facts_.contains(fact) && !source.otherwise.empty()) {
            c_.report("N0402", source.otherwise.front().span, "nobody gets into this `otherwise`",
                      fmt::format("whoever is here has `{}` {} already", fact.first, event_words(fact.second)));
        }
        return test;
    }

    /// What may have happened on the way to a line: steps that ran, templates that were sent.
    struct Past {
        std::set<std::string> steps;
        std::map<std::pair<Channel, std::string>, Span> templates;
    };

    /// One side of a branch, from `before` on; afterwards `past_` is what is true for those who get through.
    bool side(const std::vector<ast::Step>& steps, const Past& before, Block& in) {
        past_ = before;
        Block inner;
        block(steps, inner);
        in.waits_past.insert(in.waits_past.end(), inner.waits_past.begin(), inner.waits_past.end());
        if (inner.ends) {
            past_ = before;
        }
        return inner.ends;
    }

    void add(const ast::Step& step, const ast::Branch& source, Block& in) {
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
        const std::optional<StepIx> jump =
            then_ends ? std::nullopt : std::optional(emit(op::Jump{}, step.span, "", ""));
        at<op::If>(decision).otherwise = here();
        in.ends = side(source.otherwise, before, in) && then_ends;
        if (jump) {
            at<op::Jump>(*jump).to = here();
        }
        past_.steps.merge(after_then.steps);
        past_.templates.merge(after_then.templates);
    }

    Compiler& c_;
    const ast::Campaign& source_;
    std::optional<CampaignIx> campaign_;
    std::vector<StepLine> lines_;
    std::map<std::string, const ast::Step*> steps_;           // by name, all of them
    std::map<std::string, StepIx> index_;                     // by name, those that stand above
    std::vector<std::pair<StepIx, std::string>> later_;       // lines that name a step
    std::set<std::pair<std::string, ast::StepEvent>> facts_;  // what is certain in this branch
    Past past_;
    std::size_t count_ = 0;
    std::set<Channel> warned_consent_;
};

}  // namespace

std::shared_ptr<const StepList> compile_steps(Compiler& compiler, const ast::Campaign& source,
                                              std::optional<CampaignIx> campaign) {
    return StepCompiler(compiler, source, campaign).run();
}

}  // namespace nurture::dsl
