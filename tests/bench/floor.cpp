// SPDX-License-Identifier: MIT
// Built for the processor at hand, whatever the product is built for.
#include "tests/bench/floor.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace nurture::bench {
namespace {

constexpr std::int32_t k_never = std::numeric_limits<std::int32_t>::min();
constexpr double k_radians = std::numbers::pi / 180, k_earth = 6371008.8, k_mile = 1609.344;

double half_sine_squared(double radians) { return std::sin(radians / 2) * std::sin(radians / 2); }

/// The lowest bit of each of 64 bytes that are 0 or 1.
std::uint64_t pack(const std::uint8_t* hits) {
#if defined(__AVX2__)
    const auto half = [](const std::uint8_t* from) {
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_slli_epi16(bytes, 7)));
    };
    return half(hits) | static_cast<std::uint64_t>(half(hits + 32)) << 32;
#else
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 64; ++i)
        bits |= static_cast<std::uint64_t>(hits[i]) << i;
    return bits;
#endif
}

template<typename Value, typename Hit>
void each(const void* column, std::size_t words, std::uint64_t* out, Hit hit) {
    const auto* values = static_cast<const Value*>(column);
    for (std::size_t word = 0; word < words; ++word, values += 64) {
        alignas(32) std::uint8_t hits[64];
        for (std::size_t i = 0; i < 64; ++i)
            hits[i] = hit(values[i]) ? 1 : 0;
        out[word] = pack(hits);
    }
}

}  // namespace

void Floor::fill(const Leaf& leaf, const Block& block, std::size_t words, std::uint64_t* out) const {
    const void* column = block[leaf.column];
    const std::int32_t from = leaf.from, to = leaf.to;
    switch (leaf.op) {
    case Op::one_of_bytes: {
        const auto [a, b, c, d] = leaf.bytes;
        if (a == d)
            return each<std::uint8_t>(column, words, out, [a = a](std::uint8_t v) { return v == a; });
        return each<std::uint8_t>(column, words, out, [a = a, b = b, c = c, d = d](std::uint8_t v) {
            return (v == a) | (v == b) | (v == c) | (v == d);
        });
    }
    case Op::any_bit:
        return each<std::uint32_t>(column, words, out, [mask = leaf.mask](std::uint32_t v) { return (v & mask) != 0; });
    case Op::float_range:
        return each<float>(column, words, out,
                           [low = leaf.low, high = leaf.high](float v) { return (v >= low) & (v <= high); });
    case Op::int_range:
        return each<std::int32_t>(column, words, out, [=](std::int32_t v) { return (v >= from) & (v <= to); });
    case Op::int_range_or_unknown:
        return each<std::int32_t>(column, words, out,
                                  [=](std::int32_t v) { return ((v >= from) & (v <= to)) | (v == k_never); });
    case Op::near: return near(leaf, block, words, out);
    }
}

/// The box first; the circle only for who is in it.
void Floor::near(const Leaf& leaf, const Block& block, std::size_t words, std::uint64_t* out) {
    const auto* lat = static_cast<const float*>(block[leaf.column]);
    const auto* lon = static_cast<const float*>(block[leaf.second]);
    const auto south = static_cast<float>(leaf.lat - leaf.lat_reach),
               north = static_cast<float>(leaf.lat + leaf.lat_reach);
    const auto west = static_cast<float>(leaf.lon - leaf.lon_reach),
               east = static_cast<float>(leaf.lon + leaf.lon_reach);
    for (std::size_t word = 0; word < words; ++word, lat += 64, lon += 64) {
        alignas(32) std::uint8_t hits[64];
        for (std::size_t i = 0; i < 64; ++i)
            hits[i] = (lat[i] >= south) & (lat[i] <= north) & (lon[i] >= west) & (lon[i] <= east) ? 1 : 0;
        std::uint64_t inside = 0;
        for (std::uint64_t box = pack(hits); box != 0; box &= box - 1) {
            const auto i = static_cast<std::size_t>(std::countr_zero(box));
            const double apart =
                half_sine_squared((lat[i] - leaf.lat) * k_radians) +
                leaf.cos_lat * std::cos(lat[i] * k_radians) * half_sine_squared((lon[i] - leaf.lon) * k_radians);
            inside |= static_cast<std::uint64_t>(apart <= leaf.haversine) << i;
        }
        out[word] = inside;
    }
}

