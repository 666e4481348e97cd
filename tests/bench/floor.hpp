// SPDX-License-Identifier: MIT
//
// The floor of evaluation: what somebody would write by hand for exactly these segments over exactly this vocabulary,
// with nothing in it that rules need and they do not. Typed columns, histories as the last two times per kind, lists as
// bit masks; equal conditions once, blocks of rows, bitmaps. Reads the store by itself: it shares no code with the
// engine, so that equal answers mean something. One thread.
#pragma once

#include "daemon/base/calendar.hpp"
#include "tests/bench/segments.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace nurture::bench {

/// As of a minute, whose date in the policy's zone is today.
struct Moment {
    base::ZoneId zone{};
    base::Minute now{};
    base::Day today() const { return base::local_day(zone, now); }
    /// The first minute of the day that is so many days away.
    base::Minute start_of(int days) const { return base::day_start(zone, today() + std::chrono::days{days}); }
};

using Words = std::vector<std::uint64_t>;  // a bit per row

/// One array of bytes, or of four-byte values, long enough for whole blocks.
struct FloorColumn {
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint32_t> wide;
    bool is_wide() const { return !wide.empty(); }
};

class FloorColumns {
public:
    FloorColumns(const std::filesystem::path& store, const Moment& moment);

    std::size_t rows() const { return rows_; }
    const std::vector<FloorColumn>& all() const { return columns_; }
    std::size_t column(const std::string& name) const { return by_name_.at(name); }
    /// 0 where nobody has it.
    std::uint8_t code(const std::string& field, const std::string& value) const;
    std::uint32_t mask(const std::string& field, const std::vector<std::string>& values) const;

private:
    std::size_t add_bytes(const std::string& name);
    std::size_t add_wide(const std::string& name, std::uint32_t unknown);
    void read_people(const std::filesystem::path& store);
    void read_histories(const std::filesystem::path& store, const Moment& moment);

    std::size_t rows_ = 0, padded_ = 0;
    std::vector<FloorColumn> columns_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::unordered_map<std::string, std::unordered_map<std::string, std::uint8_t>> codes_;  // of texts and list entries
};

class Floor {
public:
    static constexpr std::size_t k_block = 4096;

    Floor(const std::vector<Segment>& segments, const FloorColumns& columns, const Moment& moment);

    std::size_t conditions() const { return uses_; }
    std::size_t distinct() const { return leaves_.size(); }

    /// By segment.
    std::vector<Words> evaluate_all() const;
    /// Only these rows' bits change.
    void evaluate_rows(std::span<const std::uint32_t> rows, std::vector<Words>& members) const;

private:
    enum class Op : std::uint8_t { one_of_bytes, any_bit, float_range, int_range, int_range_or_unknown, near };
    struct Leaf {
        Op op{};
        std::size_t column = 0, second = 0;  // second: the longitudes
        std::array<std::uint8_t, 4> bytes{};
        std::uint32_t mask = 0;
        float low = 0, high = 0;
        std::int32_t from = 0, to = 0;
        double lat = 0, lon = 0, lat_reach = 0, lon_reach = 0, cos_lat = 0, haversine = 0;
        std::string text;
    };
    struct Use {
        std::size_t slot = 0;
        bool negated = false;
    };
    struct Group {
        bool none = false;
        std::vector<Use> of;
    };
    struct Program {
        std::vector<Use> all;
        std::vector<Group> groups;
    };
    /// By column: where the block begins.
    using Block = std::vector<const void*>;

    Use use(const Test& test);
    Leaf leaf(const Test& test) const;
    void sort_leaves();
    void run(const Block& block, std::size_t words, std::uint64_t* slots) const;
    void fill(const Leaf& leaf, const Block& block, std::size_t words, std::uint64_t* out) const;
    static void near(const Leaf& leaf, const Block& block, std::size_t words, std::uint64_t* out);
    static void combine(const Program& program, std::size_t words, const std::uint64_t* slots, std::uint64_t* out);

    const FloorColumns& columns_;
    Moment moment_;
    std::vector<Leaf> leaves_;
    std::vector<Program> segments_;  // segment i has the slot leaves_.size() + i
    std::vector<std::size_t> used_;  // columns
    std::size_t uses_ = 0;
};

}  // namespace nurture::bench
