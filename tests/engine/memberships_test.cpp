// SPDX-License-Identifier: MIT
#include "daemon/engine/memberships.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::engine;

namespace {

constexpr dsl::SegmentIx k_kept = 1, k_other = 3, k_not_kept = 0;

Memberships nobody() { return {4, std::vector<dsl::SegmentIx>{k_kept, k_other}}; }

}  // namespace

TEST_CASE("nobody is in a segment that is not kept, nor beyond those who are there") {
    Memberships members = nobody();
    CHECK_FALSE(members.in(k_kept, 0));
    CHECK(members.count(k_kept) == 0);
    members.grow(70);
    members.set(k_kept, 69, true);
    CHECK(members.in(k_kept, 69));
    CHECK_FALSE(members.in(k_kept, 70));
    CHECK_FALSE(members.in(k_other, 69));
    CHECK_FALSE(members.in(k_not_kept, 69));
    CHECK(members.of(k_not_kept).size() == 70);
    CHECK(members.of(k_not_kept).none());
    members.grow(6'000);
    CHECK(members.count(k_kept) == 1);
    CHECK(members.of(k_kept).test(69));
    members.set(k_kept, 69, false);
    Memberships none = nobody();
    none.grow(6'000);
    CHECK(members == none);
}

TEST_CASE("what is put for rows is what is taken of them, in any order and with any instructions") {
    for (const auto set : {InstructionSet::plain, InstructionSet::avx2}) {
        const Lanes* with = lanes(set);
        if (with == nullptr)
            continue;
        Memberships members = nobody();
        members.grow(128);
        const std::uint64_t one = 0x8000'0000'0000'0421, other = 0x0123'4567'89ab'cdef;
        std::vector<std::uint64_t> words(2);
        words[members.column(k_kept)] = one;
        words[members.column(k_other)] = other;
        members.put(*with, 64, 64, words);
        for (roster::Row row = 0; row < 128; ++row) {
            CHECK(members.in(k_kept, row) == (row >= 64 && (one >> (row - 64) & 1) != 0));
            CHECK(members.in(k_other, row) == (row >= 64 && (other >> (row - 64) & 1) != 0));
        }
        const std::vector<roster::Row> some = {127, 3, 64, 69, 65};
        members.take(*with, some, words);
        CHECK(words[members.column(k_kept)] == 0b01101);
        for (std::size_t i = 0; i < some.size(); ++i)
            CHECK((words[members.column(k_other)] >> i & 1) == (members.in(k_other, some[i]) ? 1 : 0));
    }
}