void Floor::combine(const Program& program, std::size_t words, const std::uint64_t* slots, std::uint64_t* out) {
    const auto bits = [&](Use use) { return slots + use.slot * (k_block / 64); };
    std::fill_n(out, words, ~std::uint64_t{0});
    for (const Use use : program.all) {
        const std::uint64_t* other = bits(use);
        const std::uint64_t flip = use.negated ? ~std::uint64_t{0} : 0;
        for (std::size_t i = 0; i < words; ++i)
            out[i] &= other[i] ^ flip;
    }
    for (const Group& group : program.groups) {
        std::array<std::uint64_t, k_block / 64> any{};
        for (const Use use : group.of) {
            const std::uint64_t* other = bits(use);
            const std::uint64_t flip = use.negated ? ~std::uint64_t{0} : 0;
            for (std::size_t i = 0; i < words; ++i)
                any[i] |= other[i] ^ flip;
        }
        const std::uint64_t flip = group.none ? ~std::uint64_t{0} : 0;
        for (std::size_t i = 0; i < words; ++i)
            out[i] &= any[i] ^ flip;
    }
}

void Floor::run(const Block& block, std::size_t words, std::uint64_t* slots) const {
    for (const Leaf& leaf : leaves_)
        fill(leaf, block, words, slots + (&leaf - leaves_.data()) * static_cast<std::ptrdiff_t>(k_block / 64));
    for (std::size_t i = 0; i < segments_.size(); ++i)
        combine(segments_[i], words, slots, slots + (leaves_.size() + i) * (k_block / 64));
}

std::vector<Words> Floor::evaluate_all() const {
    const std::size_t rows = columns_.rows();
    std::vector<Words> members(segments_.size(), Words((rows + 63) / 64));
    Words slots((leaves_.size() + segments_.size()) * (k_block / 64));
    Block block(columns_.all().size());
    for (std::size_t first = 0; first < rows; first += k_block) {
        const std::size_t size = std::min(k_block, rows - first), words = (size + 63) / 64;
        for (const std::size_t column : used_) {
            const FloorColumn& from = columns_.all()[column];
            block[column] =
                from.is_wide() ? static_cast<const void*>(from.wide.data() + first) : from.bytes.data() + first;
        }
        run(block, words, slots.data());
        for (std::size_t i = 0; i < segments_.size(); ++i)
            std::copy_n(slots.data() + (leaves_.size() + i) * (k_block / 64), words, members[i].data() + first / 64);
    }
    if (rows % 64 != 0)
        for (Words& segment : members)
            segment.back() &= (std::uint64_t{1} << (rows % 64)) - 1;
    return members;
}

void Floor::evaluate_rows(std::span<const std::uint32_t> rows, std::vector<Words>& members) const {
    Words slots((leaves_.size() + segments_.size()) * (k_block / 64));
    std::vector<FloorColumn> picked(columns_.all().size());
    Block block(picked.size());
    for (; !rows.empty(); rows = rows.subspan(std::min(rows.size(), k_block))) {
        const std::size_t size = std::min(k_block, rows.size()), words = (size + 63) / 64;
        for (const std::size_t column : used_) {
            const FloorColumn& from = columns_.all()[column];
            FloorColumn& to = picked[column];
            to.bytes.resize(from.is_wide() ? 0 : words * 64);
            to.wide.resize(from.is_wide() ? words * 64 : 0);
            for (std::size_t i = 0; i < size; ++i)
                from.is_wide() ? void(to.wide[i] = from.wide[rows[i]]) : void(to.bytes[i] = from.bytes[rows[i]]);
            block[column] = from.is_wide() ? static_cast<const void*>(to.wide.data()) : to.bytes.data();
        }
        run(block, words, slots.data());
        for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
            const std::uint64_t* bits = slots.data() + (leaves_.size() + segment) * (k_block / 64);
            for (std::size_t i = 0; i < size; ++i) {
                std::uint64_t& word = members[segment][rows[i] / 64];
                word = (word & ~(std::uint64_t{1} << (rows[i] % 64))) | (bits[i / 64] >> (i % 64) & 1)
                                                                            << (rows[i] % 64);
            }
        }
    }
}

// --- from segments to leaves: once, before anything is measured -----------------------------------------------------

