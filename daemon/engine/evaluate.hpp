// SPDX-License-Identifier: MIT
//
// Who is in which segment. Conditions of a rule set are bound to columns once (words become codes) and evaluated over
// blocks of rows into bitmaps, each distinct condition once for all segments; changed rows go through the same kernels.
// Pure: today and now come in. Any thread while nobody writes the columns. Answers never depend on how rows are
// blocked. The columns must be those it was bound to, or others made of the same rules: rows may be added and changed.
#pragma once

#include "daemon/base/time.hpp"
#include "daemon/engine/bitmap.hpp"
#include "daemon/roster/columns.hpp"
#include "dsl/rules.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace nurture::engine {

using roster::Row;

/// Something only the engine knows: who is in a campaign, has entered it, has completed it.
struct CampaignQuery {
    std::string campaign;
    dsl::cond::CampaignIs is{};
    friend bool operator==(const CampaignQuery&, const CampaignQuery&) = default;
};

/// What conditions are judged against.
struct View {
    const roster::Columns& columns;
    base::Day today;                    // everybody's date: the policy zone's
    base::Minute now;                   // events later than this have not happened; `hours` count back from it
    std::span<const Bitmap> campaigns;  // one per Evaluator::campaign_queries(); a missing one is nobody
};

/// At that minute, not before, a condition of the row may change by itself: hours have passed, or an event that was
/// entered ahead of time has come. Evaluate the row again then.
struct Flip {
    base::Minute at;
    Row row = 0;
    friend auto operator<=>(const Flip&, const Flip&) = default;
};

class Evaluator {
public:
    Evaluator(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns);
    ~Evaluator();
    Evaluator(Evaluator&&) noexcept;
    Evaluator& operator=(Evaluator&&) noexcept;

    const dsl::Rules& rules() const { return *rules_; }
    std::span<const CampaignQuery> campaign_queries() const { return queries_; }

    /// Members of every segment, by SegmentIx; appends flips. Erased people are in none.
    std::vector<Bitmap> evaluate_all(const View& view, std::vector<Flip>& flips) const;
    /// Sets the bits of these rows; all other bits stay.
    void evaluate_rows(const View& view, std::span<const Row> rows, std::vector<Bitmap>& members,
                       std::vector<Flip>& flips) const;

    /// Everybody for whom each of these conditions holds, erased people too.
    std::vector<Bitmap> evaluate_conditions(const View& view, std::span<const dsl::ConditionIx> conditions) const;
    bool holds(const View& view, dsl::ConditionIx condition, Row row) const;

    /// The next midnight of the policy zone at which a segment may change for somebody whose data stay the same;
    /// k_never if no segment looks at the date. Evaluate all rows again then.
    base::Minute next_date_flip(const View& view) const;
    /// Whether `is in campaign` and its like decide who is in the segment.
    bool depends_on_campaigns(dsl::SegmentIx segment) const { return on_campaigns_[segment]; }

private:
    struct Bound;
    struct Program;

    Program program_for(std::span<const dsl::ConditionIx> roots) const;

    std::shared_ptr<const dsl::Rules> rules_;
    std::unique_ptr<Bound> bound_;
    std::unique_ptr<Program> segments_;
    std::vector<CampaignQuery> queries_;
    std::vector<bool> on_campaigns_;  // by SegmentIx
    bool on_date_ = false;
};

}  // namespace nurture::engine
