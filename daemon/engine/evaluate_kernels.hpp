// SPDX-License-Identifier: MIT
//
// One block of rows through bound conditions, a kernel per kind of condition. A block is a run of rows or some picked
// ones; what conditions look at is copied out of the table first: the same kernels serve full evaluation and change.
// Inside of Evaluator.
#pragma once

#include "daemon/engine/evaluate_bound.hpp"
#include "daemon/engine/lanes.hpp"

#include <optional>
#include <span>
#include <vector>

namespace nurture::engine {

/// The rows of a block: a run, whose first row is a multiple of 64, or those picked.
struct Rows {
    Row first = 0;
    std::size_t size = 0;
    const Row* picked = nullptr;  // null: a run
    Row operator[](std::size_t i) const { return picked != nullptr ? picked[i] : first + static_cast<Row>(i); }
};

/// Memory of its own for each thread; kept from block to block, and of the last Kernels that was made with it.
struct Workspace {
    std::vector<std::uint64_t> slots;  // bitmaps of conditions
    struct Column {
        std::size_t block = 0;          // of which these are
        std::vector<std::byte> values;  // of any type
    };
    std::size_t block = 0;        // how many there have been
    std::vector<Column> columns;  // of the table; several conditions look at one
    std::size_t bits_block = 0;   // the same of its bits: for each word of the block a word of each bit column
    std::vector<std::uint64_t> bits;
    std::vector<roster::Table::Place> places;  // of picked rows
    std::vector<std::uint64_t> second;         // a bitmap beside the one that is made
};

/// The numbers of one column between two, both included.
struct IntRange {
    roster::Table::Column<std::int32_t> column;
    std::int32_t low, high;
};
/// Where a condition asks nothing else of people.
std::optional<IntRange> int_range(const bound::Condition& condition, const View& view);

class Kernels {
public:
    using Words = std::uint64_t*;

    /// `slot_of` says where, in units of words(), the bitmap of each condition stands in the workspace.
    Kernels(const View& view, const Lanes& lanes, Rows rows, const std::vector<std::uint32_t>& slot_of,
            Workspace& workspace, std::vector<Flip>* flips);

    static std::size_t words(std::size_t rows) { return (rows + 63) / 64; }

    void run(dsl::ConditionIx ix, const bound::Condition& condition) {
        out_ = slot(ix);
        std::visit(*this, condition);
    }
    Words slot(dsl::ConditionIx ix) const { return workspace_.slots.data() + slot_of_[ix] * words(rows_.size); }
    /// A bit column of the table, and a test of it, as this block has them.
    void take_bits(std::uint32_t bit, Words out) const;
    void take_ints(const IntRange& range, Words out) const;

    void operator()(const dsl::cond::And& c);
    void operator()(const dsl::cond::Or& c);
    void operator()(const dsl::cond::Not& c);
    void operator()(const dsl::cond::Known& c);
    void operator()(const bound::TextIn& c);
    void operator()(const bound::TextContains& c);
    void operator()(const bound::ListHas& c);
    void operator()(const bound::NumberRange& c);
    void operator()(const dsl::cond::YesNo& c);
    void operator()(const dsl::cond::DateBetween& c);
    void operator()(const dsl::cond::DateNear& c);
    void operator()(const dsl::cond::Anniversary& c);
    void operator()(const bound::Within& c);
    void operator()(const bound::Happened& c);
    void operator()(const dsl::cond::InList& c);
    void operator()(const bound::InCampaign& c);
    void operator()(const dsl::cond::Consent& c);

private:
    std::size_t size() const { return words(rows_.size); }
    void take_all_bits() const;
    template<typename Value>
    const Value* values(roster::Table::Column<Value> column) const;
    Words second() const;
    /// One after the other, by their places in the block, for what no lane can test.
    template<typename Test>
    void each(Test test);
    /// Of those that are in so far, which pass: by their places in the block.
    template<typename Test>
    void only(Test test);
    bool happened(const bound::Happened& c, Row row, std::int32_t from);
    void flip(std::int32_t minute, Row row);

    const View& view_;
    const roster::Columns& c_;
    const roster::Table& table_;
    const Lanes& lanes_;
    Rows rows_;
    const std::vector<std::uint32_t>& slot_of_;
    Workspace& workspace_;
    std::vector<Flip>* flips_;
    Words out_ = nullptr;
};

}  // namespace nurture::engine
