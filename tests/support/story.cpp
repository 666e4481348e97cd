// SPDX-License-Identifier: MIT
#include "tests/support/story.hpp"

#include "daemon/engine/steps.hpp"
#include "dsl/compile.hpp"
#include "dsl/diagnostic.hpp"
#include "tests/support/instants.hpp"

#include <algorithm>
#include <stdexcept>

namespace nurture::support {

using namespace engine;

std::shared_ptr<const dsl::Rules> compile_rules(std::string_view text) {
    const dsl::SourceSet sources{{{"test.nurture", std::string(text)}}};
    const dsl::Compiled compiled = dsl::compile(sources);
    if (!compiled.rules) {
        std::string problems;
        for (const dsl::Diagnostic& diagnostic : compiled.diagnostics)
            problems += dsl::render(diagnostic, sources) + "\n";
        throw std::invalid_argument(problems);
    }
    return compiled.rules;
}

std::string house(std::string_view policy_lines) {
    return R"(edition 2026
fields
  stage            text
  certifications   list of text
  license_expires  date
  hired_on         date
end
events
  applied "applied to a job", with name
  attended "came to an event", with name
end
policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
  sms requires consent "text messages"
)" + std::string(policy_lines) +
           "\nend\n";
}

std::string templates(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += "template \"" + name + "\" for email\n  subject \"" + name +
                "\"\n  | Hello. {{postal_address}} {{unsubscribe_link}}\nend\n";
    return text;
}

Story::Story(std::string_view rules, const Settings& settings)
    : rules_(compile_rules(rules)),
      columns_(std::make_shared<roster::Columns>(*rules_)),
      state_(std::make_unique<State>(rules_, columns_, settings)) {}

// --- people ---------------------------------------------------------------------------------------------------------

Story::Someone& Story::person(std::string_view name) {
    people_.emplace_back();
    Someone& someone = people_.back();
    someone.name = name;
    someone.person.id = static_cast<CandidateId>(people_.size());
    someone.mailbox = 1000 + people_.size();
    someone.phone = 2000 + people_.size();
    for (std::size_t i = 0; i < rules_->schema.consents.size(); ++i)
        someone.person.consents[static_cast<dsl::ConsentIx>(i)] = {{base::Second{}, dsl::cond::ConsentIs::given}};
    return someone;
}

Story::Someone& Story::find(std::string_view name) {
    const auto found = std::find_if(people_.begin(), people_.end(), [&](const Someone& s) { return s.name == name; });
    if (found == people_.end())
        throw std::invalid_argument("nobody is called " + std::string(name));
    return *found;
}

void Story::set(std::string_view name, std::string_view field, std::string_view value) {
    Person& person = find(name).person;
    const dsl::FieldIx ix = rules_->schema.field(field).value();
    switch (rules_->schema.fields[ix].kind) {
    case dsl::FieldKind::date: person.dates[ix] = day(value); break;
    case dsl::FieldKind::list: person.items[ix].emplace_back(value); break;
    default: person.texts[ix] = value; break;
    }
}

void Story::consent(std::string_view name, std::string_view consent, bool given) {
    auto& words = find(name).person.consents[rules_->schema.consent(consent).value()];
    words.push_back({base::Second{now_}, given ? dsl::cond::ConsentIs::given : dsl::cond::ConsentIs::withdrawn});
}

void Story::put_row(const Someone& someone) {
    const auto known = columns_->find(someone.person.id);
    const Row row = known ? *known : columns_->add(someone.person.id);
    if (known)
        columns_->clear(row);
    if (const auto zone = base::find_zone(someone.zone))
        columns_->set_zone(row, *zone, roster::ZoneFrom::candidate);
    columns_->set_ref(row, someone.name);
    columns_->set_mailbox(row, someone.mailbox);
    columns_->set_phone(row, someone.phone);
    if (someone.email_suppressed)
        columns_->set_suppressed(dsl::Channel::email, row);
    if (someone.sms_suppressed)
        columns_->set_suppressed(dsl::Channel::sms, row);
    put(*columns_, row, someone.person);
    for (const auto& [list, until] : someone.on_lists)
        if (until > now_)
            columns_->set_in_list(list, row,
                                  until == base::k_never ? std::nullopt : std::optional<base::Second>(until));
}

Fact Story::changed(std::string_view name) {
    const Someone& someone = find(name);
    put_row(someone);
    return fact::Changed{someone.person.id, someone.person.id};
}

// --- what happens ---------------------------------------------------------------------------------------------------

void Story::at(std::string_view when, Happening what) { happenings_.emplace(minute(when), std::move(what)); }

