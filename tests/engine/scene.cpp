// SPDX-License-Identifier: MIT
#include "tests/engine/scene.hpp"

#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <set>
#include <string>

namespace nurture::engine {

using support::at;

namespace {

const std::vector<std::string> k_words = {"ICU", "icu ", "CVICU", "Neuro  ICU", "neuro icu", "Élan", "élan", "", "  "};
const std::vector<std::string> k_campaigns = {"One", "Two"};

}  // namespace

std::string Chance::word() { return one_of(k_words); }

std::vector<std::string> Chance::folded_words() {
    std::set<std::string> words;
    for (int i = 0; i <= below(3); ++i)
        words.insert(dsl::fold(word()));
    words.erase("");
    return {words.begin(), words.end()};
}

std::optional<dsl::DayOffset> Chance::offset() {
    if (one_in(3))
        return std::nullopt;
    return dsl::DayOffset{below(3) - 1, below(9) - 4};
}

dsl::Rules empty_rules() {
    dsl::Rules rules;
    rules.schema = dsl::built_in_schema();
    using dsl::FieldKind;
    for (const auto kind :
         {FieldKind::text, FieldKind::list, FieldKind::number, FieldKind::date, FieldKind::yes_no, FieldKind::place})
        rules.schema.fields.push_back({"field_" + std::to_string(static_cast<int>(kind)), kind});
    rules.schema.events.push_back({"applied", "applied to a job", true});
    rules.schema.lists = {"list"};
    rules.schema.consents = {"consent"};
    return rules;
}

namespace {

dsl::cond::Happened random_happened(Chance& chance) {
    dsl::cond::Happened c;
    if (chance.one_in(2)) {
        c.event = k_received;
        if (chance.one_in(2))
            c.channel = chance.one_in(2) ? dsl::Channel::email : dsl::Channel::sms;
        if (c.channel && chance.one_in(2))
            c.message_template = "ICU";
    } else {
        c.event = k_applied;
        if (chance.one_in(2))
            c.name = "icu";
    }
    c.count = 1 + chance.below(3);
    if (chance.one_in(3))
        c.since.hours = 1 + chance.below(80);
    else if (chance.one_in(2))
        c.since.days = dsl::DayOffset{-chance.below(2), -chance.below(5)};
    return c;
}

dsl::Condition random_test(Chance& chance) {
    using namespace dsl::cond;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    switch (chance.below(13)) {
    case 0: return Known{static_cast<dsl::FieldIx>(k_text + chance.below(6))};
    case 1: return TextIn{k_text, chance.folded_words()};
    case 2: return TextContains{k_text, chance.one_in(2) ? "icu" : "n", chance.one_in(2)};
    case 3: return ListHas{k_list, chance.folded_words(), chance.one_in(2)};
    case 4:
        return NumberRange{k_number, chance.one_in(3) ? -infinity : chance.below(6),
                           chance.one_in(3) ? infinity : chance.below(6), chance.one_in(2), chance.one_in(2)};
    case 5: return YesNo{k_yes_no, chance.one_in(2)};
    case 6: {
        const base::Day from = support::day("2026-02-20") + std::chrono::days{chance.below(15)};
        return DateBetween{k_date, from,
                           chance.one_in(2) ? std::optional(from + std::chrono::days{chance.below(9)}) : std::nullopt};
    }
    case 7: return DateNear{k_date, chance.offset(), chance.offset()};
    case 8: return Anniversary{k_date, chance.below(4)};
    case 9: return Within{k_place, 32.78, -96.8, 1000.0 * chance.below(20000)};
    case 10: return InList{0};
    case 11: return InCampaign{chance.one_of(k_campaigns), static_cast<CampaignIs>(chance.below(3))};
    default: break;
    }
    if (chance.one_in(3)) {
        const auto is = static_cast<ConsentIs>(chance.below(3));
        return is == ConsentIs::given ? Consent{0, is, chance.offset(), chance.offset()} : Consent{0, is, {}, {}};
    }
    return random_happened(chance);
}

}  // namespace

std::shared_ptr<const dsl::Rules> random_rules(Chance& chance) {
    auto rules = std::make_shared<dsl::Rules>(empty_rules());
    rules->policy.zone = chance.one_in(2) ? "America/Chicago" : "Australia/Lord_Howe";
    const int tests = 4 + chance.below(8);
    for (int i = 0; i < tests; ++i)
        rules->conditions.push_back(random_test(chance));
    for (int i = 0; i < 6; ++i) {
        const auto before = static_cast<int>(rules->conditions.size());
        const auto any = [&] { return static_cast<dsl::ConditionIx>(chance.below(before)); };
        std::vector<dsl::ConditionIx> of;
        for (int k = chance.below(4); k > 0; --k)
            of.push_back(any());
        const int kind = chance.below(3);
        if (kind == 0)
            rules->conditions.push_back(dsl::cond::And{of});
        else if (kind == 1)
            rules->conditions.push_back(dsl::cond::Or{of});
        else
            rules->conditions.push_back(dsl::cond::Not{any()});
    }
    for (int i = 0; i < 4; ++i) {
        dsl::Segment segment;
        segment.whole = static_cast<dsl::ConditionIx>(rules->conditions.size() - 1 - static_cast<std::size_t>(i));
        rules->segments.push_back(segment);
    }
    return rules;
}

Person random_person(Chance& chance, base::CandidateId id) {
    Person person;
    person.id = id;
    person.erased = chance.one_in(20);
    if (!chance.one_in(3))
        person.texts[k_text] = chance.word();
    for (int i = chance.below(4); i > 0; --i)
        if (std::string word = chance.word(); !dsl::fold(word).empty())
            person.items[k_list].push_back(word);
    if (!chance.one_in(3))
        person.numbers[k_number] = chance.below(6);
    if (!chance.one_in(3))
        person.dates[k_date] = support::day("2026-02-24") + std::chrono::days{chance.below(12)} -
                               (chance.one_in(2) ? std::chrono::days{0} : std::chrono::days{731});
    if (chance.one_in(10))
        person.dates[k_date] = support::day("2024-02-29");
    if (!chance.one_in(3))
        person.yes_no[k_yes_no] = chance.one_in(2);
    if (!chance.one_in(3))
        person.places[k_place] = {chance.below(181) - 90, chance.below(361) - 180};
    for (int i = chance.below(6); i > 0; --i) {
        const base::Minute when = at("2026-02-25T00:00Z") + std::chrono::minutes{chance.below(10 * 24 * 60)};
        if (chance.one_in(2))
            person.events.push_back({k_received, when, chance.word(),
                                     chance.one_in(4)   ? std::nullopt
                                     : chance.one_in(2) ? std::optional(dsl::Channel::email)
                                                        : std::optional(dsl::Channel::sms)});
        else
            person.events.push_back({k_applied, when, chance.word(), {}});
    }
    for (int i = chance.below(3); i > 0; --i)
        person.consents[0].push_back(
            {at("2026-02-25T00:00Z") + std::chrono::hours{chance.below(10 * 24)},
             chance.one_in(2) ? dsl::cond::ConsentIs::given : dsl::cond::ConsentIs::withdrawn});
    if (chance.one_in(2))
        person.lists.insert(0);
    for (const std::string& campaign : k_campaigns)
        for (int is = 0; is < 3; ++is)
            if (chance.one_in(3))
                person.campaigns.insert({campaign, static_cast<dsl::cond::CampaignIs>(is)});
    return person;
}

void Scene::add(const Person& person) {
    people.push_back(person);
    support::put(columns, columns.add(person.id), person);
    note_campaigns(static_cast<Row>(people.size() - 1));
}

void Scene::replace(Row row, const Person& person) {
    people[row] = person;
    columns.clear(row);
    support::put(columns, row, person);
    note_campaigns(row);
}

void Scene::note_campaigns(Row row) {
    for (std::size_t i = 0; i < campaigns.size(); ++i) {
        const CampaignQuery& query = evaluator.campaign_queries()[i];
        campaigns[i].resize(people.size());
        campaigns[i].set(row, people[row].campaigns.contains({query.campaign, query.is}));
    }
}

/// The single conditions that are judged differently.
std::string Scene::differing(Row row, base::Minute now) const {
    std::string text;
    for (dsl::ConditionIx ix = 0; ix < rules->conditions.size(); ++ix)
        if (evaluator.holds(view(now), ix, row) !=
            support::reference_holds(*rules, ix, people[row], base::local_day(columns.policy_zone(), now), now))
            text +=
                "condition " + std::to_string(ix) + " of kind " + std::to_string(rules->conditions[ix].index()) + ", ";
    return text;
}

bool Scene::belongs(dsl::SegmentIx segment, Row row, base::Minute now) const {
    return !people[row].erased && support::reference_holds(*rules, rules->segments[segment].whole, people[row],
                                                           base::local_day(columns.policy_zone(), now), now);
}

void Scene::check(const Memberships& members, base::Minute now) const {
    for (dsl::SegmentIx segment = 0; segment < rules->segments.size(); ++segment) {
        std::size_t count = 0;
        for (Row row = 0; row < people.size(); ++row) {
            const bool expected = belongs(segment, row, now);
            if (members.in(segment, row) != expected)
                FAIL(differing(row, now) << " in segment " << segment << ", row " << row << " should be " << expected);
            count += expected ? 1 : 0;
        }
        CHECK(members.count(segment) == count);
        CHECK(members.of(segment).count() == count);
    }
}

}  // namespace nurture::engine
