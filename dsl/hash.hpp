// SPDX-License-Identifier: MIT
//
// SHA-256 of bytes, for the identity of rule sets and step lists. Pure; any thread. FIPS 180-4.
#pragma once

#include "dsl/rules.hpp"

#include <string_view>

namespace nurture::dsl {

Hash sha256(std::string_view bytes);

}  // namespace nurture::dsl
