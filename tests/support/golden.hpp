// SPDX-License-Identifier: MIT
//
// Texts that people read, kept whole under tests/golden. NURTURED_ACCEPT=1 writes them anew: read the difference before
// you commit it.
#pragma once

#include "daemon/base/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace nurture::support {

/// The text that `name` (below tests/golden) has to be: CHECK(said == golden("forecast/plan.txt", said)).
inline std::string golden(const std::string& name, const std::string& said) {
    constexpr std::size_t most = 1 << 20;
    const auto path = std::filesystem::path(NURTURED_SOURCE_DIR) / "tests/golden" / name;
    if (std::getenv("NURTURED_ACCEPT") != nullptr)
        base::write_file(path, said, 0644);
    return std::filesystem::exists(path) ? base::read_file(path, most) : std::string();
}

}  // namespace nurture::support
