// SPDX-License-Identifier: MIT
//
// What `find` prints about one segment: how many each line lets through, and who is in it; or, with --near, who is out
// because of one line alone, with that line and what they have there. Holds personal data. One thread.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/engine/state.hpp"
#include "daemon/store/database.hpp"

#include <iosfwd>
#include <map>
#include <memory>
#include <string>

namespace nurture::cli {

struct Found {
    std::shared_ptr<const dsl::Rules> rules;
    engine::State state;
    base::ZoneId zone{};
    double loading = 0, evaluating = 0;  // milliseconds

    engine::View view() const { return {*state.columns, state.today, state.now, state.member.campaigns()}; }
    /// Everybody who is out because of one line alone.
    engine::Bitmap near(dsl::SegmentIx segment) const;
    std::map<std::string, double> timings() const { return {{"loading", loading}, {"evaluating", evaluating}}; }
};

std::string csv_cell(std::string_view text);

/// In the form that the options ask for.
void report(std::ostream& out, const store::Database& database, const Found& found, dsl::SegmentIx segment,
            const FindOptions& options);

}  // namespace nurture::cli
