// SPDX-License-Identifier: MIT
//
// A parsed Markdown tree as text for people: links as "words (address)", emphasis without its stars, lists and quotes
// as one would type them. For markdown.cpp only. Pure, any thread.
#pragma once

#include <string>

struct cmark_node;

namespace nurture::compose {

std::string plain_text(cmark_node* root);

/// This link's address says all: its words are left out.
void mark_address_only(cmark_node* link);

}  // namespace nurture::compose