Floor::Leaf Floor::leaf(const Test& test) const {
    Leaf leaf;
    leaf.text = test.text;
    leaf.from = k_never + 1;
    leaf.to = std::numeric_limits<std::int32_t>::max();
    const auto name = test.kind == Test::Kind::near                          ? std::string("lat")
                      : test.kind == Test::Kind::happened && test.count == 2 ? test.name + " before"
                                                                             : test.name;
    leaf.column = columns_.column(name);
    switch (test.kind) {
    case Test::Kind::text:
        for (std::size_t i = 0; i < leaf.bytes.size(); ++i)
            leaf.bytes[i] = columns_.code(test.name, test.values[std::min(i, test.values.size() - 1)]);
        break;
    case Test::Kind::yes: leaf.bytes.fill(2); break;
    case Test::Kind::listed:
    case Test::Kind::agreed: leaf.bytes.fill(1); break;
    case Test::Kind::items:
        leaf.op = Op::any_bit;
        leaf.mask = columns_.mask(test.name, test.values);
        break;
    case Test::Kind::number:
        leaf.op = Op::float_range;
        leaf.low = static_cast<float>(test.low);
        leaf.high = static_cast<float>(test.high);
        break;
    case Test::Kind::day: {
        const auto today = static_cast<std::int32_t>(moment_.today().time_since_epoch().count());
        leaf.op = test.or_unknown ? Op::int_range_or_unknown : Op::int_range;
        leaf.from = test.from ? today + *test.from : leaf.from;
        leaf.to = test.to ? today + *test.to : leaf.to;
        break;
    }
    case Test::Kind::happened:
        leaf.op = Op::int_range;
        if (test.from)
            leaf.from = static_cast<std::int32_t>(moment_.start_of(*test.from).time_since_epoch().count());
        break;
    default: {  // near
        const double reach = test.miles * k_mile / k_earth;
        leaf.op = Op::near;
        leaf.second = columns_.column("lon");
        leaf.lat = test.lat;
        leaf.lon = test.lon;
        leaf.cos_lat = std::cos(test.lat * k_radians);
        leaf.lat_reach = reach / k_radians + 1e-4;
        leaf.lon_reach = std::asin(std::sin(reach) / leaf.cos_lat) / k_radians + 1e-4;
        leaf.haversine = half_sine_squared(reach);
    }
    }
    return leaf;
}

Floor::Use Floor::use(const Test& test) {
    ++uses_;
    if (test.kind == Test::Kind::segment)
        return {std::numeric_limits<std::size_t>::max() - test.segment, false};  // numbered when all leaves are known
    Test plain = test;
    Leaf made = leaf(plain);
    // The complement is the same condition: what it looks at says what it is, not how it is written.
    const auto same = std::find_if(leaves_.begin(), leaves_.end(), [&](const Leaf& other) {
        return other.op == made.op && other.column == made.column && other.bytes == made.bytes &&
               other.mask == made.mask && other.low == made.low && other.high == made.high && other.from == made.from &&
               other.to == made.to && other.lat == made.lat && other.lon == made.lon &&
               other.haversine == made.haversine;
    });
    if (same != leaves_.end())
        return {static_cast<std::size_t>(same - leaves_.begin()), test.negated};
    leaves_.push_back(std::move(made));
    return {leaves_.size() - 1, test.negated};
}

/// By column, so that a block of it is read into the cache once.
void Floor::sort_leaves() {
    std::vector<std::size_t> order(leaves_.size()), place(leaves_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return leaves_[a].column < leaves_[b].column; });
    std::vector<Leaf> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        sorted.push_back(std::move(leaves_[order[i]]));
    }
    leaves_ = std::move(sorted);
    const auto settle = [&](Use& use) {
        const std::size_t segment = std::numeric_limits<std::size_t>::max() - use.slot;
        use.slot = segment < segments_.size() ? leaves_.size() + segment : place[use.slot];
    };
    for (Program& program : segments_) {
        std::for_each(program.all.begin(), program.all.end(), settle);
        for (Group& group : program.groups)
            std::for_each(group.of.begin(), group.of.end(), settle);
    }
}

Floor::Floor(const std::vector<Segment>& segments, const FloorColumns& columns, const Moment& moment)
    : columns_(columns),
      moment_(moment) {
    for (const Segment& segment : segments) {
        Program program;
        for (const Test& line : segment.lines) {
            if (line.kind != Test::Kind::any_of && line.kind != Test::Kind::none_of) {
                program.all.push_back(use(line));
                continue;
            }
            Group group{line.kind == Test::Kind::none_of, {}};
            for (const Test& test : line.of)
                group.of.push_back(use(test));
            program.groups.push_back(std::move(group));
        }
        segments_.push_back(std::move(program));
    }
    sort_leaves();
    for (const Leaf& leaf : leaves_)
        for (const std::size_t column : {leaf.column, leaf.op == Op::near ? leaf.second : leaf.column})
            if (std::find(used_.begin(), used_.end(), column) == used_.end())
                used_.push_back(column);
}

}  // namespace nurture::bench
