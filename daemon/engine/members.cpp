// SPDX-License-Identifier: MIT
#include "daemon/engine/members.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

void set(Bitmap& bitmap, Row row, bool in) {
    if (row >= bitmap.size()) {
        if (!in)
            return;
        bitmap.resize(row + 1);
    }
    bitmap.set(row, in);
}

/// What anything is decided by.
std::vector<dsl::SegmentIx> in_use(const dsl::Rules& rules) {
    std::set<dsl::SegmentIx> segments;
    const auto add = [&](const dsl::Policy& policy) {
        segments.insert(policy.never_contact_segments.begin(), policy.never_contact_segments.end());
        segments.insert(policy.hold_segments.begin(), policy.hold_segments.end());
    };
    add(rules.policy);
    std::for_each(rules.below.begin(), rules.below.end(), add);
    for (const dsl::Campaign& campaign : rules.campaigns)
        segments.insert(campaign.audience);
    return {segments.begin(), segments.end()};
}

/// True if one of the bits is another than before.
bool note(std::span<const CampaignQuery> queries, std::vector<Bitmap>& bits, const Enrolment& e, Row row) {
    bool different = false;
    for (std::size_t i = 0; i < queries.size(); ++i) {
        if (queries[i].campaign != e.steps->campaign)
            continue;
        const bool was = bits[i].test(row);
        bool is = was;
        switch (queries[i].is) {
        case dsl::cond::CampaignIs::live: is = e.inside(); break;
        case dsl::cond::CampaignIs::entered: is = was || e.round > 0; break;
        case dsl::cond::CampaignIs::completed: is = was || e.end_reason == ReasonCode::completed; break;
        }
        if (is != was)
            set(bits[i], row, is);
        different = different || is != was;
    }
    return different;
}

}  // namespace

Members::Members(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns) {
    const auto segments = in_use(*rules);
    evaluator_ = std::make_shared<const Evaluator>(std::move(rules), columns, segments);
    campaigns_.resize(evaluator_->campaign_queries().size());
    members_ = evaluator_->nobody();
}

bool Members::holds(dsl::ConditionIx condition, Row row, const roster::Columns& columns, Day today, Minute now) const {
    return evaluator_->holds({columns, today, now, campaigns_}, condition, row);
}

bool Members::put(const Enrolment& enrolment, Row row) {
    return note(evaluator_->campaign_queries(), campaigns_, enrolment, row) && evaluator_->looks(Look::at_campaigns);
}

void Members::evaluate_all(const roster::Columns& columns, Day today, Minute now) {
    std::vector<Flip> flips;
    members_ = evaluator_->evaluate_all({columns, today, now, campaigns_}, flips);
    flips_ = {flips.begin(), flips.end()};
}

std::vector<Row> Members::evaluate(std::span<const Row> rows, Look look, const roster::Columns& columns, Day today,
                                   Minute now) {
    std::vector<Flip> flips;
    auto different = evaluator_->evaluate_rows({columns, today, now, campaigns_}, rows, look, members_, flips);
    flips_.insert(flips.begin(), flips.end());
    return different;
}

std::vector<Row> Members::flipped(Minute now) {
    std::vector<Row> rows;
    while (!flips_.empty() && flips_.begin()->at <= now) {
        rows.push_back(flips_.begin()->row);
        flips_.erase(flips_.begin());
    }
    return rows;
}

std::vector<Row> Members::moved_by_date(const roster::Columns& columns, Day then, Day today, Minute now) const {
    return evaluator_->moved_by_date({columns, today, now, campaigns_}, then);
}

View MemberDraft::view() const { return {columns_, today_, now_, campaigns_.empty() ? base_.campaigns_ : campaigns_}; }

bool MemberDraft::holds(dsl::ConditionIx condition, Row row) const {
    return base_.evaluator_->holds(view(), condition, row);
}

void MemberDraft::put(const Enrolment& enrolment, Row row) {
    if (base_.campaigns_.empty())
        return;
    if (campaigns_.empty())
        campaigns_ = base_.campaigns_;
    note(base_.evaluator_->campaign_queries(), campaigns_, enrolment, row);
}

void MemberDraft::evaluate(std::span<const Row> rows) {
    if (!base_.evaluator_->looks(Look::at_campaigns) || rows.empty())
        return;
    if (!members_)
        members_ = base_.members_;
    std::vector<Flip> flips;  // none but those that the state knows: campaigns do not come with a time
    base_.evaluator_->evaluate_rows(view(), rows, Look::at_campaigns, *members_, flips);
}

}  // namespace nurture::engine
