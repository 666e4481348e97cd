// SPDX-License-Identifier: MIT
//
// The rule files in docs/cookbook.md and docs/tutorial.md: each checks beside rules/house-rules.nurture without a word,
// and its tests come true. What the tutorial shows as a mistake is one.
#include "house.hpp"

#include "tests/support/temp_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

using namespace nurture;
using namespace nurture::trial;
using namespace nurture::trial::test;

namespace {

const std::filesystem::path k_project = NURTURED_SOURCE_DIR;
constexpr const char* k_right = "nurture";
constexpr const char* k_wrong = "nurture wrong";
constexpr const char* k_edition = "edition 2026";

/// A gray box of a page.
struct Fence {
    std::string heading;  // the last one above it
    std::string info;     // what stands behind the ```
    std::string text;
    int line = 0;
};

std::vector<Fence> fences(const char* page) {
    std::istringstream in(support::content_of(k_project / "docs" / page));
    std::vector<Fence> all;
    std::string heading, line;
    bool inside = false;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.starts_with("```")) {
            if (!inside)
                all.push_back({heading, line.substr(3), {}, number});
            inside = !inside;
        } else if (inside) {
            all.back().text += line + "\n";
        } else if (line.starts_with("#")) {
            heading = line.substr(line.find_first_not_of("# "));
        }
    }
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](const Fence& fence) { return fence.info != k_right && fence.info != k_wrong; }),
              all.end());
    return all;
}

/// The house rules, the holidays, and this file.
dsl::SourceSet beside_the_house_rules(const std::string& text) {
    dsl::SourceSet set;
    for (const char* name : {"house-rules.nurture", "us-federal.ics"})
        set.files.push_back({name, support::content_of(k_project / "rules" / name)});
    set.files.push_back({"recipe.nurture", text});
    std::sort(set.files.begin(), set.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return set;
}

/// As the program checks: with the people and the senders of the house.
dsl::World house_world() {
    const auto config = house_config();
    dsl::World world;
    world.from_domains = config.from_domains;
    world.sms_senders = config.all_sms_senders();
    for (const auto& person : config.people)
        world.people.push_back(person.id);
    return world;
}

dsl::Compiled checked(const dsl::SourceSet& set) { return dsl::compile(set, house_world()); }

std::string said(const dsl::Compiled& compiled, const dsl::SourceSet& set) {
    std::string text;
    for (const auto& diagnostic : compiled.diagnostics)
        text += dsl::render(diagnostic, set) + "\n";
    return text;
}

/// Checks without a word, and its tests come true. Returns how many there are.
std::size_t checks_and_comes_true(const std::string& text) {
    const auto set = beside_the_house_rules(text);
    const auto compiled = checked(set);
    INFO(said(compiled, set));
    CHECK(compiled.diagnostics.empty());
    REQUIRE(compiled.rules);
    const auto results = play({compiled.rules, k_project / "rules", house_config()},
                              [](const std::string& path) { return path == "recipe.nurture"; });
    INFO(to_text(results, compiled.rules->sources, true));
    CHECK(std::all_of(results.begin(), results.end(), [](const auto& result) { return result.passed(); }));
    return results.size();
}

}  // namespace

TEST_CASE("every recipe of the cookbook checks, and does what its heading says") {
    std::set<std::string> headings;
    for (const auto& fence : fences("cookbook.md")) {
        INFO("docs/cookbook.md:" << fence.line << ": " << fence.heading);
        CHECK(fence.info == k_right);
        CHECK(fence.text.starts_with(k_edition));
        CHECK(headings.insert(fence.heading).second);
        CHECK(checks_and_comes_true(fence.text) >= 1);
    }
    CHECK(headings.size() >= 25);
}

// A box that does not begin a file is written below what the reader has so far; a mistake is not kept.
TEST_CASE("the file that the tutorial builds checks at every step, and its mistakes are mistakes") {
    std::string file;
    std::size_t mistakes = 0, tests = 0;
    for (const auto& fence : fences("tutorial.md")) {
        INFO("docs/tutorial.md:" << fence.line << ": " << fence.heading);
        const auto text = fence.text.starts_with(k_edition) ? fence.text : file + "\n" + fence.text;
        if (fence.info == k_wrong) {
            const auto set = beside_the_house_rules(text);
            const auto compiled = checked(set);
            CHECK_FALSE(compiled.rules);
            CHECK_FALSE(compiled.diagnostics.empty());
            ++mistakes;
            continue;
        }
        file = text;
        tests = checks_and_comes_true(file);
    }
    CHECK(mistakes >= 2);
    CHECK(tests >= 1);
}
