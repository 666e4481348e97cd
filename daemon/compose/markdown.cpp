// SPDX-License-Identifier: MIT
#include "daemon/compose/markdown.hpp"

#include "daemon/compose/markdown_plain.hpp"

#include <cmark.h>
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <functional>
#include <memory>

namespace nurture::compose {

namespace {

// Noncharacters: in no text by right, letters to cmark, so that `**{{name}}**` stays bold whatever the name is.
constexpr std::string_view k_open = "\ufdd0";
constexpr std::string_view k_close = "\ufdd1";

/// No colours on text: a reader's dark mode may then choose its own. Grey is readable on both.
constexpr const char* k_footer_open = "<div class=\"footer\" style=\"font-size:13px;line-height:1.5;color:#6b7280\">\n";

struct Run {
    std::string_view text;
    const Slot* slot = nullptr;
    std::size_t index = 0;
};

/// Cuts a literal at its marks.
std::vector<Run> runs_of(std::string_view literal, const std::vector<Slot>& slots) {
    std::vector<Run> runs;
    while (!literal.empty()) {
        std::size_t open = literal.find(k_open);
        if (open != 0)
            runs.push_back({literal.substr(0, open)});
        if (open == std::string_view::npos)
            break;
        std::size_t close = literal.find(k_close, open);
        if (close == std::string_view::npos)
            break;
        std::string_view number = literal.substr(open + k_open.size(), close - open - k_open.size());
        std::size_t index = 0;
        std::from_chars(number.data(), number.data() + number.size(), index);
        if (index < slots.size())
            runs.push_back({{}, &slots[index], index});
        literal.remove_prefix(close + k_close.size());
    }
    return runs;
}

std::string filled(const char* literal, const std::vector<Slot>& slots) {
    std::string out;
    for (const Run& run : runs_of(literal ? literal : "", slots))
        out += run.slot ? run.slot->words : std::string(run.text);
    return out;
}

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

class Filler {
public:
    Filler(cmark_node* root, const std::vector<Slot>& slots, Bodies& bodies)
        : root_(root),
          slots_(slots),
          bodies_(bodies) {}

    void run() {
        for (cmark_node* node : all_nodes())
            raw_html_as_text(node);
        cmark_consolidate_text_nodes(root_);
        for (cmark_node* node : all_nodes())
            fill(node);
        for (cmark_node* paragraph : footers_)
            make_footer(paragraph);
    }

private:
    /// A list first, so that changing the tree does not disturb the walk.
    std::vector<cmark_node*> all_nodes() {
        std::vector<cmark_node*> nodes;
        std::unique_ptr<cmark_iter, void (*)(cmark_iter*)> iter(cmark_iter_new(root_), cmark_iter_free);
        while (cmark_iter_next(iter.get()) != CMARK_EVENT_DONE)
            if (cmark_node* node = cmark_iter_get_node(iter.get()); nodes.empty() || nodes.back() != node)
                if (cmark_iter_get_event_type(iter.get()) == CMARK_EVENT_ENTER)
                    nodes.push_back(node);
        return nodes;
    }

    static cmark_node* text_node(const std::string& text) {
        cmark_node* node = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(node, text.c_str());
        return node;
    }

    static void raw_html_as_text(cmark_node* node) {
        cmark_node_type type = cmark_node_get_type(node);
        if (type != CMARK_NODE_HTML_INLINE && type != CMARK_NODE_HTML_BLOCK)
            return;
        std::string literal = cmark_node_get_literal(node);
        while (!literal.empty() && literal.back() == '\n')
            literal.pop_back();
        cmark_node* shown = text_node(literal);
        if (type == CMARK_NODE_HTML_BLOCK) {
            cmark_node* paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH);
            cmark_node_append_child(paragraph, shown);
            shown = paragraph;
        }
        cmark_node_replace(node, shown);
        cmark_node_free(node);
    }

    void fill(cmark_node* node) {
        switch (cmark_node_get_type(node)) {
        case CMARK_NODE_TEXT: fill_text(node); break;
        case CMARK_NODE_CODE:
        case CMARK_NODE_CODE_BLOCK:
            cmark_node_set_literal(node, filled(cmark_node_get_literal(node), slots_).c_str());
            break;
        case CMARK_NODE_LINK:
        case CMARK_NODE_IMAGE:
            cmark_node_set_url(node, address(node).c_str());
            cmark_node_set_title(node, filled(cmark_node_get_title(node), slots_).c_str());
            break;
        default: break;
        }
    }

