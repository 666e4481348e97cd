// SPDX-License-Identifier: MIT
//
// A line that could not be read: what is wrong with it and what to write instead. Proposals are tried by reading the
// repaired line, so that what a message says to write is always right. Pure; any thread.
#pragma once

#include "dsl/diagnostic.hpp"
#include "dsl/lines.hpp"
#include "dsl/statement.hpp"

#include <optional>
#include <string_view>

namespace nurture::dsl {

Diagnostic explain_mistake(std::string_view text, std::uint32_t file, Place place, const LogicalLine& line,
                           const Failure& failure);

/// A line that could stand in another block: N0112, and its first words.
struct Elsewhere {
    Diagnostic diagnostic;
    Span head;
};
std::optional<Elsewhere> belongs_elsewhere(std::string_view text, std::uint32_t file, Place place,
                                           const LogicalLine& line);

}  // namespace nurture::dsl
