// SPDX-License-Identifier: MIT
#include "daemon/roster/table.hpp"

#include <cassert>

namespace nurture::roster {

namespace {

std::byte bit_of(std::size_t row) { return std::byte{1} << row % Table::k_group; }

}  // namespace

std::uint32_t Table::add_values(std::span<const std::byte> of_group) {
    assert(rows_ == 0);
    const std::size_t at = std::exchange(bits_at_, bits_at_ + of_group.size());
    blank_.insert(blank_.begin() + static_cast<std::ptrdiff_t>(at), of_group.begin(), of_group.end());
    at_.push_back(static_cast<std::uint32_t>(at));
    return static_cast<std::uint32_t>(at_.size() - 1);
}

Table::Bits Table::add_bits(std::size_t count) {
    assert(rows_ == 0);
    const Bits bits{static_cast<std::uint32_t>(bit_columns()), static_cast<std::uint32_t>(count)};
    blank_.resize(blank_.size() + count);
    return bits;
}

Table::Column<Code> Table::widen(Column<std::uint8_t> codes) {
    const std::size_t begin = at_[codes.ix], end = begin + k_group, size = blank_.size();
    const auto widened = [&](const std::vector<std::byte>& groups) {
        std::vector<std::byte> wide;
        wide.reserve(groups.size() / size * (size + k_group * (sizeof(Code) - 1)));
        const auto add = [&](std::span<const std::byte> bytes) { wide.insert(wide.end(), bytes.begin(), bytes.end()); };
        for (std::span<const std::byte> rest = groups; !rest.empty(); rest = rest.subspan(size)) {
            add(rest.first(begin));
            for (const std::byte code : rest.subspan(begin, k_group)) {
                const std::array wide_code{std::to_integer<Code>(code)};
                add(std::as_bytes(std::span(wide_code)));
            }
            add(rest.first(size).subspan(end));
        }
        return wide;
    };
    for (auto& chunk : chunks_)
        chunk = widened(chunk);
    blank_ = widened(blank_);
    const std::size_t more = blank_.size() - size;
    for (std::size_t ix = codes.ix + std::size_t{1}; ix < at_.size(); ++ix)
        at_[ix] += static_cast<std::uint32_t>(more);
    bits_at_ += more;
    return {codes.ix};
}

void Table::grow(std::size_t rows) {
    const auto groups = [](std::size_t of) { return (of + k_group - 1) / k_group; };
    for (std::size_t ix = groups(rows_); ix < groups(rows);) {
        if (ix % k_chunk_groups == 0)
            chunks_.emplace_back().reserve(k_chunk_groups * blank_.size());
        const std::size_t more = std::min(groups(rows) - ix, k_chunk_groups - ix % k_chunk_groups);
        auto& chunk = chunks_.back();
        if (at_.empty())  // bits alone: nothing but zeros
            chunk.resize(chunk.size() + more * blank_.size());
        else
            for (std::size_t i = 0; i < more; ++i)
                chunk.insert(chunk.end(), blank_.begin(), blank_.end());
        ix += more;
    }
    rows_ = std::max(rows_, rows);
}

void Table::clear(std::size_t row) {
    std::byte* group = this->group(row / k_group);
    for (std::size_t ix = 0; ix < at_.size(); ++ix) {
        const std::size_t size = ((ix + 1 < at_.size() ? at_[ix + 1] : bits_at_) - at_[ix]) / k_group;
        std::memcpy(group + at_[ix] + row % k_group * size, blank_.data() + at_[ix], size);
    }
    for (std::size_t at = bits_at_; at < blank_.size(); ++at)
        group[at] &= ~bit_of(row);
}

void Table::shrink() {
    if (!chunks_.empty())
        chunks_.back().shrink_to_fit();
}

void Table::set(std::uint32_t bit, std::size_t row, bool is) {
    std::byte& byte = group(row / k_group)[bits_at_ + bit];
    byte = is ? byte | bit_of(row) : byte & ~bit_of(row);
}

void Table::copy_bits(std::uint32_t bit, std::size_t first, std::size_t size, std::uint64_t* to) const {
    std::fill_n(to, (size + 63) / 64, 0);
    std::size_t i = 0;
    each_group(first, size, [&, at = bits_at_ + bit](const std::byte* group) {
        to[i / 8] |= std::to_integer<std::uint64_t>(group[at]) << i % 8 * 8;
        ++i;
    });
}

}  // namespace nurture::roster
