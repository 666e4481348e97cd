// SPDX-License-Identifier: MIT
//
// A parsed Markdown tree as text for people: links as "words (address)", emphasis without its stars, lists and quotes
// as one would type them. For markdown.cpp only, whose holes stand in the tree. Pure, any thread.
#pragma once

#include "daemon/compose/parts.hpp"

#include <vector>

struct cmark_node;

namespace nurture::compose {

/// May add to the addresses.
Parts plain_text(cmark_node* root, std::vector<Address>& addresses);

/// This link's address says all: its words are left out.
void mark_address_only(cmark_node* link);

}  // namespace nurture::compose
