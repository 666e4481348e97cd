// SPDX-License-Identifier: MIT
// What the engine decided: into the course, and into what waits for its minute or its answer.
#include "daemon/forecast/world.hpp"

namespace nurture::forecast {
namespace {

namespace decision = engine::decision;
namespace fact = engine::fact;
using engine::ReasonCode;

bool says_skipped(ReasonCode reason) {
    return (reason >= ReasonCode::no_consent && reason <= ReasonCode::human_reply) ||
           reason == ReasonCode::same_mailbox;
}

}  // namespace

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
    if (waits && e.blocked != ReasonCode::none && waited_.emplace(e.id, e.position, e.blocked).second) {
        note(Event::What::waited, e, d.at, e.blocked);
        course_.events.back().full = d.full;
    }
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
    std::optional<Minute> thread_at;
    auto shown = subject(e, thread_of, thread_at);
    shown.channel = d.channel;
    shown.message_template = d.message_template;
    if (d.message != engine::k_no_step)
        shown.note = note(e.id, e.steps->lines[d.message].name);
    questions_[id] = {d.kind, e.who, e.id, line.name, d.at, std::move(shown), thread_at, course_.tasks.size() - 1};
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
    std::optional<Minute> thread_at;
    auto about = subject(e, d.thread_of, thread_at);
    about.channel = d.channel;
    about.message_template = d.message_template;
    about.owner = d.owner;
    if (d.with_note)
        about.note = note(e.id, d.step);
    about.slot = d.slot;
    auto& row = rows_[{e.id, d.step}] = {std::move(about), thread_at, e.campaign, false, std::nullopt,
                                         d.slot,           d.closes,  d.expires,  d.slot};
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
    auto* approval = out.approved ? approved(d.enrolment.id) : nullptr;
    if (approval && !std::exchange(approval->used, true))  // another one by now
        out.shown = approval->shown;
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
render::Subject World::subject(const engine::Enrolment& e, const std::string& thread_of,
                               std::optional<Minute>& thread_at) const {
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
            else if (const auto sent =
                         e.id < first_new_ ? store::message_of(inputs_.store, e.id, thread_of) : std::nullopt)
                subject.thread_subject = sent->subject;
            if (subject.thread_subject.empty() && first->counted && first->channel == dsl::Channel::email)
                thread_at = first->at;
        }
    return subject;
}

}  // namespace nurture::forecast
