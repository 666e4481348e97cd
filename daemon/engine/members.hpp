// SPDX-License-Identifier: MIT
//
// Who is in which segment right now: the evaluator's answers, kept for the segments that campaigns and policies look
// at; what nothing is decided by is not kept up to date. Everybody is evaluated when it is made; after that only rows
// that changed, whom the new day moves, whose time has come, or whose campaigns changed. One writer, like State.
#pragma once

#include "daemon/engine/book.hpp"
#include "daemon/engine/evaluate.hpp"

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace nurture::engine {

class Members {
public:
    Members(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns);

    bool in(dsl::SegmentIx segment, Row row) const { return members_.in(segment, row); }
    Bitmap of(dsl::SegmentIx segment) const { return members_.of(segment); }
    bool holds(dsl::ConditionIx condition, Row row, const roster::Columns& columns, Day today, Minute now) const;

    /// For explanations: the same evaluation, and by its campaign_queries() who is in which campaign.
    const Evaluator& evaluator() const { return *evaluator_; }
    std::span<const Bitmap> campaigns() const { return campaigns_; }

    /// Somebody's enrolment is as it is. True if a segment may look different now: evaluate the row again.
    bool put(const Enrolment& enrolment, Row row);

    void evaluate_all(const roster::Columns& columns, Day today, Minute now);
    /// For whom a segment is different now.
    std::vector<Row> evaluate(std::span<const Row> rows, Look look, const roster::Columns& columns, Day today,
                              Minute now);

    /// Rows whose time has come; each is reported once.
    std::vector<Row> flipped(Minute now);
    Minute next_flip() const { return flips_.empty() ? base::k_never : flips_.begin()->at; }
    /// Whom the days between `then` and `today` may have brought into a segment or out of one.
    std::vector<Row> moved_by_date(const roster::Columns& columns, Day then, Day today, Minute now) const;

    /// The same people are in the same segments.
    friend bool operator==(const Members& a, const Members& b) { return a.members_ == b.members_; }

private:
    friend class MemberDraft;

    std::shared_ptr<const Evaluator> evaluator_;
    std::vector<Bitmap> campaigns_;  // by Evaluator::campaign_queries()
    Memberships members_;
    std::set<Flip> flips_;
};

/// The same within a tick: changes stay here.
class MemberDraft {
public:
    MemberDraft(const Members& base, const roster::Columns& columns, Day today, Minute now)
        : base_(base),
          columns_(columns),
          today_(today),
          now_(now) {}

    const Memberships& current() const { return members_ ? *members_ : base_.members_; }
    bool holds(dsl::ConditionIx condition, Row row) const;
    void put(const Enrolment& enrolment, Row row);
    void evaluate(std::span<const Row> rows);

private:
    View view() const;

    const Members& base_;
    const roster::Columns& columns_;
    Day today_;
    Minute now_;
    std::vector<Bitmap> campaigns_;  // empty: as in base_
    std::optional<Memberships> members_;
};

}  // namespace nurture::engine
