// SPDX-License-Identifier: MIT
//
// One logical line, read: what the grammar hands to the assembly of blocks. A line is read for the block it stands in.
// Boost-free, so that nothing outside dsl/x3 compiles Spirit. Pure; any thread.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/reader.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nurture::dsl {

/// The kinds of blocks, by what may stand in them.
enum class Place : std::uint8_t {
    file,
    fields,
    events,
    policy,
    conditions,  // segments and groups
    campaign,
    branch,  // below `if` and `otherwise`
    split,
    message_template,
    test,
    given,
};
inline constexpr std::size_t k_places = 11;

/// "a campaign", for messages.
std::string_view describe(Place place);

namespace line {

struct End {};
struct Otherwise {};
struct Edition {
    ast::Number year;
};
struct OpenFields {};
struct OpenEvents {};
struct OpenGroup {
    ast::GroupKind kind{};
};
struct OpenIf {
    ast::Condition condition;
};
struct OpenSplit {
    std::optional<ast::Word> name;
};
struct OpenTest {
    ast::Quoted name;
};
struct OpenGiven {
    ast::Quoted candidate;
};
struct Subject {
    ast::Quoted text;
};
struct Owner {
    ast::Person person;
};
struct Audience {
    ast::Quoted segment;
};
struct StartWhen {
    ast::Change change;
};
struct IgnoreOlder {
    ast::Length length;
};
struct Enroll {
    ast::Number per_day;
};
struct Priority {
    ast::Number number;
};
struct Expires {
    ast::Date on;
};
struct Draft {};
struct KeepLeavers {};
struct Now {
    ast::LocalInstant instant;
    ast::Quoted zone;
};

}  // namespace line

using StatementVariant =
    std::variant<line::End, line::Otherwise, ast::Allow,
                 // file
                 line::Edition, line::OpenFields, line::OpenEvents, ast::Policy, ast::Segment, ast::Values,
                 ast::Campaign, ast::Template, line::OpenTest, ast::RetiredCampaign, ast::RenamedCampaign,
                 // declarations
                 ast::FieldDeclaration, ast::EventDeclaration, ast::PolicyLine,
                 // conditions
                 ast::Condition, line::OpenGroup,
                 // campaign
                 line::Owner, line::Audience, ast::Sender, ast::SmsSender, ast::SmsLimit, ast::CheckSchedule,
                 line::StartWhen, ast::StartOnDate, line::IgnoreOlder, line::Enroll, ast::ReEnter, ast::Window,
                 line::Priority, line::Expires, line::Draft, ast::Stop, ast::Pause, line::KeepLeavers, ast::Retired,
                 ast::Renamed, ast::Step, line::OpenIf, line::OpenSplit,
                 // split, template
                 ast::SplitArm, line::Subject,
                 // test
                 line::Now, ast::Given, line::OpenGiven, ast::Happening, ast::Expect,
                 // given
                 ast::GivenField, ast::ConsentTest, ast::MembershipTest>;

/// Its special members live in statement.cpp: fifty alternatives are expensive to compile, and many files pass them on.
struct Statement {
    StatementVariant what;

    Statement();
    ~Statement();
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
};

struct ReadLine {
    std::optional<Statement> statement;  // none: see failure
    Failure failure;
    std::vector<Mark> marks;  // in order, when there is a statement
};

/// Reads the logical line [begin, end) of `text` as one that stands in `place`. Every span lies in `text`.
ReadLine read_line(Place place, std::string_view text, std::uint32_t file, const char* begin, const char* end);

}  // namespace nurture::dsl
