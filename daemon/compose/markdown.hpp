// SPDX-License-Identifier: MIT
//
// Markdown (CommonMark, by cmark) with slots for words, as readable plain text and as HTML. It is parsed once, with
// marks where words will be; each message only fills the holes. So words are never read as Markdown, and HTML escapes
// them. An author's raw HTML is shown as the text it is. Immutable, any thread.
#pragma once

#include "daemon/compose/parts.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::compose {

/// What is known of a slot beforehand.
struct Slot {
    std::string label;    // not empty: a link of ours, shown in HTML under this label
    std::string address;  // of a link of ours: the words of that slot
};

class Markdown {
public:
    /// `marked` holds mark(i) where the words of slot i will be.
    Markdown(std::string_view marked, const std::vector<Slot>& slots);

    /// Puts both texts behind what is there: plain text with '\n' line ends, and a fragment of HTML. Words are by slot
    /// (those of links of ours are not looked at). A slot that stands as a link's address and is no http(s) URL is
    /// returned, and nothing is put.
    std::optional<std::size_t> fill(const std::vector<std::string>& words, std::string& plain, std::string& html) const;

    /// About how long they will be.
    std::size_t plain_size() const { return plain_size_; }
    std::size_t html_size() const { return html_size_; }

private:
    Parts plain_, html_;
    std::vector<Address> addresses_;  // in the order of the text
    std::size_t plain_size_ = 0, html_size_ = 0;
};

}  // namespace nurture::compose
