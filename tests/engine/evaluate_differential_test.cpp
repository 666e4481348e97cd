// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate.hpp"

#include "tests/support/instants.hpp"
#include "tests/support/people.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <tuple>

using namespace nurture;
using namespace nurture::engine;
using support::at;
using support::Person;

namespace {

constexpr dsl::FieldIx k_text = dsl::k_built_in_fields, k_list = k_text + 1, k_number = k_text + 2, k_date = k_text + 3,
                       k_yes_no = k_text + 4, k_place = k_text + 5;
constexpr dsl::EventIx k_applied = dsl::k_built_in_events;
constexpr auto k_received = static_cast<dsl::EventIx>(dsl::BuiltInEvent::received);

const std::vector<std::string> k_words = {"ICU", "icu ", "CVICU", "Neuro  ICU", "neuro icu", "Élan", "élan", "", "  "};
const std::vector<std::string> k_campaigns = {"One", "Two"};

/// Everything random of one case.
class Chance {
public:
    explicit Chance(unsigned seed) : source_(seed) {}

    int below(int limit) { return static_cast<int>(source_() % static_cast<unsigned>(limit)); }
    bool one_in(int n) { return below(n) == 0; }
    template<typename Values>
    const auto& one_of(const Values& values) {
        return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
    }
    std::string word() { return one_of(k_words); }
    std::vector<std::string> folded_words() {
        std::set<std::string> words;
        for (int i = 0; i <= below(3); ++i)
            words.insert(dsl::fold(word()));
        words.erase("");
        return {words.begin(), words.end()};
    }
    std::optional<dsl::DayOffset> offset() {
        if (one_in(3))
            return std::nullopt;
        return dsl::DayOffset{below(3) - 1, below(9) - 4};
    }

private:
    std::mt19937 source_;
};

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

/// The people, the columns made of them, and the campaign bitmaps an engine would hold.
struct Scene {
    std::shared_ptr<const dsl::Rules> rules;
    roster::Columns columns;
    Evaluator evaluator;
    std::vector<Person> people;
    std::vector<Bitmap> campaigns;

    explicit Scene(Chance& chance, Tuning tuning = {}) : Scene(random_rules(chance), tuning) {}
    explicit Scene(std::shared_ptr<const dsl::Rules> of, Tuning tuning = {})
        : rules(std::move(of)),
          columns(*rules),
          evaluator(rules, columns, tuning) {
        campaigns.resize(evaluator.campaign_queries().size());
    }
    void add(const Person& person) {
        people.push_back(person);
        support::put(columns, columns.add(person.id), person);
        note_campaigns(static_cast<Row>(people.size() - 1));
    }
    void replace(Row row, const Person& person) {
        people[row] = person;
        columns.clear(row);
        support::put(columns, row, person);
        note_campaigns(row);
    }
    void note_campaigns(Row row) {
        for (std::size_t i = 0; i < campaigns.size(); ++i) {
            const CampaignQuery& query = evaluator.campaign_queries()[i];
            campaigns[i].resize(people.size());
            campaigns[i].set(row, people[row].campaigns.contains({query.campaign, query.is}));
        }
    }
    View view(base::Minute now) const { return {columns, base::local_day(columns.policy_zone(), now), now, campaigns}; }

    /// The single conditions that are judged differently.
    std::string differing(Row row, base::Minute now) const {
        std::string text;
        for (dsl::ConditionIx ix = 0; ix < rules->conditions.size(); ++ix)
            if (evaluator.holds(view(now), ix, row) !=
                support::reference_holds(*rules, ix, people[row], base::local_day(columns.policy_zone(), now), now))
                text += "condition " + std::to_string(ix) + " of kind " +
                        std::to_string(rules->conditions[ix].index()) + ", ";
        return text;
    }
    void check(const Memberships& members, base::Minute now) const {
        const base::Day today = base::local_day(columns.policy_zone(), now);
        for (dsl::SegmentIx segment = 0; segment < rules->segments.size(); ++segment) {
            std::size_t count = 0;
            for (Row row = 0; row < people.size(); ++row) {
                const bool expected =
                    !people[row].erased &&
                    support::reference_holds(*rules, rules->segments[segment].whole, people[row], today, now);
                if (members.in(segment, row) != expected)
                    FAIL(differing(row, now)
                         << " in segment " << segment << ", row " << row << " should be " << expected);
                count += expected ? 1 : 0;
            }
            CHECK(members.count(segment) == count);
            CHECK(members.of(segment).count() == count);
        }
    }
};

}  // namespace

