// SPDX-License-Identifier: MIT
//
// Names that are only ever mentioned, and warnings that the author wants silenced.
#include "dsl/compiler.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nurture::dsl {
namespace {

/// Lists and consents are declared nowhere, so a slip of the pen makes a second one. Who has more has generated them.
constexpr std::size_t k_compared_names = 500;

void near_names(Compiler& c, const std::vector<std::string>& names, const std::vector<Span>& spans,
                std::string_view what) {
    // Names that were there before (nurture find) have no place in these sources.
    const std::size_t old = names.size() - spans.size();
    std::vector<std::string> earlier;
    for (std::size_t i = 0; i < names.size() && i < k_compared_names; ++i) {
        if (i >= old) {
            if (const auto near = nearest(names[i], earlier)) {
                c.report("N0208", spans[i - old],
                         fmt::format("there are two {}s with nearly the same name: \"{}\" and \"{}\"", what, *near,
                                     names[i]),
                         "is this one meant to be another?");
            }
        }
        earlier.push_back(names[i]);
    }
}

/// Warnings that need the store: whether an `allow` for them silences anything is not known without it.
constexpr std::array<std::string_view, 5> k_data_codes = {"N0222", "N0223", "N0224", "N0228", "N0611"};
/// One that is found in the rules alone, and in the data as well: never called unused.
constexpr std::string_view k_of_both = "N0610";

bool needs_store(std::string_view code) {
    return std::find(k_data_codes.begin(), k_data_codes.end(), code) != k_data_codes.end();
}

bool silences(const ast::Allow& allow, const Diagnostic& d) {
    const Span at = d.labels.front().span;
    return allow.next && d.severity == Severity::warning && d.code == allow.code.text && at.file == allow.next->file &&
           at.begin >= allow.next->begin && at.begin < allow.next->end;
}

Diagnostic silences_nothing(const ast::Allow& allow) {
    return diagnose("N0901",
                    fmt::format("this `allow` silences nothing: there is no {} on the line below it", allow.code.text),
                    allow.span, "leave it out");
}

void unused(Compiler& c, const ast::Allow& allow) {
    const std::string& code = allow.code.text;
    const CodeInfo* info = code_info(code);
    if (info == nullptr) {
        c.report("N0901", allow.code.span, fmt::format("there is no warning {}", code), "see `nurture explain`");
    } else if (info->severity == Severity::error) {
        c.report("N0901", allow.code.span, fmt::format("{} is an error, and only warnings can be silenced", code), "");
    } else if (!needs_store(code) && code != k_of_both) {
        c.diagnostics.push_back(silences_nothing(allow));
    }
}

}  // namespace

void check_names(Compiler& c) {
    near_names(c, c.rules.schema.lists, c.list_spans, "list");
    near_names(c, c.rules.schema.consents, c.consent_spans, "consent");
}

void apply_allows(Compiler& c) {
    for (const ast::File& file : c.files) {
        for (const ast::Allow& allow : file.allows) {
            if (allow.because.text.find_first_not_of(" \t") == std::string::npos) {
                c.report("N0901", allow.because.span, "an `allow` says why the warning is all right here",
                         "whoever reads it in a year will want to know");
                continue;
            }
            const auto first = std::remove_if(c.diagnostics.begin(), c.diagnostics.end(),
                                              [&](const Diagnostic& d) { return silences(allow, d); });
            if (first == c.diagnostics.end()) {
                unused(c, allow);
            } else {
                c.diagnostics.erase(first, c.diagnostics.end());
            }
        }
    }
}

Allowed allowed(const SourceSet& sources, const Diagnostics& warnings) {
    Allowed result;
    result.silenced.resize(warnings.size());
    for (std::uint32_t i = 0; i < sources.files.size(); ++i) {
        if (!is_rule_file(sources.files[i].path)) {
            continue;
        }
        Diagnostics said_before;
        for (const ast::Allow& allow : parse(sources, i, said_before).allows) {
            bool used = false;
            for (std::size_t w = 0; w < warnings.size(); ++w) {
                if (silences(allow, warnings[w])) {
                    used = result.silenced[w] = true;
                }
            }
            if (!used && needs_store(allow.code.text)) {
                result.unused.push_back(silences_nothing(allow));
            }
        }
    }
    return result;
}

}  // namespace nurture::dsl
