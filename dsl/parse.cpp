// SPDX-License-Identifier: MIT
#include "dsl/parse.hpp"

#include "dsl/read_file.hpp"

#include <cassert>

namespace nurture::dsl {

ast::File parse(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics) {
    assert(file < sources.files.size());
    ast::File parsed;
    parsed.file = file;
    read_file(sources.files[file], Place::file, parsed, nullptr, diagnostics, nullptr);
    return parsed;
}

std::vector<ast::Condition> parse_conditions(const SourceSet& sources, std::uint32_t file, Diagnostics& diagnostics) {
    assert(file < sources.files.size());
    ast::File parsed;
    parsed.file = file;
    std::vector<ast::Condition> conditions;
    read_file(sources.files[file], Place::conditions, parsed, &conditions, diagnostics, nullptr);
    return conditions;
}

}  // namespace nurture::dsl
