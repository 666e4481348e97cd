// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate.hpp"

#include "daemon/engine/evaluate_bound.hpp"
#include "daemon/engine/evaluate_kernels.hpp"

#include <algorithm>
#include <cassert>

namespace nurture::engine {

struct Evaluator::Bound {
    std::vector<bound::Condition> conditions;  // by ConditionIx
};

/// Which conditions some roots need, children first, and where their bitmaps stand.
struct Evaluator::Program {
    std::vector<dsl::ConditionIx> order;
    std::vector<std::uint32_t> slot_of;  // by ConditionIx

    /// One block through all of it; bitmaps stay in `slots`.
    template<typename Rows>
    Kernels<Rows> run(const Bound& bound, const View& view, Rows rows, std::vector<std::uint64_t>& slots,
                      std::vector<Flip>* flips) const {
        slots.resize(std::max(slots.size(), order.size() * Kernels<Rows>::words(rows.size)));
        Kernels<Rows> kernels(view, rows, slots.data(), slot_of, flips);
        for (const dsl::ConditionIx ix : order)
            kernels.run(ix, bound.conditions[ix]);
        return kernels;
    }
};

namespace {

template<typename Visit>
void for_each_child(const dsl::Condition& condition, Visit visit) {
    if (const auto* all = std::get_if<dsl::cond::And>(&condition))
        std::for_each(all->of.begin(), all->of.end(), visit);
    else if (const auto* any = std::get_if<dsl::cond::Or>(&condition))
        std::for_each(any->of.begin(), any->of.end(), visit);
    else if (const auto* negated = std::get_if<dsl::cond::Not>(&condition))
        visit(negated->of);
}

bool moves_with_the_date(const dsl::Condition& condition) {
    if (const auto* happened = std::get_if<dsl::cond::Happened>(&condition))
        return happened->since.days.has_value();
    if (const auto* consent = std::get_if<dsl::cond::Consent>(&condition))
        return consent->from || consent->to;
    return std::holds_alternative<dsl::cond::DateNear>(condition) ||
           std::holds_alternative<dsl::cond::Anniversary>(condition);
}

std::vector<dsl::ConditionIx> wholes(const dsl::Rules& rules) {
    std::vector<dsl::ConditionIx> roots;
    for (const dsl::Segment& segment : rules.segments)
        roots.push_back(segment.whole);
    return roots;
}

template<typename Visit>
void for_each_block(std::size_t rows, Visit visit) {
    for (std::size_t first = 0; first < rows; first += k_block_rows)
        visit(RowRun{static_cast<Row>(first), std::min(k_block_rows, rows - first)});
}

}  // namespace

Evaluator::Evaluator(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns)
    : rules_(std::move(rules)),
      bound_(std::make_unique<Bound>()) {
    for (const dsl::Condition& condition : rules_->conditions)
        bound_->conditions.push_back(bound::bind(condition, columns, queries_));
    segments_ = std::make_unique<Program>(program_for(wholes(*rules_)));
    on_date_ = std::any_of(segments_->order.begin(), segments_->order.end(),
                           [&](dsl::ConditionIx ix) { return moves_with_the_date(rules_->conditions[ix]); });
    for (const dsl::Segment& segment : rules_->segments) {
        const Program needed = program_for({&segment.whole, 1});
        on_campaigns_.push_back(std::any_of(needed.order.begin(), needed.order.end(), [&](dsl::ConditionIx ix) {
            return std::holds_alternative<dsl::cond::InCampaign>(rules_->conditions[ix]);
        }));
    }
}

Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

Evaluator::Program Evaluator::program_for(std::span<const dsl::ConditionIx> roots) const {
    std::vector<bool> needed(rules_->conditions.size(), false);
    for (const dsl::ConditionIx root : roots)
        needed[root] = true;
    // Children stand before their parents, so one pass from behind finds all of them.
    for (std::size_t ix = needed.size(); ix-- > 0;)
        if (needed[ix])
            for_each_child(rules_->conditions[ix], [&](dsl::ConditionIx child) {
                assert(child < ix);
                needed[child] = true;
            });
    Program program;
    program.slot_of.resize(needed.size());
    for (std::size_t ix = 0; ix < needed.size(); ++ix)
        if (needed[ix]) {
            program.slot_of[ix] = static_cast<std::uint32_t>(program.order.size());
            program.order.push_back(static_cast<dsl::ConditionIx>(ix));
        }
    return program;
}

std::vector<Bitmap> Evaluator::evaluate_all(const View& view, std::vector<Flip>& flips) const {
    std::vector<Bitmap> members(rules_->segments.size(), Bitmap(view.columns.size()));
    std::vector<std::uint64_t> slots, living;
    for_each_block(view.columns.size(), [&](RowRun rows) {
        const auto kernels = segments_->run(*bound_, view, rows, slots, &flips);
        living.assign(kernels.words(rows.size), 0);
        for (std::size_t i = 0; i < rows.size; ++i)
            living[i / 64] |= std::uint64_t{!view.columns.flags(rows[i]).erased} << (i % 64);
        for (std::size_t segment = 0; segment < members.size(); ++segment) {
            std::uint64_t* whole = kernels.slot(rules_->segments[segment].whole);
            for (std::size_t i = 0; i < living.size(); ++i)
                whole[i] &= living[i];
            members[segment].put_words(rows.first / 64, {whole, living.size()});
        }
    });
    return members;
}

void Evaluator::evaluate_rows(const View& view, std::span<const Row> rows, std::vector<Bitmap>& members,
                              std::vector<Flip>& flips) const {
    for (Bitmap& segment : members)
        segment.resize(view.columns.size());
    std::vector<std::uint64_t> slots;
    for (; !rows.empty(); rows = rows.subspan(std::min(rows.size(), k_block_rows))) {
        const RowPick pick{rows.data(), std::min(rows.size(), k_block_rows)};
        const auto kernels = segments_->run(*bound_, view, pick, slots, &flips);
        for (std::size_t segment = 0; segment < members.size(); ++segment) {
            const std::uint64_t* whole = kernels.slot(rules_->segments[segment].whole);
            for (std::size_t i = 0; i < pick.size; ++i)
                members[segment].set(pick[i],
                                     (whole[i / 64] >> (i % 64) & 1) != 0 && !view.columns.flags(pick[i]).erased);
        }
    }
}

std::vector<Bitmap> Evaluator::evaluate_conditions(const View& view,
                                                   std::span<const dsl::ConditionIx> conditions) const {
    const Program program = program_for(conditions);
    std::vector<Bitmap> people(conditions.size(), Bitmap(view.columns.size()));
    std::vector<std::uint64_t> slots;
    for_each_block(view.columns.size(), [&](RowRun rows) {
        const auto kernels = program.run(*bound_, view, rows, slots, nullptr);
        for (std::size_t i = 0; i < conditions.size(); ++i)
            people[i].put_words(rows.first / 64, {kernels.slot(conditions[i]), kernels.words(rows.size)});
    });
    return people;
}

bool Evaluator::holds(const View& view, dsl::ConditionIx condition, Row row) const {
    const Program program = program_for({&condition, 1});
    std::vector<std::uint64_t> slots;
    const auto kernels = program.run(*bound_, view, RowPick{&row, 1}, slots, nullptr);
    return (*kernels.slot(condition) & 1) != 0;
}

base::Minute Evaluator::next_date_flip(const View& view) const {
    return on_date_ ? base::day_start(view.columns.policy_zone(), view.today + std::chrono::days{1}) : base::k_never;
}

}  // namespace nurture::engine
