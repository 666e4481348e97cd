// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate.hpp"

#include "daemon/engine/evaluate_bound.hpp"
#include "daemon/engine/evaluate_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <future>
#include <numeric>
#include <system_error>
#include <thread>
#include <tuple>

namespace nurture::engine {

struct Evaluator::Bound {
    std::vector<bound::Condition> conditions;  // by ConditionIx
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

bool is_looked_at(Look look, const dsl::Condition& condition) {
    switch (look) {
    case Look::at_everything: return true;
    case Look::at_the_date: return moves_with_the_date(condition);
    case Look::at_messages: {
        const auto* happened = std::get_if<dsl::cond::Happened>(&condition);
        return happened != nullptr && happened->event == static_cast<dsl::EventIx>(dsl::BuiltInEvent::received);
    }
    case Look::at_campaigns: return std::holds_alternative<dsl::cond::InCampaign>(condition);
    }
    return true;
}

std::vector<dsl::SegmentIx> all_of(const dsl::Rules& rules) {
    std::vector<dsl::SegmentIx> all(rules.segments.size());
    std::iota(all.begin(), all.end(), dsl::SegmentIx{0});
    return all;
}

template<typename Visit>
void for_each_bit(std::uint64_t word, Visit visit) {
    for (; word != 0; word &= word - 1)
        visit(static_cast<std::size_t>(std::countr_zero(word)));
}

/// Less is not worth starting a thread.
constexpr std::size_t k_blocks_per_thread = 8;

/// [begin, end) in as many parts as threads are worth starting, each of whole blocks; the first one here.
template<typename Visit>
void in_parts(std::size_t rows, std::size_t block, unsigned threads, Visit visit) {
    const std::size_t blocks = (rows + block - 1) / block;
    const std::size_t parts = std::clamp<std::size_t>(blocks / k_blocks_per_thread, 1, std::max(threads, 1u));
    const auto bound = [&](std::size_t part) { return std::min(rows, blocks * part / parts * block); };
    std::vector<std::future<void>> others;  // waits for them, whatever is thrown here
    for (std::size_t part = 1; part < parts; ++part) {
        const auto work = [=] { visit(part, bound(part), bound(part + 1)); };
        try {
            others.push_back(std::async(std::launch::async, work));
        } catch (const std::system_error&) {  // no thread to be had: TasksMax=, ulimit -u
            work();
        }
    }
    visit(std::size_t{0}, std::size_t{0}, bound(1));
    for (auto& other : others)
        other.get();
}

}  // namespace

Evaluator::Evaluator(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns, Tuning tuning)
    : Evaluator(rules, columns, all_of(*rules), tuning) {}

Evaluator::Evaluator(std::shared_ptr<const dsl::Rules> rules, const roster::Columns& columns,
                     std::span<const dsl::SegmentIx> segments, Tuning tuning)
    : rules_(std::move(rules)),
      tuning_(tuning),
      lanes_(tuning.plain ? lanes(InstructionSet::plain) : &best_lanes()),
      bound_(std::make_unique<Bound>()) {
    assert(tuning_.block_rows % 64 == 0);
    if (tuning_.threads == 0)  // asked once: it costs a system call
        tuning_.threads = std::max(std::thread::hardware_concurrency(), 1u);
    for (const dsl::Condition& condition : rules_->conditions)
        bound_->conditions.push_back(bound::bind(condition, columns, queries_));
    share_out(segments);
    const auto& needed = part(Look::at_everything).program.order;
    std::vector<dsl::ConditionIx> dated;
    std::copy_if(needed.begin(), needed.end(), std::back_inserter(dated),
                 [&](dsl::ConditionIx ix) { return moves_with_the_date(rules_->conditions[ix]); });
    dated_ = program_for(dated);
}

/// Which segments each look is for.
void Evaluator::share_out(std::span<const dsl::SegmentIx> segments) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        // Children stand before their parents, so one pass finds whatever has such a condition below it.
        std::vector<bool> has(rules_->conditions.size());
        for (std::size_t ix = 0; ix < has.size(); ++ix) {
            has[ix] = is_looked_at(static_cast<Look>(i), rules_->conditions[ix]);
            for_each_child(rules_->conditions[ix], [&](dsl::ConditionIx child) { has[ix] = has[ix] || has[child]; });
        }
        std::vector<dsl::ConditionIx> roots;
        for (const dsl::SegmentIx segment : segments)
            if (const auto whole = rules_->segments[segment].whole; has[whole]) {
                parts_[i].segments.push_back(segment);
                roots.push_back(whole);
            }
        parts_[i].program = program_for(roots);
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

/// One block through all of it; bitmaps stay in the workspace.
Kernels Evaluator::run(const Program& program, const View& view, Rows rows, Workspace& workspace,
                       std::vector<Flip>* flips) const {
    const std::size_t needed = program.order.size() * Kernels::words(rows.size);
    workspace.slots.resize(std::max(workspace.slots.size(), needed));
    Kernels kernels(view, *lanes_, rows, program.slot_of, workspace, flips);
    for (const dsl::ConditionIx ix : program.order)
        kernels.run(ix, bound_->conditions[ix]);
    return kernels;
}

/// Everybody, block by block: `use(kernels, rows)` of different parts runs at the same time.
template<typename Use>
void Evaluator::run_all(const Program& program, const View& view, std::vector<Flip>* flips, Use use) const {
    std::vector<std::vector<Flip>> found(tuning_.threads);
    in_parts(view.columns.size(), tuning_.block_rows, tuning_.threads,
             [&](std::size_t part, std::size_t begin, std::size_t end) {
                 Workspace workspace;
                 for (; begin < end; begin += tuning_.block_rows) {
                     const Rows rows{static_cast<Row>(begin), std::min(tuning_.block_rows, end - begin)};
                     use(run(program, view, rows, workspace, flips != nullptr ? &found[part] : nullptr), rows,
                         workspace);
                 }
             });
    if (flips != nullptr)
        for (const auto& of_part : found)
            flips->insert(flips->end(), of_part.begin(), of_part.end());
}

Memberships Evaluator::evaluate_all(const View& view, std::vector<Flip>& flips) const {
    Memberships members = nobody();
    members.grow(view.columns.size());
    run_all(part(Look::at_everything).program, view, &flips, [&](const Kernels& kernels, Rows rows, Workspace&) {
        std::vector<std::uint64_t> living(Kernels::words(rows.size)), is(members.columns());
        kernels.take_bits(view.columns.living_bit(), living.data());
        std::vector<const std::uint64_t*> wholes(members.columns());
        for (const dsl::SegmentIx segment : segments())
            wholes[members.column(segment)] = kernels.slot(rules_->segments[segment].whole);
        for (std::size_t word = 0; word < living.size(); ++word) {
            for (std::size_t i = 0; i < wholes.size(); ++i)
                is[i] = wholes[i][word] & living[word];
            const std::size_t done = word * 64;
            members.put(*lanes_, rows.first + done, std::min<std::size_t>(rows.size - done, 64), is);
        }
    });
    return members;
}

template<typename Use>
void Evaluator::run_picked(const Program& program, const View& view, std::span<const Row> picked,
                           std::vector<Flip>* flips, Use use) const {
    Workspace workspace;
    // Each may have lines of memory to itself, about a kilobyte, which the second-level cache is to keep until they
    // have been looked at.
    constexpr std::size_t k_most = 512;
    while (!picked.empty()) {
        const auto block = picked.first(std::min({picked.size(), tuning_.block_rows, k_most}));
        use(run(program, view, Rows{0, block.size(), block.data()}, workspace, flips), block);
        picked = picked.subspan(block.size());
    }
}

std::vector<Row> Evaluator::evaluate_rows(const View& view, std::span<const Row> rows, Look look, Memberships& members,
                                          std::vector<Flip>& flips) const {
    members.grow(view.columns.size());
    std::vector<Row> different;
    if (part(look).segments.empty())
        return different;
    std::vector<std::uint64_t> living, was;
    run_picked(part(look).program, view, rows, &flips, [&](const Kernels& kernels, std::span<const Row> block) {
        members.fetch(block);
        living.resize(Kernels::words(block.size()));
        kernels.take_bits(view.columns.living_bit(), living.data());
        for (std::size_t word = 0; word < living.size(); ++word) {
            const auto some = block.subspan(word * 64, std::min<std::size_t>(block.size() - word * 64, 64));
            members.take(*lanes_, some, was);
            std::uint64_t any = 0;
            for (const dsl::SegmentIx segment : part(look).segments) {
                const std::uint64_t is = kernels.slot(rules_->segments[segment].whole)[word] & living[word];
                const std::uint64_t other = is ^ was[members.column(segment)];
                for_each_bit(other, [&](std::size_t i) { members.set(segment, some[i], (is >> i & 1) != 0); });
                any |= other;
            }
            for_each_bit(any, [&](std::size_t i) { different.push_back(some[i]); });
        }
    });
    return different;
}

std::vector<Bitmap> Evaluator::evaluate_conditions(const View& view,
                                                   std::span<const dsl::ConditionIx> conditions) const {
    const Program program = program_for(conditions);
    std::vector<Bitmap> people(conditions.size(), Bitmap(view.columns.size()));
    run_all(program, view, nullptr, [&](const Kernels& kernels, Rows rows, Workspace&) {
        for (std::size_t i = 0; i < conditions.size(); ++i)
            people[i].put_words(rows.first / 64, {kernels.slot(conditions[i]), Kernels::words(rows.size)});
    });
    return people;
}

bool Evaluator::holds(const View& view, dsl::ConditionIx condition, Row row) const {
    const auto each = [&](dsl::ConditionIx ix) { return holds(view, ix, row); };
    const dsl::Condition& c = rules_->conditions[condition];
    if (const auto* all = std::get_if<dsl::cond::And>(&c))
        return std::all_of(all->of.begin(), all->of.end(), each);
    if (const auto* any = std::get_if<dsl::cond::Or>(&c))
        return std::any_of(any->of.begin(), any->of.end(), each);
    if (const auto* negated = std::get_if<dsl::cond::Not>(&c))
        return !each(negated->of);
    static const std::vector<std::uint32_t> first_slot{0};
    Workspace workspace;
    workspace.slots.resize(1);
    Kernels kernels(view, *lanes_, Rows{0, 1, &row}, first_slot, workspace, nullptr);
    kernels.run(0, bound_->conditions[condition]);
    return (*kernels.slot(0) & 1) != 0;
}

namespace {

/// What is in one of the two and not in the other; nothing is between a low and a smaller high.
void add_difference(const IntRange& a, const IntRange& b, std::vector<IntRange>& to) {
    const auto add = [&](std::int64_t low, std::int64_t high) {
        if (low <= high)
            to.push_back({a.column, static_cast<std::int32_t>(low), static_cast<std::int32_t>(high)});
    };
    const std::int64_t low = std::max(a.low, b.low), high = std::min(a.high, b.high);
    if (low > high) {
        add(a.low, a.high);
        return add(b.low, b.high);
    }
    add(std::min(a.low, b.low), low - 1);
    add(high + 1, std::max(a.high, b.high));
}

/// Each number of a column once.
void merge(std::vector<IntRange>& ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const IntRange& a, const IntRange& b) {
        return std::tie(a.column.ix, a.low) < std::tie(b.column.ix, b.low);
    });
    std::vector<IntRange> merged;
    for (const IntRange& range : ranges)
        if (merged.empty() || merged.back().column.ix != range.column.ix ||
            range.low > std::int64_t{merged.back().high} + 1)
            merged.push_back(range);
        else
            merged.back().high = std::max(merged.back().high, range.high);
    ranges.swap(merged);
}

}  // namespace

