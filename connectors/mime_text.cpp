// SPDX-License-Identifier: MIT
#include "connectors/mime_text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace nurture::connectors {

namespace {

constexpr std::size_t k_line = 76;          // RFC 2045 6.7 (5) and 6.8; RFC 2047 2 for lines with encoded words
constexpr std::size_t k_encoded_word = 75;  // RFC 2047 2
constexpr std::string_view k_q_open = "=?utf-8?q?";
constexpr std::string_view k_b_open = "=?utf-8?b?";
constexpr std::string_view k_close = "?=";
constexpr std::string_view k_fold = "\r\n ";

/// The code point at `at`, or -1; `at` moves behind it. Overlong forms and surrogates are invalid.
std::int32_t next_code_point(std::string_view text, std::size_t& at) {
    auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    unsigned lead = byte(at);
    std::size_t more = lead < 0x80 ? 0 : lead < 0xc2 ? 9 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 9;
    if (more == 9)
        return -1;
    std::uint32_t code = more == 0 ? lead : lead & (0x3fu >> more);
    for (std::size_t i = 1; i <= more; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80)
            return -1;
        code = (code << 6) | (byte(at + i) & 0x3f);
    }
    if ((more == 2 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
        (more == 3 && (code < 0x10000 || code > 0x10ffff)))
        return -1;
    at += more + 1;
    return static_cast<std::int32_t>(code);
}

/// How many octets pass. In runs that a byte can count: then the compiler takes sixteen octets at once.
template<typename Test>
std::size_t count_octets(std::string_view text, Test test) {
    constexpr std::size_t k_run = 255;
    std::size_t all = 0;
    for (; !text.empty(); text.remove_prefix(std::min(k_run, text.size()))) {
        std::uint8_t passed = 0;
        for (const char c : text.substr(0, k_run))
            passed = static_cast<std::uint8_t>(passed + (test(static_cast<unsigned char>(c)) ? 1 : 0));
        all += passed;
    }
    return all;
}

template<typename Allowed>
bool every_code_point(std::string_view text, Allowed allowed) {
    for (std::size_t at = 0; at < text.size();) {
        const auto ascii = static_cast<signed char>(text[at]);  // nearly everything; negative: it is not
        std::int32_t code = ascii >= 0 ? text[at++] : next_code_point(text, at);
        if (code < 0 || !allowed(code))
            return false;
    }
    return true;
}

bool printable_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Words with one blank between them, none first or last: the only shape that folding leaves alone.
bool single_blanks(std::string_view text) {
    return text.empty() || (text.front() != ' ' && text.back() != ' ' && text.find("  ") == std::string_view::npos);
}

bool alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void append_hex(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto byte = static_cast<unsigned char>(c);
    out += '=';
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

/// RFC 2047 5 (3): the set that is safe even within a phrase.
bool plain_in_q(char c) { return alphanumeric(c) || std::string_view("!*+-/").find(c) != std::string_view::npos; }

void append_q(std::string& out, char c) {
    if (plain_in_q(c))
        out += c;
    else if (c == ' ')
        out += '_';
    else
        append_hex(out, c);
}

std::size_t character_size(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        ++end;
    return end - at;
}

std::size_t encoded_size(std::string_view piece, bool q) {
    if (!q)
        return (piece.size() + 2) / 3 * 4;
    std::size_t size = 0;
    for (char c : piece)
        size += c == ' ' || plain_in_q(c) ? 1 : 3;
    return size;
}

std::string encoded_word(std::string_view piece, bool q) {
    std::string out(q ? k_q_open : k_b_open);
    if (q)
        for (char c : piece)
            append_q(out, c);
    else
        out += base64(piece);
    out += k_close;
    return out;
}

/// As many encoded words as it takes, each on a line of its own from the second on.
std::string encoded_words(std::string_view text, std::size_t column) {
    bool q = encoded_size(text, true) <= encoded_size(text, false);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t room = std::min(k_encoded_word, k_line - column) - k_q_open.size() - k_close.size();
        std::size_t end = at;
        while (end < text.size()) {
            std::size_t size = character_size(text, end);
            if (end > at && encoded_size(text.substr(at, end + size - at), q) > room)
                break;
            end += size;
        }
        if (!out.empty())
            out += k_fold;
        out += encoded_word(text.substr(at, end - at), q);
        at = end;
        column = 1;
    }
    return out;
}

bool plain_words(std::string_view text, bool (*allowed)(char)) {
    return !text.empty() && single_blanks(text) && text.find("=?") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [&](char c) { return c == ' ' || allowed(c); });
}

