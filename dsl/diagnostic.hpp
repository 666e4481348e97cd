// SPDX-License-Identifier: MIT
//
// What an author did wrong, as a value. Every stage appends to one list and goes on; one function renders
// (`file:line:column: severity CODE: …`, the author's line, a caret, what to write instead). Pure; any thread.
#pragma once

#include "dsl/source.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nurture::dsl {

enum class Severity : std::uint8_t { error, warning };

/// A place and what to say about it. The first label of a diagnostic is the primary one (`^^^`), others get `---`.
struct Label {
    Span span;
    std::string text;
};

/// A machine-applicable edit: replace `span` by `replacement`.
struct Fix {
    Span span;
    std::string replacement;
};

struct Diagnostic {
    Severity severity = Severity::error;
    std::string code;                // "N0201"
    std::string title;               // stands alone: "there is no field called `profesion`"
    std::vector<Label> labels;       // never empty
    std::vector<std::string> notes;  // whole lines below the source: "Write:   specialty includes any of \"ICU\""
    std::optional<Fix> fix;
};

using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);

/// Sorted by file, place, code; exact repeats dropped.
void tidy(Diagnostics& diagnostics);

/// The house style, without colour codes unless `colour`.
std::string render(const Diagnostic& diagnostic, const SourceSet& sources, bool colour = false);

/// All of them, a blank line behind each. What is said of several lines in the same words is shown once in full; behind
/// it stand the other lines.
std::string render_all(const Diagnostics& diagnostics, const SourceSet& sources, bool colour = false);

/// One line each: `file:line:column: error N0201: …`.
std::string render_short(const Diagnostic& diagnostic, const SourceSet& sources);

/// A JSON array with spans, notes and fixes.
std::string render_json(const Diagnostics& diagnostics, const SourceSet& sources);

/// The nearest of `candidates`: edit distance at most 2 and at most a third of the word, else nothing.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace nurture::dsl
