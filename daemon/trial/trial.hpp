// SPDX-License-Identifier: MIT
//
// The `test` blocks of rule files, played: the daemon's own path (importer, engine, outbox, connectors) over a store in
// memory, on a stepped clock. Nothing is sent and nobody does anything that the test does not say. An expectation that
// does not come true is a diagnostic at its own line; the timeline tells what did happen. Throws base::StoreError,
// base::FileError for this machine's trouble. One thread.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/config/config.hpp"
#include "dsl/diagnostic.hpp"
#include "dsl/rules.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nurture::trial {

/// What tests are played with. The installation's way out is never used.
struct Setting {
    std::shared_ptr<const dsl::Rules> rules;
    std::filesystem::path directory;  // of the rules: files of people are looked for beside the rule file, then here
    config::Config config;            // for names, links and [people]
};

/// Something that happened, in the candidate's own time.
struct Moment {
    base::Minute at{};
    base::ZoneId zone{};
    std::string who;   // the candidate, as the test calls them
    std::string text;  // without a full stop
};

struct Result {
    std::string test;
    dsl::Span span;                // of its opening line
    dsl::Diagnostics failures;     // none: everything came true
    std::vector<Moment> timeline;  // in order
    bool passed() const { return failures.empty(); }
};

/// The tests of the rule files whose path `wanted` likes, in the order in which they stand. The rules have been
/// checked.
std::vector<Result> play(const Setting& setting, const std::function<bool(const std::string& path)>& wanted);

std::string to_text(const std::vector<Result>& results, const dsl::SourceSet& sources, bool with_timelines,
                    bool colour = false);
std::string to_json(const std::vector<Result>& results, const dsl::SourceSet& sources);

}  // namespace nurture::trial