TEST_CASE("evaluation over columns agrees with judging one person at a time, also after changes") {
    int members_seen = 0;
    for (unsigned seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        Scene scene(chance);
        // Some blocks are not full, and some cases span several.
        const int size = seed % 100 == 0 ? 4096 + 200 : 1 + chance.below(150);
        for (int id = 1; id <= size; ++id)
            scene.add(random_person(chance, id));
        const base::Minute now = at("2026-03-01T00:00Z") + std::chrono::minutes{chance.below(3 * 24 * 60)};
        scene.columns.advance(now);
        std::vector<Flip> flips;
        Memberships members = scene.evaluator.evaluate_all(scene.view(now), flips);
        scene.check(members, now);
        members_seen += static_cast<int>(members.count(0));

        std::vector<Row> touched;
        for (Row row = 0; row < scene.people.size(); ++row)
            if (chance.one_in(5)) {
                scene.replace(row, random_person(chance, scene.people[row].id));
                touched.push_back(row);
            }
        touched.push_back(static_cast<Row>(scene.people.size()));
        scene.add(random_person(chance, size + 1));
        scene.evaluator.evaluate_rows(scene.view(now), touched, Look::at_everything, members, flips);
        scene.check(members, now);
    }
    CHECK(members_seen > 1000);
}

TEST_CASE("answers do not depend on threads, on the size of blocks or on what the processor can do") {
    for (unsigned seed = 5000; seed < 5012; ++seed) {
        CAPTURE(seed);
        const auto evaluated = [&](Tuning tuning) {
            Chance chance(seed);
            Scene scene(chance, tuning);
            const int size = 1 + chance.below(3000);
            for (int id = 1; id <= size; ++id)
                scene.add(random_person(chance, id));
            std::vector<Flip> flips;
            const base::Minute now = at("2026-03-01T00:00Z") + std::chrono::minutes{chance.below(3 * 24 * 60)};
            scene.columns.advance(now);
            auto members = scene.evaluator.evaluate_all(scene.view(now), flips);
            std::vector<Row> some;
            for (Row row = 0; row < scene.people.size(); ++row)
                if (chance.one_in(7))
                    some.push_back(row);
            Memberships again = scene.evaluator.nobody();
            std::vector<Flip> of_some;
            scene.evaluator.evaluate_rows(scene.view(now), some, Look::at_everything, again, of_some);
            for (dsl::SegmentIx segment = 0; segment < scene.rules->segments.size(); ++segment)
                for (const Row row : some)
                    REQUIRE(members.in(segment, row) == again.in(segment, row));
            auto moved = scene.evaluator.moved_by_date(scene.view(now), scene.view(now).today - std::chrono::days{3});
            std::sort(flips.begin(), flips.end());
            std::sort(of_some.begin(), of_some.end());
            return std::tuple(members, flips, of_some, moved);
        };
        const auto one_way = evaluated({4096, 1, true});
        CHECK(evaluated({64, 1, true}) == one_way);
        CHECK(evaluated({64, 5, false}) == one_way);
        CHECK(evaluated({128, 2, false}) == one_way);
        CHECK(evaluated({}) == one_way);
    }
}

namespace {

/// Memberships as the engine keeps them: evaluated once, then only where something changed, flipped or was moved by the
/// date.
struct Kept {
    Scene& scene;
    base::Minute now;
    std::vector<Flip> flips;
    Memberships members;

    Kept(Scene& of, base::Minute at) : scene(of), now(at) {
        scene.columns.advance(at);
        members = of.evaluator.evaluate_all(of.view(at), flips);
    }

    base::Minute next() const {
        base::Minute next = std::min(scene.evaluator.next_date_flip(scene.view(now)), scene.columns.next_advance());
        for (const Flip& flip : flips)
            next = std::min(next, flip.at);
        return next;
    }
    /// `rows` are of people who changed; to those in `mailed` went a message and no more, `moved` came into campaigns.
    void wake(base::Minute minute, std::vector<Row> rows = {}, const std::vector<Row>& mailed = {},
              const std::vector<Row>& moved = {}) {
        const base::Day before = scene.view(now).today;
        now = minute;
        const auto due = std::partition(flips.begin(), flips.end(), [&](const Flip& flip) { return flip.at > minute; });
        std::transform(due, flips.end(), std::back_inserter(rows), [](const Flip& flip) { return flip.row; });
        flips.erase(due, flips.end());
        const auto come = scene.columns.advance(minute);
        rows.insert(rows.end(), come.begin(), come.end());
        const auto look = [&](const std::vector<Row>& at, Look for_what) {
            const auto was = members;
            const auto different = scene.evaluator.evaluate_rows(scene.view(minute), at, for_what, members, flips);
            for (const Row row : at)
                for (dsl::SegmentIx segment = 0; segment < scene.rules->segments.size(); ++segment)
                    if (was.in(segment, row) != members.in(segment, row))
                        REQUIRE(std::find(different.begin(), different.end(), row) != different.end());
        };
        look(rows, Look::at_everything);
        look(mailed, Look::at_messages);
        look(moved, Look::at_campaigns);
        if (scene.view(minute).today != before)
            look(scene.evaluator.moved_by_date(scene.view(minute), before), Look::at_the_date);
    }
};

}  // namespace

