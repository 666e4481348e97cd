// SPDX-License-Identifier: MIT
//
// plans/HASH.json in the state directory: what a person saw before saying yes. The newest 50 are kept. Throws
// base::FileError, and Failure for a hash that nobody was shown. One thread.
#pragma once

#include "daemon/forecast/apply.hpp"

#include <filesystem>
#include <string>

namespace nurture::cli {

struct Agreed {
    forecast::Record record;
    bool as_of_given = false;  // planned for an instant that was named, not for the moment
};

void keep_plan(const std::filesystem::path& state_directory, const Agreed& agreed);
/// `hash` may be its beginning, at least 6 digits.
Agreed find_plan(const std::filesystem::path& state_directory, const std::string& hash);

}  // namespace nurture::cli
