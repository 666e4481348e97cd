// SPDX-License-Identifier: MIT
//
// A parsed text as what is left to do for one message: literals, and between them holes, each with the rule by which
// words get in. What cannot be known before the words are stands here as a rule too: an address that a value is part
// of (it may be none, or lead to a script), a link that is shown once when its words are its address, code whose last
// line is blank, the quote marks in front of a further line. For markdown.cpp and markdown_plain.cpp. Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::compose {

/// What follows a literal.
enum class Rule : std::uint8_t {
    nothing,        // it was the last
    plain,          // plain text: the words; further lines of them start with `prefix`
    plain_link,     // plain text: `inner`, and its address unless that is what they say
    plain_code,     // plain text: `inner` without line ends at its end
    html,           // escaped, line ends are line breaks
    html_alt,       // escaped, line ends are blanks: what is shown in place of an image
    html_last,      // as html, and a line ends behind it, unless one just ended
    html_verbatim,  // escaped, line ends stay: code and titles
    html_title,     // `inner` as the title of a link, which has none if that is empty
    html_address,   // an address as cmark writes it, which is nothing where it could run a script
};

struct Part {
    std::string literal;
    Rule rule = Rule::nothing;
    std::size_t index = 0;    // of the words; with html_address and plain_link, of the address
    std::string prefix;       // plain text
    std::vector<Part> inner;  // plain_link, plain_code and html_title; without prefixes
};
using Parts = std::vector<Part>;  // never empty; the last has no rule

/// `hole` comes behind what is written so far; its literal is not looked at.
void add_hole(Parts& parts, Part hole);

/// A piece of an address.
struct Run {
    std::string_view text;
    std::optional<std::size_t> slot;  // of the words that stand here; `text` is empty then
};

/// An address that is known only with the words in it.
class Address {
public:
    void add(std::string_view literal);
    void add_slot(std::size_t slot);

    /// The first value that stands at the start and is no http(s) URL goes to `not_a_link`, unless one is there.
    std::string with(const std::vector<std::string>& words, std::optional<std::size_t>& not_a_link) const;

private:
    struct Step {
        std::string literal;
        std::optional<std::size_t> slot;
    };
    std::vector<Step> steps_;
};

struct Words {
    const std::vector<std::string>& slots;
    const std::vector<std::string>& addresses;
};

void append(std::string& out, const Parts& parts, const Words& words);

/// "words (address)", or the words alone where they say it already.
std::string shown_link(const std::string& words, const std::string& address);
/// Without line ends at its end.
std::string_view shown_code(std::string_view code);

void append_html_escaped(std::string& out, std::string_view text);

}  // namespace nurture::compose
