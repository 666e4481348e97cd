// SPDX-License-Identifier: MIT
//
// Who is in which segment. Conditions of a rule set are bound to columns once (words become codes) and evaluated over
// blocks of rows into bitmaps, each distinct condition once for all segments; changed rows go through the same kernels.
// Pure: today and now come in. Any thread while nobody writes the columns. Answers never depend on how rows are
// blocked. The columns must be those it was bound to, or others made of the same rules: rows may be added and changed.
#pragma once

#include "daemon/base/time.hpp"
#include "daemon/engine/memberships.hpp"
#include "daemon/roster/columns.hpp"
#include "dsl/rules.hpp"

#include <array>
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
    base::Minute now;                   // that of the last Columns::advance(); `hours` count back from it
    std::span<const Bitmap> campaigns;  // one per Evaluator::campaign_queries(); a missing one is nobody
};

/// At that minute, not before, a condition of the row may change by itself, because hours have passed. Evaluate the
/// row again then.
struct Flip {
    base::Minute at;
    Row row = 0;
    friend auto operator<=>(const Flip&, const Flip&) = default;
};

/// What is different about people, and so which segments may be: those that look at it are evaluated, no others.
enum class Look : std::uint8_t {
    at_everything,
    at_the_date,   // of those whom moved_by_date() named
    at_messages,   // one of ours went to them, and nothing else is different
    at_campaigns,  // they came into one or left it
};

/// How the work is done; answers are the same.
struct Tuning {
    /// A multiple of 64; small enough that the bitmaps of some hundred conditions stay in the second-level cache.
    std::size_t block_rows = 4096;
    unsigned threads = 0;  // 0: as many as the machine has; few rows get one
    bool plain = false;    // without what only some processors can
};

class Kernels;
struct Lanes;
struct Rows;
struct Workspace;

class Evaluator {
public:
    /// Of every segment.
    Evaluator(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns, Tuning tuning = {});
    /// Of these segments: of others it only explains, and nobody is in them.
    Evaluator(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns,
              std::span<const dsl::SegmentIx> segments, Tuning tuning = {});
    ~Evaluator();
    Evaluator(Evaluator&&) noexcept;
    Evaluator& operator=(Evaluator&&) noexcept;

    const dsl::Rules& rules() const { return *rules_; }
    std::span<const CampaignQuery> campaign_queries() const { return queries_; }

    /// Nobody is in any of its segments.
    Memberships nobody() const { return {rules_->segments.size(), segments()}; }
    /// Members of its segments; appends flips. Erased people are in none.
    Memberships evaluate_all(const View& view, std::vector<Flip>& flips) const;
    /// Sets the bits of these rows; all other bits stay. For whom one of them is another now, in the order of `rows`.
    std::vector<Row> evaluate_rows(const View& view, std::span<const Row> rows, Look look, Memberships& members,
                                   std::vector<Flip>& flips) const;

    /// Everybody for whom each of these conditions holds, erased people too.
    std::vector<Bitmap> evaluate_conditions(const View& view, std::span<const dsl::ConditionIx> conditions) const;
    bool holds(const View& view, dsl::ConditionIx condition, Row row) const;

    /// The next midnight of the policy zone at which a segment may change for somebody whose data stay the same;
    /// k_never if no segment looks at the date. moved_by_date() says for whom.
    base::Minute next_date_flip(const View& view) const;
    /// For whom a test of the segments turns out otherwise today than it would if it were still `before`: evaluate
    /// these rows again. Only tests that look at the date are made, twice.
    std::vector<Row> moved_by_date(const View& view, base::Day before) const;
    /// Whether there is a segment that this is looked at for.
    bool looks(Look look) const { return !part(look).segments.empty(); }

private:
    struct Bound;
    struct Program {  // which conditions some roots need, children first, and where their bitmaps stand
        std::vector<dsl::ConditionIx> order;
        std::vector<std::uint32_t> slot_of;  // by ConditionIx
    };
    struct Part {
        std::vector<dsl::SegmentIx> segments;
        Program program;
    };

    const Part& part(Look look) const { return parts_[static_cast<std::size_t>(look)]; }
    const std::vector<dsl::SegmentIx>& segments() const { return part(Look::at_everything).segments; }
    Program program_for(std::span<const dsl::ConditionIx> roots) const;
    void share_out(std::span<const dsl::SegmentIx> segments);
    Kernels run(const Program& program, const View& view, Rows rows, Workspace& workspace,
                std::vector<Flip>* flips) const;
    template<typename Use>
    void run_all(const Program& program, const View& view, std::vector<Flip>* flips, Use use) const;
    template<typename Use>
    void run_picked(const Program& program, const View& view, std::span<const Row> picked, std::vector<Flip>* flips,
                    Use use) const;

    std::shared_ptr<const dsl::Rules> rules_;
    Tuning tuning_;
    const Lanes* lanes_;
    std::unique_ptr<Bound> bound_;
    std::array<Part, 4> parts_;  // by Look
    Program dated_;              // of what the segments need, what looks at the date
    std::vector<CampaignQuery> queries_;
};

}  // namespace nurture::engine
