// SPDX-License-Identifier: MIT
#include "daemon/compose/parts.hpp"

#include <cmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace nurture::compose {

namespace {

bool web_address(std::string_view words) { return words.starts_with("https://") || words.starts_with("http://"); }

std::string percent_encoded(std::string_view words) {
    std::string out;
    for (char c : words) {
        bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    std::string_view("-._~@").find(c) != std::string_view::npos;
        out += safe ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// RFC 3966: "+1 (214) 555-0142" as an address is +12145550142.
std::string digits(std::string_view words) {
    std::string out;
    for (char c : words)
        if ((c >= '0' && c <= '9') || (c == '+' && out.empty()))
            out += c;
    return out;
}

/// cmark itself writes it: it knows what an address may not say, and how the rest is escaped.
void append_address(std::string& out, const std::string& url) {
    const std::unique_ptr<cmark_node, void (*)(cmark_node*)> link(cmark_node_new(CMARK_NODE_LINK), cmark_node_free);
    cmark_node_set_url(link.get(), url.c_str());
    const std::unique_ptr<char, void (*)(void*)> html(cmark_render_html(link.get(), CMARK_OPT_DEFAULT), std::free);
    const std::string_view written = html.get();
    const auto begin = written.find('"') + 1;
    out += written.substr(begin, written.rfind('"') - begin);
}

template<typename AppendLine>
void append_lines(std::string& out, std::string_view words, std::string_view line_end, AppendLine append_line) {
    for (auto end = words.find('\n'); end != std::string_view::npos; end = words.find('\n')) {
        append_line(out, words.substr(0, end));
        out += line_end;
        words.remove_prefix(end + 1);
    }
    append_line(out, words);
}

void append_plain(std::string& out, std::string_view words, const std::string& prefix) {
    append_lines(out, words, "\n" + prefix, [](std::string& to, std::string_view line) { to += line; });
}

void fill(std::string& out, const Part& part, const Words& words) {
    switch (part.rule) {
    case Rule::nothing: break;
    case Rule::plain: append_plain(out, words.slots[part.index], part.prefix); break;
    case Rule::plain_link: {
        std::string shown;
        append(shown, part.inner, words);
        append_plain(out, shown_link(shown, words.addresses[part.index]), part.prefix);
        break;
    }
    case Rule::plain_code: {
        std::string code;
        append(code, part.inner, words);
        append_plain(out, shown_code(code), part.prefix);
        break;
    }
    case Rule::html: append_lines(out, words.slots[part.index], "<br />\n", append_html_escaped); break;
    case Rule::html_alt: append_lines(out, words.slots[part.index], " ", append_html_escaped); break;
    case Rule::html_last:
        append_lines(out, words.slots[part.index], "<br />\n", append_html_escaped);
        if (!out.ends_with('\n'))
            out += '\n';
        break;
    case Rule::html_title: {
        std::string title;
        append(title, part.inner, words);
        if (!title.empty())
            out.append(" title=\"").append(title).append("\"");
        break;
    }
    case Rule::html_verbatim: append_html_escaped(out, words.slots[part.index]); break;
    case Rule::html_address: append_address(out, words.addresses[part.index]); break;
    }
}

}  // namespace

void add_hole(Parts& parts, Part hole) {
    hole.literal = std::move(parts.back().literal);
    parts.back() = std::move(hole);
    parts.emplace_back();
}

void Address::add(std::string_view literal) { steps_.push_back({std::string(literal), std::nullopt}); }

void Address::add_slot(std::size_t slot) { steps_.push_back({{}, slot}); }

std::string Address::with(const std::vector<std::string>& words, std::optional<std::size_t>& not_a_link) const {
    std::string out;
    for (const Step& step : steps_) {
        if (!step.slot)
            out += step.literal;
        else if (out == "tel:")
            out += digits(words[*step.slot]);
        else if (!out.empty())
            out += percent_encoded(words[*step.slot]);
        else if (web_address(words[*step.slot]))
            out += words[*step.slot];
        else if (!not_a_link)
            not_a_link = *step.slot;
    }
    return out;
}

void append(std::string& out, const Parts& parts, const Words& words) {
    for (const Part& part : parts) {
        out += part.literal;
        fill(out, part, words);
    }
}

std::string shown_link(const std::string& words, const std::string& address) {
    if (address.empty() || address == words || address == "mailto:" + words)
        return words;
    return words + " (" + address + ")";
}

std::string_view shown_code(std::string_view code) { return code.substr(0, code.find_last_not_of('\n') + 1); }

void append_html_escaped(std::string& out, std::string_view text) {
    std::size_t written = 0;
    const auto say = [&](std::size_t at, std::string_view instead) {
        out.append(text, written, at - written);
        out += instead;
        written = at + 1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
        case '&': say(i, "&amp;"); break;
        case '<': say(i, "&lt;"); break;
        case '>': say(i, "&gt;"); break;
        case '"': say(i, "&quot;"); break;
        default: break;
        }
    }
    out.append(text, written);
}

}  // namespace nurture::compose
