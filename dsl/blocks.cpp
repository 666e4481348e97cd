// SPDX-License-Identifier: MIT
#include "dsl/blocks.hpp"

#include "dsl/codes.hpp"
#include "dsl/limits.hpp"
#include "dsl/vocabulary.hpp"

#include <algorithm>
#include <string>

namespace nurture::dsl {
namespace {

std::string quote(std::string_view words) { return "`" + std::string(words) + "`"; }

bool is_opener(const Statement& statement) {
    return std::visit(
        []<class T>(const T&) {
            return std::is_same_v<T, line::OpenFields> || std::is_same_v<T, line::OpenEvents> ||
                   std::is_same_v<T, ast::Policy> || std::is_same_v<T, ast::Segment> ||
                   std::is_same_v<T, ast::Campaign> || std::is_same_v<T, ast::Template> ||
                   std::is_same_v<T, line::OpenTest> || std::is_same_v<T, line::OpenGroup> ||
                   std::is_same_v<T, line::OpenIf> || std::is_same_v<T, line::OpenSplit> ||
                   std::is_same_v<T, line::OpenGiven>;
        },
        statement.what);
}

template<class T>
T& append(std::vector<T>& to, T&& value) {
    to.push_back(std::move(value));
    return to.back();
}

}  // namespace

Blocks::Blocks(const SourceFile& source, ast::File& file, Diagnostics& diagnostics, Place outside,
               std::vector<ast::Condition>* conditions)
    : source_(source),
      file_(file),
      diagnostics_(diagnostics) {
    outside_.place = outside;
    outside_.conditions = conditions;
    outside_.incomplete = &file_.incomplete;
}

Place Blocks::place() const { return stack_.empty() ? outside_.place : stack_.back().place; }

std::optional<std::uint32_t> Blocks::outermost_indent() const {
    return stack_.empty() ? std::nullopt : std::optional(stack_.front().indent);
}

// --- one statement ---------------------------------------------------------------------------------------------

struct Blocks::Taker {
    Blocks& blocks;
    ast::File& file;
    Frame& top;
    const LogicalLine& line;
    Span head;

    Span span() const { return blocks.span_of(line); }
    void open(Place place, std::string_view word, Frame frame) {
        frame.place = place;
        frame.word = word;
        if (!frame.incomplete)
            frame.incomplete = top.incomplete;
        blocks.push(line, head, frame);
    }

    void operator()(line::End&&) { blocks.close(line); }
    void operator()(line::Otherwise&&) {
        if (top.otherwise_seen)
            blocks.said_twice(top.head, head, "`otherwise` in this `if`");
        top.otherwise_seen = true;
        top.steps = &top.branch->otherwise;
    }
    void operator()(ast::Allow&& allow) {
        file.allows.push_back(std::move(allow));
        blocks.open_allows_.push_back(file.allows.size() - 1);
    }

    void operator()(line::Edition&& edition) {
        Diagnostic diagnostic = diagnose("N0101", "`edition` stands once, in the first line", edition.year.span);
        diagnostic.labels.front().span = span();
        blocks.diagnostics_.push_back(std::move(diagnostic));
    }
    void operator()(line::OpenFields&&) { open(Place::fields, "fields", {}); }
    void operator()(line::OpenEvents&&) { open(Place::events, "events", {}); }
    void operator()(ast::Policy&& policy) {
        Frame frame;
        frame.policy = &append(file.policies, std::move(policy));
        frame.incomplete = &frame.policy->incomplete;
        open(Place::policy, "policy", frame);
    }
    void operator()(ast::Segment&& segment) {
        Frame frame;
        auto& added = append(file.segments, std::move(segment));
        frame.conditions = &added.lines;
        frame.incomplete = &added.incomplete;
        open(Place::conditions, "segment", frame);
    }
    void operator()(ast::Values&& values) { file.values.push_back(std::move(values)); }
    void operator()(ast::Campaign&& campaign) {
        Frame frame;
        frame.campaign = &append(file.campaigns, std::move(campaign));
        frame.steps = &frame.campaign->steps;
        frame.incomplete = &frame.campaign->incomplete;
        open(Place::campaign, "campaign", frame);
    }
    void operator()(ast::Template&& message_template) {
        Frame frame;
        frame.message_template = &append(file.templates, std::move(message_template));
        frame.incomplete = &frame.message_template->incomplete;
        open(Place::message_template, "template", frame);
    }
    void operator()(line::OpenTest&& opened) {
        Frame frame;
        ast::Test test;
        test.name = std::move(opened.name);
        test.span = span();
        frame.test = &append(file.tests, std::move(test));
        frame.incomplete = &frame.test->incomplete;
        open(Place::test, "test", frame);
    }
    void operator()(ast::RetiredCampaign&& retired) { file.retired_campaigns.push_back(std::move(retired)); }
    void operator()(ast::RenamedCampaign&& renamed) { file.renamed_campaigns.push_back(std::move(renamed)); }

