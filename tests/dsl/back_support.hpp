// SPDX-License-Identifier: MIT
//
// Small rule sets for tests of the compiler: one file under test beside house rules that never change.
#pragma once

#include "dsl/compile.hpp"

#include <string>
#include <string_view>

namespace nurture::test {

/// Fields, events and a policy, in "house-rules.nurture", with a calendar and a places table.
dsl::SourceSet beside_house_rules(std::string text, std::string path = "case.nurture");

/// What the tests know of the world: today is 2026-03-02.
dsl::World test_world();

/// compile() of the file beside the house rules; everything said about it, rendered.
struct Result {
    std::shared_ptr<const dsl::Rules> rules;
    std::string said;
};
Result compiled(std::string text, std::string path = "case.nurture");

/// As compiled(), of condition lines that become the segment "x".
Result compiled_lines(std::string_view lines);

/// A whole file, under NURTURED_SOURCE_DIR.
std::string read_file(const std::string& path);

/// Every file of a directory below NURTURED_SOURCE_DIR, by its path in there.
dsl::SourceSet read_directory(const std::string& path);

}  // namespace nurture::test
