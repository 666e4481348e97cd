// SPDX-License-Identifier: MIT
//
// Applied rule sets, whole: the daemon runs what stands here, never a directory. A step list belongs to the rule set in
// whose text it first appeared, so that an enrolment's steps can be compiled for as long as somebody is on them.
// Threads and errors as in database.hpp; writing functions want an open write transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <functional>
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

/// One application of a rule set; the same one may be applied again, and gone back to.
struct Applied {
    Hash hash{};
    std::string plan, by;
    Instant at;
    std::map<std::string, std::int64_t> bounds;  // as agreed to when this rule set was applied last
    bool last_of_set = false;                    // the application that these bounds are from
    bool live = false;
};
/// Newest first, as the journal has them: it is read from end to end, for a person who waits.
std::vector<Applied> applications(const Database& database);

/// The steps of a campaign that somebody is on, as its enrolments call it. Who waits to come in is on none yet.
struct StepListRow {
    std::string campaign;
    Hash hash{};
    RuleSetId rule_set = 0;                 // in whose text these steps first appeared
    std::map<int, std::int64_t> positions;  // people by the line that they have to do, or to wait for, next
    std::int64_t people() const;
};
using IsTodays = std::function<bool(std::string_view campaign, const Hash& hash)>;
/// Those that are not today's, by campaign and rule set. Costs nothing where all are today's.
std::vector<StepListRow> older_step_lists(const Database& database, const IsTodays& is_todays);
/// In whose text these steps first appeared.
std::optional<RuleSetId> rule_set_of_steps(const Database& database, const Hash& hash);
/// People who are in a campaign, or wait to come in.
std::map<std::string, std::int64_t> people_in_campaigns(const Database& database);
/// Everything that is kept under a campaign's name, history included, goes on under another, which nothing is kept
/// under yet.
void rename_campaign(Database& database, std::string_view from, std::string_view to);
/// Somebody is or was in it.
bool knows_campaign(const Database& database, std::string_view campaign);

}  // namespace nurture::store
