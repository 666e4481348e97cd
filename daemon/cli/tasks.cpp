// SPDX-License-Identifier: MIT
// `tasks`, `approve`, `refuse`, `done`, `note`: what campaigns ask of people, and the answers.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/editor.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/inbound/answer.hpp"
#include "daemon/render/render.hpp"
#include "daemon/service/digest.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/enrolments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;
using store::HumanKind;
using store::HumanStep;

/// The message that an approval or a note is for, as it would go out now.
class Shown {
public:
    Shown(Session& session, const config::Config& config, const store::Database& database)
        : database_(database),
          now_(base::floor_minute(session.now())) {
        if (auto live = live_rules(session, database)) {
            zone_ = policy_zone(*live->rules);
            rules_ = live->rules;
            renderer_.emplace(database, live->rules, service::house(config));
        }
    }

    render::Result message(const HumanStep& step) {
        if (!renderer_ || step.message_template.empty())
            return render::Problem::no_template;
        return renderer_->render(render::subject_of(database_, step, now_));
    }
    base::ZoneId zone() const { return zone_; }
    std::string_view at_deadline(const HumanStep& step) const {
        return rules_ && step.deadline ? service::at_deadline(*rules_, step) : std::string_view{};
    }

private:
    const store::Database& database_;
    base::Minute now_;
    base::ZoneId zone_{};
    std::shared_ptr<const dsl::Rules> rules_;
    std::optional<render::Renderer> renderer_;
};

std::string indented(const std::string& text) {
    std::string lines = "      | ";
    for (const char c : text.substr(0, text.find_last_not_of('\n') + 1)) {
        lines += c;
        if (c == '\n')
            lines += "      | ";
    }
    return lines + '\n';
}

void print_message(Session& session, const render::Result& made) {
    if (const auto* problem = std::get_if<render::Problem>(&made)) {
        session.out << fmt::format("      there is no message to show: {}\n", render::to_text(*problem));
        return;
    }
    const auto& letter = std::get<render::Letter>(made);
    if (letter.text.sms.empty())
        session.out << fmt::format("      from {} <{}>, subject: {}\n", letter.from.name, letter.from.address,
                                   letter.text.subject)
                    << indented(letter.text.plain);
    else
        session.out << fmt::format("      from {}\n", letter.from.address) << indented(letter.text.sms);
}

void print_step(Session& session, const store::Database& database, const HumanStep& step, Shown& shown) {
    const auto who = person(database, step.candidate);
    const auto until = step.deadline
                           ? ", until " + base::format_for_people(base::floor_minute(*step.deadline), shown.zone())
                           : std::string();
    const auto then = shown.at_deadline(step);
    session.out << fmt::format("{:>5}  {} for {}{}\n      \"{}\", step {}: {}\n", step.id, store::to_text(step.kind),
                               step.owner, until + (then.empty() ? "" : fmt::format(", {}", then)), step.campaign,
                               step.step, who ? who->shown() : "somebody who is gone");
    if (store::waits(step.kind))
        print_message(session, shown.message(step));
    else
        session.out << indented(step.text);
}

nlohmann::ordered_json as_json(const store::Database& database, const HumanStep& step, Shown& shown) {
    const auto who = person(database, step.candidate);
    nlohmann::ordered_json json = {{"id", step.id},
                                   {"kind", store::to_text(step.kind)},
                                   {"owner", step.owner},
                                   {"campaign", step.campaign},
                                   {"step", step.step},
                                   {"ref", who ? who->ref : ""},
                                   {"name", who ? who->name : ""},
                                   {"asked_at", base::format_instant(step.asked_at, shown.zone())},
                                   {"deadline", nullptr},
                                   {"text", step.text}};
    if (step.deadline)
        json["deadline"] = base::format_instant(*step.deadline, shown.zone());
    if (const auto then = shown.at_deadline(step); !then.empty())
        json["at_deadline"] = then;
    if (!store::waits(step.kind))
        return json;
    const auto made = shown.message(step);
    if (const auto* letter = std::get_if<render::Letter>(&made))
        json["message"] = {{"channel", store::to_text(step.channel)},
                           {"template", step.message_template},
                           {"from", letter->from.address},
                           {"subject", letter->text.subject},
                           {"plain", letter->text.plain},
                           {"sms", letter->text.sms},
                           {"text_hash", base::hex(letter->text.hash)}};
    else
        json["problem"] = render::to_text(std::get<render::Problem>(made));
    return json;
}

