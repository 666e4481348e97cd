// SPDX-License-Identifier: MIT
#include "daemon/compose/markdown_plain.hpp"

#include <cmark.h>

#include <string_view>

namespace nurture::compose {

namespace {

constexpr int k_max_nesting = 50;  // nobody writes so many quotes in quotes; it bounds the stack
const char k_address_only = 0;     // its address is the mark

std::string_view view(const char* text) { return text ? std::string_view(text) : std::string_view(); }

std::string link(cmark_node* node, const std::string& words) {
    std::string url(view(cmark_node_get_url(node)));
    if (cmark_node_get_user_data(node) == &k_address_only)
        return url;
    if (url.empty() || url == words || url == "mailto:" + words)
        return words;
    return words + " (" + url + ")";
}

std::string inlines(cmark_node* parent, int depth) {
    std::string out;
    if (depth > k_max_nesting)
        return out;
    for (cmark_node* node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
        switch (cmark_node_get_type(node)) {
        case CMARK_NODE_TEXT:
        case CMARK_NODE_CODE: out += view(cmark_node_get_literal(node)); break;
        case CMARK_NODE_SOFTBREAK:
        case CMARK_NODE_LINEBREAK: out += '\n'; break;
        case CMARK_NODE_LINK: out += link(node, inlines(node, depth + 1)); break;
        default: out += inlines(node, depth + 1);
        }
    }
    return out;
}

/// `first` before the first line, `others` before each one after.
std::string prefixed(const std::string& text, const std::string& first, const std::string& others) {
    std::string out = first;
    for (char c : text) {
        out += c;
        if (c == '\n')
            out += others;
    }
    return out;
}

std::string block(cmark_node* node, int depth);

std::string blocks(cmark_node* parent, std::string_view between, int depth) {
    std::string out;
    if (depth > k_max_nesting)
        return out;
    for (cmark_node* node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
        if (node != cmark_node_first_child(parent))
            out += between;
        out += block(node, depth + 1);
    }
    return out;
}

std::string list(cmark_node* node, int depth) {
    bool tight = cmark_node_get_list_tight(node) != 0;
    int number = cmark_node_get_list_start(node);
    std::string out;
    for (cmark_node* item = cmark_node_first_child(node); item; item = cmark_node_next(item)) {
        std::string bullet = "- ";
        if (cmark_node_get_list_type(node) == CMARK_ORDERED_LIST)
            bullet = std::to_string(number++) + ". ";
        if (!out.empty())
            out += tight ? "\n" : "\n\n";
        out += prefixed(blocks(item, tight ? "\n" : "\n\n", depth + 1), bullet, std::string(bullet.size(), ' '));
    }
    return out;
}

std::string block(cmark_node* node, int depth) {
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_LIST: return list(node, depth);
    case CMARK_NODE_BLOCK_QUOTE: return prefixed(blocks(node, "\n\n", depth), "> ", "> ");
    case CMARK_NODE_THEMATIC_BREAK: return "----------";
    case CMARK_NODE_CODE_BLOCK: {
        std::string_view code = view(cmark_node_get_literal(node));
        return std::string(code.substr(0, code.find_last_not_of('\n') + 1));
    }
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_HEADING: return inlines(node, depth);
    default: return blocks(node, "\n\n", depth);
    }
}

}  // namespace

std::string plain_text(cmark_node* root) { return blocks(root, "\n\n", 0) + "\n"; }

void mark_address_only(cmark_node* node) { cmark_node_set_user_data(node, const_cast<char*>(&k_address_only)); }

}  // namespace nurture::compose
