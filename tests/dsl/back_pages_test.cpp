// SPDX-License-Identifier: MIT
//
// docs/messages.md, the pages of `nurture explain`: one for each code, and every example is what it says it is. A new
// code needs a section `## CODE severity: meaning` there, at its place in the order: two or three sentences on what and
// why, then a fence ```nurture wrong and one ```nurture right. After `wrong` or `right` may stand the block that the
// lines belong to (segment, campaign, policy), `whole` for a file that is compiled without the house rules, `below`
// for one in a sub-directory, `places` for a places.csv, `people` where it takes a store and `play` where it takes a
// test to be played (those two are checked in tests/trial).
#include "back_support.hpp"

#include "dsl/codes.hpp"
#include "dsl/pages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace nurture;
using namespace nurture::dsl;

namespace {

// What an example of a few lines cannot show: it takes people under way, a file that is no text, or a huge one; or
// there is nothing that is not refused by another code.
const std::set<std::string_view> k_without_examples = {"N0120", "N0130", "N0701", "N0702", "N0703"};

std::string campaign(std::string_view lines) {
    return "campaign \"Example\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n  from owner\n  check every weekday at "
           "07:00\n"
           "  enroll at most 20 per day\n  re-enter never\n  stop when candidate has replied\n"
           "  stop when candidate leaves the audience\n" +
           std::string(lines) + "end\n";
}

std::string file_of(const Example& example) {
    const std::string lines(example.text);
    if (example.within == "whole" || example.within == "below")
        return lines;
    std::string text = lines;
    if (example.within == "segment")
        text = "segment \"Example\"\n" + lines + "end\n";
    else if (example.within == "campaign")
        text = campaign(lines);
    else if (example.within == "policy")
        text = "policy \"Lone Star Staffing\"\n" + lines + "end\n";
    return "edition 2026\n\n" + text;
}

Compiled compile_example(const Example& example) {
    const std::string path = example.within == "below" ? "texas/example.nurture" : "example.nurture";
    SourceSet sources =
        test::beside_house_rules(example.within == "places" ? "edition 2026\n" : file_of(example), path);
    if (example.within == "places")
        std::find_if(sources.files.begin(), sources.files.end(), [](const SourceFile& file) {
            return file.path == "places.csv";
        })->text = example.text;
    // A whole file of rules stands alone; one that is only about its first line does not.
    if (example.within == "whole" && example.text.find("policy ") != std::string_view::npos)
        std::erase_if(sources.files, [](const SourceFile& file) { return file.path == "house-rules.nurture"; });
    return compile(sources, test::test_world());
}

bool says(const Compiled& compiled, std::string_view code) {
    return std::any_of(compiled.diagnostics.begin(), compiled.diagnostics.end(),
                       [&](const Diagnostic& d) { return d.code == code; });
}

}  // namespace

TEST_CASE("every code has its page, in order, under its own heading") {
    std::vector<std::string> headings, expected;
    for (const Page& page : all_pages())
        headings.emplace_back(page.heading);
    for (const CodeInfo& info : all_codes())
        expected.push_back(std::string(info.code) + (info.severity == Severity::error ? " error: " : " warning: ") +
                           std::string(info.meaning));
    expected.emplace_back("Defaults");
    CHECK(headings == expected);
}

TEST_CASE("every page says something, and shows a wrong and a right example") {
    for (const CodeInfo& info : all_codes()) {
        const auto found = page(info.code);
        if (!found)
            continue;  // the test above says so
        INFO(info.code);
        CHECK(found->text.size() > 100);
        const auto all = examples(*found);
        if (k_without_examples.contains(info.code)) {
            CHECK(all.empty());
            continue;
        }
        REQUIRE(all.size() == 2);
        CHECK(all[0].wrong);
        CHECK_FALSE(all[1].wrong);
    }
}

TEST_CASE("the wrong example of each page gives its code, and the right one is right") {
    for (const CodeInfo& info : all_codes()) {
        const auto found = page(info.code);
        for (const Example& example : found ? examples(*found) : std::vector<Example>()) {
            if (example.within == "people" || example.within == "play")
                continue;
            const Compiled compiled = compile_example(example);
            std::string said;
            for (const Diagnostic& diagnostic : compiled.diagnostics)
                said += diagnostic.code + ": " + diagnostic.title + "\n";
            INFO(info.code << (example.wrong ? " wrong" : " right") << "\n" << said);
            CHECK(says(compiled, info.code) == example.wrong);
            if (!example.wrong)
                CHECK(compiled.rules != nullptr);
        }
    }
}

TEST_CASE("a page is printed without the marks of its chapter") {
    const std::string text = to_text(*page("n0104"));
    CHECK(text.find("```") == std::string::npos);
    CHECK(text.find("Wrong:\n\n      quiet hours 8pm to 8am\n") != std::string::npos);
    const std::string defaults = to_text(*page("defaults"));
    CHECK(defaults.find("|") == std::string::npos);
    CHECK(defaults.find("  `priority …`\n      50\n") != std::string::npos);
}
