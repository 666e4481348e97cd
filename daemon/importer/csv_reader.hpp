// SPDX-License-Identifier: MIT
//
// A CSV file, record by record (RFC 4180, libcsv in strict mode), as large as it may be: memory stays at a few records.
// A record that cannot be read is handed out with its problem, and reading goes on at the line after the one it began
// on: a quotation mark that is never closed costs one line, not the file. One thread. Throws base::FileError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace nurture::importer {

struct Record {
    std::vector<std::string> cells;
    std::uint64_t line = 0;  // where it begins, from 1
    std::string raw;         // as it stands in the file, without its line end; shortened if it is enormous
    std::string problem;     // not empty: no CSV; there are no cells
};

class CsvReader {
public:
    /// A byte order mark is skipped.
    explicit CsvReader(const std::filesystem::path& file);
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;
    ~CsvReader();

    /// Blank lines are passed over.
    bool next(Record& record);

    std::uint64_t bytes_done() const;
    std::uint64_t bytes_total() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace nurture::importer