std::string_view verb(Answer answer) {
    return answer == Answer::approve ? "approve" : answer == Answer::refuse ? "refuse" : "done";
}

/// Why this answer does not fit; empty: it does.
std::string misfit(const HumanStep& step, const AnswerOptions& options) {
    if (step.decided_at)
        return fmt::format("{} was answered already ({}{}{})", step.id, step.decision, step.by.empty() ? "" : " by ",
                           step.by);
    if (!options.owner.empty() && step.owner != options.owner)
        return fmt::format("{} waits for {}, not for {}", step.id, step.owner, options.owner);
    if (options.answer == Answer::approve && step.kind == HumanKind::note)
        return fmt::format("{} waits for a personal note: nurture note {}, or nurture refuse {}", step.id, step.id,
                           step.id);
    const bool wants_question = options.answer != Answer::done;
    if (wants_question == store::waits(step.kind))
        return {};
    return wants_question ? fmt::format("{} is a {}, which needs no yes or no: nurture done {}", step.id,
                                        store::to_text(step.kind), step.id)
                          : fmt::format("{} waits for an answer ({}): nurture {} {}, or nurture refuse {}", step.id,
                                        store::to_text(step.kind), step.kind == HumanKind::note ? "note" : "approve",
                                        step.id, step.id);
}

/// With --all, only what this answer is for.
bool fits(const HumanStep& step, Answer answer) {
    switch (answer) {
    case Answer::approve: return step.kind == HumanKind::approval;
    case Answer::refuse: return store::waits(step.kind);
    case Answer::done: break;
    }
    return !store::waits(step.kind);
}

/// Yes is said to a text. One that is not what was shown last is shown again, and waits for another yes.
std::string say_yes(Session& session, store::Database& database, const HumanStep& step, Shown& shown,
                    inbound::Answer& given) {
    const auto made = shown.message(step);
    if (const auto* problem = std::get_if<render::Problem>(&made))
        return fmt::format("{} cannot be approved, there is no message to send: {}", step.id,
                           render::to_text(*problem));
    const auto& hash = std::get<render::Letter>(made).text.hash;
    if (step.shown && *step.shown != hash) {
        store::Transaction transaction(database);
        store::show_human_step(database, step.id, hash);
        transaction.commit();
        print_step(session, database, step, shown);
        return fmt::format(
            "{} is another text than the one that was shown before; this is it now. If it is right, approve "
            "it again",
            step.id);
    }
    given.shown = hash;
    return {};
}

/// What the writer should see: for whom, and the message around the paragraph.
std::string about_note(const store::Database& database, const HumanStep& step, Shown& shown) {
    const auto who = person(database, step.candidate);
    std::string text = fmt::format("A personal note to {}, for \"{}\", step {}.\n",
                                   who ? who->shown() : "somebody who is gone", step.campaign, step.step);
    const auto made = shown.message(step);
    if (const auto* letter = std::get_if<render::Letter>(&made))
        text += fmt::format("It stands where the brackets are:\n\n{}\n{}", letter->text.subject,
                            letter->text.sms.empty() ? letter->text.plain : letter->text.sms);
    return text;
}