void Story::becomes(std::string_view when, std::string name, std::string field, std::string value, bool live) {
    at(when, [=, this](Facts& facts, Minute now) {
        set(name, field, value);
        facts.list.push_back(changed(name));
        facts.list.push_back(fact::FieldMoved{find(name).person.id, rules_->schema.field(field).value(),
                                              fact::FieldMoved::How::became, value, now, live});
    });
}

void Story::gains(std::string_view when, std::string name, std::string field, std::string value, bool live) {
    at(when, [=, this](Facts& facts, Minute now) {
        set(name, field, value);
        facts.list.push_back(changed(name));
        facts.list.push_back(fact::FieldMoved{find(name).person.id, rules_->schema.field(field).value(),
                                              fact::FieldMoved::How::gained, value, now, live});
    });
}

void Story::happens(std::string_view when, std::string name, std::string event, std::string detail, bool live) {
    at(when, [=, this](Facts& facts, Minute now) {
        const dsl::EventIx ix = rules_->schema.event(event).value();
        Person& person = find(name).person;
        person.events.push_back({ix, now, detail, {}});
        facts.list.push_back(changed(name));
        facts.list.push_back(fact::Happened{person.id, ix, detail, now, live, 0, {}});
    });
}

void Story::joins(std::string_view when, std::string name, std::string list) {
    at(when, [=, this](Facts& facts, Minute now) {
        const dsl::ListIx ix = rules_->schema.list(list).value();
        Person& person = find(name).person;
        person.lists.insert(ix);
        facts.list.push_back(changed(name));
        facts.list.push_back(fact::JoinedList{person.id, ix, now, true});
    });
}

void Story::clicks(std::string_view when, std::string name, std::string step) {
    at(when, [=, this](Facts& facts, Minute now) {
        Person& person = find(name).person;
        const InHand* clicked = nullptr;
        for (const auto& [key, message] : messages_)
            if (message.who == person.id && message.step == step)
                clicked = &message;
        if (clicked == nullptr)
            throw std::invalid_argument(name + " never got " + step);
        const auto event = static_cast<dsl::EventIx>(dsl::BuiltInEvent::clicked);
        person.events.push_back({event, now, clicked->message_template, clicked->channel});
        facts.list.push_back(changed(name));
        facts.list.push_back(fact::Happened{person.id, event, clicked->message_template, now, true, clicked->enrolment,
                                            step, clicked->channel});
    });
}

void Story::replies(std::string_view when, std::string name) { happens(when, std::move(name), "replied"); }

void Story::decides(std::string_view when, std::string name, bool yes) {
    at(when, [=, this](Facts& facts, Minute now) {
        const CandidateId who = find(name).person.id;
        for (const EnrolmentId id : state_->book.of(who)) {
            const Enrolment& e = *state_->book.find(id);
            if (e.phase == Phase::asked)
                facts.list.push_back(fact::Decided{who, id, e.steps->lines[asked_about(e)].name, e.anchor, yes, now});
        }
    });
}

void Story::answer(std::string step, fact::Outcome::Now now, bool approval_lapsed) {
    answers_[std::move(step)].push_back({now, approval_lapsed});
}

// --- the world ------------------------------------------------------------------------------------------------------

void Story::begin(std::string_view when) {
    now_ = minute(when);
    for (const Someone& someone : people_)
        put_row(someone);
    look_around(*state_, now_);
    until_ = now_;
    settle(*state_, *this, now_);
}

void Story::run_until(std::string_view when, bool minute_by_minute) {
    until_ = minute(when);
    minute_by_minute_ = minute_by_minute;
    const Minute next = sleep_until(next_wake(*state_));
    run(*state_, *this, next);
}

Facts Story::facts(base::InboxSeq, Minute now) {
    if (after_round)
        after_round(*state_);
    Facts facts;
    facts.list = std::move(outcomes_);
    outcomes_.clear();
    while (!happenings_.empty() && happenings_.begin()->first <= now) {
        const Happening happening = std::move(happenings_.begin()->second);
        happenings_.erase(happenings_.begin());
        happening(facts, now);
    }
    return facts;
}

void Story::commit(std::span<const Decision> chunk) {
    if (committed)
        committed(chunk);
    for (const Decision& decision : chunk)
        note(decision);
    decisions_.insert(decisions_.end(), chunk.begin(), chunk.end());
}

void Story::deliver(Minute now) {
    if (relay_busy)
        return;
    for (const InHand& message : std::exchange(in_hand_, {}))
        hand_over(message, now);
}