    void operator()(ast::FieldDeclaration&& field) {
        blocks.check_name(field.name, "a field");
        file.fields.push_back(std::move(field));
    }
    void operator()(ast::EventDeclaration&& event) {
        blocks.check_name(event.name, "an event");
        file.events.push_back(std::move(event));
    }
    void operator()(ast::PolicyLine&& part) { top.policy->lines.push_back(std::move(part)); }

    void operator()(ast::Condition&& condition) { top.conditions->push_back(std::move(condition)); }
    void operator()(line::OpenGroup&& opened) {
        constexpr std::array<std::string_view, 3> words = {"any of", "all of", "none of"};
        ast::Condition condition;
        condition.span = span();
        condition.what = ast::Group{opened.kind, {}};
        Frame frame;
        frame.conditions = &std::get<ast::Group>(append(*top.conditions, std::move(condition)).what).lines;
        open(Place::conditions, words[static_cast<std::size_t>(opened.kind)], frame);
    }

    void operator()(line::Owner&& owner) { top.campaign->owner.push_back({std::move(owner.person), span()}); }
    void operator()(line::Audience&& audience) {
        top.campaign->audience.push_back({std::move(audience.segment), span()});
    }
    void operator()(ast::Sender&& sender) { top.campaign->from.push_back(std::move(sender)); }
    void operator()(ast::SmsSender&& sender) { top.campaign->sms_from.push_back(std::move(sender)); }
    void operator()(ast::SmsLimit&& limit) { top.campaign->sms_limit.push_back(limit); }
    void operator()(ast::CheckSchedule&& check) { top.campaign->check.push_back(check); }
    void operator()(line::StartWhen&& start) { top.campaign->start_when.push_back({std::move(start.change), span()}); }
    void operator()(ast::StartOnDate&& start) { top.campaign->start_on.push_back(std::move(start)); }
    void operator()(line::IgnoreOlder&& ignore) { top.campaign->ignore_older_than.push_back({ignore.length, span()}); }
    void operator()(line::Enroll&& enroll) { top.campaign->enroll_per_day.push_back({enroll.per_day, span()}); }
    void operator()(ast::ReEnter&& re_enter) { top.campaign->re_enter.push_back(re_enter); }
    void operator()(ast::Window&& window) { top.campaign->send.push_back(window); }
    void operator()(line::Priority&& priority) { top.campaign->priority.push_back({priority.number, span()}); }
    void operator()(line::Expires&& expires) { top.campaign->expires_on.push_back({expires.on, span()}); }
    void operator()(line::Draft&&) { top.campaign->draft.push_back(span()); }
    void operator()(ast::Stop&& stop) { top.campaign->stops.push_back(std::move(stop)); }
    void operator()(ast::Pause&& pause) { top.campaign->pauses.push_back(std::move(pause)); }
    void operator()(line::KeepLeavers&&) { top.campaign->keep_leavers.push_back(span()); }
    void operator()(ast::Retired&& retired) { top.campaign->retired.push_back(std::move(retired)); }
    void operator()(ast::Renamed&& renamed) {
        blocks.check_name(renamed.to, "a step");
        top.campaign->renamed.push_back(std::move(renamed));
    }

    void operator()(ast::Step&& step) {
        if (step.name)
            blocks.check_name(*step.name, "a step");
        top.steps->push_back(std::move(step));
    }
    void operator()(line::OpenIf&& opened) {
        Frame frame;
        ast::Step& step = append(*top.steps, ast::Step{std::nullopt, span(), ast::Branch{}});
        frame.branch = &std::get<ast::Branch>(step.what);
        frame.branch->condition = std::move(opened.condition);
        frame.steps = &frame.branch->then;
        open(Place::branch, "if", frame);
    }
    void operator()(line::OpenSplit&& opened) {
        if (opened.name)
            blocks.check_name(*opened.name, "a step");
        Frame frame;
        ast::Step& step = append(*top.steps, ast::Step{std::move(opened.name), span(), ast::SplitStep{}});
        frame.split = &std::get<ast::SplitStep>(step.what);
        open(Place::split, "split", frame);
    }
    void operator()(ast::SplitArm&& arm) { top.split->arms.push_back(std::move(arm)); }

    void operator()(line::Subject&& subject) {
        auto& kept = top.message_template->subject;
        if (kept)
            blocks.said_twice(kept->span, span(), "the subject of this template");
        kept = ast::At<ast::Quoted>{std::move(subject.text), span()};
    }

