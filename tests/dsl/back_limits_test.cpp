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
