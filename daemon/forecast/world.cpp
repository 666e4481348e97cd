// SPDX-License-Identifier: MIT
#include "daemon/forecast/world.hpp"

#include "daemon/forecast/page.hpp"
#include "daemon/store/candidates.hpp"
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

constexpr int k_early_specimens = 2;     // of each text
constexpr std::size_t k_long_name = 20;  // columns; most names are shorter

/// Hebrew, Arabic and their extensions (U+0590 to U+08FF): UTF-8 that begins with 0xD6 to 0xDF or 0xE0 0xA0 to 0xA3.
bool reads_right_to_left(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const auto next = i + 1 < name.size() ? static_cast<unsigned char>(name[i + 1]) : 0u;
        if ((byte == 0xD6 && next >= 0x90) || (byte >= 0xD7 && byte <= 0xDF) ||
            (byte == 0xE0 && next >= 0xA0 && next <= 0xA3))
            return true;
    }
    return false;
}

bool says_skipped(ReasonCode reason) {
    return (reason >= ReasonCode::no_consent && reason <= ReasonCode::human_reply) ||
           reason == ReasonCode::same_mailbox;
}

fact::Outcome::Now became(render::Problem problem) {
    switch (problem) {
    case render::Problem::no_candidate: return fact::Outcome::Now::cancelled;
    case render::Problem::no_address: return fact::Outcome::Now::suppressed;
    default: return fact::Outcome::Now::failed_render;
    }
}

}  // namespace

World::World(const Inputs& inputs, engine::State& state, Minute until, Keep keep)
    : inputs_(inputs),
      state_(state),
      until_(until),
      keep_(keep),
      renderer_(inputs.store, state.rules, inputs.house),
      inbox_(
          inputs.store, setup_of(inputs), [] { return nullptr; }, persist::InboxFacts::Columns::know),
      answers_(inputs.assumptions, state.rules->policy, inputs.now),
      course_{inputs.now, until, {}, {}, {}, {}, {}} {
    take_over_messages();
    take_over_questions();
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
    if (const auto made = renderer_.render(question.shown); const auto* letter = std::get_if<render::Letter>(&made))
        approval.shown = letter->text.hash;
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

    Message message{told.who, key.first, out.campaign, key.second, out.slot, told.channel, told.message_template,
                    {},       0,         {},           {}};
    const auto made = renderer_.render(out.subject);
    if (const auto* problem = std::get_if<render::Problem>(&made)) {
        told.now = became(*problem);
        message.problem = *problem;
        course_.messages.push_back(std::move(message));
        return told;
    }
    const auto& text = std::get<render::Letter>(made).text;
    if (out.shown && *out.shown != text.hash) {
        told.now = fact::Outcome::Now::held;
        told.approval_lapsed = true;
    } else if (now >= out.expires) {
        told.now = fact::Outcome::Now::expired;
    } else if (now >= out.closes) {
        told.now = fact::Outcome::Now::held;
    } else {
        told.now = fact::Outcome::Now::sent;
        told.counted_at = now - out.slot < k_on_time ? out.slot : now;
        message.text_hash = text.hash;
        message.sms_segments = text.sms_size.segments;
        if (shown_.emplace(out.campaign, told.message_template).second || told.who == keep_.texts_to)
            message.text = told.channel == dsl::Channel::sms ? text.sms : text.subject;
        course_.messages.push_back(std::move(message));
        if (keep_.specimens)
            keep_specimen(std::get<render::Letter>(made));
        keep_subject(key, text.subject);
        received(out, told.counted_at);
    }
    return told;
}

