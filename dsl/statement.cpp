// SPDX-License-Identifier: MIT
#include "dsl/statement.hpp"

#include "dsl/x3/read_block.hpp"

namespace nurture::dsl {
namespace {

struct PlaceInfo {
    std::string_view words;
    grammar::ReadBlock read;
};
// in the order of Place
constexpr std::array<PlaceInfo, k_places> k_place_infos = {{
    {"a file", grammar::read_file_line},
    {"`fields`", grammar::read_fields_line},
    {"`events`", grammar::read_events_line},
    {"a `policy`", grammar::read_policy_line},
    {"a `segment`", grammar::read_conditions_line},
    {"a `campaign`", grammar::read_campaign_line},
    {"an `if`", grammar::read_branch_line},
    {"a `split`", grammar::read_split_line},
    {"a `template`", grammar::read_template_line},
    {"a `test`", grammar::read_test_line},
    {"a `given candidate`", grammar::read_given_line},
}};

const PlaceInfo& info(Place place) { return k_place_infos[static_cast<std::size_t>(place)]; }

// A statement knows where it stands: the whole logical line.
template<class T>
void set_span(T& statement, const Span& span) {
    if constexpr (requires { statement.span = span; })
        statement.span = span;
}
void set_span(ast::PolicyLine& statement, const Span& span) {
    std::visit([&](auto& part) { part.span = span; }, statement);
}

}  // namespace

Statement::Statement() = default;
Statement::~Statement() = default;
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;

std::string_view describe(Place place) { return info(place).words; }

ReadLine read_line(Place place, std::string_view text, std::uint32_t file, const char* begin, const char* end) {
    Reader reader(text, file, begin, end);
    Statement statement;
    ReadLine result;
    if (info(place).read(reader, begin, end, statement)) {
        std::visit([&](auto& read) { set_span(read, reader.span(begin, end)); }, statement.what);
        result.statement = std::move(statement);
        result.marks = reader.marks();
    }
    result.failure = reader.failure();
    return result;
}

}  // namespace nurture::dsl
