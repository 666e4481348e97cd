// SPDX-License-Identifier: MIT
//
// Whether what was agreed to is still what would happen. Compares a fresh plan with the recorded one and says no in
// whole sentences. Pure; any thread. The record holds no personal data.
#pragma once

#include "daemon/forecast/plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::forecast {

/// plans/HASH.json
struct Record {
    std::string hash;   // of the plan
    std::string rules;  // hash of the rule set, hex
    Minute as_of{};
    struct Figures {
        std::int64_t audience = 0, messages_next_day = 0;
        friend bool operator==(const Figures&, const Figures&) = default;
    };
    std::map<std::string, Figures> campaigns;
};
Record record(const Plan& plan);
std::string to_json(const Record& record);
/// Nothing if the text is no record.
std::optional<Record> read_record(std::string_view json);

struct Verdict {
    std::vector<std::string> refusals;             // sentences; empty: it may be applied
    std::map<std::string, std::int64_t> bounds;    // for store::RuleSet: the audience of each campaign
    std::map<std::string, std::int32_t> canaries;  // campaigns whose steps or texts changed: messages to go out first
    std::set<std::string> changed;                 // those campaigns, with or without a canary
};
Verdict check_apply(const Plan& fresh, const Record& agreed, const Guard& guard);

/// The most that still counts as what was agreed to: growth_percent or growth_people more, whichever is larger.
std::int64_t growth_limit(std::int64_t agreed, const Guard& guard);
/// max(10, the share of the audience), at most 100; 0 where the guard switches it off.
std::int32_t canary_size(std::int64_t audience, const Guard& guard);

}  // namespace nurture::forecast
