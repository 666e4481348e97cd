// SPDX-License-Identifier: MIT
//
// Every file of tests/golden/dsl is read as it is; what is said about it stands beside it in a .txt.
#include "back_support.hpp"
#include "front_support.hpp"

#include "dsl/codes.hpp"
#include "dsl/parse.hpp"
#include "tests/support/golden.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace nurture;
using namespace nurture::dsl;

TEST_CASE("every line that cannot be read is explained as the golden text says") {
    const std::string folder = "tests/golden/dsl/";
    std::size_t files = 0;
    for (const SourceFile& file : test::read_directory(folder).files) {
        if (!is_rule_file(file.path))
            continue;
        ++files;
        const SourceSet sources = test::one_file(file.text, file.path);
        Diagnostics diagnostics;
        parse(sources, 0, diagnostics);
        tidy(diagnostics);
        std::string said;
        for (const Diagnostic& diagnostic : diagnostics) {
            CHECK(code_info(diagnostic.code) != nullptr);
            said += (said.empty() ? "" : "\n") + render(diagnostic, sources);
        }
        INFO(file.path);
        CHECK(said == support::golden("dsl/" + file.path.substr(0, file.path.rfind('.')) + ".txt", said));
    }
    CHECK(files >= 9);
}

TEST_CASE("the line that a message tells to write can be read") {
    for (const SourceFile& file : test::read_directory("tests/golden/dsl/").files) {
        if (!is_rule_file(file.path))
            continue;
        const SourceSet sources = test::one_file(file.text, file.path);
        Diagnostics diagnostics;
        parse(sources, 0, diagnostics);
        for (const Diagnostic& diagnostic : diagnostics) {
            if (!diagnostic.fix)
                continue;
            std::string fixed = file.text;
            const Fix& fix = *diagnostic.fix;
            fixed.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
            Diagnostics left;
            parse(test::one_file(fixed, file.path), 0, left);
            INFO(render(diagnostic, sources));
            CHECK(left.size() < diagnostics.size());
        }
    }
}

TEST_CASE("a suggestion that is accepted by machine never takes away what the author wrote") {
    for (const char* line : {"home is within 60 miles of \"Dallas, TX\" and last_conversation is more than 270 days",
                             "profession is \"Pharmacist\" \"Physician\"", "has worked for us"}) {
        INFO(line);
        const std::string text = "edition 2026\n\nsegment \"S\"\n  " + std::string(line) + "\nend\n";
        Diagnostics said;
        parse(test::one_file(text, "case.nurture"), 0, said);
        REQUIRE(said.size() == 1);
        CHECK((!said[0].fix || !said[0].fix->replacement.empty()));
    }
}
