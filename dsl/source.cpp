// SPDX-License-Identifier: MIT
#include "dsl/source.hpp"

#include "dsl/characters.hpp"

#include <algorithm>

namespace nurture::dsl {
namespace {

std::size_t clamp(const SourceFile& file, std::uint32_t offset) {
    return std::min<std::size_t>(offset, file.text.size());
}

std::size_t line_begin(const SourceFile& file, std::size_t offset) {
    const std::size_t end_before = offset == 0 ? std::string::npos : file.text.rfind('\n', offset - 1);
    return end_before == std::string::npos ? 0 : end_before + 1;
}

}  // namespace

const SourceFile* SourceSet::find(std::string_view path) const {
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const SourceFile& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

LineColumn line_column(const SourceFile& file, std::uint32_t offset) {
    const std::size_t at = clamp(file, offset);
    const std::size_t begin = line_begin(file, at);
    const auto line = 1 + std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
    const std::size_t before = count_characters(std::string_view(file.text).substr(begin, at - begin));
    return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(before + 1)};
}

std::string_view line_at(const SourceFile& file, std::uint32_t offset) {
    const std::size_t at = clamp(file, offset);
    const std::size_t begin = line_begin(file, at);
    std::size_t end = file.text.find('\n', at);
    if (end == std::string::npos)
        end = file.text.size();
    if (end > begin && file.text[end - 1] == '\r')
        --end;
    return std::string_view(file.text).substr(begin, end - begin);
}

}  // namespace nurture::dsl
