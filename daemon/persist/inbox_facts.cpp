// SPDX-License-Identifier: MIT
#include "daemon/persist/inbox_facts.hpp"

#include "daemon/persist/gates.hpp"
#include "daemon/persist/rows.hpp"
#include "daemon/roster/load.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/messages.hpp"

#include <algorithm>
#include <cstdlib>

namespace nurture::persist {
namespace {

using namespace engine;

/// Rows per call: a large import comes in pieces, and other work goes in between.
constexpr int k_rows = 4'000;

fact::Outcome::Now outcome_of(store::MessageState state) {
    using Now = fact::Outcome::Now;
    switch (state) {
    case store::MessageState::sent: return Now::sent;
    case store::MessageState::in_doubt: return Now::in_doubt;
    case store::MessageState::rejected: return Now::rejected;
    case store::MessageState::suppressed: return Now::suppressed;
    case store::MessageState::expired: return Now::expired;
    case store::MessageState::failed_render: return Now::failed_render;
    case store::MessageState::cancelled: return Now::cancelled;
    default: return Now::held;
    }
}

class Rows {
public:
    Rows(const store::Database& database, const dsl::Rules& rules, std::vector<Fact>& facts)
        : database_(database),
          rules_(rules),
          facts_(facts) {}

    void operator()(const store::InboxRow& row) {
        using Kind = store::InboxKind;
        switch (row.kind) {
        case Kind::became: return moved(row, fact::FieldMoved::How::became, row.now);
        case Kind::gained: return moved(row, fact::FieldMoved::How::gained, row.now);
        case Kind::lost: return moved(row, fact::FieldMoved::How::lost, row.old);
        case Kind::happened: return happened(row, row.field, 0);
        case Kind::replied: return happened(row, "replied", row.subject);
        case Kind::feedback: return happened(row, row.field, row.subject);
        case Kind::joined: return joined(row);
        case Kind::outcome: return outcome(row);
        case Kind::decided: return decided(row);
        case Kind::stopped: return add(fact::Stopped{});
        case Kind::resumed: return add(fact::Resumed{});
        case Kind::gate: return gate(row);
        case Kind::applied: return;  // InboxFacts::after has seen to it
        case Kind::changed:
        case Kind::suppressed:
        case Kind::lifted:
        case Kind::erased:
        case Kind::noted: return add(fact::Changed{row.first, row.last});
        }
    }

private:
    void add(Fact fact) { facts_.push_back(std::move(fact)); }
    static Minute at(const store::InboxRow& row) { return base::floor_minute(row.happened_at.value_or(row.at)); }

    void moved(const store::InboxRow& row, fact::FieldMoved::How how, const std::optional<std::string>& value) {
        if (const auto field = rules_.schema.field(row.field))
            add(fact::FieldMoved{row.first, *field, how, value.value_or(""), at(row), row.live});
        else
            add(fact::Changed{row.first, row.first});
    }

    /// A reply is live by its nature, as is what comes back for a message; an import says which it is.
    void happened(const store::InboxRow& row, const std::string& kind, store::MessageId id) {
        const auto event = rules_.schema.event(kind);
        if (!event)
            return add(fact::Changed{row.first, row.first});
        const bool own = row.kind != store::InboxKind::happened;
        fact::Happened fact{row.first, *event, row.now.value_or(""), at(row), row.live || own, 0, {}};
        if (const auto message = id == 0 ? std::nullopt : store::message(database_, id)) {
            fact.enrolment = message->enrolment;
            fact.step = message->step;
            fact.name = message->message_template;
            fact.channel = channel(message->channel);
        }
        add(std::move(fact));
    }

    void joined(const store::InboxRow& row) {
        if (const auto list = rules_.schema.list(row.field))
            add(fact::JoinedList{row.first, *list, at(row), row.live});
        else
            add(fact::Changed{row.first, row.first});
    }

    void outcome(const store::InboxRow& row) {
        fact::Outcome fact;
        fact.who = row.first;
        fact.now = outcome_of(store::message_state(row.field));
        if (row.subject == 0) {  // no row came to be: commit.cpp
            fact.enrolment = std::strtoll(row.old.value_or("0").c_str(), nullptr, 10);
            fact.step = row.now.value_or("");
            fact.now = fact::Outcome::Now::key_used;
            return add(std::move(fact));
        }
        const auto message = store::message(database_, row.subject);
        if (!message || message->enrolment == 0)
            return add(fact::Changed{row.first, row.first});  // a test or a digest
        fact.enrolment = message->enrolment;
        fact.step = message->step;
        fact.campaign = message->campaign;
        fact.channel = channel(message->channel);
        fact.message_template = message->message_template;
        fact.counted_at = base::floor_minute(message->counted_at.value_or(message->slot));
        const std::string why = row.now.value_or("");
        fact.approval_lapsed =
            why == to_text(store::Refusal::approval_lapsed) || why == to_text(store::Refusal::approval_missing);
        fact.too_long = store::says_too_long(why);
        add(std::move(fact));
    }

