// SPDX-License-Identifier: MIT
#include "daemon/render/render.hpp"

#include <algorithm>

namespace nurture::render {
namespace {

struct ValueOf {
    compose::Value operator()(std::monostate) const { return std::monostate{}; }
    compose::Value operator()(const std::string& text) const { return text; }
    compose::Value operator()(std::chrono::sys_days day) const { return std::chrono::year_month_day{day}; }
    compose::Value operator()(const std::vector<std::string>& list) const { return list; }
    template<class Other>
    compose::Value operator()(const Other& other) const {
        return store::to_text(store::Value(other));
    }
};

store::ColumnType column_type(dsl::FieldKind kind) {
    switch (kind) {
    case dsl::FieldKind::text: return store::ColumnType::text;
    case dsl::FieldKind::list: return store::ColumnType::list;
    case dsl::FieldKind::number: return store::ColumnType::number;
    case dsl::FieldKind::date: return store::ColumnType::date;
    case dsl::FieldKind::yes_no: return store::ColumnType::yes_no;
    case dsl::FieldKind::place: return store::ColumnType::place;
    }
    return store::ColumnType::text;
}

/// Of a link, behind the public URL: "/u/", a message id of up to ten digits, a dash and 32 digits of proof.
constexpr std::size_t k_longest_path = 46;

std::string sender_text(const connectors::Mailbox& from) { return from.name + " <" + from.address + ">"; }

}  // namespace

std::string to_text(const Problem& problem) {
    switch (problem.kind) {
    case Problem::no_candidate: return "the person is gone";
    case Problem::no_template: return "the template is gone";
    case Problem::no_owner: return "the owner is not in [people]";
    case Problem::no_address: return "no address";
    case Problem::blank_value: return "a value is blank";
    case Problem::not_a_link: return "a link has no address";
    case Problem::too_long: return store::too_long(problem.segments, problem.at_most);
    }
    return {};
}

std::vector<store::ColumnDef> store_columns(const dsl::Schema& schema) {
    std::vector<store::ColumnDef> columns;
    for (const auto& field : schema.fields)
        columns.push_back({field.name, column_type(field.kind)});
    return columns;
}

std::string full_name(const std::string& first, const std::string& last) {
    return first.empty() || last.empty() ? first + last : first + " " + last;
}

Renderer::Renderer(const store::Database& database, std::shared_ptr<const dsl::Rules> rules, House house)
    : database_(&database),
      rules_(std::move(rules)),
      prepared_(rules_->templates.size()),
      house_(std::move(house)),
      columns_(store_columns(rules_->schema)),
      policy_zone_(base::find_zone(rules_->policy.zone).value_or(base::ZoneId::utc)) {}

Result Renderer::render(const Subject& subject, const compose::Links& links) {
    last_.reset();
    const auto* row = candidate(subject.candidate);
    if (row == nullptr)
        return Problem::no_candidate;
    const auto text =
        rules_->find_template(subject.channel, subject.message_template, field_text(*row, dsl::BuiltIn::language));
    if (!text)
        return Problem::no_template;
    const bool email = subject.channel == dsl::Channel::email;
    const auto from = email ? sender(subject, owner(subject, *row)) : connectors::Mailbox{{}, sms_sender(subject)};
    if (!from)
        return Problem::no_owner;
    Letter letter{{}, *from, {}, field_text(*row, email ? dsl::BuiltIn::email : dsl::BuiltIn::phone), zone(*row)};
    if (letter.to_address.empty())
        return Problem::no_address;
    letter.to_name = full_name(field_text(*row, dsl::BuiltIn::first_name), field_text(*row, dsl::BuiltIn::last_name));

    auto values = this->values(subject);
    values->sender = email ? sender_text(*from) : from->address;
    auto counted = links;
    counted.longest = house_.public_url + std::string(k_longest_path, '0');
    auto made = prepared(*text).fill(*values, counted);
    if (const auto* error = std::get_if<compose::RenderError>(&made))
        return error->reason == compose::RenderError::Reason::blank ? Problem::blank_value : Problem::not_a_link;
    letter.text = std::move(std::get<compose::Composed>(made));
    if (const auto problem = too_long(subject, letter.text.sms_size))
        return *problem;
    return letter;
}

std::optional<Problem> Renderer::too_long(const Subject& subject, const dsl::SmsSize& size) const {
    const auto campaign = rules_->campaign(subject.campaign);
    const auto& limit = campaign ? rules_->campaigns[*campaign].sms_limit : std::nullopt;
    if (!limit || size.segments <= limit->segments)
        return std::nullopt;
    return Problem{Problem::too_long, size.segments, limit->segments};
}

bool Renderer::works_for_everybody(const Subject& subject) {
    const auto [known, is_new] =
        works_.try_emplace({subject.channel, subject.message_template, subject.campaign, subject.owner}, false);
    if (!is_new || subject.owner.empty() || (subject.channel == dsl::Channel::email && !sender(subject, subject.owner)))
        return known->second;
    compose::Values house;
    add_house(house, subject.owner);
    const auto& all = rules_->templates;
    const auto is_it = [&](const dsl::Template& text) {
        return text.channel == subject.channel && text.name == subject.message_template;
    };
    return known->second = std::any_of(all.begin(), all.end(), is_it) &&
                           std::all_of(all.begin(), all.end(), [&](const dsl::Template& text) {
                               return !is_it(text) || compose::works_for_everybody(text, house);
                           });
}

void Renderer::add_house(compose::Values& values, const std::string& owner) const {
    if (const auto person = house_.people.find(owner); person != house_.people.end()) {
        values.owner_name = person->second.name;
        values.owner_email = person->second.email;
        values.owner_phone = person->second.phone;
    }
    values.organisation = house_.organisation;
    values.postal_address = rules_->policy.postal_address;
}

std::string Renderer::line(const dsl::Pieces& pieces, const Subject& subject) {
    last_.reset();
    const auto values = this->values(subject);
    if (!values)
        return {};
    auto made = compose::compose_line(pieces, *values);
    auto* text = std::get_if<std::string>(&made);
    return text != nullptr ? std::move(*text) : std::string();
}

const compose::Prepared& Renderer::prepared(dsl::TemplateIx text) {
    auto& known = prepared_[text];
    return known ? *known : known.emplace(rules_->templates[text]);
}

const store::CandidateRow* Renderer::candidate(store::CandidateId id) {
    if (!last_ || last_->id != id)
        last_ = store::read_candidate(*database_, id, columns_);
    return last_ && !last_->erased_at ? &*last_ : nullptr;
}

std::optional<compose::Values> Renderer::values(const Subject& subject) {
    const auto* row = candidate(subject.candidate);
    if (row == nullptr)
        return std::nullopt;
    compose::Values values;
    for (const auto& value : row->values)
        values.fields.push_back(std::visit(ValueOf{}, value));
    add_house(values, owner(subject, *row));
    values.event_value = subject.event_value;
    values.language = dsl::language_code(field_text(*row, dsl::BuiltIn::language));
    const auto zone = this->zone(*row);
    if (subject.event_at)
        values.event_date = base::local_day(zone, base::floor_minute(*subject.event_at));
    values.personal_note = subject.note;
    values.today = base::local_day(zone, subject.slot);
    values.thread_subject = subject.thread_subject;
    if (!values.thread_subject.empty())
        return values;
    if (const auto thread = rules_->find_template(dsl::Channel::email, subject.thread_template, values.language)) {
        auto made = compose::compose_line(rules_->templates[*thread].subject, values);
        if (auto* text = std::get_if<std::string>(&made))
            values.thread_subject = std::move(*text);
    }
    return values;
}

std::string Renderer::owner(const Subject& subject, const store::CandidateRow& row) const {
    const auto campaign = rules_->campaign(subject.campaign);
    if (!subject.owner.empty() || !campaign)
        return subject.owner;
    const auto& named = rules_->campaigns[*campaign].owner;
    auto own = named.from_candidate ? field_text(row, dsl::BuiltIn::owner) : std::string();
    return own.empty() ? named.name : own;
}

std::optional<connectors::Mailbox> Renderer::sender(const Subject& subject, const std::string& owner) const {
    const auto campaign = rules_->campaign(subject.campaign);
    if (campaign && !rules_->campaigns[*campaign].from.owner) {
        const auto& from = rules_->campaigns[*campaign].from;
        return connectors::Mailbox{from.name, from.address};
    }
    const auto person = house_.people.find(owner);
    if (person == house_.people.end())
        return std::nullopt;
    return connectors::Mailbox{person->second.name, person->second.email};
}

std::string Renderer::sms_sender(const Subject& subject) const {
    const auto campaign = rules_->campaign(subject.campaign);
    const bool own = campaign && !rules_->campaigns[*campaign].sms_from.empty();
    return own ? rules_->campaigns[*campaign].sms_from : house_.sms_sender;
}

std::string Renderer::field_text(const store::CandidateRow& row, dsl::BuiltIn field) const {
    return store::to_text(row.values[static_cast<std::size_t>(field)]);
}

base::ZoneId Renderer::zone(const store::CandidateRow& row) const {
    if (const auto own = base::find_zone(field_text(row, dsl::BuiltIn::time_zone)))
        return *own;
    return base::zone_of_state(field_text(row, dsl::BuiltIn::state)).value_or(policy_zone_);
}

namespace {

dsl::Channel channel_of(store::Channel channel) {
    return channel == store::Channel::email ? dsl::Channel::email : dsl::Channel::sms;
}

/// The paragraph that was written for this message in this enrolment, if it is one that needs one.
std::string note_of(const store::Database& database, const store::HumanStep& question) {
    std::string note(k_note_to_come);
    for (const auto& step : store::human_steps_of(database, question.enrolment))
        if (step.kind == store::HumanKind::note && step.message_template == question.message_template &&
            step.channel == question.channel && !step.note.empty())
            note = step.note;
    return note;
}

void add_event(Subject& subject, const store::Database& database, store::EnrolmentId id) {
    if (const auto enrolment = store::enrolment(database, id)) {
        subject.event_value = enrolment->event_value;
        subject.event_at = enrolment->event_at;
    }
}

void add_thread(Subject& subject, const store::Database& database, store::MessageId thread) {
    if (const auto first = thread == 0 ? std::nullopt : store::message(database, thread)) {
        subject.thread_subject = first->subject;
        subject.thread_template = first->message_template;
    }
}

}  // namespace

Subject subject_of(const store::Database& database, const store::Message& message) {
    Subject subject;
    subject.candidate = message.candidate;
    subject.channel = channel_of(message.channel);
    subject.message_template = message.message_template;
    subject.owner = message.owner;
    subject.campaign = message.campaign;
    subject.slot = base::floor_minute(message.slot);
    add_event(subject, database, message.enrolment);
    if (message.purpose == store::MessagePurpose::test)
        subject.note = k_note_to_come;
    if (message.note != 0)
        if (const auto step = store::human_step(database, message.note))
            subject.note = step->note;
    add_thread(subject, database, message.thread);
    return subject;
}

Subject subject_of(const store::Database& database, const store::HumanStep& question, base::Minute now) {
    Subject subject;
    subject.candidate = question.candidate;
    subject.channel = channel_of(question.channel);
    subject.message_template = question.message_template;
    subject.campaign = question.campaign;
    subject.slot = now;
    subject.note = note_of(database, question);
    add_event(subject, database, question.enrolment);
    add_thread(subject, database, question.thread);
    return subject;
}

}  // namespace nurture::render
