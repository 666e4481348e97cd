// SPDX-License-Identifier: MIT
//
// Rows that could not be taken: a CSV file of `line,reason` and the row as it stood, which imports again once it is
// corrected, and a tally by reason. The file is made when the first row comes, readable by its owner only: it holds
// personal data. Throws base::FileError. Inner part of the importer.
#pragma once

#include "daemon/importer/csv_reader.hpp"
#include "daemon/importer/import.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace nurture::importer {

class Rejects {
public:
    Rejects(std::filesystem::path file, std::string header) : path_(std::move(file)), header_(std::move(header)) {}

    void add(const Record& record, const std::string& column, const std::string& reason);
    /// Everything is on the disk. The tally, most frequent first.
    std::vector<RejectReason> finish();

private:
    void open();

    std::filesystem::path path_;
    std::string header_;
    std::ofstream out_;
    std::vector<RejectReason> tally_;
};

}  // namespace nurture::importer
