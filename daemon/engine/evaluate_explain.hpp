// SPDX-License-Identifier: MIT
//
// Why somebody is in a segment or not, and how many each of its lines lets through: the same evaluation, line by line.
// Pure; any thread while nobody writes the columns. Values are personal data: for the terminal, never for the log.
#pragma once

#include "daemon/engine/evaluate.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nurture::engine {

struct FunnelLine {
    std::size_t before = 0, after = 0;
    // Of those before, people whose tested value is unknown, and what the line did with them.
    std::size_t unknown_left_out = 0, unknown_kept = 0;
};
struct Funnel {
    std::size_t people = 0;         // all in the store, without erased ones
    std::vector<FunnelLine> lines;  // as in Segment::lines
    std::size_t members() const { return lines.empty() ? people : lines.back().after; }
};
Funnel funnel(const Evaluator& evaluator, const View& view, dsl::SegmentIx segment);

/// Per line of the segment: the people who are out because of this line alone, erased ones aside.
std::vector<Bitmap> near_misses(const Evaluator& evaluator, const View& view, dsl::SegmentIx segment);

/// One test within a line, with what the person has.
struct Tested {
    std::string what;   // "stage", "applied \"Spring fair\"", "list \"Do not contact\""
    std::string value;  // "Offer out", "2026-03-01", "never", "unknown"
    bool holds = false;
};
struct ExplainedLine {
    bool holds = false;
    bool unknown = false;  // decided by an unknown value
    std::vector<Tested> tests;
};
/// As in Segment::lines.
std::vector<ExplainedLine> explain(const Evaluator& evaluator, const View& view, dsl::SegmentIx segment, Row row);
/// The single tests within any condition.
std::vector<Tested> explain_condition(const Evaluator& evaluator, const View& view, dsl::ConditionIx condition,
                                      Row row);

}  // namespace nurture::engine
