// SPDX-License-Identifier: MIT
#include "daemon/roster/table.hpp"

#include "daemon/roster/ragged.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace nurture::roster;

namespace {

struct Told {
    std::uint8_t code = 0;
    std::int32_t day = -1;
    double number = 0.5;
    std::vector<bool> bits = std::vector<bool>(3);
};

/// A table of some columns, and beside it what each row was told.
struct Scene {
    Table table;
    Table::Column<std::uint8_t> codes = table.add(std::uint8_t{0});
    Table::Column<std::int32_t> days = table.add(std::int32_t{-1});
    Table::Column<double> numbers = table.add(0.5);
    Table::Bits bits = table.add_bits(3);
    Table::Column<Code> wide;
    std::vector<Told> told;
    std::mt19937 dice{7};

    void grow(std::size_t rows) {
        table.grow(rows);
        told.resize(rows);
    }
    void tell(std::size_t row) {
        told[row] = {static_cast<std::uint8_t>(dice()),
                     static_cast<std::int32_t>(dice()),
                     static_cast<double>(dice()),
                     {dice() % 2 == 0, dice() % 2 == 0, dice() % 2 == 0}};
        if (wide)
            table.set(wide, row, Code{told[row].code});
        else
            table.set(codes, row, told[row].code);
        table.set(days, row, told[row].day);
        table.set(numbers, row, told[row].number);
        for (std::uint32_t bit = 0; bit < 3; ++bit)
            table.set(bits.first + bit, row, told[row].bits[bit]);
    }
    void tell_some() {
        for (std::size_t i = 0; i < told.size() / 3; ++i)
            tell(dice() % told.size());
    }
    void check() {
        for (std::size_t row = 0; row < told.size(); ++row) {
            REQUIRE((wide ? table.get(wide, row) : table.get(codes, row)) == told[row].code);
            REQUIRE(table.get(days, row) == told[row].day);
            REQUIRE(table.get(numbers, table.place(row)) == told[row].number);
            for (std::uint32_t bit = 0; bit < 3; ++bit)
                REQUIRE(table.test(bits.first + bit, row) == told[row].bits[bit]);
        }
    }
};

constexpr std::size_t k_many = 4'096 * 2 + 77;  // more than it takes memory for at a time, and no whole group

}  // namespace

TEST_CASE("a row has what it was told, and a new or cleared one has nothing") {
    Scene scene;
    scene.grow(13);
    scene.check();
    scene.tell_some();
    scene.check();
    scene.grow(k_many);
    scene.check();
    scene.tell_some();
    for (std::size_t row = 0; row < k_many; row += 5) {
        scene.table.clear(row);
        scene.told[row] = {};
    }
    scene.check();
}

TEST_CASE("codes that become wider stay, and so does everything beside them") {
    Scene scene;
    scene.grow(k_many);
    scene.tell_some();
    scene.wide = scene.table.widen(scene.codes);
    scene.check();
    scene.tell_some();
    scene.table.set(scene.wide, 4'100, Code{70'000});
    CHECK(scene.table.get(scene.wide, 4'100) == 70'000);
    scene.tell(4'100);
    scene.grow(k_many + 100);
    scene.check();
}

TEST_CASE("a run of rows reads as one row after the other does") {
    Scene scene;
    scene.grow(k_many);
    scene.tell_some();
    const auto all = scene.table.all(scene.days);
    REQUIRE(all.size() == k_many);
    for (std::size_t row = 0; row < k_many; ++row)
        REQUIRE(all[row] == scene.told[row].day);
    constexpr std::size_t first = 4'032, size = k_many - first;  // across the bound of what memory is taken for
    std::vector<std::int32_t> days(size + Table::k_group);
    scene.table.copy(scene.days, first, size, days.data());
    std::vector<std::uint64_t> words((size + 63) / 64, ~std::uint64_t{0});
    scene.table.copy_bits(scene.bits.first + 1, first, size, words.data());
    for (std::size_t i = 0; i < words.size() * 64; ++i) {
        const bool bit = (words[i / 64] >> (i % 64) & 1) != 0;
        REQUIRE(bit == (i < size && scene.told[first + i].bits[1]));
        if (i < size)
            REQUIRE(days[i] == scene.told[first + i].day);
    }
}

TEST_CASE("a copy grows and is told by itself") {
    Scene scene;
    scene.grow(k_many);
    scene.tell_some();
    scene.table.shrink();
    Scene copy = scene;
    copy.grow(k_many + 5'000);
    copy.tell_some();
    copy.check();
    scene.check();
}

TEST_CASE("lists that grew in turn lie side by side once they are shrunk") {
    Ragged<int> lists;
    constexpr std::size_t k_rows = 5;
    for (std::size_t row = 0; row < k_rows; ++row)
        lists.add_row();
    for (int item = 0; item < 4; ++item)
        for (std::size_t row = 0; row < k_rows; ++row)
            lists.append(row, item);
    lists.shrink();
    for (std::size_t row = 0; row < k_rows; ++row) {
        const auto list = lists.of(row);
        CHECK(std::vector<int>(list.begin(), list.end()) == std::vector<int>{0, 1, 2, 3});
        CHECK(list.data() == lists.of(0).data() + 4 * row);
    }
}
