// SPDX-License-Identifier: MIT
//
// Every diagnostic code, once: its severity and what it stands for in one line. `nurture explain` and the list in docs/
// are made from it. A code is never given a second meaning. Constant data; any thread.
#pragma once

#include "dsl/diagnostic.hpp"

#include <span>
#include <string>
#include <string_view>

namespace nurture::dsl {

struct CodeInfo {
    std::string_view code;
    Severity severity;
    std::string_view meaning;  // one line, no full stop
};

/// Sorted by code.
std::span<const CodeInfo> all_codes();

/// Null for a code that does not exist.
const CodeInfo* code_info(std::string_view code);

/// A diagnostic with its severity from the table and `place` as its first label. The code must exist.
Diagnostic diagnose(std::string_view code, std::string title, Span place, std::string label = {});

}  // namespace nurture::dsl
