// SPDX-License-Identifier: MIT
//
// Every file of tests/golden/check is compiled beside the house rules; what is said about it stands beside it in a
// .txt.
#include "back_support.hpp"

#include "dsl/codes.hpp"
#include "tests/support/golden.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace nurture;

namespace {

const std::string k_folder = "tests/golden/check";

/// "N0412_caps", "texas/N0411_caps" of what stands in a sub-directory of the rules, or "alone/N0401_no_consent" of what
/// stands in no directory with house rules.
std::vector<std::string> cases() {
    const std::filesystem::path folder = std::string(NURTURED_SOURCE_DIR) + "/" + k_folder;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".nurture") {
            names.push_back(entry.path().lexically_relative(folder).replace_extension().generic_string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string said_alone(const std::string& text) {
    dsl::SourceSet sources;
    sources.files.push_back({"case.nurture", text});
    std::string said;
    for (const dsl::Diagnostic& diagnostic : dsl::compile(sources, test::test_world()).diagnostics) {
        said += (said.empty() ? "" : "\n") + dsl::render(diagnostic, sources);
    }
    return said;
}

}  // namespace

TEST_CASE("every mistake is explained as the golden text says") {
    for (const std::string& name : cases()) {
        const std::string code = name.substr(name.rfind('/') + 1);
        const std::string path = name.substr(0, name.size() - code.size()) + "case.nurture";
        const std::string text = test::read_file(k_folder + "/" + name + ".nurture");
        const std::string said = path.starts_with("alone/") ? said_alone(text) : test::compiled(text, path).said;
        INFO(name);
        CHECK(said == support::golden("check/" + name + ".txt", said));
        // A file is named after the code that it is about.
        if (code.starts_with("N")) {
            CHECK(said.find(code.substr(0, 5)) != std::string::npos);
        }
    }
}

TEST_CASE("a places.csv with mistakes is explained as the golden text says") {
    dsl::SourceSet sources = test::beside_house_rules("edition 2026\n");
    std::find_if(sources.files.begin(), sources.files.end(), [](const auto& file) { return file.path == "places.csv"; })
        ->text = "place,latitude,longitude\n\"Waxahachie, TX\",32.39,-96.85\n75165,north of here,-96.80\n,32.1,-96.2\n"
                 "\"Ennis, TX\",132.33,-96.63\n\"Italy, TX\",32.18\n";
    std::string said;
    for (const dsl::Diagnostic& diagnostic : dsl::compile(sources, test::test_world()).diagnostics)
        said += (said.empty() ? "" : "\n") + dsl::render(diagnostic, sources);
    CHECK(said == support::golden("check/N0219_places.txt", said));
}

TEST_CASE("the whole text of each code is in a golden text") {
    std::string all;
    const std::filesystem::path folder = std::string(NURTURED_SOURCE_DIR) + "/tests/golden";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".txt")
            all += test::read_file(entry.path().lexically_relative(NURTURED_SOURCE_DIR).generic_string());
    for (const auto& info : dsl::all_codes()) {
        INFO(info.code);
        CHECK(all.find(std::string(info.code) + ": ") != std::string::npos);
    }
}

TEST_CASE("ten different mistakes in one file give exactly ten diagnostics") {
    const dsl::SourceSet sources = test::beside_house_rules(test::read_file(k_folder + "/ten_mistakes.nurture"));
    const dsl::Compiled result = dsl::compile(sources, test::test_world());
    CHECK_FALSE(result.rules);
    std::set<std::uint32_t> lines;
    for (const dsl::Diagnostic& diagnostic : result.diagnostics) {
        INFO(dsl::render_short(diagnostic, sources));
        CHECK(diagnostic.severity == dsl::Severity::error);
        lines.insert(
            dsl::line_column(sources.files[diagnostic.labels[0].span.file], diagnostic.labels[0].span.begin).line);
    }
    CHECK(result.diagnostics.size() == 10);
    CHECK(lines.size() == 10);
}

TEST_CASE("the sample rules check without an error or a warning") {
    const dsl::SourceSet sources = test::read_directory("rules");
    REQUIRE_FALSE(sources.files.empty());
    dsl::World world;
    world.today = test::test_world().today;
    const dsl::Compiled result = dsl::compile(sources, world);
    for (const dsl::Diagnostic& diagnostic : result.diagnostics) {
        UNSCOPED_INFO(dsl::render(diagnostic, sources));
    }
    CHECK(result.diagnostics.empty());
    REQUIRE(result.rules);
    CHECK(result.rules->campaigns.size() >= 4);
}

TEST_CASE("the hash of a rule set sees words, not layout") {
    const auto hash = [](const char* text) {
        const auto result = dsl::compile(test::beside_house_rules(text), test::test_world());
        REQUIRE(result.rules);
        return dsl::hex(result.rules->hash);
    };
    const std::string first = hash("edition 2026\nsegment \"S\"\n  has worked\nend\n");
    CHECK(first.size() == 64);
    CHECK(hash("edition 2026\nsegment   \"S\"\n      HAS worked\nend\n") ==
          hash("edition 2026\nsegment \"S\"\n  has worked\nend\n"));
    CHECK(hash("edition 2026\nsegment \"S\"\n  has not worked\nend\n") != first);
}

TEST_CASE("import needs only the fields and events blocks to check") {
    auto sources =
        test::beside_house_rules("edition 2026\n\nfields\n  shift  text\nend\n\nsegment \"S\"\n  nonsense here\nend\n");
    const dsl::CompiledSchema schema = dsl::compile_schema(sources);
    REQUIRE(schema.schema);
    CHECK(schema.diagnostics.empty());
    CHECK(schema.schema->field("shift"));
    CHECK(schema.schema->field("first_name") == 0);
    CHECK(schema.schema->event("applied"));

    auto broken = test::beside_house_rules(
        "edition 2026\n\nfields\n  shift  tekst\nend\n\nsegment \"S\"\n  nonsense here\nend\n");
    const dsl::CompiledSchema none = dsl::compile_schema(broken);
    CHECK_FALSE(none.schema);
    REQUIRE(none.diagnostics.size() == 1);
    CHECK(dsl::line_column(broken.files[0], none.diagnostics[0].labels[0].span.begin).line == 4);
}