std::vector<Row> Evaluator::moved_by_date(const View& view, base::Day before) const {
    const View then{view.columns, before, view.now, view.campaigns};
    std::vector<IntRange> crossed;
    std::vector<dsl::ConditionIx> others;
    for (const dsl::ConditionIx ix : dated_.order)
        if (const auto range = int_range(bound_->conditions[ix], view))
            add_difference(*int_range(bound_->conditions[ix], then), *range, crossed);
        else
            others.push_back(ix);
    merge(crossed);
    const Program program = program_for(others);
    Bitmap moved(view.columns.size());
    run_all(program, view, nullptr, [&](const Kernels& now, Rows rows, Workspace& workspace) {
        const std::size_t size = Kernels::words(rows.size);
        std::vector<std::uint64_t> different(size, 0), in_range(size);
        for (const IntRange& range : crossed) {
            now.take_ints(range, in_range.data());
            lanes_->either(in_range.data(), size, different.data());
        }
        if (!program.order.empty()) {
            const std::vector<std::uint64_t> today = workspace.slots;
            run(program, then, rows, workspace, nullptr);
            for (std::size_t i = 0; i < program.order.size() * size; ++i)
                different[i % size] |= today[i] ^ workspace.slots[i];
        }
        moved.put_words(rows.first / 64, different);
    });
    std::vector<Row> rows;
    moved.for_each([&](std::size_t row) { rows.push_back(static_cast<Row>(row)); });
    return rows;
}

base::Minute Evaluator::next_date_flip(const View& view) const {
    return !dated_.order.empty() ? base::day_start(view.columns.policy_zone(), view.today + std::chrono::days{1})
                                 : base::k_never;
}

}  // namespace nurture::engine
