// SPDX-License-Identifier: MIT
//
// What happened in a world, told to whoever has to find out why. First what concerns the message or the person that a
// promise was broken for, then everything.
#pragma once

#include "tests/simulation/simulation.hpp"

#include <string>

namespace nurture::simulation {

std::string lower_case(std::string text);

std::string tell(std::uint64_t seed, const Result& outcome, const Record& record, bool everything);

}  // namespace nurture::simulation