    void decided(const store::InboxRow& row) {
        const auto step = store::human_step(database_, row.subject);
        if (!step || step->enrolment == 0)
            return add(fact::Changed{row.first, row.first});
        add(fact::Decided{step->candidate, step->enrolment, step->step, base::floor_minute(step->asked_at),
                          step->decision == "approved" || step->decision == "noted",
                          base::floor_minute(step->decided_at.value_or(row.at))});
    }

    /// The row says that something moved; the table says how it stands.
    void gate(const store::InboxRow& row) {
        const std::string name = row.now.value_or("");
        const auto all = store::gates(database_);
        const bool open = std::any_of(all.begin(), all.end(), [&](const store::Gate& gate) {
            return gate.kind == row.field && gate.name == name;
        });
        using Kind = fact::Gate::Kind;
        if (row.field == k_hold_gate || row.field == k_way_gate)
            add(fact::Gate{row.field == k_hold_gate ? Kind::channel : Kind::way,
                           {},
                           name == "sms" ? dsl::Channel::sms : dsl::Channel::email,
                           open});
        else if (row.field == k_breaker_gate)
            add(fact::Gate{Kind::campaign, name, {}, open});
        else if (const auto [campaign, step] = store::step_of_gate(name); row.field == k_step_gate)
            add(fact::Gate{Kind::step, std::string(campaign), {}, open, std::string(step)});
    }

    const store::Database& database_;
    const dsl::Rules& rules_;
    std::vector<Fact>& facts_;
};

bool is_applied(const store::InboxRow& row) { return row.kind == store::InboxKind::applied; }

/// People of the rows, read again: the smallest set of ranges.
std::vector<store::IdRange> people_of(const std::vector<store::InboxRow>& rows) {
    std::vector<store::IdRange> ranges;
    for (const store::InboxRow& row : rows)
        if (row.first > 0)
            ranges.push_back({row.first, std::max(row.first, row.last)});
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<store::IdRange> merged;
    for (const store::IdRange& range : ranges)
        if (merged.empty() || range.first > merged.back().last + 1)
            merged.push_back(range);
        else
            merged.back().last = std::max(merged.back().last, range.last);
    return merged;
}

void add_allowed(const store::Database& database, const Setup& setup, const roster::Columns& columns,
                 const std::vector<roster::Row>& touched, std::vector<Fact>& facts) {
    if (!setup.settings.test_mode)
        return;
    const std::vector<store::ColumnDef> fields{{"email", store::ColumnType::text}, {"phone", store::ColumnType::text}};
    for (const roster::Row row : touched) {
        const auto person = store::read_candidate(database, columns.id(row), fields);
        const bool yes = person && setup.allowed &&
                         std::any_of(person->values.begin(), person->values.end(), [&](const store::Value& value) {
                             const auto* text = std::get_if<std::string>(&value);
                             return text != nullptr && !text->empty() && setup.allowed(*text);
                         });
        facts.push_back(fact::Allowed{columns.id(row), yes});
    }
}

}  // namespace

InboxFacts::InboxFacts(const store::Database& database, Setup setup, OnApplied on_applied, Columns columns)
    : database_(database),
      setup_(std::move(setup)),
      on_applied_(std::move(on_applied)),
      columns_(columns) {}

Facts InboxFacts::after(base::InboxSeq cursor, const dsl::Rules& rules, roster::Columns& columns, Minute now) const {
    std::vector<store::InboxRow> rows = store::inbox_after(database_, cursor, k_rows);
    Facts facts;
    if (rows.empty())
        return facts;
    if (is_applied(rows.front())) {
        facts.cursor = rows.front().seq;
        if (auto state = on_applied_ ? on_applied_() : nullptr)
            facts.list.emplace_back(fact::Applied{std::move(state)});
        return facts;
    }
    rows.erase(std::find_if(rows.begin(), rows.end(), is_applied), rows.end());  // what follows it is for the new rules
    facts.cursor = rows.back().seq;
    if (columns_ == Columns::follow) {
        facts.read_again = true;
        std::vector<roster::Row> touched;
        for (const store::IdRange& people : people_of(rows)) {
            const auto read = roster::reread(columns, database_, people, now);
            touched.insert(touched.end(), read.begin(), read.end());
        }
        add_allowed(database_, setup_, columns, touched, facts.list);
    }
    Rows to_facts(database_, rules, facts.list);
    for (const store::InboxRow& row : rows)
        to_facts(row);
    return facts;
}

}  // namespace nurture::persist
