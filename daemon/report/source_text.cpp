// SPDX-License-Identifier: MIT
// Rule lines in colour, by the table of words that the parser reads.
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"
#include "dsl/characters.hpp"
#include "dsl/vocabulary.hpp"

#include <algorithm>

namespace nurture::report {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == ':';
}

std::string span(std::string_view kind, std::string_view text) {
    return "<span class=\"" + std::string(kind) + "\">" + escaped(text) + "</span>";
}

}  // namespace

std::string coloured(std::string_view line) {
    std::string html;
    const char* at = line.data();
    const char* const end = at + line.size();
    const auto rest = [&](const char* behind) { return std::string_view(at, static_cast<std::size_t>(behind - at)); };
    while (at < end) {
        const char* behind = at;
        if (*at == '#') {
            behind = end;
            html += span("c", rest(behind));
        } else if (const auto n = dsl::quote_length(at, end)) {
            const char* close = dsl::closing_quote(at, end);
            behind = close != nullptr ? close + dsl::quote_length(close, end) : at + n;
            html += span("s", rest(behind));
        } else if (dsl::longest_phrase(behind, end)) {
            html += span("k", rest(behind));
        } else {
            while (behind < end && is_word(*behind))
                ++behind;
            if (behind == at)
                ++behind;
            html += *at >= '0' && *at <= '9' ? span("n", rest(behind)) : escaped(rest(behind));
        }
        at = behind;
    }
    return html;
}

std::string colleague(const Material& material, const std::string& id) {
    const auto& all = material.colleagues;
    if (!material.anonymous)
        return id;
    const auto place = std::find(all.begin(), all.end(), id) - all.begin();
    return "colleague " + std::to_string(place + 1);
}

/// Ids of people stand in quotes in the rules, and so do their addresses.
std::string shown(const Material& material, std::string_view rule_text) {
    std::string text(rule_text);
    if (!material.anonymous)
        return text;
    for (const auto& id : material.colleagues) {
        const auto quoted = '"' + id + '"';
        for (auto at = text.find(quoted); at != text.npos; at = text.find(quoted, at))
            text.replace(at, quoted.size(), '"' + colleague(material, id) + '"');
    }
    return text;
}

}  // namespace nurture::report
