// SPDX-License-Identifier: MIT
//
// The header row: which cell of a record is which column. Names compare without regard to capitals. A map may say that
// a column of another name is meant. Whatever is wrong with the file as a whole is found here: ImportError. Inner part
// of the importer.
#pragma once

#include "daemon/importer/csv_reader.hpp"
#include "daemon/importer/import.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::importer {

struct Column {
    std::size_t cell = 0;
    std::string name;                                            // ours
    const std::map<std::string, std::string>* values = nullptr;  // of the map
};

class Header {
public:
    /// `map` must outlive the header.
    Header(const Record& record, const ImportMap& map, const std::filesystem::path& file);

    std::size_t size() const { return names_.size(); }
    std::optional<Column> find(std::string_view name);  // marks it as used
    /// ImportError that says what the file has instead.
    Column require(std::string_view name);
    /// `consent:NAME` in the file or in the map.
    std::vector<Column> consents();
    /// After all columns were looked for: what the file has beyond them. A name in the map that nobody looked for is an
    /// error.
    std::vector<std::string> skipped() const;

private:
    std::optional<std::size_t> position(std::string_view name) const;
    std::string all() const;

    const ImportMap& map_;
    std::string file_;
    std::vector<std::string> names_, folded_;
    std::vector<bool> used_;
    std::vector<std::string> asked_;
};

}  // namespace nurture::importer