    /// A value at the start of an address must be one itself; later ones are parameters.
    std::string address(cmark_node* node) {
        std::string out;
        const char* url = cmark_node_get_url(node);
        for (const Run& run : runs_of(url ? url : "", slots_)) {
            if (!run.slot)
                out += run.text;
            else if (!run.slot->label.empty())
                out += run.slot->words, note_footer(node);
            else if (out == "tel:")
                out += digits(run.slot->words);
            else if (!out.empty())
                out += percent_encoded(run.slot->words);
            else if (web_address(run.slot->words))
                out += run.slot->words;
            else if (!bodies_.not_a_link)
                bodies_.not_a_link = run.index;
        }
        return out;
    }

    void fill_text(cmark_node* node) {
        auto runs = runs_of(cmark_node_get_literal(node), slots_);
        bool within_link = inside(node, CMARK_NODE_LINK) != nullptr;
        std::string text;
        auto flush = [&] {
            if (!text.empty())
                cmark_node_insert_before(node, text_node(text));
            text.clear();
        };
        for (const Run& run : runs) {
            if (!run.slot) {
                text += run.text;
            } else if (run.slot->label.empty() || within_link) {
                append_lines(node, run.slot->words, text, flush);
            } else {
                flush();
                cmark_node_insert_before(node, our_link(*run.slot));
                note_footer(node);
            }
        }
        flush();
        cmark_node_unlink(node);
        cmark_node_free(node);
    }

    /// Only a personal note has lines; each ends with a line break.
    static void append_lines(cmark_node* before, std::string_view words, std::string& text,
                             const std::function<void()>& flush) {
        while (true) {
            std::size_t end = words.find('\n');
            text += words.substr(0, end);
            if (end == std::string_view::npos)
                return;
            flush();
            cmark_node_insert_before(before, cmark_node_new(CMARK_NODE_LINEBREAK));
            words.remove_prefix(end + 1);
        }
    }

    static cmark_node* our_link(const Slot& slot) {
        cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
        cmark_node_set_url(link, slot.words.c_str());
        cmark_node_append_child(link, text_node(slot.label));
        mark_address_only(link);
        return link;
    }

    static cmark_node* inside(cmark_node* node, cmark_node_type type) {
        while (node && cmark_node_get_type(node) != type)
            node = cmark_node_parent(node);
        return node;
    }

    /// The paragraph with a link of ours is the footer: small, and its lines stay lines.
    void note_footer(cmark_node* node) {
        cmark_node* paragraph = inside(node, CMARK_NODE_PARAGRAPH);
        if (paragraph && (footers_.empty() || footers_.back() != paragraph))
            footers_.push_back(paragraph);
    }

    static void make_footer(cmark_node* paragraph) {
        for (cmark_node* child = cmark_node_first_child(paragraph); child;) {
            cmark_node* next = cmark_node_next(child);
            if (cmark_node_get_type(child) == CMARK_NODE_SOFTBREAK) {
                cmark_node_replace(child, cmark_node_new(CMARK_NODE_LINEBREAK));
                cmark_node_free(child);
            }
            child = next;
        }
        cmark_node* footer = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
        cmark_node_set_on_enter(footer, k_footer_open);
        cmark_node_set_on_exit(footer, "</div>");
        cmark_node_insert_before(paragraph, footer);
        cmark_node_append_child(footer, paragraph);
    }

    cmark_node* root_;
    const std::vector<Slot>& slots_;
    Bodies& bodies_;
    std::vector<cmark_node*> footers_;
};

}  // namespace

std::string mark(std::size_t index) { return std::string(k_open) + std::to_string(index) + std::string(k_close); }

Bodies render_markdown(std::string_view marked, const std::vector<Slot>& slots) {
    std::unique_ptr<cmark_node, void (*)(cmark_node*)> root(
        cmark_parse_document(marked.data(), marked.size(), CMARK_OPT_DEFAULT), cmark_node_free);
    Bodies bodies;
    Filler(root.get(), slots, bodies).run();
    // The default is cmark's safe mode: no raw HTML, no javascript: or data: addresses.
    std::unique_ptr<char, void (*)(void*)> html(cmark_render_html(root.get(), CMARK_OPT_DEFAULT), std::free);
    bodies.html = html.get();
    bodies.plain = plain_text(root.get());
    return bodies;
}

std::string html_escape(std::string_view text) {
    std::string out;
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

}  // namespace nurture::compose
