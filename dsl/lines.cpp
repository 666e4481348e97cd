// SPDX-License-Identifier: MIT
#include "dsl/lines.hpp"

#include "dsl/characters.hpp"
#include "dsl/codes.hpp"
#include "dsl/limits.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace nurture::dsl {
namespace {

struct Physical {
    const char* begin;    // first character that is no blank
    const char* end;      // behind the last one, without comment
    const char* comment;  // null: none
    const char* raw_begin;
    const char* raw_end;
};

// Where the comment of this physical line begins, quotes respected. A quote that is never closed reaches to its end.
const char* find_comment(const char* at, const char* end) {
    while (at < end) {
        if (*at == '#')
            return at;
        if (quote_length(at, end)) {
            const char* close = closing_quote(at, end);
            if (!close)
                return nullptr;
            at = close + quote_length(close, end);
        } else {
            ++at;
        }
    }
    return nullptr;
}

Physical read_physical(const char* at, const char* end) {
    Physical line{};
    line.raw_begin = at;
    line.raw_end = std::find(at, end, '\n');
    line.begin = skip_blanks(at, line.raw_end);
    const bool message = line.begin != line.raw_end && *line.begin == '|';
    line.comment = message ? nullptr : find_comment(line.begin, line.raw_end);
    line.end = trim_end(line.begin, line.comment ? line.comment : line.raw_end);
    return line;
}

bool is_bare_end(const Physical& line) {
    return line.end - line.begin == 3 && lower_ascii(std::string_view(line.begin, 3)) == "end";
}

std::uint32_t indent_of(const Physical& line) {
    std::uint32_t columns = 0;
    for (const char* at = line.raw_begin; at < line.begin; at += blank_length(at, line.begin)) {
        if (*at == '\t')
            columns = (columns / 4 + 1) * 4;
        else if (*at == ' ' || static_cast<unsigned char>(*at) == 0xC2)
            ++columns;
    }
    return columns;
}

class Splitter {
public:
    Splitter(std::string_view text, std::uint32_t file, Diagnostics& diagnostics)
        : text_(text),
          file_(file),
          diagnostics_(diagnostics),
          at_(text.data()),
          end_(text.data() + text.size()) {}

    std::vector<LogicalLine> run() {
        std::vector<LogicalLine> lines;
        while (at_ < end_)
            lines.push_back(next());
        return lines;
    }

private:
    std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - text_.data()); }

    LogicalLine next() {
        const Physical first = take();
        LogicalLine line;
        line.raw_begin = offset(first.raw_begin);
        line.begin = offset(first.begin);
        line.indent = indent_of(first);
        Physical last = first;
        if (first.begin == first.raw_end) {
            line.kind = LineKind::blank;
        } else if (*first.begin == '|') {
            line.kind = LineKind::message;
        } else if (first.begin == first.end) {
            line.kind = LineKind::comment;
        } else {
            line.kind = LineKind::statement;
            last = run_on(first);
        }
        const char* raw_end = trim_end(last.begin, last.raw_end);
        line.raw_end = offset(raw_end);
        line.end = line.kind == LineKind::comment ? line.raw_end : offset(last.end);
        const bool has_comment = line.kind == LineKind::statement && last.comment;
        line.comment = has_comment ? offset(last.comment) : line.end;
        line.comment_end = has_comment ? line.raw_end : line.end;
        if (line.kind != LineKind::blank && !readable(line))
            line.kind = LineKind::unreadable;
        return line;
    }

    Physical take() {
        const Physical line = read_physical(at_, end_);
        at_ = line.raw_end == end_ ? end_ : line.raw_end + 1;
        return line;
    }

    // The last physical line that has statement text. Comment lines in between belong to it; a blank line, message
    // text or a bare `end` shows that the comma was one too many.
    Physical run_on(const Physical& first) {
        Physical last = first;
        while (last.end > last.begin && last.end[-1] == ',') {
            const char* const before = at_;
            Physical following{};
            bool found = false;
            while (at_ < end_) {
                following = take();
                if (following.begin == following.raw_end)
                    break;
                if (following.begin != following.end || *following.begin != '#') {
                    found = *following.begin != '|' && !is_bare_end(following);
                    break;
                }
            }
            if (!found) {
                at_ = before;
                break;
            }
            last = following;
        }
        return last;
    }

    bool readable(const LogicalLine& line) {
        const char* bad = first_bad_character(text_.data() + line.raw_begin, text_.data() + line.raw_end);
        if (bad) {
            report(bad);
            return false;
        }
        if (line.raw_end - line.raw_begin <= k_line_bytes)
            return true;
        Diagnostic diagnostic =
            diagnose("N0130", "this line is longer than " + std::to_string(k_line_bytes >> 10) + " KB",
                     {file_, line.begin, line.begin + 1}, "begins here");
        diagnostic.notes.push_back("Is this a rule file? A long list of people belongs in a list: nurture import list");
        diagnostics_.push_back(std::move(diagnostic));
        return false;
    }

    void report(const char* bad) {
        if (diagnostics_.size() >= k_diagnostics_per_file)
            return;  // whoever walks the lines says that the rest is not shown
        char byte[8];
        std::snprintf(byte, sizeof byte, "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(*bad)));
        const bool control = static_cast<unsigned char>(*bad) < 0x80;
        Diagnostic diagnostic =
            diagnose("N0120", control ? "there is a character here that is no text" : "this is not UTF-8",
                     {file_, offset(bad), offset(bad) + 1}, std::string("the byte ") + byte);
        diagnostic.notes.push_back(control
                                       ? "Delete it, or type the line anew."
                                       : "Save the file as UTF-8: editors offer it under \"Save as\", \"Encoding\".");
        diagnostics_.push_back(std::move(diagnostic));
    }

    std::string_view text_;
    std::uint32_t file_;
    Diagnostics& diagnostics_;
    const char* at_;
    const char* end_;
};

}  // namespace

std::vector<LogicalLine> split_lines(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
    return Splitter(text, file, diagnostics).run();
}

}  // namespace nurture::dsl