    void operator()(line::Now&& now) {
        if (top.test->now)
            blocks.said_twice(top.test->now->date.span, span(), "`now is` in this test");
        top.test->now = now.instant;
        top.test->zone = std::move(now.zone);
    }
    void operator()(ast::Given&& given) { top.test->given.push_back(std::move(given)); }
    void operator()(line::OpenGiven&& opened) {
        ast::Given given;
        given.candidate = std::move(opened.candidate);
        given.span = span();
        Frame frame;
        frame.given = &append(top.test->given, std::move(given));
        open(Place::given, "given candidate", frame);
    }
    void operator()(ast::Happening&& happening) { top.test->happenings.push_back(std::move(happening)); }
    void operator()(ast::Expect&& expect) { top.test->expects.push_back(std::move(expect)); }
    void operator()(ast::GivenField&& field) { top.given->fields.push_back(std::move(field)); }
    void operator()(ast::ConsentTest&& consent) { top.given->consents.push_back(std::move(consent)); }
    void operator()(ast::MembershipTest&& list) { top.given->lists.push_back(std::move(list)); }
};

void Blocks::take(const LogicalLine& line, Span head, Statement&& statement) {
    if (too_deep_ > 0) {
        if (std::holds_alternative<line::End>(statement.what))
            --too_deep_;
        else if (is_opener(statement))
            ++too_deep_;
        return;
    }
    look_at_indent(line, statement);
    if (!std::holds_alternative<ast::Allow>(statement.what))
        silence(line);
    Frame& top = stack_.empty() ? outside_ : stack_.back();
    std::visit(Taker{*this, file_, top, line, head}, std::move(statement.what));
}

void Blocks::message_text(const LogicalLine& line) {
    if (too_deep_ > 0)
        return;
    silence(line);
    if (place() != Place::message_template) {
        skip(line);
        Diagnostic diagnostic = diagnose("N0112", "message text does not belong in " + std::string(describe(place())),
                                         {file_.file, line.begin, line.end}, "belongs in a `template`");
        diagnostics_.push_back(std::move(diagnostic));
        return;
    }
    // The text begins one blank behind the `|`; blanks at the end are not text (two of them would be a line break in
    // Markdown that nobody sees).
    std::uint32_t begin = line.begin + 1;
    if (begin < line.end && source_.text[begin] == ' ')
        ++begin;
    stack_.back().message_template->body.push_back(
        {source_.text.substr(begin, line.end - begin), {file_.file, begin, std::max(begin, line.end)}});
}

void Blocks::skip(const LogicalLine& line) {
    silence(line);
    *(stack_.empty() ? outside_ : stack_.back()).incomplete = true;
}

// --- opening and closing ---------------------------------------------------------------------------------------

bool Blocks::push(const LogicalLine& line, Span head, Frame frame) {
    if (stack_.size() >= k_block_depth) {
        ++too_deep_;
        diagnostics_.push_back(
            diagnose("N0130", "blocks stand in each other more than " + std::to_string(k_block_depth) + " deep", head,
                     "this one is too deep"));
        *(stack_.empty() ? outside_ : stack_.back()).incomplete = true;
        return false;
    }
    frame.head = head;
    frame.indent = line.indent;
    stack_.push_back(frame);
    return true;
}

void Blocks::open_unread(const LogicalLine& line, Span head, PhraseId opener, const std::optional<ast::Quoted>& name) {
    if (too_deep_ > 0) {
        ++too_deep_;
        return;
    }
    ast::File& file = name || opener == phrase("fields") || opener == phrase("events") ? file_ : unnamed_;
    const auto open = [&](auto&& statement) {
        Frame& top = stack_.empty() ? outside_ : stack_.back();
        const std::size_t before = stack_.size();
        if constexpr (requires { statement.name = ast::Quoted{}; }) {
            statement.name = name.value_or(ast::Quoted{{}, head});
        }
        if constexpr (requires { statement.span = Span{}; })
            statement.span = span_of(line);
        Taker{*this, file, top, line, head}(std::move(statement));
        if (stack_.size() > before)
            *stack_.back().incomplete = true;
    };
    if (opener == phrase("fields"))
        open(line::OpenFields{});
    else if (opener == phrase("events"))
        open(line::OpenEvents{});
    else if (opener == phrase("policy"))
        open(ast::Policy{});
    else if (opener == phrase("segment"))
        open(ast::Segment{});
    else if (opener == phrase("campaign"))
        open(ast::Campaign{});
    else if (opener == phrase("template"))
        open(ast::Template{});
    else if (opener == phrase("test"))
        open(line::OpenTest{});
    else
        open_hidden(line, head, opener);
}

// A block that cannot stand here, or whose opening line was not understood: its lines are read, and dropped.
void Blocks::open_hidden(const LogicalLine& line, Span head, PhraseId opener) {
    *(stack_.empty() ? outside_ : stack_.back()).incomplete = true;
    Frame frame;
    frame.word = phrase_of(opener).text;
    frame.incomplete = &hidden_incomplete_;
    if (opener == phrase("if")) {
        frame.place = Place::branch;
        frame.branch = &std::get<ast::Branch>(hidden_steps_.emplace_back(ast::Step{{}, {}, ast::Branch{}}).what);
        frame.steps = &frame.branch->then;
    } else if (opener == phrase("split")) {
        frame.place = Place::split;
        frame.split = &std::get<ast::SplitStep>(hidden_steps_.emplace_back(ast::Step{{}, {}, ast::SplitStep{}}).what);
    } else if (opener == phrase("given candidate")) {
        frame.place = Place::given;
        frame.given = &hidden_given_.emplace_back();
    } else {
        frame.place = Place::conditions;
        frame.conditions = &hidden_segments_.emplace_back().lines;
    }
    push(line, head, frame);
}

void Blocks::close(const LogicalLine& line) {
    if (stack_.empty()) {
        diagnostics_.push_back(
            diagnose("N0111", "there is no open block for this `end`", span_of(line), "one `end` too many"));
        return;
    }
    Frame& top = stack_.back();
    if (line.indent < top.indent && !top.suspect)
        top.suspect = &line;
    if (line.indent != top.indent && top.suspect)
        closed_suspects_.push_back(top);
    stack_.pop_back();
    if (stack_.empty())
        closed_suspects_.clear();
}

// Indentation means nothing, but it shows what the author had in mind when an `end` is missing.
void Blocks::look_at_indent(const LogicalLine& line, const Statement& statement) {
    if (stack_.empty() || std::holds_alternative<line::End>(statement.what) ||
        std::holds_alternative<line::Otherwise>(statement.what))
        return;
    Frame& top = stack_.back();
    if (line.indent <= top.indent && !top.suspect)
        top.suspect = &line;
}

void Blocks::close_all(const LogicalLine* before) {
    if (stack_.empty())
        return;
    // As many `end` are missing as blocks are open, but not necessarily those of these blocks: an inner block without
    // its own takes the one of the block around it.
    std::vector<Frame> guilty = std::move(closed_suspects_);
    closed_suspects_.clear();
    for (const Frame& frame : stack_)
        if (frame.suspect && frame.suspect != before)
            guilty.push_back(frame);
    std::stable_sort(guilty.begin(), guilty.end(),
                     [](const Frame& a, const Frame& b) { return a.head.begin < b.head.begin; });
    for (auto frame = stack_.rbegin(); frame != stack_.rend() && guilty.size() < stack_.size(); ++frame)
        if (!frame->suspect || frame->suspect == before)
            guilty.push_back(*frame);
    constexpr std::size_t k_shown = 3;  // after that the author has to look at the whole block anyway
    guilty.resize(std::min({guilty.size(), stack_.size(), k_shown}));
    for (const Frame& frame : guilty)
        report_unclosed(frame, before);
    for (const Frame& frame : stack_)
        *frame.incomplete = true;
    stack_.clear();
    too_deep_ = 0;
}

void Blocks::report_unclosed(const Frame& frame, const LogicalLine* before) {
    Diagnostic diagnostic =
        diagnose("N0110", "this " + quote(frame.word) + " is never closed", frame.head, "opened here");
    const LogicalLine* where = frame.suspect ? frame.suspect : before;
    const std::string line = std::to_string(line_column(source_, frame.head.begin).line);
    if (!where) {
        diagnostic.notes.push_back("Write `end` below its last line.");
    } else {
        const std::string how =
            where->indent == frame.indent ? "indented like line " + line : "indented less than line " + line;
        const bool telling = frame.suspect != nullptr;
        diagnostic.labels.push_back({span_of(*where), telling
                                                          ? "`end` is probably missing before this line: it is " + how
                                                          : "must have been closed before this line"});
        diagnostic.fix =
            Fix{{file_.file, where->raw_begin, where->raw_begin}, std::string(frame.indent, ' ') + "end\n"};
    }
    diagnostics_.push_back(std::move(diagnostic));
}

// --- small checks ----------------------------------------------------------------------------------------------

void Blocks::check_name(const ast::Word& name, std::string_view what) {
    if (!is_reserved(name.text))
        return;
    diagnostics_.push_back(diagnose("N0107", quote(name.text) + " cannot be the name of " + std::string(what),
                                    name.span,
                                    is_structural(name.text) ? "a word of the language" : "kept for a later edition"));
}

void Blocks::said_twice(Span first, Span second, std::string_view what) {
    Diagnostic diagnostic = diagnose("N0109", std::string(what) + " is said twice", second, "once is enough");
    diagnostic.labels.push_back({first, "first said here"});
    diagnostics_.push_back(std::move(diagnostic));
}

void Blocks::silence(const LogicalLine& line) {
    for (const std::size_t allow : open_allows_)
        file_.allows[allow].next = span_of(line);
    open_allows_.clear();
}

}  // namespace nurture::dsl
