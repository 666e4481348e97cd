// SPDX-License-Identifier: MIT
//
// Text columns with many words, and conditions that name many of them: codes that a byte does not hold, and sets of
// codes that are looked up in a table.
#include "daemon/engine/lanes.hpp"
#include "tests/engine/scene.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <set>

using namespace nurture;
using namespace nurture::engine;
using support::at;

namespace {

// Of people: hundreds of words; a dozen words; a dozen words, while rules name hundreds; a word that no rule compares.
constexpr dsl::FieldIx k_many = k_place + 1, k_few = k_place + 2, k_named = k_place + 3, k_unseen = k_place + 4;
constexpr std::array k_compared = {k_many, k_few, k_named};
constexpr int k_words = 700, k_first_words = 90, k_few_words = 12;
const Tuning k_plainly{4096, 1, true};
const std::vector<Tuning> k_tunings = {k_plainly, {64, 5, true}, {64, 5, false}, {192, 2, false}, {}};

/// A word in one of its spellings, all of which are the same to rules.
std::string spelt(Chance& chance, int word) {
    const std::string number = std::to_string(word);
    switch (chance.below(3)) {
    case 0: return "Ward " + number;
    case 1: return "  ward   " + number;
    default: return "WARD " + number + " ";
    }
}

dsl::cond::TextIn one_of(Chance& chance, dsl::FieldIx field, int values, int words) {
    std::set<std::string> folded;
    while (std::ssize(folded) < values)
        folded.insert(dsl::fold(spelt(chance, chance.below(words))));
    return {field, {folded.begin(), folded.end()}};
}

dsl::Condition random_test(Chance& chance, dsl::FieldIx field) {
    // Nobody has some of the words of a field with few.
    const int words = field == k_few ? 2 * k_few_words : k_words;
    switch (chance.below(6)) {
    case 0: return dsl::cond::Known{field};
    case 1: return dsl::cond::TextContains{field, chance.one_in(2) ? std::to_string(chance.below(30)) : "d 1", false};
    case 2: return dsl::cond::TextContains{field, "ward " + std::to_string(chance.below(30)), chance.one_in(2)};
    default: return one_of(chance, field, 1 + chance.below(20), words);
    }
}

/// Each condition is a segment, so that none hides what another says, and so is what it is not.
std::shared_ptr<const dsl::Rules> rules_about_texts(Chance& chance) {
    auto rules = std::make_shared<dsl::Rules>(empty_rules());
    rules->policy.zone = "America/Chicago";
    for (const dsl::FieldIx field : {k_many, k_few, k_named, k_unseen}) {
        REQUIRE(rules->schema.fields.size() == field);
        rules->schema.fields.push_back({"text_" + std::to_string(field), dsl::FieldKind::text});
    }
    auto& conditions = rules->conditions;
    conditions.push_back(dsl::cond::Known{k_unseen});
    // The first that is named has the lowest codes: the words that people have, while the last have codes beyond a
    // byte.
    conditions.push_back(one_of(chance, k_named, k_few_words, k_few_words));
    for (int i = 0; i < 25; ++i)
        conditions.push_back(one_of(chance, k_named, 20, k_words));
    for (const int values : {1, 2, static_cast<int>(k_few_codes), static_cast<int>(k_few_codes) + 1, 20})
        for (const dsl::FieldIx field : k_compared)
            conditions.push_back(one_of(chance, field, values, field == k_few ? 2 * k_few_words : k_words));
    for (const dsl::FieldIx field : k_compared) {
        conditions.push_back(dsl::cond::Known{field});
        for (int i = 0; i < 5; ++i)
            conditions.push_back(random_test(chance, field));
    }
    const auto tests = static_cast<dsl::ConditionIx>(conditions.size());
    for (dsl::ConditionIx ix = 0; ix < tests; ++ix)
        conditions.push_back(dsl::cond::Not{ix});
    for (dsl::ConditionIx ix = 0; ix < conditions.size(); ++ix)
        rules->segments.emplace_back().whole = ix;
    return rules;
}

Person person_with_texts(Chance& chance, base::CandidateId id, int words_of_many) {
    Person person;
    person.id = id;
    person.erased = chance.one_in(30);
    const auto has = [&](dsl::FieldIx field, int words) {
        if (!chance.one_in(6))
            person.texts[field] = chance.one_in(12) ? "  " : spelt(chance, chance.below(words));
    };
    has(k_many, words_of_many);
    has(k_few, k_few_words);
    has(k_named, k_few_words);
    has(k_unseen, k_words);
    return person;
}

/// Evaluators that were made at different times and work in different ways say what the reference evaluator says.
class Judge {
public:
    Judge(const Scene& scene, base::Minute now) : scene_(scene), now_(now) { evaluators_about_now(); }

