// SPDX-License-Identifier: MIT
//
// The benchmarks' rules, compiled as the program compiles files, and the moment at which they are looked at.
#pragma once

#include "dsl/rules.hpp"
#include "tests/bench/floor.hpp"
#include "tests/bench/segments.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace nurture::bench {

/// House, segments and, if there are a hundred of them, the twenty campaigns. Aborts with the mistakes if there are
/// any.
std::shared_ptr<const dsl::Rules> compile_rules(const std::vector<Segment>& segments, int people);

/// Noon in Texas of the day around which bench_data made the people.
Moment moment_of(const std::filesystem::path& store);

}  // namespace nurture::bench
