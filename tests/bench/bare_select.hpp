// SPDX-License-Identifier: MIT
//
// The floors of reading: bare SELECTs, every value of them touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace nurture::bench {

/// Of what was read, so that nothing is left out.
std::uint64_t bare_select(const std::filesystem::path& store, const std::vector<std::string>& queries);

/// The same again and again, about one candidate (?1) each time: prepared once.
class BareRows {
public:
    BareRows(const std::filesystem::path& store, const std::vector<std::string>& queries);
    ~BareRows();
    std::uint64_t read(std::int64_t candidate);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace nurture::bench
