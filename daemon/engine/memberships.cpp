// SPDX-License-Identifier: MIT
#include "daemon/engine/memberships.hpp"

#include <algorithm>

namespace nurture::engine {

using roster::Table;

Bitmap Memberships::of(dsl::SegmentIx segment) const {
    Bitmap people(rows());
    if (column_[segment] == k_none)
        return people;
    std::vector<std::uint64_t> words((rows() + 63) / 64);
    bits_.copy_bits(column_[segment], 0, rows(), words.data());
    people.put_words(0, words);
    return people;
}

void Memberships::take(const Lanes& lanes, std::span<const roster::Row> rows, std::vector<std::uint64_t>& words) const {
    words.assign(columns(), 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Table::Place place = bits_.place(rows[i]);
        lanes.take_bit(bits_.bits(place), words.size(), place.in, i, words.data());
    }
}

void Memberships::put(const Lanes& lanes, std::size_t first, std::size_t rows,
                      const std::vector<std::uint64_t>& words) {
    for (std::size_t i = 0; i < rows; i += Table::k_group)
        lanes.put_byte(words.data(), words.size(), i, bits_.bits_of_group((first + i) / Table::k_group));
}

void Memberships::fetch(std::span<const roster::Row> rows) const {
    std::for_each(rows.begin(), rows.end(), [&](roster::Row row) { bits_.fetch(bits_.place(row)); });
}

bool operator==(const Memberships& a, const Memberships& b) {
    if (a.column_.size() != b.column_.size())
        return false;
    for (dsl::SegmentIx segment = 0; segment < a.column_.size(); ++segment)
        if (a.of(segment) != b.of(segment))
            return false;
    return true;
}

}  // namespace nurture::engine