    /// They know the words that there are by now.
    void evaluators_about_now() {
        for (const Tuning& tuning : k_tunings)
            evaluators_.emplace_back(scene_.rules, scene_.columns, tuning);
    }

    void check(Chance& chance) const {
        std::vector<Row> rows(scene_.people.size());
        for (Row row = 0; row < rows.size(); ++row)
            rows[row] = row;
        const Memberships expected = members(rows);
        for (Row row = scene_.people.size() > 1 ? 1 : 0; row < rows.size(); ++row)
            std::swap(rows[row], rows[static_cast<std::size_t>(chance.below(static_cast<int>(row) + 1))]);
        rows.resize(rows.size() - rows.size() / 5);
        const Memberships of_some = members(rows);
        for (std::size_t i = 0; i < evaluators_.size(); ++i) {
            CAPTURE(i);
            std::vector<Flip> flips;
            same(evaluators_[i].evaluate_all(scene_.view(now_), flips), expected);
            Memberships again = evaluators_[i].nobody();
            evaluators_[i].evaluate_rows(scene_.view(now_), rows, Look::at_everything, again, flips);
            same(again, of_some);
            CHECK(flips.empty());
        }
    }

private:
    /// Nobody else is in any segment.
    Memberships members(const std::vector<Row>& of) const {
        Memberships members = scene_.evaluator.nobody();
        members.grow(scene_.people.size());
        for (dsl::SegmentIx segment = 0; segment < scene_.rules->segments.size(); ++segment)
            for (const Row row : of)
                members.set(segment, row, scene_.belongs(segment, row, now_));
        return members;
    }
    void same(const Memberships& members, const Memberships& expected) const {
        if (members == expected)
            return;
        const auto& segments = scene_.rules->segments;
        for (dsl::SegmentIx segment = 0; segment < segments.size(); ++segment)
            if (const Bitmap apart = members.of(segment) ^ expected.of(segment); !apart.none())
                FAIL_CHECK("segment " << segment << ", condition of kind "
                                      << scene_.rules->conditions[segments[segment].whole].index() << ": "
                                      << apart.count() << " judged differently");
        FAIL("members differ");
    }

    const Scene& scene_;
    base::Minute now_;
    std::vector<Evaluator> evaluators_;
};

}  // namespace

TEST_CASE("conditions on columns of few words and of hundreds, and of few values and many, agree with the reference") {
    for (unsigned seed = 300; seed < 306; ++seed) {
        CAPTURE(seed);
        Chance chance(seed);
        Scene scene(rules_about_texts(chance), k_plainly);
        const base::Minute now = at("2026-03-01T00:00Z");
        scene.columns.advance(now);
        Judge judge(scene, now);
        const auto come = [&](int people, int words) {
            for (int i = 0; i < people; ++i)
                scene.add(person_with_texts(chance, std::ssize(scene.people) + 1, words));
        };
        // So few words at first that the column is one of bytes.
        come(1 + chance.below(200), k_first_words);
        REQUIRE_FALSE(scene.columns.field(k_many).wide_codes);
        judge.check(chance);
        // One case is large enough for several threads, and for several blocks of picked rows.
        come(seed == 300 ? 2'600 : 500 + chance.below(100), k_words);
        REQUIRE(scene.columns.field(k_many).wide_codes);
        REQUIRE_FALSE(scene.columns.field(k_few).wide_codes);
        REQUIRE_FALSE(scene.columns.field(k_named).wide_codes);
        REQUIRE(scene.columns.field(k_named).dictionary.size() > 300);
        judge.check(chance);
        if (seed == 300)
            continue;
        judge.evaluators_about_now();
        for (Row row = 0; row < scene.people.size(); ++row)
            if (chance.one_in(4))
                scene.replace(row, person_with_texts(chance, scene.people[row].id, 2 * k_words));
        judge.check(chance);
    }
}
