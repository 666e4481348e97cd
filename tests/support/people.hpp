// SPDX-License-Identifier: MIT
//
// People as a test writes them, and how they get into columns. The reference evaluator judges the same people without
// any column, one at a time, as simply as it can be said.
#pragma once

#include "daemon/roster/columns.hpp"
#include "dsl/rules.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nurture::support {

struct Person {
    struct Happening {
        dsl::EventIx kind = 0;
        base::Minute at;
        std::string name;
        std::optional<dsl::Channel> channel;
    };
    struct Word {
        base::Second at;
        dsl::cond::ConsentIs status{};
    };

    base::CandidateId id = 0;
    bool erased = false;
    std::map<dsl::FieldIx, std::string> texts;
    std::map<dsl::FieldIx, std::vector<std::string>> items;
    std::map<dsl::FieldIx, double> numbers;
    std::map<dsl::FieldIx, base::Day> dates;
    std::map<dsl::FieldIx, bool> yes_no;
    std::map<dsl::FieldIx, std::pair<double, double>> places;
    std::vector<Happening> events;
    std::map<dsl::ConsentIx, std::vector<Word>> consents;  // in order of time
    std::set<dsl::ListIx> lists;
    std::set<std::pair<std::string, dsl::cond::CampaignIs>> campaigns;
};

/// Writes what is known of the person into a fresh or cleared row.
void put(roster::Columns& columns, roster::Row row, const Person& person);

/// Whether the condition holds for the person, by the words of the manual.
bool reference_holds(const dsl::Rules& rules, dsl::ConditionIx condition, const Person& person, base::Day today,
                     base::Minute now);

}  // namespace nurture::support
