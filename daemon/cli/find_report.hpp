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
#include <vector>

namespace nurture::cli {

/// Seconds. `cpu` is the processor's time of the whole program, all its threads.
struct Taken {
    double cpu = 0, wall = 0;
};

struct Found {
    std::shared_ptr<const dsl::Rules> rules;
    engine::State state;
    base::ZoneId zone{};
    engine::Memberships members;  // of every segment: the state knows those that campaigns look at
    Taken load;                   // from the open store to what the campaigns see
    Taken evaluate;               // everybody through all segments, and nothing else

    engine::View view() const { return {*state.columns, state.today, state.now, state.member.campaigns()}; }
    /// Everybody who is out because of one line alone.
    engine::Bitmap near(dsl::SegmentIx segment) const;
    std::map<std::string, std::map<std::string, double>> timings() const {
        return {{"load", {{"cpu", load.cpu}, {"wall", load.wall}}},
                {"evaluate", {{"cpu", evaluate.cpu}, {"wall", evaluate.wall}}}};
    }
};

std::string csv_cell(std::string_view text);

/// In the form that the options ask for.
void report(std::ostream& out, const store::Database& database, const Found& found, dsl::SegmentIx segment,
            const FindOptions& options);

}  // namespace nurture::cli
