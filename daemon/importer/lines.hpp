// SPDX-License-Identifier: MIT
//
// The physical lines of a file of any size, and lines that were put back. Inner part of CsvReader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace nurture::importer {

/// A record of a thousand full cells is far below this; beyond it somebody forgot to close a quotation mark, or the
/// file is no CSV at all. Bounds the memory of a reader.
inline constexpr std::size_t k_record_bytes = std::size_t{1} << 20;

/// How much of an enormous line is kept for the reject file: enough to recognise it.
inline constexpr std::size_t k_kept_bytes = 4096;

struct Line {
    std::string text;  // with its end: LF, CRLF or CR; the last may have none
    std::uint64_t number = 0;
    bool too_long = false;  // longer than k_record_bytes: `text` is its beginning
};

class Lines {
public:
    explicit Lines(const std::filesystem::path& file);

    bool next(Line& line);
    /// Read them again, in this order, before anything else.
    void put_back(std::vector<Line> lines);

    std::uint64_t bytes_done() const { return done_; }
    std::uint64_t bytes_total() const { return total_; }

private:
    bool fill();
    bool read(Line& line);
    bool ends_here(Line& line);

    std::filesystem::path path_;
    std::ifstream in_;
    std::vector<char> buffer_;
    std::size_t at_ = 0, end_ = 0;
    std::uint64_t number_ = 0, done_ = 0, total_ = 0;
    std::deque<Line> again_;
};

}  // namespace nurture::importer
