// SPDX-License-Identifier: MIT
#include "back_support.hpp"

#include <catch2/catch.hpp>

using namespace nurture;

TEST_CASE("more segments than indices can name are refused, not looked up") {
    std::string text = "edition 2026\n";
    for (int i = 0; i < 10'050; ++i) {
        text += "segment \"s" + std::to_string(i) + "\"\nhas worked\nend\n";
    }
    const test::Result result = test::compiled(std::move(text));
    CHECK_FALSE(result.rules);
    CHECK(result.said.find("N0130: there are more than 10000 segments") != std::string::npos);
}

TEST_CASE("a million segments are refused by their size, not looked at one by one") {
    std::string text = "edition 2026\n";
    text.reserve(40'000'000);
    for (int i = 0; i < 1'000'000; ++i) {
        text += "segment \"s" + std::to_string(i) + "\"\nhas worked\nend\n";
    }
    const test::Result result = test::compiled(std::move(text));
    CHECK_FALSE(result.rules);
    CHECK(result.said.find("N0130: the rule files have more than 8 megabytes together") != std::string::npos);
    CHECK(result.said.size() < 4096);
}

TEST_CASE("thousands of segments in a circle, or one below the other, are one message each") {
    for (const bool circle : {true, false}) {
        constexpr int k_count = 3'000;
        std::string text = "edition 2026\n";
        for (int i = 0; i < k_count; ++i) {
            const int next = circle ? (i + 1) % k_count : i + 1;
            text += "segment \"s" + std::to_string(i) + "\"\n" +
                    (next < k_count ? "is in segment \"s" + std::to_string(next) + "\"" : "has worked") + "\nend\n";
        }
        const test::Result result = test::compiled(std::move(text));
        CHECK_FALSE(result.rules);
        CHECK(result.said.find("N0130: segments refer to each other more than 64 deep") != std::string::npos);
    }
    std::string ring = "edition 2026\n";
    for (int i = 0; i < 60; ++i) {
        ring +=
            "segment \"s" + std::to_string(i) + "\"\nis in segment \"s" + std::to_string((i + 1) % 60) + "\"\nend\n";
    }
    const test::Result result = test::compiled(std::move(ring));
    CHECK_FALSE(result.rules);
    CHECK(result.said.find("N0225") != std::string::npos);
    CHECK(result.said.find("N0225") == result.said.rfind("N0225"));
}

TEST_CASE("segments that use the next one twice have more ways through them than are walked") {
    std::string text = "edition 2026\n";
    for (int i = 0; i < 40; ++i)
        text += "segment \"A" + std::to_string(i) + "\"\n  is in segment \"A" + std::to_string(i + 1) +
                "\"\n  is in segment \"A" + std::to_string(i + 1) + "\"\nend\n";
    text += "segment \"A40\"\n  profession is \"Pharmacist\"\nend\n";
    CHECK(test::compiled(text).rules);
}

TEST_CASE("a text of a row that sends only what is unsent is never sent twice") {
    const auto sources = test::beside_house_rules(
        "edition 2026\n\ncampaign \"C\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n  from owner\n"
        "  check every day at 07:00\n  enroll at most 40 per day\n  re-enter never\n"
        "  stop when candidate has replied\n  stop when candidate leaves the audience\n"
        "  step one: email next unsent of \"hello\", \"guide\"\n  wait 8 days\n"
        "  step two: email next unsent of \"hello\", \"guide\"\nend\n");
    CHECK(dsl::compile(sources, test::test_world()).diagnostics.empty());
}

TEST_CASE("a file with a thousand mistakes is told about some hundred of them") {
    std::string text = "edition 2026\nsegment \"S\"\n";
    for (int i = 0; i < 1'000; ++i) {
        text += "shoe_size is 3\n";
    }
    const dsl::Compiled result = dsl::compile(test::beside_house_rules(text + "end\n"), test::test_world());
    CHECK_FALSE(result.rules);
    CHECK(result.diagnostics.size() == 500);
}

TEST_CASE("nothing at all, and nothing but noise, are compiled without a crash") {
    CHECK(dsl::compile({}, {}).diagnostics.empty());
    for (const char* text :
         {"", "\n", "\xff\xfe", "edition 2026", "edition 2026\nsegment", "edition 2026\nsegment \"x\"\nany of",
          "edition 2026\ncampaign \"x\"\nif", "end", "|", "template \"x\" for email\n|{{"}) {
        INFO(text);
        const test::Result result = test::compiled(text);
        CHECK((result.rules || !result.said.empty()));
    }
}

TEST_CASE("every prefix of a rule file is answered") {
    const std::string whole = test::read_file("rules/cra-drip.nurture");
    REQUIRE(whole.size() > 1000);
    for (std::size_t length = 0; length < whole.size(); length += 61) {
        INFO(whole.substr(0, length));
        const test::Result result = test::compiled(whole.substr(0, length));
        CHECK((result.rules || !result.said.empty()));
    }
}
