// SPDX-License-Identifier: MIT
#include "dsl/diagnostic.hpp"

#include "dsl/edit_distance.hpp"

#include <algorithm>
#include <tuple>

namespace nurture::dsl {
namespace {

auto place_of(const Diagnostic& diagnostic) {
    const Span span = diagnostic.labels.empty() ? Span{} : diagnostic.labels.front().span;
    return std::tuple(span.file, span.begin, span.end);
}

bool earlier(const Diagnostic& a, const Diagnostic& b) {
    return std::tuple_cat(place_of(a), std::tie(a.code, a.title)) <
           std::tuple_cat(place_of(b), std::tie(b.code, b.title));
}

bool same(const Diagnostic& a, const Diagnostic& b) {
    return place_of(a) == place_of(b) && a.code == b.code && a.title == b.title;
}

}  // namespace

bool has_errors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
}

void tidy(Diagnostics& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(), earlier);
    diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end(), same), diagnostics.end());
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::optional<std::string> best;
    std::size_t best_distance = 3;
    for (const std::string& candidate : candidates) {
        const auto distance = close_enough(word, candidate);
        if (distance && (*distance < best_distance || (*distance == best_distance && candidate < *best))) {
            best = candidate;
            best_distance = *distance;
        }
    }
    return best;
}

}  // namespace nurture::dsl
