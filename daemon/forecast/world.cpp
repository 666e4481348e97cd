// SPDX-License-Identifier: MIT
#include "daemon/forecast/world.hpp"

#include "daemon/forecast/page.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/rule_sets.hpp"

#include <algorithm>

namespace nurture::forecast {
namespace {

namespace decision = engine::decision;
namespace fact = engine::fact;
using engine::ReasonCode;

// Accepted less than this after its slot counts as accepted at the slot (the contract of engine and outbox).
constexpr std::chrono::minutes k_on_time{15};

fact::Outcome::Now became(const render::Problem& problem) {
    switch (problem.kind) {
    case render::Problem::no_candidate: return fact::Outcome::Now::cancelled;
    case render::Problem::no_address: return fact::Outcome::Now::suppressed;
    default: return fact::Outcome::Now::failed_render;
    }
}

}  // namespace

World::World(const Inputs& inputs, engine::State& state, Keep keep)
    : inputs_(inputs),
      state_(state),
      keep_(keep),
      renderer_(inputs.store, state.rules, inputs.house),
      inbox_(
          inputs.store, setup_of(inputs), [] { return nullptr; }, persist::InboxFacts::Columns::know),
      days_of_(state.rules->caps_days() ? base::find_zone(state.rules->policy.zone) : std::nullopt),
      answers_(inputs.assumptions, state.rules->policy, inputs.now),
      first_new_(state.next_enrolment) {
    take_over_messages();
    take_over_questions();
}

void World::begin_leg(Minute from, Minute until) {
    until_ = until;
    course_ = {};
    course_.from = from;
    course_.until = until;
    shown_.clear();
    kept_.clear();
    for (auto& [id, question] : questions_)
        question.in_course.reset();
}

/// What an earlier minute released and the outbox has not finished.
void World::take_over_messages() {
    for (const auto& m : store::messages_in(inputs_.store, store::MessageState::inflight))
        if (m.purpose == store::MessagePurpose::campaign)
            take_over_doubt(m);
    for (const auto was : {store::MessageState::ready, store::MessageState::held}) {
        for (const auto& m : store::messages_in(inputs_.store, was)) {
            const auto campaign = state_.rules->campaign(m.campaign);
            if (m.purpose != store::MessagePurpose::campaign || !campaign)
                continue;
            const Key key{m.enrolment, m.step};
            rows_[key] = {render::subject_of(inputs_.store, m),
                          std::nullopt,
                          *campaign,
                          m.approval != 0,
                          m.shown,
                          base::floor_minute(m.slot),
                          base::floor_minute(m.closes),
                          base::floor_minute(m.expires),
                          std::chrono::ceil<std::chrono::minutes>(m.not_before)};
            if (was == store::MessageState::ready)
                ready_.emplace(rows_[key].not_before, key);
        }
    }
}

/// Being handed over this moment, or when the daemon died: either way it counts, at its slot.
void World::take_over_doubt(const store::Message& m) {
    const Minute slot = base::floor_minute(m.slot);
    Outgoing out;
    out.subject = render::subject_of(inputs_.store, m);
    received(out, slot);
    own_facts_.emplace_back(fact::Outcome{m.candidate, m.enrolment, m.step, fact::Outcome::Now::in_doubt, false, slot,
                                          m.campaign, out.subject.channel, m.message_template});
}

void World::take_over_questions() {
    for (const auto& step : store::open_human_steps(inputs_.store)) {
        last_question_ = std::max(last_question_, step.id);
        if (!store::waits(step.kind))
            continue;
        const auto asked_at = base::floor_minute(step.asked_at);
        const bool note = step.kind == store::HumanKind::note;
        questions_[step.id] = {note ? decision::Ask::Kind::note : decision::Ask::Kind::approval,
                               step.candidate,
                               step.enrolment,
                               step.step,
                               asked_at,
                               render::subject_of(inputs_.store, step, inputs_.now),
                               std::nullopt,
                               std::nullopt};
        open_question_[{step.enrolment, step.step}] = step.id;
        answers_.asked(step.id, asked_at, step.deadline ? base::floor_minute(*step.deadline) : base::k_never);
    }
}

// --- what the engine is told -----------------------------------------------------------------------------------

engine::Facts World::facts(base::InboxSeq cursor, Minute now) {
    auto facts = waiting(cursor, now);
    for (auto& fact : std::exchange(own_facts_, {}))
        facts.list.push_back(std::move(fact));
    answer(now, facts);
    reply(now, facts);
    hand_over(now, facts);
    return facts;
}

/// What the engine has been told and has not read yet. Nothing comes to the store while a forecast runs.
engine::Facts World::waiting(base::InboxSeq cursor, Minute now) {
    if (inbox_is_empty_)
        return {};
    auto facts = inbox_.after(cursor, *state_.rules, *state_.columns, now);
    inbox_is_empty_ = facts.list.empty() && facts.cursor <= cursor;
    return facts;
}

void World::answer(Minute now, engine::Facts& facts) {
    for (const auto id : answers_.take(now)) {
        auto& question = questions_.at(id);
        if (question.kind == decision::Ask::Kind::approval)
            approve(question, now);
        facts.list.emplace_back(
            fact::Decided{question.who, question.enrolment, question.step, question.asked_at, true, now});
        if (question.in_course)
            course_.tasks[*question.in_course].answered_at = now;
        open_question_.erase({question.enrolment, question.step});
        questions_.erase(id);
    }
}

void World::approve(Question& question, Minute now) {
    question.shown.slot = now;
    auto& approval = approved_[question.enrolment].emplace();
    if (const auto made = renderer_.render(with_thread(question.shown, question.thread_at));
        const auto* letter = std::get_if<render::Letter>(&made))
        approval.shown = letter->text.hash;
}

/// As daemon/inbound tells it of a real one: the columns first, then the fact.
void World::reply(Minute now, engine::Facts& facts) {
    while (!replies_.empty() && replies_.begin()->first <= now) {
        auto reply = std::move(replies_.begin()->second);
        replies_.erase(replies_.begin());
        if (const auto row = state_.columns->find(reply.who))
            state_.columns->add_event(reply.event, *row, reply.at, reply.name, reply.channel);
        if (const auto* e = state_.book.find(reply.enrolment))
            note(Event::What::replied, *e, reply.at, ReasonCode::none);
        facts.list.emplace_back(std::move(reply));
    }
}

void World::expect_reply(const Outgoing& out, const fact::Outcome& told) {
    if (inputs_.assumptions.replies == 0)
        return;
    const auto person = store::read_candidate(inputs_.store, told.who, {});
    const auto at = reply_minute(inputs_.assumptions, person ? person->ref : std::string(), told.campaign, told.step,
                                 told.counted_at);
    if (at)
        replies_.emplace(*at, fact::Happened{told.who, static_cast<dsl::EventIx>(dsl::BuiltInEvent::replied),
                                             out.subject.message_template, *at, true, told.enrolment, told.step,
                                             told.channel});
}

void World::hand_over(Minute now, engine::Facts& facts) {
    while (!ready_.empty() && ready_.begin()->first <= now) {
        const Key key = ready_.begin()->second;
        ready_.erase(ready_.begin());
        auto told = outcome(key, rows_.at(key), now);
        if (told.now != fact::Outcome::Now::held)
            rows_.erase(key);
        facts.list.emplace_back(std::move(told));
    }
}

/// The outbox's own order: the text first, then the checks of T2.
fact::Outcome World::outcome(const Key& key, const Outgoing& out, Minute now) {
    fact::Outcome told;
    told.who = out.subject.candidate;
    told.enrolment = key.first;
    told.step = key.second;
    told.campaign = out.subject.campaign;
    told.channel = out.subject.channel;
    told.message_template = out.subject.message_template;

    Message message;
    message.who = told.who;
    message.enrolment = key.first;
    message.campaign = out.campaign;
    message.step = key.second;
    message.slot = out.slot;
    message.channel = told.channel;
    message.message_template = told.message_template;
    std::optional<render::Letter> letter;
    if (needs_text(key, out)) {
        auto made = renderer_.render(with_thread(out.subject, out.thread_at));
        if (const auto* problem = std::get_if<render::Problem>(&made)) {
            told.now = became(*problem);
            told.too_long = problem->kind == render::Problem::too_long;
            message.problem = *problem;
            course_.messages.push_back(std::move(message));
            return told;
        }
        letter = std::move(std::get<render::Letter>(made));
        if (state_.settings.test_mode && !(inputs_.allowed && inputs_.allowed(letter->to_address))) {
            told.now = fact::Outcome::Now::suppressed;  // let in by the other address
            return told;
        }
    }
    if (out.shown && *out.shown != letter->text.hash) {
        told.now = fact::Outcome::Now::held;
        told.approval_lapsed = true;
    } else if (now >= out.expires) {
        told.now = fact::Outcome::Now::expired;
    } else if (now >= out.closes || (days_of_ && store::day_over(*days_of_, out.slot, now))) {
        told.now = fact::Outcome::Now::held;
    } else {
        told.now = fact::Outcome::Now::sent;
        told.counted_at = now - out.slot < k_on_time ? out.slot : now;
        if (told.channel == dsl::Channel::email && keep_.domains)
            message.domain = domain(told.who);
        course_.messages.push_back(std::move(message));
        if (letter)
            keep(key, out, *letter);
        received(out, told.counted_at);
        expect_reply(out, told);
    }
    return told;
}

World::Approved* World::approved(base::EnrolmentId enrolment) {
    auto [found, added] = approved_.try_emplace(enrolment);
    if (added) {  // approved before the forecast began
        const auto messages = store::messages_of_enrolment(inputs_.store, enrolment);
        for (const auto& step : store::human_steps_of(inputs_.store, enrolment))
            if (step.kind == store::HumanKind::approval && step.decision == "approved")
                found->second = Approved{step.shown, std::any_of(messages.begin(), messages.end(),
                                                                 [&](const auto& m) { return m.approval == step.id; })};
    }
    return found->second ? &*found->second : nullptr;
}

/// `has received`, from here on.
void World::received(const Outgoing& out, Minute at) {
    if (const auto row = state_.columns->find(out.subject.candidate))
        state_.columns->add_event(static_cast<dsl::EventIx>(dsl::BuiltInEvent::received), *row, at,
                                  out.subject.message_template, out.subject.channel);
}

/// What was written before the forecast began, else what is assumed.
std::string World::note(base::EnrolmentId enrolment, const std::string& step) const {
    std::string note(render::k_note_to_come);
    for (const auto& one : store::human_steps_of(inputs_.store, enrolment))
        if (one.kind == store::HumanKind::note && one.step == step && !one.note.empty())
            note = one.note;
    return note;
}

Minute World::sleep_until(Minute wake) {
    wake = std::min(wake, answers_.next());
    if (!replies_.empty())
        wake = std::min(wake, replies_.begin()->first);
    if (!ready_.empty())
        wake = std::min(wake, ready_.begin()->first);
    if (inputs_.progress && wake < until_)
        inputs_.progress(wake, until_);
    return wake >= until_ ? base::k_never : wake;
}

persist::Setup setup_of(const Inputs& inputs) {
    return {inputs.settings, inputs.guard.growth_percent, inputs.guard.growth_people, inputs.allowed, inputs.reading};
}

engine::State load_state(const Inputs& inputs) {
    if (inputs.loaded &&
        inputs.loaded->rules->hash ==
            inputs.rules->hash) {  // a copy costs a fiftieth of reading; a forecast writes in its columns
        engine::State state(*inputs.loaded);
        state.settings = inputs.settings;  // a preview shows drafts
        state.columns = std::make_shared<roster::Columns>(*inputs.loaded->columns);
        return state;
    }
    // Bounds were agreed to with the live rules; others have none yet.
    const auto live = store::live_rule_set(inputs.store);
    const bool same = live && live->hash == inputs.rules->hash;
    const auto state = persist::load(inputs.store, inputs.rules, setup_of(inputs), inputs.now,
                                     same ? live->bounds : std::map<std::string, std::int64_t>{});
    return std::move(*state);
}

std::shared_ptr<const engine::State> load_shared(const Inputs& inputs) {
    auto state = std::make_shared<engine::State>(load_state(inputs));
    state->admission.refresh(*state);
    return state;
}

struct Forecast::Impl {
    engine::State& state;
    World world;
    Minute at;
};

Forecast::Forecast(const Inputs& inputs, engine::State& state, Keep keep)
    : impl_(new Impl{state, World(inputs, state, keep), inputs.now}) {}

Forecast::~Forecast() = default;

Course Forecast::until(Minute until) {
    impl_->world.begin_leg(impl_->at, until);
    if (impl_->at < until)
        engine::run(impl_->state, impl_->world, impl_->at);
    impl_->at = until;
    return impl_->world.take();
}

Course foresee(const Inputs& inputs, engine::State& state, Minute until, Keep keep) {
    return Forecast(inputs, state, keep).until(until);
}

}  // namespace nurture::forecast
