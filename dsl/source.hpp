// SPDX-License-Identifier: MIT
//
// The text of one rule set, and places in it. A SourceSet is everything that decides what is sent: the rule files, the
// holiday calendars and the places table, read once by whoever did the I/O. Plain values: safe to share once built.
// A Span is a half-open range of byte offsets in one file; lines and columns are computed from it only to be shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

struct Span {
    std::uint32_t file = 0;  // index in SourceSet::files
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    friend bool operator==(const Span&, const Span&) = default;
};

struct SourceFile {
    std::string path;  // relative to the rules directory, with '/' on every system; what messages show
    std::string text;  // as read; never changed, so that offsets hold
};

struct SourceSet {
    std::vector<SourceFile> files;  // sorted by path

    const SourceFile* find(std::string_view path) const;
};

struct LineColumn {
    std::uint32_t line = 1;    // from 1
    std::uint32_t column = 1;  // from 1, in characters (code points), as editors count
};

LineColumn line_column(const SourceFile& file, std::uint32_t offset);

/// The whole physical line that holds `offset`, without its line ending.
std::string_view line_at(const SourceFile& file, std::uint32_t offset);

inline bool is_rule_file(std::string_view path) { return path.ends_with(".nurture"); }

}  // namespace nurture::dsl
