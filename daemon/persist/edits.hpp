// SPDX-License-Identifier: MIT
//
// What an edit of the rules means for people who are mid-sequence: the step lists they keep, campaigns that are to
// finish, and what the author still has to say about steps and campaigns that are gone. Reads only, but for
// carry_over(). One thread; the caller holds a read transaction where other reads must agree. Throws base::StoreError.
#pragma once

#include "daemon/base/time.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/rule_sets.hpp"
#include "dsl/compile.hpp"
#include "dsl/rules.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace nurture::persist {

dsl::SourceSet sources_of(const store::RuleSet& set);

/// By what the campaign is called today, and hash.
using StepLists = std::map<std::pair<std::string, dsl::Hash>, std::shared_ptr<const dsl::StepList>>;

/// Those of the rules, and older ones that somebody is still on; campaigns that are to finish are added to the rules.
/// Problems, which point into the rules' sources: somebody needs what is gone (N0703, N0701).
StepLists step_lists(const store::Database& database, dsl::Rules& rules, dsl::Diagnostics& problems);

/// What stands in the way of these rules as long as people are where they are: N0701, N0702, N0703, each with the line
/// to write.
dsl::Diagnostics edit_problems(const store::Database& database, const dsl::Rules& rules);

/// Before load(), by the holder of the engine lock, in its own transaction: renamed campaigns get their new name in the
/// store; people in campaigns that are retired at once, or gone, and people who were erased while nothing ran, end and
/// their messages are cancelled. Doing it again
/// changes nothing. Number of people who ended.
int carry_over(store::Database& database, const dsl::Rules& rules, base::Minute now);

}  // namespace nurture::persist
