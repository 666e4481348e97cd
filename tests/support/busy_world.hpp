// SPDX-License-Identifier: MIT
//
// A rule set that uses most of the language, a dozen people, and three weeks in which a lot happens to them: what
// happens is the same for the same seed. For tests of what must hold whatever happens.
#pragma once

#include "tests/support/story.hpp"

#include <cstdint>
#include <string>

namespace nurture::support {

std::string busy_rules();
/// Makes the people and what will happen to them from Monday 2 March 2026 on; begin() is left to the test. `trouble`:
/// not every message is accepted.
void fill(Story& story, std::uint64_t seed, bool trouble = true);

}  // namespace nurture::support