bool atom(char c) {
    return alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// Plain words, broken at blanks. Nothing when a word is too long for a line.
std::string folded(std::string_view text, std::size_t column) {
    std::string out;
    while (!text.empty()) {
        std::size_t size = std::min(text.find(' '), text.size());
        if (size + 1 > k_line)
            return {};
        if (!out.empty()) {
            bool fits = column + 1 + size <= k_line;
            out += fits ? " " : k_fold;
            column = fits ? column + 1 : 1;
        }
        out += text.substr(0, size);
        column += size;
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

std::string_view take_line(std::string_view& text) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// How many characters at the start of a line, of those that fit on one, stand for themselves: a blank at the line's
/// end does not.
std::size_t plain_run(std::string_view line) {
    static constexpr auto k_plain = [] {
        std::array<bool, 256> plain{};
        for (unsigned c = ' '; c <= '~'; ++c)
            plain[c] = c != '=';
        plain['\t'] = true;
        return plain;
    }();
    std::size_t run = 0;
    while (run < std::min(line.size(), k_line) && k_plain[static_cast<unsigned char>(line[run])])
        ++run;
    const bool ends_blank = run > 0 && run == line.size() && (line[run - 1] == ' ' || line[run - 1] == '\t');
    return ends_blank ? run - 1 : run;
}

void append_quoted_printable_line(std::string& out, std::string_view line) {
    std::size_t column = 0;
    const auto soft_break = [&] {
        out += "=\r\n";
        column = 0;
    };
    while (!line.empty()) {
        // A dot or "From " at the start of a line is rewritten by some relays and mailboxes, which breaks DKIM.
        const bool hide = column == 0 && (line.front() == '.' || line.starts_with("From "));
        const std::size_t run = hide ? 0 : plain_run(line), size = std::max<std::size_t>(run, 1);
        // One column stays free for the "=" of a soft break, which the last character of a line does without.
        const std::size_t room = k_line - column - (size == line.size() ? 0 : 1);
        if (run == 0) {
            if (room < 3)
                soft_break();
            append_hex(out, line.front());
            column += 3;
            line.remove_prefix(1);
            continue;
        }
        const std::size_t fits = run <= room ? run : k_line - 1 - column;
        out += line.substr(0, fits);
        column += fits;
        line.remove_prefix(fits);
        if (fits < run)
            soft_break();
    }
    out += "\r\n";
}

}  // namespace

bool header_text(std::string_view text) {
    return every_code_point(text, [](std::int32_t code) {
        return code >= 0x20 && (code < 0x7f || code > 0x9f) && code != 0x2028 && code != 0x2029;
    });
}

bool body_text(std::string_view text) {
    // ASCII without controls, nearly always; all else is looked at by code points.
    const auto plain = [](unsigned char c) { return ((c >= ' ') & (c < 0x7f)) | (c == '\n'); };
    if (count_octets(text, plain) == text.size())
        return true;
    return every_code_point(text, [](std::int32_t code) {
        return (code >= 0x20 && (code < 0x7f || code > 0x9f)) || code == '\n' || code == '\t';
    });
}

std::string unstructured_header(std::string_view name, std::string_view text) {
    std::string out = std::string(name) + ": ";
    std::string words;
    if (plain_words(text, [](char c) { return c > ' ' && c <= '~'; }))
        words = folded(text, out.size());
    if (words.empty())
        words = encoded_words(text, out.size());
    return out + words + "\r\n";
}

std::string phrase(std::string_view text, std::size_t column) {
    if (plain_words(text, atom)) {
        if (std::string words = folded(text, column); !words.empty())
            return words;
    } else if (printable_ascii(text) && text.find("=?") == std::string_view::npos && single_blanks(text)) {
        if (std::string words = quoted(text); column + words.size() <= k_line)
            return words;
    }
    return encoded_words(text, column);
}

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a NUL
    int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                               reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::size_t special_octets(std::string_view text) {
    return count_octets(text, [](unsigned char c) { return (c != '\n') & ((c < ' ') | (c > '~') | (c == '=')); });
}

std::string quoted_printable_body(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8 + 2);
    do {
        append_quoted_printable_line(out, take_line(text));
    } while (!text.empty());
    return out;
}

std::string base64_body(std::string_view text) {
    std::string canonical;  // RFC 2045 6.8: line breaks are CRLF before the encoding
    do {
        canonical += take_line(text);
        canonical += "\r\n";
    } while (!text.empty());
    std::string all = base64(canonical);
    std::string out;
    for (std::size_t at = 0; at < all.size(); at += k_line) {
        out += all.substr(at, k_line);
        out += "\r\n";
    }
    return out;
}

}  // namespace nurture::connectors
