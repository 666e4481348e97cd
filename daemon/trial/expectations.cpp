// SPDX-License-Identifier: MIT
// The `expect` lines. Days and times are the candidate's own, as windows are. A line that names nobody, where several
// are given, is about any of them.
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/trial/stage.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nurture::trial {
namespace {

namespace ast = dsl::ast;

struct Went {
    base::CandidateId who = 0;
    base::Minute at{};
    base::Local local{};
};

class Judge {
public:
    Judge(Stage& stage, const ast::Expect& line) : stage_(stage), line_(line) {}

    std::optional<dsl::Diagnostic> verdict() {
        if (line_.segment)
            return membership();
        const auto went = task() ? tasks() : messages();
        return line_.no ? refused(went) : expected(went);
    }

private:
    static dsl::Diagnostic failure(std::string title, dsl::Span place, std::string label = {}) {
        return dsl::diagnose("N0803", std::move(title), place, std::move(label));
    }

    // --- messages and tasks ----------------------------------------------------------------------------------------

    bool task() const { return line_.kind == ast::ExpectKind::task; }

    std::vector<Went> messages() const {
        std::vector<Went> all;
        store::scan_messages(stage_.database(), [&](const store::Message& m) {
            const bool sms = m.channel == store::Channel::sms;
            const bool fits = (line_.kind == ast::ExpectKind::message || sms == (line_.kind == ast::ExpectKind::sms)) &&
                              (!line_.name || dsl::fold(m.message_template) == dsl::fold(line_.name->text));
            if (fits && store::counts(m.state))
                add(all, m.candidate, base::floor_minute(m.accepted_at.value_or(m.slot)));
        });
        return all;
    }

    std::vector<Went> tasks() const {
        std::vector<Went> all;
        for (const auto& [name, who] : stage_.people())
            for (const auto& enrolment : store::enrolments_of(stage_.database(), who))
                for (const auto& step : store::human_steps_of(stage_.database(), enrolment.id))
                    if (step.kind == store::HumanKind::task && (!line_.step || step.step == line_.step->text))
                        add(all, who, base::floor_minute(step.asked_at));
        return all;
    }

    void add(std::vector<Went>& all, base::CandidateId who, base::Minute at) const {
        all.push_back({who, at, base::local(stage_.zone(who), at)});
    }

    static base::Day day(const std::optional<ast::Date>& date) { return base::Day(date->value); }

    bool in_time(const Went& went) const {
        if (line_.on && went.local.day != day(line_.on))
            return false;
        return !line_.from || (went.local.minute >= line_.from->value && went.local.minute < line_.to->value);
    }

    std::string what() const {
        if (task())
            return line_.step ? fmt::format("the task `{}`", line_.step->text) : "a task";
        const char* kind = line_.kind == ast::ExpectKind::email ? "email"
                           : line_.kind == ast::ExpectKind::sms ? "text message"
                                                                : "message";
        return line_.name ? fmt::format("the {} \"{}\"", kind, line_.name->text)
                          : fmt::format("a{} {}", kind[0] == 'e' ? "n" : "", kind);
    }
    dsl::Span name_span() const { return line_.step ? line_.step->span : line_.name ? line_.name->span : line_.span; }

    std::string moments(const std::vector<Went>& all) const {
        std::vector<std::string> words;
        for (const auto& went : all) {
            const auto at = base::format_for_people(went.at, stage_.zone(went.who));
            words.push_back(stage_.people().size() > 1 ? fmt::format("{} ({})", at, stage_.name(went.who)) : at);
        }
        return fmt::format("{}", fmt::join(words, ", "));
    }

    std::optional<dsl::Diagnostic> expected(const std::vector<Went>& went) const {
        if (std::any_of(went.begin(), went.end(), [&](const Went& w) { return in_time(w); }))
            return std::nullopt;
        if (went.empty())
            return never();
        auto place = line_.on->span;
        const bool that_day =
            std::any_of(went.begin(), went.end(), [&](const Went& w) { return w.local.day == day(line_.on); });
        if (that_day)
            place = {line_.from->span.file, line_.from->span.begin, line_.to->span.end};
        return failure(fmt::format("{} {} {}", what(), task() ? "came" : "went out",
                                   that_day ? "at another time" : "on another day"),
                       place, moments(went));
    }

    dsl::Diagnostic never() const {
        auto one = failure(fmt::format("{} {}", what(), task() ? "was never made" : "was never sent"), line_.span);
        one.notes = why_nobody_came_in(stage_, line_);
        one.notes.push_back(fmt::format("The test ends on {}: its clock runs to the last date that it names.",
                                        base::format_for_people(stage_.now(), stage_.state().times->zone())));
        return one;
    }

    std::optional<dsl::Diagnostic> refused(const std::vector<Went>& went) const {
        std::vector<Went> wrong;
        std::copy_if(went.begin(), went.end(), std::back_inserter(wrong), [&](const Went& w) {
            return line_.before ? w.local.day < day(line_.before) : w.local.day > day(line_.after);
        });
        if (wrong.empty())
            return std::nullopt;
        return failure(fmt::format("{} was {} all the same", what(), task() ? "made" : "sent"), name_span(),
                       moments(wrong));
    }

    // --- membership ------------------------------------------------------------------------------------------------

    std::optional<dsl::Diagnostic> membership() const {
        const auto who = stage_.person(line_.who);
        const auto segment = *stage_.rules().segment(line_.segment->text);
        const auto row = stage_.state().columns->find(who);
        const bool in = row && is_member(stage_, segment, *row);
        if (in != line_.no)
            return std::nullopt;
        auto found = failure(fmt::format("\"{}\" is {}in the segment \"{}\"", stage_.name(who), in ? "" : "not ",
                                         stage_.rules().segments[segment].name),
                             line_.segment->span);
        if (row && !in)
            for (const auto& line : failing_lines(stage_, segment, *row))
                found.notes.push_back(fmt::format("This line does not hold:   {}", line));
        return found;
    }

    Stage& stage_;
    const ast::Expect& line_;
};

}  // namespace

std::optional<dsl::Diagnostic> judge(Stage& stage, const ast::Expect& expect) { return Judge(stage, expect).verdict(); }

}  // namespace nurture::trial
