// SPDX-License-Identifier: MIT
#include "dsl/slips.hpp"

#include "dsl/codes.hpp"
#include "dsl/limits.hpp"
#include "dsl/line_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace nurture::dsl {
namespace {

constexpr std::array<std::string_view, 7> k_day_words = {"monday", "tuesday",  "wednesday", "thursday",
                                                         "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 8> k_unit_words = {"day",   "days",   "week", "weeks",
                                                          "month", "months", "year", "years"};
constexpr std::array<std::string_view, 6> k_far_words = {"mile", "miles", "mi", "km", "kilometers", "kilometres"};

template<class Words>
bool among(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_number(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_date(std::string_view word) {
    return word.size() == 10 && word[4] == '-' && word[7] == '-' && is_number(word.substr(0, 4)) &&
           is_number(word.substr(5, 2)) && is_number(word.substr(8));
}

// The apostrophe of word processors is one.
std::string plain_apostrophe(std::string word) {
    constexpr std::string_view curly = "\u2019";
    for (std::size_t at = word.find(curly); at != word.npos; at = word.find(curly, at))
        word.replace(at, curly.size(), "'");
    return word;
}

enum class Fit : std::uint8_t { no, literal, slot };

Fit fits(std::string_view wanted, const LineWord& word) {
    const auto slot = [](bool fit) { return fit ? Fit::slot : Fit::no; };
    if (wanted == "\"")
        return slot(word.quoted);
    if (word.quoted)
        return Fit::no;
    if (wanted == "#")
        return slot(is_number(word.text));
    if (wanted == "#%")
        return slot(word.text.ends_with('%') && is_number(std::string_view(word.text).substr(0, word.text.size() - 1)));
    if (wanted == "@")
        return slot(!is_number(word.text));
    if (wanted == "%day")
        return slot(among(k_day_words, word.text));
    if (wanted == "%unit")
        return slot(among(k_unit_words, word.text));
    if (wanted == "%far")
        return slot(among(k_far_words, word.text));
    if (wanted == "%date")
        return slot(is_date(word.text));
    return plain_apostrophe(word.text) == wanted ? Fit::literal : Fit::no;
}

/// What the slots of `heard` hold, when the line is that.
std::optional<std::vector<std::string_view>> match(std::string_view heard, std::string_view line,
                                                   const std::vector<LineWord>& words) {
    std::vector<std::string_view> slots;
    std::size_t i = 0;
    while (!heard.empty()) {
        const std::string_view wanted = heard.substr(0, heard.find(' '));
        heard.remove_prefix(std::min(heard.size(), wanted.size() + 1));
        if (wanted == "…" || wanted == "…+") {
            if (wanted == "…+" && i == words.size())
                return std::nullopt;
            slots.push_back(i < words.size() ? line.substr(words[i].begin) : std::string_view());
            return slots;
        }
        const Fit fit = i < words.size() ? fits(wanted, words[i]) : Fit::no;
        if (fit == Fit::no)
            return std::nullopt;
        if (fit == Fit::slot) {
            std::string_view text = line.substr(words[i].begin, words[i].end - words[i].begin);
            if (wanted == "#%")
                text.remove_suffix(1);
            slots.push_back(text);
        }
        ++i;
    }
    return i == words.size() ? std::optional(slots) : std::nullopt;
}

std::string filled(std::string_view text, const std::vector<std::string_view>& slots) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '$' && i + 1 < text.size()) {
            const auto slot = static_cast<std::size_t>(text[++i] - '1');
            out += slot < slots.size() ? slots[slot] : std::string_view();
        } else {
            out += text[i];
        }
    }
    return out;
}

bool stands_in(Place place, const Slip& slip) {
    return slip.place == place || (slip.place == Place::campaign && place == Place::branch);
}

bool readable(Place place, std::string_view line) {
    return read_line(place, line, 0, line.data(), line.data() + line.size()).statement.has_value();
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        lines.emplace_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
    }
    return lines;
}

// Lines that open a block are written with what stands in it.
bool all_readable(Place place, const std::vector<std::string>& lines) {
    return std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return readable(place, line) || (place == Place::campaign && readable(Place::branch, line));
    });
}

Diagnostic explained(const Slip& slip, const std::vector<std::string>& write, std::string note, Span where) {
    Diagnostic diagnostic = diagnose(slip.code, std::string(slip.title), where, "");
    for (std::size_t i = 0; i < write.size(); ++i)
        diagnostic.notes.push_back((i == 0 ? "Write:   " : "         ") + write[i]);
    if (!note.empty())
        diagnostic.notes.push_back(std::move(note));
    if (slip.exact)
        diagnostic.fix = Fix{where, write.front()};
    return diagnostic;
}

}  // namespace

const Slip* slip_of_field(std::string_view field) {
    const auto begins_so = [&](const Slip& slip) {
        return slip.place == Place::conditions && slip.heard.substr(0, slip.heard.find(' ')) == field;
    };
    const auto all = slips();
    const auto found = std::find_if(all.begin(), all.end(), begins_so);
    return found == all.end() ? nullptr : &*found;
}

std::optional<KnownSlip> known_slip(std::string_view text, std::uint32_t file, Place place, const LogicalLine& line) {
    const std::string_view words_only = text.substr(line.begin, line.end - line.begin);
    if (words_only.size() > k_repair_bytes || words_only.find_first_of("\n#") != words_only.npos)
        return std::nullopt;
    const std::vector<LineWord> words = words_of(words_only);
    for (const Slip& slip : slips()) {
        if (!stands_in(place, slip))
            continue;
        const auto slots = match(slip.heard, words_only, words);
        if (!slots)
            continue;
        const std::vector<std::string> write = lines_of(filled(slip.write, *slots));
        if (!all_readable(slip.place, write))
            continue;
        const Span where{file, line.begin, static_cast<std::uint32_t>(line.begin + words.back().end)};
        return KnownSlip{&slip, explained(slip, write, filled(slip.note, *slots), where)};
    }
    return std::nullopt;
}

}  // namespace nurture::dsl