TEST_CASE("what is kept and only looked at when something is due is what judging everybody anew would say") {
    int wakes = 0, changes = 0;
    for (unsigned seed = 9000; seed < 9400; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        Scene scene(chance);
        for (int id = 1; id <= 25; ++id)
            scene.add(random_person(chance, id));
        Kept kept(scene, at("2026-02-27T00:00Z") + std::chrono::minutes{chance.below(24 * 60)});
        for (int step = 0; step < 12; ++step) {
            const base::Minute next = std::min(kept.next(), kept.now + std::chrono::minutes{1 + chance.below(600)});
            REQUIRE(next > kept.now);
            scene.check(kept.members, next - std::chrono::minutes{1});  // it slept until then
            std::vector<Row> rows, mailed, moved;
            for (Row row = 0; row < scene.people.size(); ++row) {
                Person person = scene.people[row];
                const Person other = random_person(chance, person.id);
                if (chance.one_in(30)) {
                    scene.replace(row, other);
                    rows.push_back(row);
                } else if (chance.one_in(20)) {
                    person.events.push_back({k_received, kept.now, chance.word(), dsl::Channel::email});
                    scene.replace(row, person);
                    mailed.push_back(row);
                } else if (chance.one_in(20)) {
                    person.campaigns = other.campaigns;
                    scene.replace(row, person);
                    moved.push_back(row);
                }
            }
            const auto before = kept.members;
            kept.wake(next, rows, mailed, moved);
            scene.check(kept.members, next);
            ++wakes;
            changes += before != kept.members ? 1 : 0;
        }
    }
    CHECK(wakes > 4'000);
    CHECK(changes > 400);
}

TEST_CASE("through a year, minute by minute, nobody comes or goes while it sleeps") {
    using namespace dsl::cond;
    Chance chance(77);
    auto rules = std::make_shared<dsl::Rules>(empty_rules());
    rules->policy.zone = "America/Chicago";
    const auto add = [&](dsl::Condition condition) {
        rules->conditions.push_back(std::move(condition));
        rules->segments.emplace_back().whole = static_cast<dsl::ConditionIx>(rules->conditions.size() - 1);
    };
    add(Happened{k_applied, {}, {}, {}, 1, {{}, 36}});
    add(Happened{k_applied, {}, {}, {}, 2, {dsl::DayOffset{0, -30}, 0}});
    add(Happened{k_received, {}, dsl::Channel::email, {}, 1, {dsl::DayOffset{-3, 0}, 0}});
    add(DateNear{k_date, dsl::DayOffset{0, 0}, dsl::DayOffset{2, 0}});
    add(DateNear{k_date, {}, dsl::DayOffset{-1, -1}});
    add(Anniversary{k_date, 7});
    add(Consent{0, ConsentIs::given, dsl::DayOffset{-6, 0}, {}});
    Scene scene(rules);
    const base::Minute start = at("2026-01-01T06:00Z"), end = start + std::chrono::days{365};
    const auto some_minute = [&] { return start + std::chrono::minutes{chance.below(380 * 24 * 60)}; };
    for (int id = 1; id <= 20; ++id) {
        Person person = random_person(chance, id);
        person.erased = false;
        person.campaigns.clear();
        person.dates[k_date] = base::local_day(scene.columns.policy_zone(), some_minute()) -
                               (chance.one_in(2) ? std::chrono::days{0} : std::chrono::days{730});
        for (int i = 0; i < 6; ++i)
            person.events.push_back({k_applied, some_minute(), "", {}});
        for (int i = 0; i < 3; ++i)
            person.events.push_back({k_received, some_minute(), "", dsl::Channel::email});
        std::sort(person.events.begin(), person.events.end(), [](auto& a, auto& b) { return a.at < b.at; });
        scene.add(person);
    }
    Kept kept(scene, start);
    int wakes = 0, changes = 0;
    while (kept.now < end) {
        const base::Minute next = std::min(kept.next(), end);
        for (base::Minute asleep = kept.now; asleep < next; asleep += std::chrono::minutes{1}) {
            std::vector<Flip> unused;
            if (scene.evaluator.evaluate_all(scene.view(asleep), unused) != kept.members)
                FAIL("somebody came or went " << (asleep - kept.now).count() << " minutes after it fell asleep");
        }
        const auto before = kept.members;
        kept.wake(next);
        ++wakes;
        changes += before != kept.members ? 1 : 0;
    }
    scene.check(kept.members, end);
    CHECK(wakes < 1000);
    CHECK(changes > 200);
}