void Story::hand_over(const InHand& message, Minute now) {
    Answer answer{fact::Outcome::Now::sent, false};
    if (auto& planned = answers_[message.step]; !planned.empty()) {
        answer = planned.front();
        planned.erase(planned.begin());
    }
    if (answer.now == fact::Outcome::Now::sent) {
        Someone& someone = people_[static_cast<std::size_t>(message.who - 1)];
        someone.person.events.push_back({static_cast<dsl::EventIx>(dsl::BuiltInEvent::received), message.slot,
                                         message.message_template, message.channel});
        put_row(someone);
    }
    fact::Outcome outcome;
    outcome.who = message.who;
    outcome.enrolment = message.enrolment;
    outcome.step = message.step;
    outcome.now = answer.now;
    outcome.approval_lapsed = answer.approval_lapsed;
    outcome.counted_at = now;
    outcome.campaign = message.campaign;
    outcome.channel = message.channel;
    outcome.message_template = message.message_template;
    outcomes_.emplace_back(std::move(outcome));
}

/// As the store would do it; the fact comes with the next round.
void Story::enlist(const decision::Enlist& d) {
    Someone& someone = find(name(d.enrolment.who));
    const bool joins = d.add && !columns_->in_list(d.list, *columns_->find(someone.person.id));
    if (d.add)
        someone.on_lists[d.list] = std::max(someone.on_lists[d.list], d.until);
    else
        someone.on_lists.erase(d.list);
    if (!d.add)
        someone.person.lists.erase(d.list);
    outcomes_.push_back(changed(someone.name));
    if (joins)
        outcomes_.emplace_back(fact::JoinedList{someone.person.id, d.list, d.at, true});
}

Minute Story::sleep_until(Minute wake) {
    if (minute_by_minute_)
        wake = now_ + std::chrono::minutes{1};
    if (!happenings_.empty())
        wake = std::min(wake, std::max(happenings_.begin()->first, now_));
    if (!outcomes_.empty())
        wake = now_;
    if (wake > until_)
        return base::k_never;
    return now_ = wake;
}

// --- what is seen ---------------------------------------------------------------------------------------------------

void Story::note(const Decision& decision) {
    const Enrolment* e = enrolment(decision);
    if (e == nullptr)
        return;
    const auto line = [&](std::string_view kind, Minute when, const std::string& what) {
        lines_.push_back({std::string(kind), wall(when) + " " + name(e->who) + ": " + what});
    };
    std::visit(
        [&](const auto& d) {
            if constexpr (requires { d.why; })
                journal_.push_back(wall(d.at) + " " + name(e->who) + ": " + std::string(code(d.why.reason)) + " " +
                                   (e->position < e->steps->lines.size() ? e->line().name : ""));
        },
        decision);
    if (const auto* enrol = std::get_if<decision::Enrol>(&decision)) {
        if (enrol->counts_on)
            line("enter", enrol->at, e->steps->campaign);
    } else if (const auto* ask = std::get_if<decision::Ask>(&decision)) {
        line("ask", ask->at, e->steps->lines[ask->step].name + " by " + ask->owner);
    } else if (const auto* end = std::get_if<decision::End>(&decision)) {
        line("end", end->at, std::string(code(end->why.reason)));
    } else if (const auto* release = std::get_if<decision::Release>(&decision)) {
        line("message", release->slot, release->message_template);
        const InHand message{
            e->who,           e->id,        e->steps->campaign, release->step, release->message_template,
            release->channel, release->slot};
        messages_.insert_or_assign({e->id, release->step}, message);
        in_hand_.push_back(message);
    } else if (const auto* again = std::get_if<decision::Reslot>(&decision)) {
        InHand& message = messages_.at({e->id, again->step});
        message.slot = again->slot;
        line("message", again->slot, message.message_template);
        in_hand_.push_back(message);
    } else if (const auto* list = std::get_if<decision::Enlist>(&decision)) {
        line("act", list->at,
             (list->add ? "on " : "off ") + rules_->schema.lists[list->list] +
                 (list->until == base::k_never ? "" : " until " + wall(list->until)));
        enlist(*list);
    } else if (const auto* withdraw = std::get_if<decision::WithdrawConsent>(&decision)) {
        line("act", withdraw->at, "withdraws " + rules_->schema.consents[withdraw->consent]);
        consent(name(e->who), rules_->schema.consents[withdraw->consent], false);
        outcomes_.push_back(changed(name(e->who)));
    } else if (const auto* cancel = std::get_if<decision::Cancel>(&decision)) {
        std::erase_if(in_hand_, [&](const InHand& m) { return m.enrolment == e->id && m.step == cancel->step; });
    }
}

std::vector<std::string> Story::lines(std::string_view kind) const {
    std::vector<std::string> texts;
    for (const Line& line : lines_)
        if (line.kind == kind)
            texts.push_back(line.text);
    return texts;
}

Minute Story::minute(std::string_view when) const { return support::at(when, columns_->policy_zone()); }

std::string Story::wall(Minute instant) const {
    const base::Local local = base::local(columns_->policy_zone(), instant);
    return base::format_day(local.day).substr(5) + " " + base::format_time_of_day(local.minute);
}

}  // namespace nurture::support
