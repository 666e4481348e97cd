// SPDX-License-Identifier: MIT
#include "daemon/compose/markdown.hpp"

#include "daemon/compose/holes.hpp"
#include "daemon/compose/markdown_plain.hpp"

#include <cmark.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace nurture::compose {

namespace {

/// No colours on text: a reader's dark mode may then choose its own. Grey is readable on both.
constexpr const char* k_footer_open = "<div class=\"footer\" style=\"font-size:13px;line-height:1.5;color:#6b7280\">\n";

/// Turns a parsed tree into one that can be written: marks become holes with rules, links of ours become links. The
/// holes of addresses and titles are numbers of what is put into `addresses` and `titles`.
class Settler {
public:
    Settler(cmark_node* root, const std::vector<Slot>& slots, std::vector<Address>& addresses,
            std::vector<Parts>& titles)
        : root_(root),
          slots_(slots),
          addresses_(addresses),
          titles_(titles) {}

    void run() {
        for (cmark_node* node : all_nodes())
            raw_html_as_text(node);
        cmark_consolidate_text_nodes(root_);
        for (cmark_node* node : all_nodes())
            settle(node);
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

    void settle(cmark_node* node) {
        switch (cmark_node_get_type(node)) {
        case CMARK_NODE_TEXT: settle_text(node); break;
        case CMARK_NODE_CODE_BLOCK:
            // What an author calls the language of the code has no holes: one there is forged.
            if (next_hole(cmark_node_get_fence_info(node), 0))
                cmark_node_set_fence_info(node, "");
            [[fallthrough]];
        case CMARK_NODE_CODE:
            cmark_node_set_literal(node, with_holes(cmark_node_get_literal(node), Rule::html_verbatim).c_str());
            break;
        case CMARK_NODE_LINK:
        case CMARK_NODE_IMAGE:
            settle_address(node);
            settle_title(node);
            break;
        default: break;
        }
    }

    std::vector<Run> runs(const char* literal) const { return runs_of(literal ? literal : "", slots_.size()); }
    bool is_ours(const Run& run) const { return run.slot && !slots_[*run.slot].label.empty(); }

    /// The words of a link of ours are known.
    std::string with_holes(const char* literal, Rule rule) const {
        std::string out;
        for (const Run& run : runs(literal))
            out += is_ours(run) ? slots_[*run.slot].address : run.slot ? hole(rule, *run.slot) : std::string(run.text);
        return out;
    }

    /// An author's address that looks like a hole becomes one, so that it stays what it is.
    void settle_address(cmark_node* node) {
        Address address;
        std::string known;
        bool open = false;
        for (const Run& run : runs(cmark_node_get_url(node))) {
            if (run.slot && !is_ours(run)) {
                address.add_slot(*run.slot);
                open = true;
                continue;
            }
            if (is_ours(run))
                note_footer(node);
            const std::string_view text = is_ours(run) ? std::string_view(slots_[*run.slot].address) : run.text;
            address.add(text);
            known += text;
        }
        if (open || known.starts_with(k_address_hole)) {
            known = address_hole(addresses_.size());
            addresses_.push_back(std::move(address));
        }
        cmark_node_set_url(node, known.c_str());
    }

    void settle_title(cmark_node* node) {
        std::string title = with_holes(cmark_node_get_title(node), Rule::html_verbatim);
        if (next_hole(title, 0)) {
            titles_.push_back(escaped_parts(title));
            title = hole(Rule::html_title, titles_.size() - 1);
        }
        cmark_node_set_title(node, title.c_str());
    }

    static Parts escaped_parts(std::string_view text) {
        Parts parts(1);
        std::size_t from = 0;
        for (auto hole = next_hole(text, 0); hole; hole = next_hole(text, from)) {
            append_html_escaped(parts.back().literal, text.substr(from, hole->begin - from));
            add_hole(parts, {{}, hole->rule, hole->index, {}, {}});
            from = hole->end;
        }
        append_html_escaped(parts.back().literal, text.substr(from));
        return parts;
    }

    void settle_text(cmark_node* node) {
        const bool within_link = inside(node, CMARK_NODE_LINK) != nullptr;
        const Rule rule = inside(node, CMARK_NODE_IMAGE) ? Rule::html_alt : Rule::html;
        const auto all = runs(cmark_node_get_literal(node));
        std::string text;
        const auto flush = [&] {
            if (!text.empty())
                cmark_node_insert_before(node, text_node(text));
            text.clear();
        };
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!all[i].slot) {
                text += all[i].text;
            } else if (!is_ours(all[i])) {
                text += hole(i + 1 == all.size() && ends_paragraph(node) ? Rule::html_last : rule, *all[i].slot);
            } else if (within_link) {
                text += slots_[*all[i].slot].address;
            } else {
                flush();
                cmark_node_insert_before(node, our_link(slots_[*all[i].slot]));
                note_footer(node);
            }
        }
        flush();
        cmark_node_unlink(node);
        cmark_node_free(node);
    }