/// Of the message that was added last.
void World::keep_specimen(const render::Letter& letter) {
    const auto index = course_.messages.size() - 1;
    const auto& message = course_.messages.back();
    auto& kept = kept_[{message.campaign, message.channel, message.message_template}];
    const auto keep = [&](Specimen::Chosen chosen) {
        course_.specimens.push_back({chosen, index, letter});
        return course_.specimens.size() - 1;
    };
    if (kept.early < k_early_specimens) {
        ++kept.early;
        keep(Specimen::Chosen::early);
    } else if (letter.to_name.empty() && !kept.no_name) {
        kept.no_name = keep(Specimen::Chosen::no_name);
    } else if (reads_right_to_left(letter.to_name) && !kept.right_to_left) {
        kept.right_to_left = keep(Specimen::Chosen::right_to_left);
    } else if (width(letter.to_name) > std::max(kept.longest, k_long_name)) {
        kept.longest = width(letter.to_name);
        if (kept.long_name)
            course_.specimens[*kept.long_name] = {Specimen::Chosen::long_name, index, letter};
        else
            kept.long_name = keep(Specimen::Chosen::long_name);
    }
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

/// An answer in a thread has the first subject as it went out, whatever that would be by then.
void World::keep_subject(const Key& key, const std::string& subject) {
    const auto* e = state_.book.find(key.first);
    if (e == nullptr || subject.empty())
        return;
    const auto& lines = e->steps->lines;
    if (std::any_of(lines.begin(), lines.end(), [&](const dsl::StepLine& line) {
            const auto* message = std::get_if<dsl::op::Message>(&line.op);
            return message != nullptr && message->thread_of && lines[*message->thread_of].name == key.second;
        }))
        subjects_[key] = subject;
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
    if (!ready_.empty())
        wake = std::min(wake, ready_.begin()->first);
    if (inputs_.progress && wake < until_)
        inputs_.progress(wake, until_);
    return wake >= until_ ? base::k_never : wake;
}

// --- what the engine decided -----------------------------------------------------------------------------------

void World::commit(std::span<const engine::Decision> chunk) {
    for (const auto& decision : chunk) {
        std::visit([this](const auto& d) { add(d); }, decision);
        did(decision);
    }
}

void World::did(const engine::Decision& decision) {
    const auto* e = engine::enrolment(decision);
    if (e == nullptr || e->steps == nullptr || e->steps->hash != state_.rules->campaigns[e->campaign].steps->hash)
        return;
    std::visit(
        [&](const auto& d) {
            if constexpr (requires { d.why; })
                if (d.why.line.end > d.why.line.begin)
                    ++course_.deeds[{e->campaign, d.why.line.begin, d.why.reason}];
        },
        decision);
}

void World::note(Event::What what, const engine::Enrolment& e, Minute at, ReasonCode reason) {
    course_.events.push_back({what, e.who, e.id, e.campaign, at, reason});
}

void World::add(const decision::Enrol& d) {
    if (d.counts_on)
        note(Event::What::entered, d.enrolment, d.at, d.why.reason);
}

void World::add(const decision::Move& d) {
    const auto& e = d.enrolment;
    if (d.of != engine::k_no_step && says_skipped(d.why.reason))
        note(Event::What::skipped, e, d.at, d.why.reason);
    const bool waits = e.phase == engine::Phase::ready || e.phase == engine::Phase::pending;
    if (waits && e.blocked != ReasonCode::none && waited_.emplace(e.id, e.position, e.blocked).second)
        note(Event::What::waited, e, d.at, e.blocked);
}

void World::add(const decision::Ask& d) {
    const auto& e = d.enrolment;
    const auto& line = e.steps->lines[d.step];
    const auto id = ++last_question_;
    course_.tasks.push_back({e.who, e.campaign, line.name, d.kind, d.owner, d.at, d.deadline, std::nullopt});
    if (d.kind == decision::Ask::Kind::task)
        return;
    std::string thread_of;
    if (d.message != engine::k_no_step)
        if (const auto& message = std::get<dsl::op::Message>(e.steps->lines[d.message].op); message.thread_of)
            thread_of = e.steps->lines[*message.thread_of].name;
    auto shown = subject(e, thread_of);
    shown.channel = d.channel;
    shown.message_template = d.message_template;
    if (d.message != engine::k_no_step)
        shown.note = note(e.id, e.steps->lines[d.message].name);
    questions_[id] = {d.kind, e.who, e.id, line.name, d.at, std::move(shown), course_.tasks.size() - 1};
    open_question_[{e.id, line.name}] = id;
    answers_.asked(id, d.at, d.deadline);
}

void World::add(const decision::Withdraw& d) {
    const auto open = open_question_.find({d.enrolment.id, d.enrolment.steps->lines[d.step].name});
    if (open == open_question_.end())
        return;
    answers_.withdrawn(open->second);
    questions_.erase(open->second);
    open_question_.erase(open);
}

/// Two records of one address that came in by different ones: the store has room for one row, and so has this.
bool World::key_used(const decision::Release& d) {
    const auto& e = d.enrolment;
    const auto row = state_.columns->find(e.who);
    const auto sms = d.channel == dsl::Channel::sms;
    const auto address = !row ? 0 : sms ? state_.columns->phone(*row) : state_.columns->mailbox(*row);
    if (!used_.emplace(address, e.campaign, e.round, d.step).second)
        return true;
    const auto& name = state_.rules->campaigns[e.campaign].name;
    const auto [known, added] = has_history_.try_emplace(e.campaign);
    if (added)
        known->second = store::knows_campaign(inputs_.store, name);
    const auto person = known->second ? store::read_candidate(inputs_.store, e.who, {}) : std::nullopt;
    const auto key = !person ? std::nullopt : sms ? person->phone_key : person->email_key;
    return key && store::key_used(inputs_.store, name, d.step, e.round, *key);
}

void World::add(const decision::Release& d) {
    const auto& e = d.enrolment;
    if (key_used(d)) {
        fact::Outcome told;
        told.who = e.who;
        told.enrolment = e.id;
        told.step = d.step;
        told.now = fact::Outcome::Now::key_used;
        own_facts_.emplace_back(std::move(told));
        return;
    }
    auto about = subject(e, d.thread_of);
    about.channel = d.channel;
    about.message_template = d.message_template;
    about.owner = d.owner;
    if (d.with_note)
        about.note = note(e.id, d.step);
    about.slot = d.slot;
    auto& row = rows_[{e.id, d.step}] = {std::move(about), e.campaign, false,     std::nullopt,
                                         d.slot,           d.closes,   d.expires, d.slot};
    if (auto* approval = d.needs_approval ? approved(e.id) : nullptr) {
        row.approved = true;
        if (!std::exchange(approval->used, true))
            row.shown = approval->shown;
    }
    ready_.emplace(d.slot, Key{e.id, d.step});
}

void World::add(const decision::Reslot& d) {
    const Key key{d.enrolment.id, d.step};
    const auto row = rows_.find(key);
    if (row == rows_.end())
        return;
    auto& out = row->second;
    ready_.erase({out.not_before, key});
    out.slot = out.not_before = out.subject.slot = d.slot;
    out.closes = d.closes;
    out.expires = d.expires;
    if (auto* approval = out.approved ? approved(d.enrolment.id) : nullptr) {  // perhaps another one by now
        out.shown = approval->shown;
        approval->used = true;
    }
    ready_.emplace(d.slot, key);
}

void World::add(const decision::Cancel& d) {
    const Key key{d.enrolment.id, d.step};
    const auto row = rows_.find(key);
    if (row == rows_.end())
        return;
    ready_.erase({row->second.not_before, key});
    if (!d.keep)
        rows_.erase(row);
}

/// As the store would have it; the fact comes in the next round.
void World::add(const decision::Enlist& d) {
    const auto who = d.enrolment.who;
    auto& columns = *state_.columns;
    const auto row = columns.find(who);
    if (!row)
        return;
    const bool joins = d.add && !columns.in_list(d.list, *row);
    if (!d.add)
        columns.leave_list(d.list, *row);
    else
        columns.set_in_list(d.list, *row,
                            d.until == base::k_never ? std::nullopt : std::optional<base::Second>(d.until));
    if (joins)
        own_facts_.emplace_back(fact::JoinedList{who, d.list, d.at, true});
    else
        own_facts_.emplace_back(fact::Changed{who, who});
}

void World::add(const decision::WithdrawConsent& d) {
    const auto who = d.enrolment.who;
    if (const auto row = state_.columns->find(who))
        state_.columns->set_consent(d.consent, *row, dsl::cond::ConsentIs::withdrawn, d.at);
    own_facts_.emplace_back(fact::Changed{who, who});
}

void World::add(const decision::End& d) { note(Event::What::ended, d.enrolment, d.at, d.why.reason); }

/// What every message of an enrolment has in common.
render::Subject World::subject(const engine::Enrolment& e, const std::string& thread_of) const {
    render::Subject subject;
    subject.candidate = e.who;
    subject.campaign = state_.rules->campaigns[e.campaign].name;
    subject.event_value = e.event_value;
    if (e.event_at != Minute{})
        subject.event_at = e.event_at;
    if (!thread_of.empty())
        if (const auto* first = engine::find_sent(state_.ledger.of(e.who), e.id, thread_of)) {
            subject.thread_template = first->message_template;
            if (const auto kept = subjects_.find({e.id, thread_of}); kept != subjects_.end())
                subject.thread_subject = kept->second;
            else if (const auto sent = store::message_of(inputs_.store, e.id, thread_of))
                subject.thread_subject = sent->subject;
        }
    return subject;
}

persist::Setup setup_of(const Inputs& inputs) {
    return {inputs.settings, inputs.guard.growth_percent, inputs.guard.growth_people, inputs.allowed};
}

engine::State load_state(const Inputs& inputs) {
    if (inputs.loaded) {  // a copy costs a fiftieth of reading; a forecast writes in its columns
        engine::State state(*inputs.loaded);
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

Course foresee(const Inputs& inputs, engine::State& state, Minute until, Keep keep) {
    World world(inputs, state, until, keep);
    if (inputs.now < until)
        engine::run(state, world, inputs.now);
    return world.take();
}

}  // namespace nurture::forecast
