// SPDX-License-Identifier: MIT
//
// Steps that send something, and those that ask somebody before: messages, personal notes, approvals, splits.
#include "dsl/step_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace nurture::dsl {

void StepCompiler::use_template(Channel channel, const ast::Quoted& name, Span step, bool with_note, bool unsent_only) {
    const auto ix = c_.find_template(channel, name);
    if (ix && campaign_) {
        c_.template_uses[*ix].push_back({*campaign_, step, with_note});
    }
    const Policy& policy = c_.policy_of(step.file);
    const bool consent = (channel == Channel::email ? policy.email_consent : policy.sms_consent).has_value();
    if (!consent && !c_.policy_incomplete && !c_.incomplete && warned_consent_.insert(channel).second) {
        const char* word = channel == Channel::email ? "email" : "sms";
        c_.report("N0401", step, fmt::format("no policy says which consent {} needs", word),
                  "so this may not be sent to anybody")
            .notes.push_back(fmt::format("Write in the policy:   {} requires consent \"{}\"", word,
                                         channel == Channel::email ? "job news" : "text messages"));
    }
    const auto [first, is_new] = past_.templates.emplace(std::pair(channel, name.text), name.span);
    if (!is_new && !unsent_only) {
        c_.report("N0612", name.span,
                  fmt::format("\"{}\" is sent twice on the same way through this campaign", name.text),
                  "the second time")
            .labels.push_back({first->second, "the first time"});
    }
}

void StepCompiler::add(const ast::Step& step, const ast::MessageStep& source, Block& in) {
    op::Message m;
    m.channel = to_channel(source.channel);
    m.next_unsent = source.next_unsent;
    m.with_note = source.personal_note_by.has_value();
    for (const ast::Quoted& name : source.templates) {
        use_template(m.channel, name, step.span, m.with_note, m.next_unsent);
        m.templates.push_back(name.text);
    }
    std::optional<StepIx> asks;
    if (m.with_note) {
        asks = here();
        note(step, source);
    } else if (source.within) {
        m.within = to_length(*source.within);
    }
    if (source.thread_of && thread(step, *source.thread_of)) {
        m.thread_of = index_.contains(source.thread_of->text) ? index_[source.thread_of->text] : StepIx{0};
    }
    otherwise(step, source, m);
    emit(step, std::move(m));
    if (asks) {
        at<op::Note>(*asks).otherwise = here();
    }
    skip_to_here(in);
}

/// What follows `within` and `otherwise` is about the note: the message itself waits as long as any other.
void StepCompiler::note(const ast::Step& step, const ast::MessageStep& source) {
    op::Note note;
    note.by = compile_person(c_, *source.personal_note_by);
    note.otherwise_stop = source.otherwise.kind != ast::OtherwiseKind::skip_step;
    if (source.within) {
        note.within = to_length(*source.within);
    } else {
        c_.report("N0407", step.span, "how long the note is waited for is not said", "")
            .notes.push_back("Write:   … with a personal note by owner within 2 business days, otherwise skip step");
    }
    if (source.otherwise.kind == ast::OtherwiseKind::none && source.within) {
        c_.report("N0407", step.span, "what happens without a note is not said", "")
            .notes.push_back("Write:   …, otherwise skip step   or   …, otherwise stop");
    } else if (source.otherwise.kind == ast::OtherwiseKind::message) {
        c_.report("N0410", step.span, "without the note nothing else can be sent", "")
            .notes.push_back("Write:   …, otherwise skip step   or   …, otherwise stop");
    }
    emit(step, std::move(note));
}

void StepCompiler::otherwise(const ast::Step& step, const ast::MessageStep& source, op::Message& m) {
    if (m.with_note) {
        return;
    }
    switch (source.otherwise.kind) {
    case ast::OtherwiseKind::none: break;
    case ast::OtherwiseKind::stop: m.miss = op::Miss::stop; break;
    case ast::OtherwiseKind::skip_step: m.late_skips = true; break;
    case ast::OtherwiseKind::message:
        m.miss = op::Miss::other_message;
        m.other_channel = to_channel(*source.otherwise.channel);
        m.other_template = source.otherwise.message->text;
        use_template(*m.other_channel, *source.otherwise.message, step.span, false);
    }
}

