// SPDX-License-Identifier: MIT
//
// A list per row in one pool: list items, events. Adding to a row whose list is not the last in the pool moves the list
// to the end; what it leaves behind is swept once it is more than half of the pool. Spans stay valid until the next
// change. Same threads as Columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nurture::roster {

template<typename Item>
class Ragged {
public:
    std::size_t rows() const { return ranges_.size(); }
    void add_row() { ranges_.push_back({static_cast<std::uint32_t>(pool_.size()), 0}); }

    std::span<const Item> of(std::size_t row) const {
        const auto [begin, size] = ranges_[row];
        return {pool_.data() + begin, size};
    }

    void clear(std::size_t row) {
        garbage_ += ranges_[row].size;
        ranges_[row] = {static_cast<std::uint32_t>(pool_.size()), 0};
    }

    /// Before the first item that `before(item, next)` calls later, so that lists can be kept in order.
    template<typename Before>
    void insert(std::size_t row, Item item, Before before) {
        make_last(row);
        pool_.push_back(item);
        Item* first = pool_.data() + ranges_[row].begin;
        std::size_t at = ranges_[row].size++;
        for (; at > 0 && before(item, first[at - 1]); --at)
            first[at] = first[at - 1];
        first[at] = item;
    }
    void append(std::size_t row, Item item) {
        insert(row, item, [](const Item&, const Item&) { return false; });
    }

private:
    struct Range {
        std::uint32_t begin = 0, size = 0;
    };

    void make_last(std::size_t row) {
        Range& range = ranges_[row];
        if (range.begin + range.size == pool_.size())
            return;
        if (garbage_ > pool_.size() / 2)
            sweep();
        const Range old = range;
        range.begin = static_cast<std::uint32_t>(pool_.size());
        for (std::uint32_t i = 0; i < old.size; ++i)
            pool_.push_back(Item{pool_[old.begin + i]});
        garbage_ += old.size;
    }

    void sweep() {
        std::vector<Item> kept;
        kept.reserve(pool_.size() - garbage_);
        for (Range& range : ranges_) {
            const auto begin = static_cast<std::uint32_t>(kept.size());
            kept.insert(kept.end(), pool_.begin() + range.begin, pool_.begin() + range.begin + range.size);
            range.begin = begin;
        }
        pool_ = std::move(kept);
        garbage_ = 0;
    }

    std::vector<Range> ranges_;
    std::vector<Item> pool_;
    std::size_t garbage_ = 0;
};

}  // namespace nurture::roster
