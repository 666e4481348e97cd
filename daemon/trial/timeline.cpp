// SPDX-License-Identifier: MIT
#include "daemon/engine/reasons.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/trial/stage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::trial {
namespace {

namespace decision = engine::decision;
using engine::ReasonCode;

constexpr const char* k_blanks = " \t";

std::string trimmed(std::string_view line) {
    const auto begin = line.find_first_not_of(k_blanks);
    return begin == std::string_view::npos
               ? std::string()
               : std::string(line.substr(begin, line.find_last_not_of(k_blanks) - begin + 1));
}

bool says_skipped(ReasonCode reason) { return reason >= ReasonCode::no_consent && reason <= ReasonCode::human_reply; }

/// A reason as the store holds it: a code of the engine, or words of the outbox.
std::string words(std::string_view reason) {
    const auto code = engine::find_reason(reason);
    return std::string(code ? engine::sentence(*code) : reason);
}

}  // namespace

void Timeline::note(base::Minute at, base::CandidateId who, std::string text) {
    moments_.push_back({at, stage_.zone(who), stage_.name(who), std::move(text)});
}

void Timeline::add(const dsl::ast::Happening& happening) {
    const auto& file = stage_.rules().sources.files[happening.span.file];
    const bool decides = std::holds_alternative<std::pair<bool, dsl::ast::Word>>(happening.what);
    const auto who = decides ? stage_.people().begin()->second : stage_.person(happening.who);
    note(stage_.now(), who, trimmed(dsl::line_at(file, happening.span.begin)));
}

void Timeline::add(std::span<const engine::Decision> decisions) {
    const auto campaign = [&](const engine::Enrolment& e) { return stage_.rules().campaigns[e.campaign].name; };
    const auto step = [](const engine::Enrolment& e, dsl::StepIx ix) { return e.steps->lines[ix].name; };
    for (const auto& one : decisions) {
        const auto* e = engine::enrolment(one);
        if (e == nullptr)
            continue;
        if (const auto* d = std::get_if<decision::Enrol>(&one)) {
            if (d->counts_on)
                note(d->at, e->who, fmt::format("enters \"{}\"", campaign(*e)));
        } else if (const auto* d = std::get_if<decision::Move>(&one)) {
            if (d->why.reason == ReasonCode::human_reply && d->of == 0)  // of the campaign, not of a step
                note(d->at, e->who, fmt::format("no further message of \"{}\": the person has answered", campaign(*e)));
            else if (d->of != engine::k_no_step && says_skipped(d->why.reason))
                note(d->at, e->who,
                     fmt::format("`{}` is skipped: {}", step(*e, d->of), engine::sentence(d->why.reason)));
        } else if (const auto* d = std::get_if<decision::Ask>(&one)) {
            const bool task = d->kind == decision::Ask::Kind::task;
            note(d->at, e->who,
                 fmt::format("\"{}\" {} `{}`", d->owner, task ? "gets the task" : "is asked to approve",
                             step(*e, d->step)));
        } else if (const auto* d = std::get_if<decision::Pause>(&one)) {
            note(d->at, e->who,
                 fmt::format("\"{}\" pauses until {}", campaign(*e),
                             base::format_for_people(e->paused_until, stage_.zone(e->who))));
        } else if (const auto* d = std::get_if<decision::End>(&one)) {
            note(d->at, e->who, fmt::format("leaves \"{}\": {}", campaign(*e), engine::sentence(d->why.reason)));
        }
        const bool waits = e->phase == engine::Phase::ready || e->phase == engine::Phase::pending;
        if (!waits || e->blocked == ReasonCode::none || e->blocked == ReasonCode::outside_window ||
            std::exchange(waits_[e->id], e->blocked) == e->blocked)
            continue;
        note(stage_.now(), e->who,
             fmt::format("{} of \"{}\" waits: {}",
                         e->phase == engine::Phase::pending ? "the start" : "`" + e->line().name + "`", campaign(*e),
                         engine::sentence(e->blocked)));
    }
}

void Timeline::messages() {
    store::scan_messages(stage_.database(), [&](const store::Message& m) {
        const auto what =
            fmt::format("{} \"{}\"", m.channel == store::Channel::sms ? "sms" : "email", m.message_template);
        const auto at = base::floor_minute(m.accepted_at.value_or(m.slot));
        if (store::counts(m.state))
            note(at, m.candidate, what + " goes out");
        else if (store::is_final(m.state))
            note(at, m.candidate, fmt::format("{} does not go out: {}", what, words(m.reason)));
    });
}

std::vector<Moment> Timeline::take() {
    messages();
    std::stable_sort(moments_.begin(), moments_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return std::move(moments_);
}

}  // namespace nurture::trial
