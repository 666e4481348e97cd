// SPDX-License-Identifier: MIT
//
// From a session to what commands work on: configuration, rules, store, people. Mistakes in files are printed, all of
// them, and end in Reported; what is missing is a Failure that says what to type. Reading commands open the store so
// that not a byte of it changes. One thread.
#pragma once

#include "daemon/cli/session.hpp"
#include "daemon/config/config.hpp"
#include "daemon/forecast/inputs.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/rule_sets.hpp"
#include "dsl/rules.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nurture::cli {

config::Config load_config(Session& session);

/// The directory's rules. Warnings are counted, errors printed. `with`: files that stand in for those of their name, or
/// are added.
struct Checked {
    std::shared_ptr<const dsl::Rules> rules;
    std::size_t warnings = 0;
    std::vector<std::string> replaced;  // what `with` did, a sentence for each
};
Checked check_rules(Session& session, const config::Config& config,
                    const std::vector<std::filesystem::path>& with = {});

/// The rules that were applied.
struct Live {
    store::RuleSet set;
    std::shared_ptr<const dsl::Rules> rules;
};
std::optional<Live> live_rules(Session& session, const store::Database& database);
/// The same, or a Failure: plan and apply first.
Live need_live_rules(Session& session, const store::Database& database);
/// A stored set, compiled as the daemon does: whatever nurtured.toml says by now.
std::shared_ptr<const dsl::Rules> compile_stored(Session& session, const store::RuleSet& set);

store::Database read_store(Session& session, const config::Config& config);
/// Rules can be planned before anybody was imported: then nobody is in it.
store::Database read_or_empty_store(Session& session, const config::Config& config);
/// It must be there: only import makes one.
store::Database write_store(Session& session, const config::Config& config);

/// As typed: in the policy's zone where it does not say.
base::Minute instant(const std::string& text, const dsl::Rules& rules);
/// Empty: now; for a rehearsal's store, where it stands.
base::Minute as_of(Session& session, const store::Database& database, const std::string& text, const dsl::Rules& rules);
base::ZoneId policy_zone(const dsl::Rules& rules);

forecast::Assumptions assumptions(const std::vector<std::string>& options);
/// For rules that need not be the live ones; `test_mode`: only people on the allow-list come in.
forecast::Inputs inputs(const store::Database& database, const config::Config& config,
                        std::shared_ptr<const dsl::Rules> rules, base::Minute now, bool test_mode);

/// A forecast that takes its time shows how far it is; a large store, that it is being read.
void watch(Progress& progress, forecast::Inputs& inputs);

/// Has a daemon taken notice?
bool poke(const config::Config& config);

void print(Session& session, const dsl::Diagnostics& diagnostics, const dsl::SourceSet& sources);
std::size_t count(const dsl::Diagnostics& diagnostics, dsl::Severity severity);
/// ", did you mean `x`?" or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);
dsl::CampaignIx need_campaign(const dsl::Rules& rules, const std::string& name);

}  // namespace nurture::cli
