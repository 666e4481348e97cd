// SPDX-License-Identifier: MIT
#include "daemon/compose/holes.hpp"

#include <charconv>

namespace nurture::compose {

namespace {

constexpr std::string_view k_open = "\ufdd0";
constexpr std::string_view k_close = "\ufdd1";

/// All of it has to be digits.
std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

char letter(Rule rule) { return static_cast<char>('a' + static_cast<int>(rule)); }

}  // namespace

std::string mark(std::size_t slot) { return std::string(k_open) + std::to_string(slot) + std::string(k_close); }

std::vector<Run> runs_of(std::string_view literal, std::size_t slots) {
    std::vector<Run> runs;
    while (!literal.empty()) {
        const std::size_t open = literal.find(k_open);
        if (open != 0)
            runs.push_back({literal.substr(0, open), std::nullopt});
        if (open == std::string_view::npos)
            break;
        const std::size_t close = literal.find(k_close, open);
        if (close == std::string_view::npos)
            break;
        std::size_t slot = 0;
        std::from_chars(literal.data() + open + k_open.size(), literal.data() + close, slot);
        if (slot < slots)
            runs.push_back({{}, slot});
        literal.remove_prefix(close + k_close.size());
    }
    return runs;
}

std::string hole(Rule rule, std::size_t index) {
    return std::string(k_open) + letter(rule) + std::to_string(index) + std::string(k_close);
}

std::optional<Hole> next_hole(std::string_view text, std::size_t from) {
    for (auto open = text.find(k_open, from); open != std::string_view::npos; open = text.find(k_open, open + 1)) {
        const auto inner = open + k_open.size(), close = text.find(k_close, inner);
        if (close == std::string_view::npos || close == inner)
            continue;
        const auto index = number(text.substr(inner + 1, close - inner - 1));
        for (Rule rule : {Rule::html, Rule::html_alt, Rule::html_last, Rule::html_verbatim, Rule::html_title})
            if (index && text[inner] == letter(rule))
                return Hole{open, close + k_close.size(), rule, *index};
    }
    return std::nullopt;
}

std::string address_hole(std::size_t index) { return std::string(k_address_hole) + std::to_string(index); }

std::optional<std::size_t> address_hole_of(std::string_view url) {
    return url.starts_with(k_address_hole) ? number(url.substr(k_address_hole.size())) : std::nullopt;
}

}  // namespace nurture::compose
