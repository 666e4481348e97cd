// SPDX-License-Identifier: MIT
#include "tests/support/people.hpp"

#include "daemon/base/calendar.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nurture::support {

namespace {

template<typename Map>
auto value(const Map& map, dsl::FieldIx field) -> std::optional<typename Map::mapped_type> {
    const auto at = map.find(field);
    return at == map.end() ? std::nullopt : std::optional(at->second);
}

bool contains(const std::vector<std::string>& values, const std::string& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

class Reference {
public:
    Reference(const dsl::Rules& rules, const Person& person, base::Day today, base::Minute now)
        : rules_(rules),
          person_(person),
          today_(today),
          now_(now),
          zone_(*base::find_zone(rules.policy.zone)) {}

    bool holds(dsl::ConditionIx ix) const { return std::visit(*this, rules_.conditions[ix]); }

    bool operator()(const dsl::cond::And& c) const {
        return std::all_of(c.of.begin(), c.of.end(), [&](auto ix) { return holds(ix); });
    }
    bool operator()(const dsl::cond::Or& c) const {
        return std::any_of(c.of.begin(), c.of.end(), [&](auto ix) { return holds(ix); });
    }
    bool operator()(const dsl::cond::Not& c) const { return !holds(c.of); }

    bool operator()(const dsl::cond::Known& c) const {
        const auto items = value(person_.items, c.field);
        const auto text = value(person_.texts, c.field);
        return (text && !dsl::fold(*text).empty()) || (items && !items->empty()) || value(person_.numbers, c.field) ||
               value(person_.dates, c.field) || value(person_.yes_no, c.field) || value(person_.places, c.field);
    }
    bool operator()(const dsl::cond::TextIn& c) const {
        const std::string text = dsl::fold(value(person_.texts, c.field).value_or(""));
        return !text.empty() && contains(c.values, text);
    }
    bool operator()(const dsl::cond::TextContains& c) const {
        const std::string text = dsl::fold(value(person_.texts, c.field).value_or(""));
        const std::size_t at = text.find(c.text);
        return !text.empty() && (c.prefix ? at == 0 : at != std::string::npos);
    }
    bool operator()(const dsl::cond::ListHas& c) const {
        std::vector<std::string> items = value(person_.items, c.field).value_or(std::vector<std::string>{});
        for (std::string& item : items)
            item = dsl::fold(item);
        const auto has = [&](const std::string& wanted) { return contains(items, wanted); };
        return c.all ? std::all_of(c.values.begin(), c.values.end(), has)
                     : std::any_of(c.values.begin(), c.values.end(), has);
    }
    bool operator()(const dsl::cond::NumberRange& c) const {
        const auto number = value(person_.numbers, c.field);
        return number && (c.low_open ? *number > c.low : *number >= c.low) &&
               (c.high_open ? *number < c.high : *number <= c.high);
    }
    bool operator()(const dsl::cond::YesNo& c) const { return value(person_.yes_no, c.field) == c.yes; }
    bool operator()(const dsl::cond::DateBetween& c) const {
        const auto date = value(person_.dates, c.field);
        return date && (!c.from || *date >= *c.from) && (!c.to || *date <= *c.to);
    }
    bool operator()(const dsl::cond::DateNear& c) const {
        const auto date = value(person_.dates, c.field);
        return date && between(*date, c.from, c.to);
    }
    bool operator()(const dsl::cond::Anniversary& c) const {
        const auto date = value(person_.dates, c.field);
        if (!date)
            return false;
        const std::chrono::year_month_day target{today_ + std::chrono::days{c.in_days}};
        std::chrono::year_month_day then = std::chrono::year_month_day{*date};
        const bool earlier = then.year() < target.year();
        then = target.year() / then.month() / then.day();
        if (!then.ok())
            then = target.year() / std::chrono::February / 28;
        return earlier && then == target;
    }
    bool operator()(const dsl::cond::Within& c) const {
        const auto place = value(person_.places, c.field);
        if (!place)
            return false;
        // The angle between two points on a sphere, by the cross and dot product of their unit vectors.
        const auto unit = [](double lat, double lon) {
            const double r = std::numbers::pi / 180;
            return std::array{std::cos(lat * r) * std::cos(lon * r), std::cos(lat * r) * std::sin(lon * r),
                              std::sin(lat * r)};
        };
        const auto a = unit(c.lat, c.lon), b = unit(place->first, place->second);
        const double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        const double cross =
            std::hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
        return std::atan2(cross, dot) * 6371008.8 <= c.metres;
    }
    bool operator()(const dsl::cond::Happened& c) const {
        const auto counts = [&](const Person::Happening& event) {
            const auto& name = c.message_template ? c.message_template : c.name;
            const bool recent = c.since.days
                                    ? base::local_day(zone_, event.at) >= dsl::add(today_, *c.since.days)
                                    : c.since.hours == 0 || now_ - event.at < std::chrono::hours{c.since.hours};
            return event.kind == c.event && event.at <= now_ && recent &&
                   (!name || dsl::fold(*name) == dsl::fold(event.name)) &&
                   (!c.channel || !event.channel || c.channel == event.channel);
        };
        return std::count_if(person_.events.begin(), person_.events.end(), counts) >= c.count;
    }
    bool operator()(const dsl::cond::InList& c) const { return person_.lists.contains(c.list); }
    bool operator()(const dsl::cond::InCampaign& c) const { return person_.campaigns.contains({c.campaign, c.is}); }
    bool operator()(const dsl::cond::Consent& c) const {
        const auto words = person_.consents.find(c.consent);
        if (words == person_.consents.end())
            return c.is == dsl::cond::ConsentIs::unknown;
        const Person::Word& last = words->second.back();
        return last.status == c.is && between(base::local_day(zone_, base::floor_minute(last.at)), c.from, c.to);
    }

private:
    bool between(base::Day date, const std::optional<dsl::DayOffset>& from,
                 const std::optional<dsl::DayOffset>& to) const {
        return (!from || date >= dsl::add(today_, *from)) && (!to || date <= dsl::add(today_, *to));
    }

    const dsl::Rules& rules_;
    const Person& person_;
    base::Day today_;
    base::Minute now_;
    base::ZoneId zone_;
};

}  // namespace

void put(roster::Columns& columns, roster::Row row, const Person& person) {
    if (person.erased)
        return columns.set_erased(row);
    for (const auto& [field, text] : person.texts)
        columns.set_text(field, row, text);
    for (const auto& [field, items] : person.items)
        for (const std::string& item : items)
            columns.add_item(field, row, item);
    for (const auto& [field, number] : person.numbers)
        columns.set_number(field, row, number);
    for (const auto& [field, date] : person.dates)
        columns.set_day(field, row, date);
    for (const auto& [field, yes] : person.yes_no)
        columns.set_yes_no(field, row, yes);
    for (const auto& [field, place] : person.places)
        columns.set_place(field, row, place.first, place.second);
    for (const Person::Happening& event : person.events)
        columns.add_event(event.kind, row, event.at, event.name, event.channel);
    for (const auto& [consent, words] : person.consents)
        for (const Person::Word& word : words)
            columns.set_consent(consent, row, word.status, word.at);
    for (const dsl::ListIx list : person.lists)
        columns.set_in_list(list, row);
}

bool reference_holds(const dsl::Rules& rules, dsl::ConditionIx condition, const Person& person, base::Day today,
                     base::Minute now) {
    return Reference(rules, person, today, now).holds(condition);
}

}  // namespace nurture::support
