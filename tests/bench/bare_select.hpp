// SPDX-License-Identifier: MIT
//
// The floor of loading: a bare SELECT, every value of it touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nurture::bench {

/// Of what was read, so that nothing is left out.
std::uint64_t bare_select(const std::filesystem::path& store, const std::vector<std::string>& queries);

}  // namespace nurture::bench
