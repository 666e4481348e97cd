// SPDX-License-Identifier: MIT
#include "daemon/report/html.hpp"

#include "daemon/base/hash.hpp"
#include "daemon/forecast/page.hpp"
#include "dsl/characters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::report {
namespace {

constexpr std::size_t k_own_digits = 6;  // names that differ in a comma only have ids of their own

}  // namespace

std::string escaped(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 8);
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
        const std::size_t bytes = dsl::character_length(at, end);
        const bool control = bytes == 1 && static_cast<unsigned char>(*at) < ' ' && *at != '\n' && *at != '\t';
        if (bytes == 0 || control)
            html += "\xEF\xBF\xBD";
        else if (*at == '&')
            html += "&amp;";
        else if (*at == '<')
            html += "&lt;";
        else if (*at == '>')
            html += "&gt;";
        else if (*at == '"')
            html += "&quot;";
        else if (*at == '\'')
            html += "&#39;";
        else
            html.append(at, bytes);
        at += std::max<std::size_t>(bytes, 1);
    }
    return html;
}

std::string id_of(std::string_view prefix, std::string_view name) {
    std::string id(prefix);
    for (const char c : name) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool word = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
        if (word)
            id += low;
        else if (id.back() != '-')
            id += '-';
    }
    return id + '-' + base::hex(base::sha256(name)).substr(0, k_own_digits);
}

std::string percent(std::int64_t part, std::int64_t whole) {
    return fmt::format("{:.1f}", whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string number_cell(std::int64_t number, std::string_view what) {
    if (number == 0)
        return "<td class=\"n none\">-</td>";
    return fmt::format("<td class=\"n\" data-h=\"{}\" data-n=\"{}\">{}</td>", escaped(what), number,
                       forecast::thousands(number));
}

std::string head_row(std::initializer_list<std::string_view> names) {
    std::string html;
    for (const auto name : names)
        html += name.starts_with('#') ? fmt::format("<th scope=\"col\" class=\"n\">{}</th>", escaped(name.substr(1)))
                                      : fmt::format("<th scope=\"col\">{}</th>", escaped(name));
    return "<thead><tr>" + html + "</tr></thead>";
}

}  // namespace nurture::report
