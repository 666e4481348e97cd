// SPDX-License-Identifier: MIT
// The `at` lines: what people and colleagues do, by the ways in which the daemon hears of it.
#include "daemon/inbound/answer.hpp"
#include "daemon/inbound/feedback.hpp"
#include "daemon/render/render.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/trial/csv.hpp"
#include "daemon/trial/stage.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nurture::trial {
namespace {

namespace ast = dsl::ast;

// Of an event that has a name in the store, when the test gives none: a name that no rule asks for.
constexpr const char* k_any_name = "(no name given)";

// Yes to a personal note is the note.
constexpr const char* k_any_note = "(the personal note)";

class Performer {
public:
    Performer(Stage& stage, const ast::Happening& line) : stage_(stage), line_(line) {}

    void operator()(const ast::Change& change) {
        if (change.kind == ast::ChangeKind::event)
            return happened(change.word.text, change.name, change.channel, change.message);
        if (change.kind == ast::ChangeKind::joined_list)
            return stage_.import("ref\n" + ref() + "\n", importer::What::list, true, line_.span, change.name->text);
        auto values = std::vector{change.values.front().text};
        if (change.kind == ast::ChangeKind::gains)
            values = with(change.word.text, std::move(values));
        stage_.import(fmt::format("ref,{}\n{},{}\n", change.word.text, ref(),
                                  csv_cell(fmt::format("{}", fmt::join(values, ";")))),
                      importer::What::candidates, true, line_.span);
    }
    void operator()(const ast::EventTest& event) {
        happened(event.kind.text, event.name, event.channel, event.message);
    }
    void operator()(const ast::StepTest& click) {
        came_back(
            "clicked", [&](const store::Message& m) { return m.step == click.step.text; },
            fmt::format("the message `{}`", click.step.text));
    }
    void operator()(const ast::Word&) { replied(); }

    /// Of several questions of that step, which several people can have, all are answered.
    void operator()(const std::pair<bool, ast::Word>& decision) {
        const auto& [yes, step] = decision;
        std::string asked;
        bool answered = false;
        for (const auto& question : store::open_human_steps(stage_.database())) {
            if (question.kind == store::HumanKind::task || question.step != step.text)
                continue;
            asked = question.owner;
            if (line_.who && line_.who->text != question.owner)
                continue;
            answered |= inbound::answer(stage_.database(), question.id,
                                        {yes,
                                         stage_.stepped().runner().shown(question, stage_.now()),
                                         question.owner,
                                         {},
                                         yes && question.kind == store::HumanKind::note ? k_any_note : ""},
                                        stage_.now());
        }
        if (answered)
            return;
        cannot(asked.empty()
                   ? fmt::format("nobody is waiting for an answer to `{}` at this time", step.text)
                   : fmt::format("`{}` was asked of \"{}\", not of \"{}\"", step.text, asked, line_.who->text));
    }

private:
    [[noreturn]] void cannot(std::string why) const {
        throw Problem{dsl::diagnose("N0804", std::move(why), line_.span)};
    }

    base::CandidateId who() const { return stage_.person(line_.who); }
    std::string ref() const { return csv_cell(stage_.name(who())); }

    void happened(const std::string& kind, const std::optional<ast::Quoted>& name,
                  const std::optional<ast::Channel>& channel, const std::optional<ast::Quoted>& message) {
        if (kind == "replied" && !message)
            return replied();
        if (message || kind == "clicked" || kind == "opened" || kind == "replied") {
            const auto fits = [&](const store::Message& m) {
                return (!message || m.message_template == message->text) &&
                       (!channel || (*channel == ast::Channel::sms) == (m.channel == store::Channel::sms));
            };
            return came_back(kind, fits, message ? fmt::format("\"{}\"", message->text) : "a message");
        }
        const auto& schema = stage_.rules().schema;
        const auto event = schema.event(kind);
        const bool needs_name = event && schema.events[*event].with_name;
        stage_.import(fmt::format("ref,event,at,detail\n{},{},{},{}\n", ref(), kind, base::format_instant(stage_.now()),
                                  name || needs_name ? csv_cell(name ? name->text : k_any_name) : ""),
                      importer::What::events, true, line_.span);
    }

    void replied() {
        came_back(
            "replied", [](const store::Message&) { return true; }, "a message");
    }

    /// For the latest of these messages that the person got.
    template<class Fits>
    void came_back(const std::string& kind, const Fits& fits, const std::string& what) {
        const auto all = store::messages_of_candidate(stage_.database(), who());
        const auto latest =
            std::find_if(all.rbegin(), all.rend(), [&](const auto& m) { return store::counts(m.state) && fits(m); });
        if (latest == all.rend())
            cannot(fmt::format("\"{}\" has not got {} by then", stage_.name(who()), what));
        inbound::feedback(stage_.database(), *latest, kind, stage_.now(), "test");
    }

    /// What the list field holds, and these.
    std::vector<std::string> with(const std::string& field, std::vector<std::string> more) const {
        const auto person = store::read_candidate(stage_.database(), who(), {{field, store::ColumnType::list}});
        const auto* held = person ? std::get_if<std::vector<std::string>>(&person->values.front()) : nullptr;
        if (held != nullptr)
            more.insert(more.begin(), held->begin(), held->end());
        return more;
    }

    Stage& stage_;
    const ast::Happening& line_;
};

}  // namespace

std::optional<Problem> perform(Stage& stage, const ast::Happening& happening) {
    try {
        std::visit(Performer(stage, happening), happening.what);
        return std::nullopt;
    } catch (Problem& problem) {
        return std::move(problem);
    }
}

}  // namespace nurture::trial