    /// Where something follows a paragraph without tags (in a list without blank lines), cmark begins a new line,
    /// unless one has just begun: that depends on the words.
    static bool ends_paragraph(cmark_node* node) {
        return cmark_node_next(node) == nullptr && cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_PARAGRAPH;
    }

    static cmark_node* our_link(const Slot& slot) {
        cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
        cmark_node_set_url(link, slot.address.c_str());
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
    std::vector<Address>& addresses_;
    std::vector<Parts>& titles_;
    std::vector<cmark_node*> footers_;
};

/// Of what cmark has written, what a hole takes the place of.
struct Cut {
    std::size_t begin = 0, end = 0;
    Part part;
};

std::optional<Cut> next_address(std::string_view html) {
    const std::string start = "=\"" + std::string(k_address_hole);
    for (auto at = html.find(start); at != std::string_view::npos; at = html.find(start, at + 1)) {
        const std::string_view before = html.substr(0, at);
        if (!before.ends_with("<a href") && !before.ends_with("<img src"))
            continue;
        const std::size_t begin = at + 2, end = html.find('"', begin);
        if (const auto index = address_hole_of(html.substr(begin, end - begin)))
            return Cut{begin, end, {{}, Rule::html_address, *index, {}, {}}};
    }
    return std::nullopt;
}

/// A hole together with what depends on what comes into it.
Cut cut_at(const Hole& hole, std::string_view html, const std::vector<Parts>& titles) {
    constexpr std::string_view title = " title=\"";
    if (hole.rule == Rule::html_title)
        return {hole.begin - title.size(), hole.end + 1, {{}, hole.rule, 0, {}, titles[hole.index]}};
    if (hole.rule != Rule::html_last)
        return {hole.begin, hole.end, {{}, hole.rule, hole.index, {}, {}}};
    if (html.substr(hole.end).starts_with('\n'))
        return {hole.begin, hole.end + 1, {{}, hole.rule, hole.index, {}, {}}};
    return {hole.begin, hole.end, {{}, Rule::html, hole.index, {}, {}}};
}

Parts cut(std::string_view html, const std::vector<Parts>& titles) {
    Parts parts(1);
    while (true) {
        auto first = next_address(html);
        if (const auto hole = next_hole(html, 0); hole && (!first || hole->begin < first->begin))
            first = cut_at(*hole, html, titles);
        if (!first)
            break;
        parts.back().literal += html.substr(0, first->begin);
        add_hole(parts, std::move(first->part));
        html.remove_prefix(first->end);
    }
    parts.back().literal += html;
    return parts;
}

std::size_t size_of(const Parts& parts) {
    constexpr std::size_t usual_words = 40;
    std::size_t size = 0;
    for (const Part& part : parts)
        size += part.literal.size() + usual_words + size_of(part.inner);
    return size;
}

}  // namespace

Markdown::Markdown(std::string_view marked, const std::vector<Slot>& slots) {
    const std::unique_ptr<cmark_node, void (*)(cmark_node*)> root(
        cmark_parse_document(marked.data(), marked.size(), CMARK_OPT_DEFAULT), cmark_node_free);
    std::vector<Parts> titles;
    Settler(root.get(), slots, addresses_, titles).run();
    // The default is cmark's safe mode: no raw HTML, no javascript: or data: addresses.
    const std::unique_ptr<char, void (*)(void*)> html(cmark_render_html(root.get(), CMARK_OPT_DEFAULT), std::free);
    html_ = cut(html.get(), titles);
    plain_ = plain_text(root.get(), addresses_);
    plain_size_ = size_of(plain_);
    html_size_ = size_of(html_);
}

std::optional<std::size_t> Markdown::fill(const std::vector<std::string>& words, std::string& plain,
                                          std::string& html) const {
    std::vector<std::string> addresses;
    std::optional<std::size_t> not_a_link;
    for (const Address& address : addresses_)
        addresses.push_back(address.with(words, not_a_link));
    if (not_a_link)
        return not_a_link;
    append(plain, plain_, {words, addresses});
    append(html, html_, {words, addresses});
    return std::nullopt;
}

}  // namespace nurture::compose
