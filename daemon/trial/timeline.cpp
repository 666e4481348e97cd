// SPDX-License-Identifier: MIT
#include "daemon/engine/reasons.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/trial/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace nurture::trial {
namespace {

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

void Timeline::note(base::Minute at, base::CandidateId who, std::string text, Turn turn) {
    moments_.push_back({turn, {at, stage_.zone(who), stage_.name(who), std::move(text)}});
}

void Timeline::add(const dsl::ast::Happening& happening) {
    const auto& file = stage_.rules().sources.files[happening.span.file];
    const bool decides = std::holds_alternative<std::pair<bool, dsl::ast::Word>>(happening.what);
    const auto who = decides ? stage_.people().begin()->second : stage_.person(happening.who);
    note(stage_.now(), who, trimmed(dsl::line_at(file, happening.span.begin)));
}

void Timeline::add(std::span<const engine::Decision> decisions) {
    for (const auto& one : decisions) {
        if (const auto* e = engine::enrolment(one)) {
            std::visit([&](const auto& decided) { decision(*e, decided); }, one);
            waiting(*e);
        }
    }
}

void Timeline::decision(const engine::Enrolment& e, const engine::decision::Enrol& enrol) {
    if (enrol.counts_on)
        note(enrol.at, e.who, fmt::format("enters {}", campaign(e)));
}

void Timeline::decision(const engine::Enrolment& e, const engine::decision::Move& move) {
    if (move.why.reason == ReasonCode::human_reply && move.of == 0)  // of the campaign, not of a step
        note(move.at, e.who, fmt::format("no further message of {}: the person has answered", campaign(e)));
    else if (move.of != engine::k_no_step && says_skipped(move.why.reason))
        note(move.at, e.who, fmt::format("{} is skipped: {}", step(e, move.of), engine::sentence(move.why.reason)));
}

void Timeline::decision(const engine::Enrolment& e, const engine::decision::Ask& ask) {
    using Kind = engine::decision::Ask::Kind;
    const char* what = ask.kind == Kind::task   ? "gets the task"
                       : ask.kind == Kind::note ? "is asked for the personal note of"
                                                : "is asked to approve";
    note(ask.at, e.who, fmt::format("\"{}\" {} {}", ask.owner, what, step(e, ask.step)));
}

void Timeline::decision(const engine::Enrolment& e, const engine::decision::Pause& pause) {
    note(pause.at, e.who,
         fmt::format("{} pauses until {}", campaign(e), base::format_for_people(e.paused_until, stage_.zone(e.who))));
}

void Timeline::decision(const engine::Enrolment& e, const engine::decision::End& end) {
    note(end.at, e.who, fmt::format("leaves {}: {}", campaign(e), engine::sentence(end.why.reason)), Turn::leaves);
}

/// What holds it back is told once, and again when it is something else.
void Timeline::waiting(const engine::Enrolment& e) {
    const bool waits = e.phase == engine::Phase::ready || e.phase == engine::Phase::pending;
    if (!waits || e.blocked == ReasonCode::none || e.blocked == ReasonCode::outside_window ||
        std::exchange(waits_[e.id], e.blocked) == e.blocked)
        return;
    const auto what = e.phase == engine::Phase::pending ? "the start" : step(e, e.position);
    note(stage_.now(), e.who, fmt::format("{} of {} waits: {}", what, campaign(e), engine::sentence(e.blocked)));
}

std::string Timeline::campaign(const engine::Enrolment& e) const {
    return '"' + stage_.rules().campaigns[e.campaign].name + '"';
}

/// Waits have no name.
std::string Timeline::step(const engine::Enrolment& e, dsl::StepIx ix) {
    const auto& line = e.steps->lines[ix];
    return '`' + (line.name.empty() ? line.text : line.name) + '`';
}

void Timeline::messages() {
    store::scan_messages(stage_.database(), [&](const store::Message& m) {
        const auto what =
            fmt::format("{} \"{}\"", m.channel == store::Channel::sms ? "sms" : "email", m.message_template);
        const auto at = base::floor_minute(m.accepted_at.value_or(m.slot));
        if (store::counts(m.state))
            note(at, m.candidate, what + " goes out", Turn::sends);
        else if (store::is_final(m.state))
            note(at, m.candidate, fmt::format("{} does not go out: {}", what, words(m.reason)), Turn::sends);
    });
}

std::vector<Moment> Timeline::take() {
    messages();
    std::stable_sort(moments_.begin(), moments_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.second.at, a.first) < std::tie(b.second.at, b.first);
    });
    std::vector<Moment> all;
    for (auto& [turn, moment] : moments_)
        all.push_back(std::move(moment));
    return all;
}

}  // namespace nurture::trial