std::vector<HumanStep> chosen(const store::Database& database, const AnswerOptions& options) {
    std::vector<HumanStep> steps;
    if (options.all) {
        for (auto& step : store::open_human_steps(database, options.owner))
            if (fits(step, options.answer))
                steps.push_back(std::move(step));
        return steps;
    }
    for (const auto id : options.ids) {
        auto step = store::human_step(database, id);
        if (!step)
            throw Failure(fmt::format("nothing has the number {}: `nurture tasks` shows what waits", id));
        steps.push_back(std::move(*step));
    }
    return steps;
}

}  // namespace

int tasks(Session& session, const TasksOptions& options) {
    const auto config = load_config(session);
    const auto database = read_store(session, config);
    const auto steps = store::open_human_steps(database, options.owner);
    Shown shown(session, config, database);
    if (options.json) {
        auto all = nlohmann::ordered_json::array();
        for (const auto& step : steps)
            all.push_back(as_json(database, step, shown));
        session.out << all.dump(2) << '\n';
        return 0;
    }
    for (const auto& step : steps)
        print_step(session, database, step, shown);
    if (steps.empty())
        session.out << fmt::format("Nothing waits for {}.\n", options.owner.empty() ? "anybody" : options.owner);
    else
        session.out << fmt::format("\n{}. Answer with: nurture approve ID, note ID, refuse ID or done ID\n",
                                   counted(static_cast<std::int64_t>(steps.size()), "thing waits", "things wait"));
    return 0;
}

int answer(Session& session, const AnswerOptions& options) {
    if (!options.all && options.ids.empty())
        throw Usage(fmt::format("say which: nurture {} ID, the number that `nurture tasks` shows, or --all",
                                verb(options.answer)));
    const auto config = load_config(session);
    auto database = write_store(session, config);
    Shown shown(session, config, database);
    std::vector<std::int64_t> answered;
    std::vector<std::string> problems;
    for (const auto& step : chosen(database, options)) {
        inbound::Answer given{options.answer != Answer::refuse, {}, session.user, options.because};
        auto problem = misfit(step, options);
        if (problem.empty() && options.answer == Answer::approve)
            problem = say_yes(session, database, step, shown, given);
        if (problem.empty() && !inbound::answer(database, step.id, given, session.now()))
            problem = fmt::format("{} was answered by somebody else this moment", step.id);
        if (problem.empty())
            answered.push_back(step.id);
        else
            problems.push_back(std::move(problem));
    }
    for (const auto& problem : problems)
        session.err << "nurture: " << problem << '\n';
    if (!answered.empty()) {
        poke(config);
        session.out << fmt::format("{}: {}.\n",
                                   options.answer == Answer::approve  ? "Approved"
                                   : options.answer == Answer::refuse ? "Refused"
                                                                      : "Done",
                                   fmt::join(answered, ", "));
    } else if (problems.empty()) {
        session.out << "Nothing waits.\n";
    }
    return problems.empty() ? 0 : 1;
}

int note(Session& session, const NoteOptions& options) {
    const auto config = load_config(session);
    auto database = write_store(session, config);
    const auto step = store::human_step(database, options.id);
    if (!step)
        throw Failure(fmt::format("nothing has the number {}: `nurture tasks` shows what waits", options.id));
    if (step->kind != HumanKind::note)
        throw Failure(fmt::format("{} waits for no personal note: it is a{} {}", step->id,
                                  step->kind == HumanKind::approval ? "n" : "", store::to_text(step->kind)));
    if (const auto problem = misfit(*step, {Answer::refuse, {}, false, {}, {}}); !problem.empty())
        throw Failure(problem);
    Shown shown(session, config, database);
    const auto text = written_note(session, options.text, about_note(database, *step, shown));
    inbound::Answer given{true, {}, session.user, {}, text};
    if (!inbound::answer(database, step->id, given, session.now()))
        throw Failure(fmt::format("{} was answered by somebody else this moment", step->id));
    poke(config);
    session.out << fmt::format("Noted: {}. The message now reads:\n", step->id);
    print_message(session, shown.message(*step));
    return 0;
}

}  // namespace nurture::cli
