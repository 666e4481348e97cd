// SPDX-License-Identifier: MIT
//
// Whole small files. A write is atomic and durable: a crash leaves the old content or the new, never a part. Throws
// FileError with path and reason. Any thread, one writer per path.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace nurture::base {

/// Refuses files larger than `limit` bytes, so that a wrong path cannot fill the memory.
std::string read_file(const std::filesystem::path& path, std::size_t limit);

/// `mode` as for chmod(2).
void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0660);

}  // namespace nurture::base
