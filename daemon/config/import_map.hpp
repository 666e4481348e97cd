// SPDX-License-Identifier: MIT
//
// MAP.toml of `nurture import --map`: which column of a foreign export is which field, and what its values are called
// here. One table per field: `[profession]`, `column = "Job Title"`, `values = { RN = "Registered Nurse" }`.
#pragma once

#include "dsl/diagnostic.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace nurture::config {

struct MappedField {
    std::string column;                         // the header in the file
    std::map<std::string, std::string> values;  // what stands in a cell -> what it means here
};
struct LoadedMap {
    std::optional<std::map<std::string, MappedField>> fields;  // by field name; none when there are errors
    dsl::SourceSet source;
    dsl::Diagnostics diagnostics;
};

/// Throws std::system_error when the file cannot be read.
LoadedMap load_import_map(const std::filesystem::path& path);
LoadedMap parse_import_map(std::string text, const std::string& path);

}  // namespace nurture::config
