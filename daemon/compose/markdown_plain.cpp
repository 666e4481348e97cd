// SPDX-License-Identifier: MIT
#include "daemon/compose/markdown_plain.hpp"

#include "daemon/compose/holes.hpp"

#include <cmark.h>

#include <string>
#include <string_view>
#include <utility>

namespace nurture::compose {

namespace {

constexpr int k_max_nesting = 50;  // nobody writes so many quotes in quotes; it bounds the stack
const char k_address_only = 0;     // its address is the mark

std::string_view view(const char* text) { return text ? std::string_view(text) : std::string_view(); }

class PlainWriter {
public:
    explicit PlainWriter(std::vector<Address>& addresses) : addresses_(addresses) {}

    void blocks(cmark_node* parent, std::string_view between, int depth) {
        if (depth > k_max_nesting)
            return;
        for (cmark_node* node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
            if (node != cmark_node_first_child(parent))
                put(between);
            block(node, depth + 1);
        }
    }

    void put(std::string_view text) {
        for (char c : text) {
            parts_.back().literal += c;
            if (c == '\n')
                parts_.back().literal += prefix_;
        }
    }

    Parts take() { return std::move(parts_); }

private:
    void block(cmark_node* node, int depth) {
        switch (cmark_node_get_type(node)) {
        case CMARK_NODE_LIST: list(node, depth); break;
        case CMARK_NODE_BLOCK_QUOTE: prefixed("> ", "> ", [&] { blocks(node, "\n\n", depth); }); break;
        case CMARK_NODE_THEMATIC_BREAK: put("----------"); break;
        case CMARK_NODE_CODE_BLOCK: code_block(view(cmark_node_get_literal(node))); break;
        case CMARK_NODE_PARAGRAPH:
        case CMARK_NODE_HEADING: inlines(node, depth); break;
        default: blocks(node, "\n\n", depth);
        }
    }

    void list(cmark_node* node, int depth) {
        const std::string_view between = cmark_node_get_list_tight(node) != 0 ? "\n" : "\n\n";
        int number = cmark_node_get_list_start(node);
        for (cmark_node* item = cmark_node_first_child(node); item; item = cmark_node_next(item)) {
            std::string bullet = "- ";
            if (cmark_node_get_list_type(node) == CMARK_ORDERED_LIST)
                bullet = std::to_string(number++) + ". ";
            if (item != cmark_node_first_child(node))
                put(between);
            prefixed(bullet, std::string(bullet.size(), ' '), [&] { blocks(item, between, depth + 1); });
        }
    }

    /// `first` before the first line, `others` before each one after.
    template<typename Write>
    void prefixed(const std::string& first, const std::string& others, Write write) {
        const std::size_t before = prefix_.size();
        put(first);
        prefix_ += others;
        write();
        prefix_.resize(before);
    }

    void inlines(cmark_node* parent, int depth) {
        if (depth > k_max_nesting)
            return;
        for (cmark_node* node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
            switch (cmark_node_get_type(node)) {
            case CMARK_NODE_TEXT:
            case CMARK_NODE_CODE: words(view(cmark_node_get_literal(node))); break;
            case CMARK_NODE_SOFTBREAK:
            case CMARK_NODE_LINEBREAK: put("\n"); break;
            case CMARK_NODE_LINK: link(node, depth); break;
            default: inlines(node, depth + 1);
            }
        }
    }

    void words(std::string_view literal) {
        std::size_t from = 0;
        for (auto hole = next_hole(literal, 0); hole; hole = next_hole(literal, from)) {
            put(literal.substr(from, hole->begin - from));
            add_hole(parts_, {{}, Rule::plain, hole->index, prefix_, {}});
            from = hole->end;
        }
        put(literal.substr(from));
    }

    void link(cmark_node* node, int depth) {
        const std::string url(view(cmark_node_get_url(node)));
        if (cmark_node_get_user_data(node) == &k_address_only)
            return put(url);
        PlainWriter inner(addresses_);
        inner.inlines(node, depth + 1);
        auto address = address_hole_of(url);
        if (inner.parts_.size() == 1 && !address)
            return put(shown_link(inner.parts_[0].literal, url));
        if (!address) {
            address = addresses_.size();
            addresses_.emplace_back().add(url);
        }
        add_hole(parts_, {{}, Rule::plain_link, *address, prefix_, inner.take()});
    }

    void code_block(std::string_view code) {
        PlainWriter inner(addresses_);
        inner.words(code);
        if (inner.parts_.size() == 1)
            put(shown_code(inner.parts_[0].literal));
        else
            add_hole(parts_, {{}, Rule::plain_code, 0, prefix_, inner.take()});
    }

    std::vector<Address>& addresses_;
    Parts parts_ = Parts(1);
    std::string prefix_;  // of every further line
};

}  // namespace

Parts plain_text(cmark_node* root, std::vector<Address>& addresses) {
    PlainWriter writer(addresses);
    writer.blocks(root, "\n\n", 0);
    writer.put("\n");
    return writer.take();
}

void mark_address_only(cmark_node* node) { cmark_node_set_user_data(node, const_cast<char*>(&k_address_only)); }

}  // namespace nurture::compose
