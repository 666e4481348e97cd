// SPDX-License-Identifier: MIT
#include "dsl/safe_repair.hpp"

#include "dsl/characters.hpp"
#include "dsl/edit_distance.hpp"
#include "dsl/line_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace nurture::dsl {
namespace {

using Words = std::vector<std::string>;

/// Quoted texts with their quotes.
Words comparable(std::string_view line) {
    Words words;
    for (LineWord& word : words_of(line))
        words.push_back(word.quoted ? '"' + word.text + '"' : std::move(word.text));
    return words;
}

struct Difference {
    Words gone, come;
};

/// What lies between the words that both begin with and those that both end with.
Difference difference(std::string_view before, std::string_view after) {
    Words a = comparable(before), b = comparable(after);
    const auto [first_a, first_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    const auto [last_a, last_b] =
        std::mismatch(a.rbegin(), std::make_reverse_iterator(first_a), b.rbegin(), std::make_reverse_iterator(first_b));
    return {Words(first_a, last_a.base()), Words(first_b, last_b.base())};
}

/// `"Pharmacist"` for `Pharmacist`, in whatever quotes or none.
bool only_quoted(const Difference& d) {
    std::string gone;
    for (const std::string& word : d.gone)
        gone += (gone.empty() ? "" : " ") + word;
    return d.come.size() == 1 && d.come[0].size() > 2 && d.come[0].front() == '"' &&
           lower_ascii(d.come[0].substr(1, d.come[0].size() - 2)) == gone;
}

bool small_word(const std::string& word) {
    constexpr std::array<std::string_view, 3> words = {"of", "the", "in"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool same_meaning(std::string_view before, std::string_view after) {
    const Difference d = difference(before, after);
    if (d.gone.empty())
        return std::all_of(d.come.begin(), d.come.end(), small_word);
    if (only_quoted(d))
        return true;
    return d.gone.size() == d.come.size() &&
           std::equal(d.gone.begin(), d.gone.end(), d.come.begin(),
                      [](const auto& a, const auto& b) { return a == b || close_enough(a, b).has_value(); });
}

bool only_adds(std::string_view before, std::string_view after) { return difference(before, after).gone.empty(); }

}  // namespace nurture::dsl
