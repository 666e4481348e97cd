// SPDX-License-Identifier: MIT
//
// Which columns a rule set needs, and codes for the values it names: a value that nobody has yet has its code already,
// so what was bound to the columns once stays right whatever is read later.
#include "daemon/base/error.hpp"
#include "daemon/roster/columns.hpp"

#include <algorithm>

namespace nurture::roster {

class Needs {
public:
    explicit Needs(Columns& columns) : c_(columns) {}

    void campaign(const dsl::Campaign& campaign) {
        if (const auto* start = std::get_if<dsl::StartOnChange>(&campaign.entry))
            change(start->when);
        if (const auto* start = std::get_if<dsl::StartOnDate>(&campaign.entry))
            field(start->field);
        for (const dsl::Stop& stop : campaign.stops)
            change(stop.when);
        for (const dsl::Pause& pause : campaign.pauses)
            change(pause.when);
        steps(*campaign.steps);
    }

    void steps(const dsl::StepList& steps) {
        for (const dsl::StepLine& line : steps.lines) {
            if (const auto* wait = std::get_if<dsl::op::WaitUntilDate>(&line.op))
                field(wait->field);
            c_.draws_lots_ = c_.draws_lots_ || std::holds_alternative<dsl::op::Split>(line.op);
        }
    }

    FieldColumn& field(dsl::FieldIx field, FieldColumn::Kept kept = FieldColumn::Kept::values) {
        FieldColumn& column = c_.fields_[field];
        column.kept = std::max(column.kept, kept);
        return column;
    }

    void values(dsl::FieldIx ix, const std::vector<std::string>& values) {
        FieldColumn& column = field(ix);
        for (const std::string& value : values)
            column.dictionary.intern(value);
    }

    void event(dsl::EventIx event, EventColumn::Kept kept, const std::optional<std::string>& name) {
        EventColumn& column = c_.events_[event];
        column.kept = std::max(column.kept, name ? EventColumn::Kept::each : kept);
        if (name)
            column.names.intern(*name);
    }

    void operator()(const dsl::cond::Known& known) { field(known.field, FieldColumn::Kept::known); }
    void operator()(const dsl::cond::TextIn& text) { values(text.field, text.values); }
    void operator()(const dsl::cond::ListHas& list) { values(list.field, list.values); }
    void operator()(const dsl::cond::Happened& happened) {
        // Only what came back for a message is told twice, by the message and as an event of the person.
        const bool told_once = happened.count == 1 || !c_.schema_.events[happened.event].built_in ||
                               happened.event == static_cast<dsl::EventIx>(dsl::BuiltInEvent::received);
        const bool minutes_will_do = told_once && !happened.channel && happened.count <= k_most_recent;
        event(happened.event, minutes_will_do ? EventColumn::Kept::recent : EventColumn::Kept::each,
              happened.message_template ? happened.message_template : happened.name);
        auto& recent = c_.events_[happened.event].recent;
        if (happened.count <= k_most_recent)
            recent.resize(std::max(recent.size(), static_cast<std::size_t>(happened.count)));
    }
    template<typename Condition>
    void operator()(const Condition& condition) {
        if constexpr (requires { condition.field; })
            field(condition.field);
    }

private:
    void change(const dsl::Change& change) {
        if (const auto* happened = std::get_if<dsl::change::Event>(&change))
            event(happened->event, EventColumn::Kept::recent,
                  happened->message_template ? happened->message_template : happened->name);
    }

    Columns& c_;
};

Columns::Columns(const dsl::Rules& rules, std::span<const std::shared_ptr<const dsl::StepList>> older)
    : schema_(rules.schema),
      fields_(schema_.fields.size()),
      events_(schema_.events.size()),
      consents_(schema_.consents.size()) {
    const auto zone = base::find_zone(rules.policy.zone);
    if (!zone)
        throw base::ConfigError("the time zone " + rules.policy.zone +
                                " of the policy is not in this machine's tzdata");
    policy_zone_ = *zone;
    Needs needs(*this);
    needs.field(static_cast<dsl::FieldIx>(dsl::BuiltIn::owner));
    for (const dsl::Condition& condition : rules.conditions)
        std::visit(needs, condition);
    for (const dsl::Campaign& campaign : rules.campaigns)
        needs.campaign(campaign);
    for (const auto& steps : older)
        needs.steps(*steps);
    lay_out();
}

/// What is looked at gets its place in the table.
void Columns::lay_out() {
    for (dsl::FieldIx ix = 0; ix < fields_.size(); ++ix)
        lay_out(fields_[ix], schema_.fields[ix].kind);
    for (EventColumn& column : events_)
        if (column.kept != EventColumn::Kept::nothing)
            for (auto& recent : column.recent)
                recent = table_.add(k_never_yet);
    for (ConsentColumn& column : consents_)
        column = {table_.add(static_cast<std::uint8_t>(dsl::cond::ConsentIs::unknown)), table_.add(k_no_day)};
    lists_ = table_.add_bits(schema_.lists.size());
    living_ = table_.add_bits(1);
}

void Columns::lay_out(FieldColumn& column, dsl::FieldKind kind) {
    constexpr float k_nowhere = std::numeric_limits<float>::quiet_NaN();
    if (column.kept == FieldColumn::Kept::known)
        column.known = table_.add(std::uint8_t{0});
    if (column.kept != FieldColumn::Kept::values)
        return;
    switch (kind) {
    case dsl::FieldKind::text: column.codes = table_.add(std::uint8_t{0}); break;
    case dsl::FieldKind::list:
        column.holders = table_.add_bits(std::min(column.dictionary.size(), k_most_holders));
        break;
    case dsl::FieldKind::number: column.numbers = table_.add(std::numeric_limits<double>::quiet_NaN()); break;
    case dsl::FieldKind::date: column.days = table_.add(k_no_day); break;
    case dsl::FieldKind::yes_no: column.yes_no = table_.add(std::uint8_t{0}); break;
    case dsl::FieldKind::place:
        column.lat = table_.add(k_nowhere);
        column.lon = table_.add(k_nowhere);
        break;
    }
}

}  // namespace nurture::roster
