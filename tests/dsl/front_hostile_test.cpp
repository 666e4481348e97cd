// SPDX-License-Identifier: MIT
// Input that nobody means: an answer in linear time, bounded memory, never a crash.
#include "back_support.hpp"
#include "front_support.hpp"

#include "dsl/limits.hpp"
#include "dsl/parse.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace nurture;
using namespace nurture::dsl;

namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

std::vector<std::string> codes(const std::string& text) {
    const SourceSet sources = test::one_file(text);
    Diagnostics diagnostics;
    parse(sources, 0, diagnostics);
    tidy(diagnostics);
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics) {
        result.push_back(diagnostic.code);
        CHECK(render(diagnostic, sources).size() < 4096);
    }
    return result;
}

}  // namespace

TEST_CASE("a hundred thousand nested blocks are one message about depth") {
    const std::string open = "edition 2026\nsegment \"x\"\n" + repeat("any of\n", 100'000);
    CHECK(codes(open + repeat("end\n", 100'001)) == std::vector<std::string>{"N0130"});
    const std::vector<std::string> unclosed = codes(open);
    CHECK(std::count(unclosed.begin(), unclosed.end(), "N0130") == 1);
    CHECK(std::count(unclosed.begin(), unclosed.end(), "N0110") > 0);
    CHECK(unclosed.size() < 10);
    CHECK(codes("edition 2026\ncampaign \"x\"\n" + repeat("if a was sent\n", 1000) + repeat("end\n", 1001)) ==
          std::vector<std::string>{"N0130"});
}

TEST_CASE("a line of ten megabytes is refused, a list of half a megabyte is read") {
    const std::string head = "edition 2026\nsegment \"x\"\n  a is any of ";
    CHECK(codes(head + repeat("\"b\", ", 2 << 20) + "\"c\"\nend\n") == std::vector<std::string>{"N0130"});
    CHECK(codes(head + repeat("\"b\", ", 100'000) + "\"c\"\nend\n").empty());
    CHECK(codes(head + repeat("\"b\", ", 100'000) + "c\nend\n").size() == 1);
    CHECK(codes("edition 2026\n" + repeat("“", 3 << 20)) == std::vector<std::string>{"N0130"});
}

TEST_CASE("a file of nothing but mistakes is given up at the limit") {
    const std::vector<std::string> found = codes("edition 2026\n" + repeat("foo bar\n", 20'000));
    CHECK(found.size() == k_diagnostics_per_file + 1);
    CHECK(std::count(found.begin(), found.end(), "N0130") == 1);
}

TEST_CASE("bytes that are no text are reported on their line, and the other lines are read") {
    const test::Parsed parsed = test::parsed(std::string("edition 2026\nsegment \"A\"\n  stage is \"caf\xE9\"\n") +
                                             std::string("  city is \"a\0b\"\n", 16) + "  city is \"ü\"\nend\n");
    CHECK(parsed.said.find("case.nurture:3:16: error N0120: this is not UTF-8\n") != std::string::npos);
    CHECK(parsed.said.find("case.nurture:4:13: error N0120: there is a character here that is no text\n") !=
          std::string::npos);
    REQUIRE(parsed.file.segments.size() == 1);
    CHECK(parsed.file.segments[0].lines.size() == 1);
    CHECK(parsed.file.segments[0].incomplete);
    CHECK(codes("\xFF\xFE" + std::string("e\0d\0i\0", 6)) == std::vector<std::string>{"N0120"});
}

TEST_CASE("random bytes get an answer") {
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 300'000; ++i) {
        state = state * 1664525U + 1013904223U;
        noise += static_cast<char>(state >> 24U);
    }
    CHECK(codes(noise).size() == k_diagnostics_per_file + 1);
    CHECK(format(format(noise)) == format(noise));
}

TEST_CASE("every beginning of a file, and every file with a character missing, gets an answer") {
    const std::string text = test::read_file("tests/dsl/data/every_statement.nurture");
    for (std::size_t i = 0; i < text.size(); i += 29) {
        // Cut in front as well, so that the cost of a cut does not grow with its place.
        const std::size_t begin = text.rfind('\n', i < 1500 ? 0 : i - 1500) + 1;
        CHECK_FALSE((codes(text.substr(begin, i - begin)).empty() && i - begin > 20 && begin > 0));
        std::string damaged = text.substr(begin, 2000);
        if (i - begin < damaged.size())
            damaged.erase(i - begin, 1);
        codes(damaged);
    }
}
