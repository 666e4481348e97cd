// SPDX-License-Identifier: MIT
//
// Applied rule sets, whole: the daemon runs what stands here, never a directory. A step list belongs to the rule set in
// whose text it first appeared, so that an enrolment's steps can be compiled for as long as somebody is on them.
// Threads and errors as in database.hpp; writing functions want an open write transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nurture::store {

struct StoredFile {
    std::string path, text;  // as dsl::SourceFile: rule files, calendars, places
};
struct RuleSet {
    RuleSetId id = 0;
    Hash hash{};
    std::vector<StoredFile> files;               // sorted by path
    std::map<std::string, std::int64_t> bounds;  // approved size of each campaign's audience
    std::string plan;                            // hash of the plan that was approved
    Instant applied_at;
    std::string applied_by;
    bool live = false;
};

/// Makes it live: inserts it, or takes the row with that hash again (going back), with the new bounds and names. Writes
/// the step lists it brings, an inbox row `applied` and a journal row.
struct StepListRef {
    Hash hash{};
    std::string campaign;
};
RuleSetId apply_rule_set(Database& database, const RuleSet& set, const std::vector<StepListRef>& step_lists);

std::optional<RuleSet> live_rule_set(const Database& database);
std::optional<RuleSet> rule_set(const Database& database, RuleSetId id);
std::optional<RuleSet> rule_set(const Database& database, const Hash& hash);
/// Newest first; `files` are left empty.
std::vector<RuleSet> rule_set_history(const Database& database);

struct StepListRow {
    Hash hash{};
    std::string campaign;
    RuleSetId rule_set = 0;
    std::int64_t live_enrolments = 0;
};
/// Those that somebody is on.
std::vector<StepListRow> step_lists_in_use(const Database& database);
std::optional<StepListRow> step_list(const Database& database, const Hash& hash);

}  // namespace nurture::store
