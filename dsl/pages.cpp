// SPDX-License-Identifier: MIT
#include "dsl/pages.hpp"

#include "dsl/characters.hpp"

#include <algorithm>

namespace nurture::dsl {

extern const std::string_view k_messages;  // docs/messages.md

namespace {

constexpr std::string_view k_heading = "## ";
constexpr std::string_view k_fence = "```";

std::string_view next_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == '\n' || text.front() == ' '))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    return text;
}

std::string_view word(std::string_view& rest) {
    rest = trimmed(rest);
    const auto end = std::min(rest.find(' '), rest.size());
    const auto one = rest.substr(0, end);
    rest = trimmed(rest.substr(end));
    return one;
}

/// "| `from …` | the owner is the sender |" becomes two lines; the rule under a table's head is left out.
std::string table_row(std::string_view line) {
    if (line.starts_with("|---"))
        return {};
    std::string text;
    std::string_view indent = "  ";
    line.remove_prefix(1);
    while (!line.empty()) {
        const auto end = std::min(line.find('|'), line.size());
        if (const auto cell = trimmed(line.substr(0, end)); !cell.empty())
            text += std::string(indent) + std::string(cell) + "\n";
        indent = "      ";
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return text;
}

}  // namespace

std::vector<Page> all_pages() {
    std::vector<Page> pages;
    std::string_view rest = k_messages;
    while (!rest.empty()) {
        const auto line = next_line(rest);
        if (!line.starts_with(k_heading))
            continue;
        const auto end = rest.starts_with(k_heading) ? 0 : rest.find("\n## ");
        pages.push_back({line.substr(k_heading.size()), trimmed(rest.substr(0, end))});
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
    }
    return pages;
}

std::optional<Page> page(std::string_view code) {
    const auto pages = all_pages();
    const auto found = std::find_if(pages.begin(), pages.end(), [&](const Page& page) {
        return lower_ascii(page.heading.substr(0, page.heading.find(' '))) == lower_ascii(code);
    });
    return found == pages.end() ? std::nullopt : std::optional(*found);
}

std::vector<Example> examples(const Page& page) {
    std::vector<Example> all;
    std::string_view rest = page.text;
    while (!rest.empty()) {
        auto line = next_line(rest);
        if (!line.starts_with(k_fence))
            continue;
        line.remove_prefix(k_fence.size());
        word(line);  // nurture
        Example example;
        example.wrong = word(line) == "wrong";
        example.within = line;
        const auto end = rest.find(k_fence);
        example.text = rest.substr(0, end);
        rest.remove_prefix(std::min(end, rest.size()));
        next_line(rest);
        all.push_back(example);
    }
    return all;
}

std::string to_text(const Page& page) {
    std::string text;
    std::string_view rest = page.text;
    bool in_example = false;
    while (!rest.empty()) {
        const auto line = next_line(rest);
        if (line.starts_with(k_fence)) {
            if (!in_example)
                text += line.find(" wrong") != std::string_view::npos ? "Wrong:\n\n" : "Right:\n\n";
            in_example = !in_example;
        } else if (in_example) {
            text += line.empty() ? "\n" : "    " + std::string(line) + "\n";
        } else {
            text += line.starts_with('|') ? table_row(line) : std::string(line) + "\n";
        }
    }
    return text;
}

}  // namespace nurture::dsl