bool StepCompiler::thread(const ast::Step& step, const ast::Word& of) {
    const ast::Step* first = message_step(of);
    if (first == nullptr) {
        return false;
    }
    const auto* split = std::get_if<ast::SplitStep>(&first->what);
    const bool first_is_email =
        split != nullptr ? std::none_of(split->arms.begin(), split->arms.end(),
                                        [](const ast::SplitArm& arm) { return arm.channel == ast::Channel::sms; })
                         : std::get<ast::MessageStep>(first->what).channel == ast::Channel::email;
    const bool emails = first_is_email && std::get<ast::MessageStep>(step.what).channel == ast::Channel::email;
    if (!emails) {
        c_.report("N0410", of.span, "only emails have threads", "one of the two is an sms");
    } else if (!may_have_run(of.text)) {
        c_.report("N0410", of.span, fmt::format("`{}` cannot have been sent before this step", of.text),
                  "so there is no thread to continue")
            .labels.push_back({first->span, "this step"});
    }
    return emails;
}

void StepCompiler::add(const ast::Step& step, const ast::ApprovalStep& source, Block& in) {
    op::Approval approval{{compile_person(c_, source.by), to_length(source.within), true, 0}};
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

void StepCompiler::skip_to_here(Block& in) {
    for (const StepIx line : std::exchange(in.skipping, {})) {
        at<op::Approval>(line).otherwise = here();
    }
}

// --- splits --------------------------------------------------------------------------------------------------------

void StepCompiler::check_shares(const ast::Step& step, const ast::SplitStep& source) {
    double sum = 0;
    for (const ast::SplitArm& arm : source.arms) {
        sum += arm.percent.value;
        if (arm.percent.value < 1 || arm.percent.value != std::floor(arm.percent.value)) {
            c_.report("N0411", arm.percent.span, "a share is a whole number of percent, and at least 1", "");
            return;
        }
    }
    if (sum != 100 && !source_.incomplete) {
        c_.report("N0411", step.span, fmt::format("the shares of this split make {} percent, not 100", sum),
                  sum < 100 ? "what happens to the others is not said" : "more than everybody")
            .notes.push_back(sum < 100
                                 ? fmt::format("For people who get nothing, write:   {} percent: nothing", 100 - sum)
                                 : "Make one of the shares smaller.");
    }
    const bool sends = std::any_of(source.arms.begin(), source.arms.end(),
                                   [](const ast::SplitArm& arm) { return arm.message.has_value(); });
    if (!sends && !source.arms.empty()) {
        c_.report("N0410", step.span, "nobody gets a message from this split", "every share says `nothing`")
            .notes.push_back("Write:   90 percent: email \"…\"");
    }
}

void StepCompiler::add(const ast::Step& step, const ast::SplitStep& source, Block& in) {
    check_shares(step, source);
    const std::string name = step.name ? step.name->text : split_name();
    const StepIx split = emit(op::Split{name, {}}, step.span, "", c_.one_line(step.span));
    const Past before = past_;
    Past after = before;
    std::vector<StepIx> jumps;
    for (const ast::SplitArm& one : source.arms) {
        at<op::Split>(split).arms.push_back({static_cast<std::int32_t>(one.percent.value), here()});
        past_ = before;
        arm(one, name);
        after.templates.merge(past_.templates);
        if (one.message) {
            jumps.push_back(emit(op::Jump{}, one.span, "", ""));
        }
    }
    for (const StepIx jump : jumps) {
        at<op::Jump>(jump).to = here();
    }
    past_ = std::move(after);
    in.ends = jumps.empty();
    skip_to_here(in);
}

void StepCompiler::arm(const ast::SplitArm& source, const std::string& name) {
    if (!source.message) {
        emit(op::HeldOut{}, source.span, "", c_.one_line(source.span));
        return;
    }
    op::Message m;
    m.channel = to_channel(*source.channel);
    m.templates = {source.message->text};
    use_template(m.channel, *source.message, source.span, false);
    index_.emplace(name, here());  // all arms have it: which message it was, the person's own says
    emit(std::move(m), source.span, name, c_.one_line(source.span));
}

std::string StepCompiler::split_name() {
    for (;;) {
        ++unnamed_splits_;
        std::string name = unnamed_splits_ == 1 ? "split" : fmt::format("split_{}", unnamed_splits_);
        if (!steps_.contains(name)) {
            return name;
        }
    }
}

}  // namespace nurture::dsl
