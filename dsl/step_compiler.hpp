// SPDX-License-Identifier: MIT
//
// Steps, waits and branches become a flat program that only runs forward. Alongside goes what may have happened before
// each line, so that a branch which nobody can reach is found. compile_steps.cpp has blocks, waits, branches and acts;
// compile_messages.cpp has what is sent and what is asked. Internal to dsl. One thread, one run.
#pragma once

#include "dsl/compiler.hpp"

#include <map>
#include <set>
#include <utility>

namespace nurture::dsl {

class StepCompiler {
public:
    StepCompiler(Compiler& compiler, const ast::Campaign& source, std::optional<CampaignIx> campaign)
        : c_(compiler),
          source_(source),
          campaign_(campaign) {}

    std::shared_ptr<const StepList> run();

private:
    /// What is open while the lines of one block are read.
    struct Block {
        bool ends = false;               // every way through it stops
        std::vector<StepIx> waits_past;  // `wait until` a date: where to go when it is past is still open
        std::vector<StepIx> skipping;    // approvals that skip the next message
        bool in_months = false;          // the row of month waits that the next one would continue …
        std::int32_t months = 0;         // … and its sum
    };
    /// What may have happened on the way to a line: steps that ran (by number), templates that were sent. It is copied
    /// at every branch.
    struct Past {
        std::vector<bool> steps;
        std::map<std::pair<Channel, std::string>, Span> templates;
    };

    // --- names ---------------------------------------------------------------------------------------------------

    void collect(const std::vector<ast::Step>& steps);
    /// The message step of that name, or the split; reports what is no such step.
    const ast::Step* message_step(const ast::Word& name);
    /// Of a split that the author left without one.
    std::string split_name();

    bool may_have_run(const std::string& step) const { return past_.steps[number_.at(step)]; }

    // --- output --------------------------------------------------------------------------------------------------

    StepIx here() const { return static_cast<StepIx>(lines_.size()); }
    template<class T>
    T& at(StepIx line) {
        return std::get<T>(lines_[line].op);
    }
    StepIx emit(Op op, Span span, std::string name, std::string text);
    StepIx emit(const ast::Step& step, Op op);

    // --- blocks --------------------------------------------------------------------------------------------------

    void block(const std::vector<ast::Step>& steps, Block& in);
    /// One side of a branch, from `before` on; afterwards `past_` is what is true for those who get through.
    bool side(const std::vector<ast::Step>& steps, const Past& before, Block& in);
    void add(const ast::Step& step, const ast::Branch& source, Block& in);
    op::If test(const ast::Step& step, const ast::Branch& source);
    void warn_opens(ast::StepEvent what, Span place);

    // --- waits and acts ------------------------------------------------------------------------------------------

    void add(const ast::Step& step, const ast::WaitFor& source, Block& in);
    void add(const ast::Step& step, const ast::WaitUntilTime& source, Block& in);
    void add(const ast::Step& step, const ast::WaitUntilDate& source, Block& in);
    void add(const ast::Step& step, const ast::WaitUpTo& source, Block& in);
    void add(const ast::Step& step, const ast::TaskStep& task, Block& in);
    void add(const ast::Step& step, const ast::ListStep& list, Block& in);
    void add(const ast::Step& step, const ast::WithdrawStep& withdraw, Block& in);
    void add(const ast::Step& step, const ast::StopStep& stop, Block& in);

    // --- what is sent, what is asked -------------------------------------------------------------------------------

    void add(const ast::Step& step, const ast::MessageStep& source, Block& in);
    void add(const ast::Step& step, const ast::ApprovalStep& source, Block& in);
    void add(const ast::Step& step, const ast::SplitStep& source, Block& in);
    void use_template(Channel channel, const ast::Quoted& name, Span step, bool with_note = false,
                      bool unsent_only = false);
    void check_shares(const ast::Step& step, const ast::SplitStep& source);
    void arm(const ast::SplitArm& source, const std::string& name);
    void note(const ast::Step& step, const ast::MessageStep& source);
    void otherwise(const ast::Step& step, const ast::MessageStep& source, op::Message& m);
    bool thread(const ast::Step& step, const ast::Word& of);
    /// Approvals above that skip the message which has just been written.
    void skip_to_here(Block& in);

    Compiler& c_;
    const ast::Campaign& source_;
    std::optional<CampaignIx> campaign_;
    std::vector<StepLine> lines_;
    std::map<std::string, const ast::Step*> steps_;           // by name, all of them
    std::map<std::string, std::size_t> number_;               // by name, all of them
    std::map<std::string, StepIx> index_;                     // by name, those that stand above
    std::vector<std::pair<StepIx, std::string>> later_;       // lines that name a step
    std::set<std::pair<std::string, ast::StepEvent>> facts_;  // what is certain in this branch
    Past past_;
    std::size_t count_ = 0;
    int unnamed_splits_ = 0;
    std::set<Channel> warned_consent_;
};

}  // namespace nurture::dsl
