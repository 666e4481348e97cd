// SPDX-License-Identifier: MIT
//
// A whole rule set, read, checked and compiled: every mistake of every file in one run. Returns rules only when there
// is no error. Nothing is ever read and ignored. Pure; any thread; never throws for bad input.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/rules.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace nurture::dsl {

/// What the checker may know of the world around the rules. Everything is optional; what is missing is not checked.
struct World {
    std::chrono::sys_days today{};          // for dates in the past; the epoch: not known
    std::vector<std::string> people;        // names in [people]; empty: not known
    std::vector<std::string> from_domains;  // senders' domains the sysadmin allows; empty: not known
    std::vector<std::string> sms_senders;   // numbers and names for text messages; empty: not known
    std::vector<std::string> zones;         // every IANA zone name; empty: not known
};

struct Compiled {
    std::shared_ptr<const Rules> rules;  // null when there are errors
    Diagnostics diagnostics;             // tidy()ed
    /// There are errors, but all of them are merge fields that may be blank (N0504): to count for whom they are. Never
    /// to be run.
    std::shared_ptr<const Rules> but_for_blanks;
};

Compiled compile(SourceSet sources, const World& world = {});

/// Warnings that somebody else found, in the data for example: which of them an `allow` line silences, and the allows
/// for such warnings that silence none (N0901).
struct Allowed {
    std::vector<bool> silenced;  // by position in what was given
    Diagnostics unused;
};
Allowed allowed(const SourceSet& sources, const Diagnostics& warnings);

/// Only the `fields` and `events` blocks, for import: other mistakes are not looked at.
struct CompiledSchema {
    std::optional<Schema> schema;
    Diagnostics diagnostics;
};
CompiledSchema compile_schema(const SourceSet& sources);

/// Condition lines of `nurture find`, added to a copy of the rules as its last segment. Indices of `rules` stay valid
/// in it.
Compiled compile_find(const Rules& rules, std::string lines, std::string name);

/// An older step list that people are still on, in the source it was applied with.
struct OlderSteps {
    Hash hash{};
    std::string campaign;           // its name today
    std::vector<StepIx> positions;  // where people stand, with that line still to do
};
/// Compiles it against today's fields, segments and templates; steps that today's campaign has retired become
/// op::Retired. Conditions, lists and consents that only it needs are added at the end of `today`'s: indices stay
/// valid. Null with diagnostics, which point into `today`'s sources, when somebody has a line ahead that needs what is
/// gone (N0703), or a retired step from which nothing leads on (N0701).
std::shared_ptr<const StepList> compile_step_list(const SourceSet& then, const OlderSteps& wanted, Rules& today,
                                                  Diagnostics& diagnostics);

/// `retired campaign "Old": finish`: adds the campaign, as it was then, to the end of `today`'s; its file goes to the
/// end of the sources. False when `then` has no such campaign. Diagnostics as above.
/// `today` calls it `as`.
bool add_closing_campaign(const SourceSet& then, const std::string& campaign, const std::string& as,
                          const std::vector<StepIx>& positions, Rules& today, Diagnostics& diagnostics);

}  // namespace nurture::dsl
