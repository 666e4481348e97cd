// SPDX-License-Identifier: MIT
//
// A list per row in one pool: list items, events. Adding to a row whose list is not the last in the pool moves the list
// to the end; what it leaves behind is swept once it is more than half of the pool. Five bytes a row beside the items:
// few lists are long, and the lengths of those stand apart. Spans stay valid until the next change. Same threads as
// Columns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace nurture::roster {

template<typename Item>
class Ragged {
public:
    std::size_t rows() const { return begins_.size(); }
    void add_row() {
        begins_.push_back(static_cast<std::uint32_t>(pool_.size()));
        sizes_.push_back(0);
    }

    std::span<const Item> of(std::size_t row) const { return {pool_.data() + begins_[row], size(row)}; }
    bool empty(std::size_t row) const { return sizes_[row] == 0; }

    void clear(std::size_t row) {
        garbage_ += size(row);
        set_size(row, 0);
    }

    /// Before the first item that `before(item, next)` calls later, so that lists can be kept in order.
    template<typename Before>
    void insert(std::size_t row, Item item, Before before) {
        make_last(row);
        pool_.push_back(item);
        Item* first = pool_.data() + begins_[row];
        std::size_t at = size(row);
        set_size(row, at + 1);
        for (; at > 0 && before(item, first[at - 1]); --at)
            first[at] = first[at - 1];
        first[at] = item;
    }
    void append(std::size_t row, Item item) {
        insert(row, item, [](const Item&, const Item&) { return false; });
    }

    /// Gives back what growing took in advance, and what lists left behind that had to move to grow.
    void shrink() {
        if (garbage_ > 0)
            sweep();
        begins_.shrink_to_fit();
        sizes_.shrink_to_fit();
        pool_.shrink_to_fit();
    }

private:
    static constexpr std::uint8_t k_long = 255;  // its length stands in long_

    std::size_t size(std::size_t row) const { return sizes_[row] < k_long ? sizes_[row] : long_.at(row); }
    void set_size(std::size_t row, std::size_t size) {
        if (sizes_[row] == k_long)
            long_.erase(row);
        sizes_[row] = static_cast<std::uint8_t>(std::min<std::size_t>(size, k_long));
        if (size >= k_long)
            long_[row] = size;
    }

    void make_last(std::size_t row) {
        if (begins_[row] + size(row) == pool_.size())
            return;
        if (garbage_ > pool_.size() / 2)
            sweep();
        const std::uint32_t old = begins_[row];
        begins_[row] = static_cast<std::uint32_t>(pool_.size());
        for (std::size_t i = 0; i < size(row); ++i)
            pool_.push_back(Item{pool_[old + i]});
        garbage_ += size(row);
    }

    void sweep() {
        std::vector<Item> kept;
        kept.reserve(pool_.size() - garbage_);
        for (std::size_t row = 0; row < rows(); ++row) {
            const auto list = of(row);
            begins_[row] = static_cast<std::uint32_t>(kept.size());
            kept.insert(kept.end(), list.begin(), list.end());
        }
        pool_ = std::move(kept);
        garbage_ = 0;
    }

    std::vector<std::uint32_t> begins_;
    std::vector<std::uint8_t> sizes_;
    std::unordered_map<std::size_t, std::size_t> long_;  // looked up, never walked
    std::vector<Item> pool_;
    std::size_t garbage_ = 0;
};

}  // namespace nurture::roster
