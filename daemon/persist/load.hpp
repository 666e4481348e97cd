// SPDX-License-Identifier: MIT
//
// From the store to what the engine knows: State == load(store), at every start, after every switch of rules and after
// anything went wrong. Reads only. One thread; the caller holds a read transaction where other reads must agree. Throws
// base::StoreError, also when somebody is on steps that these rules can no longer carry.
#pragma once

#include "daemon/engine/state.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/rule_sets.hpp"
#include "dsl/compile.hpp"
#include "dsl/rules.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace nurture::persist {

using base::Minute;

/// What nurtured.toml says to the engine.
struct Setup {
    engine::Settings settings;
    std::int32_t growth_percent = 20;  // an audience may outgrow its approved size by the larger of these two
    std::int32_t growth_people = 50;
    /// Test mode: whether an address, email or phone, is on the allow-list; empty: none is.
    std::function<bool(std::string_view address)> allowed;
    std::function<void(int percent)> reading{};  // hears how far a load of many people is; may be empty
};

/// The applied rule set, compiled from the source in the store. No rules and no diagnostics: none is applied.
dsl::Compiled compile_live(const store::Database& database);

/// Through these rules, the live ones or others that are to be tried, as of `now`. `bounds`: approved sizes of
/// audiences; without them nothing is bounded.
std::shared_ptr<engine::State> load(const store::Database& database, std::shared_ptr<const dsl::Rules> rules,
                                    const Setup& setup, Minute now,
                                    const std::map<std::string, std::int64_t>& bounds = {});
/// Through the live rules, with their bounds.
std::shared_ptr<engine::State> load_live(const store::Database& database, std::shared_ptr<const dsl::Rules> rules,
                                         const Setup& setup, Minute now);

/// The largest audience that still lets people in.
std::int64_t bound(std::int64_t approved, const Setup& setup);

/// These rules are the live ones from here on. `set` says when, by whom, by which plan and with which bounds; files and
/// step lists are filled in. Wants a write transaction, and the columns of its fields (store::ensure_columns).
store::RuleSetId make_live(store::Database& database, const dsl::Rules& rules, store::RuleSet set);

/// Begins the canary of campaigns that an apply changed, `messages` each; 0: none. Wants a write transaction.
void begin_canary(store::Database& database, std::string_view campaign, std::int64_t messages, Minute now);

}  // namespace nurture::persist
