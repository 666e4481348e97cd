// SPDX-License-Identifier: MIT
//
// Random rules and random people, and a scene that has both as an engine would: what is evaluated over columns is
// judged by the reference evaluator of tests/support/people.hpp. The same for the same seed.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/engine/evaluate.hpp"
#include "tests/support/people.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace nurture::engine {

using support::Person;

// The fields of empty_rules().
inline constexpr dsl::FieldIx k_text = dsl::k_built_in_fields, k_list = k_text + 1, k_number = k_text + 2,
                              k_date = k_text + 3, k_yes_no = k_text + 4, k_place = k_text + 5;
inline constexpr dsl::EventIx k_applied = dsl::k_built_in_events;
inline constexpr auto k_received = static_cast<dsl::EventIx>(dsl::BuiltInEvent::received);

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
    std::string word();
    std::vector<std::string> folded_words();
    std::optional<dsl::DayOffset> offset();

private:
    std::mt19937 source_;
};

/// A field of every kind, an event, a list and a consent; no condition and no segment.
dsl::Rules empty_rules();
std::shared_ptr<const dsl::Rules> random_rules(Chance& chance);
Person random_person(Chance& chance, base::CandidateId id);

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
    void add(const Person& person);
    void replace(Row row, const Person& person);
    View view(base::Minute now) const { return {columns, base::local_day(columns.policy_zone(), now), now, campaigns}; }

    /// Whether the person is to be in the segment, as the reference evaluator has it.
    bool belongs(dsl::SegmentIx segment, Row row, base::Minute now) const;
    void check(const Memberships& members, base::Minute now) const;

private:
    void note_campaigns(Row row);
    std::string differing(Row row, base::Minute now) const;
};

}  // namespace nurture::engine
