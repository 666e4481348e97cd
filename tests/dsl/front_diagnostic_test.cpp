// SPDX-License-Identifier: MIT
#include "front_support.hpp"

#include "dsl/codes.hpp"
#include "dsl/limits.hpp"
#include "dsl/parse.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;

namespace {

Span span(const SourceSet& sources, std::string_view words) {
    const auto begin = static_cast<std::uint32_t>(sources.files[0].text.find(words));
    return {0, begin, begin + static_cast<std::uint32_t>(words.size())};
}

}  // namespace

TEST_CASE("a diagnostic shows the line, a caret and what to write") {
    const SourceSet sources = test::one_file("a\nb\nc\nd\n  profesion is \"RN\"\n", "dormant.nurture");
    Diagnostic diagnostic = diagnose("N0201", "there is no field called `profesion`", span(sources, "profesion"),
                                     "did you mean `profession`?");
    diagnostic.notes = {"All fields: nurture fields.   To accept the suggestion: nurture check --fix"};
    CHECK(render(diagnostic, sources) ==
          "dormant.nurture:5:3: error N0201: there is no field called `profesion`\n"
          "\n"
          "   5 |   profesion is \"RN\"\n"
          "     |   ^^^^^^^^^ did you mean `profession`?\n"
          "\n"
          "   All fields: nurture fields.   To accept the suggestion: nurture check --fix\n");
    CHECK(render_short(diagnostic, sources) ==
          "dormant.nurture:5:3: error N0201: there is no field called `profesion`");
}

TEST_CASE("other labels are drawn with dashes, in the order of the lines") {
    const SourceSet sources = test::one_file("n is at least 5\nx\nn is less than 3\n");
    Diagnostic diagnostic = diagnose("N0220", "these two lines can never both be true",
                                     span(sources, "n is less than 3"), "says fewer than 3");
    diagnostic.labels.push_back({span(sources, "n is at least 5"), "says 5 or more"});
    CHECK(render(diagnostic, sources) == "case.nurture:3:1: error N0220: these two lines can never both be true\n"
                                         "\n"
                                         "   1 | n is at least 5\n"
                                         "     | --------------- says 5 or more\n"
                                         "   3 | n is less than 3\n"
                                         "     | ^^^^^^^^^^^^^^^^ says fewer than 3\n");
}

TEST_CASE("what is said of several lines in the same words is shown once, with the other lines") {
    const SourceSet sources = test::one_file("bad\nworse\nbad\nbad\n");
    Diagnostics all = {diagnose("N0102", "this is bad", {0, 0, 3}, "write `good`"),
                       diagnose("N0102", "this is worse", {0, 4, 9}, "write `good`"),
                       diagnose("N0102", "this is bad", {0, 10, 13}, "write `good`"),
                       diagnose("N0102", "this is bad", {0, 14, 17}, "write `good`")};
    CHECK(render_all(all, sources) == "case.nurture:1:1: error N0102: this is bad\n"
                                      "\n"
                                      "   1 | bad\n"
                                      "     | ^^^ write `good`\n"
                                      "   The same in 2 more lines: case.nurture:3, 4\n"
                                      "\n"
                                      "case.nurture:2:1: error N0102: this is worse\n"
                                      "\n"
                                      "   2 | worse\n"
                                      "     | ^^^^^ write `good`\n"
                                      "\n");
    all[2].notes = {"But this one is another matter."};
    CHECK(render_all(all, sources).find("The same in 1 more line: case.nurture:4\n") != std::string::npos);
}

TEST_CASE("columns count characters, not bytes, and tabs take one") {
    const SourceSet sources = test::one_file("“ü”\tfoo\r\n");
    const Diagnostic diagnostic = diagnose("N0102", "x", span(sources, "foo"), "here");
    CHECK(render(diagnostic, sources) == "case.nurture:1:5: error N0102: x\n\n   1 | “ü” foo\n     |     ^^^ here\n");
}

