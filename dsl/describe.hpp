// SPDX-License-Identifier: MIT
//
// A compiled condition in words, for `why`, for tests and for whoever debugs. Not the author's spelling: what the
// engine evaluates. Pure; any thread.
#pragma once

#include "dsl/rules.hpp"

#include <string>

namespace nurture::dsl {

/// One line: `all(profession is "registered nurse", not(any(stage is any of "offer out", "retired", stage is
/// unknown)))`.
std::string describe(const Rules& rules, ConditionIx condition);

/// One line without the source text: `email "icu-hello", in the thread of 2, within 4 hours, otherwise stop`.
std::string describe(const Rules& rules, const StepLine& line);

}  // namespace nurture::dsl