TEST_CASE("a line of a megabyte is cut around the caret") {
    const std::string half(500'000, 'a');
    const SourceSet sources = test::one_file(half + "HERE" + half + "\n");
    const std::string shown = render(diagnose("N0102", "x", span(sources, "HERE"), "y"), sources);
    CHECK(shown.size() < 400);
    const std::size_t line = shown.find(" | …") + 3;
    const std::size_t caret = shown.find("^^^^ y");
    REQUIRE(caret != std::string::npos);
    // the caret stands below the word: same distance from the start of its line
    const std::size_t caret_line = shown.rfind('\n', caret) + 1;
    const std::size_t source_line = shown.rfind('\n', line) + 1;
    const std::size_t ellipsis_bytes = 2;  // … is one column and three bytes
    CHECK(shown.find("HERE") - source_line - ellipsis_bytes == caret - caret_line);
}

TEST_CASE("what is no text cannot reach a terminal") {
    const SourceSet sources = test::one_file("a \x1b[31m red \xff\n");
    const std::string shown = render(diagnose("N0102", "x", {0, 0, 1}), sources);
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find('\xff') == std::string::npos);
}

TEST_CASE("a place at or behind the end of the file is shown without a crash") {
    const SourceSet sources = test::one_file("abc");
    CHECK(render(diagnose("N0110", "x", {0, 3, 3}), sources) ==
          "case.nurture:1:4: error N0110: x\n\n   1 | abc\n     |    ^\n");
    CHECK(render(diagnose("N0110", "x", {0, 99, 120}), sources).find(":1:4:") != std::string::npos);
    CHECK(render(diagnose("N0110", "x", {7, 0, 0}), sources) == "error N0110: x\n");
    CHECK(render_short(diagnose("N0101", "x", {0, 0, 0}), test::one_file("")) == "case.nurture:1:1: error N0101: x");
}

TEST_CASE("diagnostics are sorted by file, place and code, and repeats are dropped") {
    Diagnostics diagnostics = {diagnose("N0202", "b", {1, 5, 6}), diagnose("N0201", "a", {1, 5, 6}),
                               diagnose("N0201", "a", {0, 9, 9}), diagnose("N0202", "b", {1, 5, 6})};
    tidy(diagnostics);
    REQUIRE(diagnostics.size() == 3);
    CHECK(diagnostics[0].labels[0].span.file == 0);
    CHECK(diagnostics[1].code == "N0201");
    CHECK(diagnostics[2].code == "N0202");
    CHECK(has_errors(diagnostics));
    CHECK_FALSE(has_errors({diagnose("N0404", "w", {})}));
}

TEST_CASE("the nearest word is at most two letters and a third of the word away") {
    const std::vector<std::string> fields = {"profession", "specialty", "stage", "state", "home"};
    CHECK(nearest("profesion", fields) == "profession");
    CHECK(nearest("speciatly", fields) == "specialty");
    CHECK(nearest("stagge", fields) == "stage");
    CHECK(nearest("hom", fields) == "home");
    CHECK_FALSE(nearest("ho", fields));
    CHECK_FALSE(nearest("job", fields));
    CHECK_FALSE(nearest("professional_x", fields));
    CHECK_FALSE(nearest(std::string(100'000, 'x'), fields));
}

TEST_CASE("JSON has spans, notes and fixes, even of text that is not UTF-8") {
    const SourceSet sources = test::one_file("ab \xff\n");
    Diagnostic diagnostic = diagnose("N0102", "not \xff understood", {0, 0, 2}, "here");
    diagnostic.fix = Fix{{0, 0, 2}, "cd"};
    const std::string json = render_json({diagnostic}, sources);
    CHECK(json.find("\"code\": \"N0102\"") != std::string::npos);
    CHECK(json.find("\"end_column\": 3") != std::string::npos);
    CHECK(json.find("\"replacement\": \"cd\"") != std::string::npos);
    CHECK(json.find('\xff') == std::string::npos);
    CHECK(render_json({}, sources) == "[]\n");
}

TEST_CASE("every code has one line of meaning and is found by its name") {
    for (const CodeInfo& info : all_codes()) {
        CHECK(info.code.size() == 5);
        CHECK_FALSE(info.meaning.empty());
        CHECK(code_info(info.code) == &info);
    }
    CHECK(code_info("N9999") == nullptr);
}
