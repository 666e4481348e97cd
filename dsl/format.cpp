// SPDX-License-Identifier: MIT
#include "dsl/characters.hpp"
#include "dsl/parse.hpp"
#include "dsl/read_file.hpp"
#include "dsl/vocabulary.hpp"

#include <algorithm>
#include <string>

namespace nurture::dsl {
namespace {

constexpr std::size_t k_indent = 2;        // per block
constexpr std::size_t k_continuation = 4;  // of a line that runs on
constexpr std::size_t k_column_gap = 2;    // between the columns of declarations

// Moving lines between blocks that are not closed properly would destroy what the author had in mind.
bool blocks_are_sound(const Diagnostics& diagnostics) {
    return std::none_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.code == "N0110" || diagnostic.code == "N0111" || diagnostic.code == "N0130";
    });
}

bool is_lone_phrase(const WalkedLine& walked, std::string_view words) {
    return walked.marks.size() == 1 && walked.marks.front().kind == MarkKind::phrase &&
           phrase_of(walked.marks.front().phrase).text == words;
}
// `end` and `otherwise` stand where their block stands.
bool steps_out(const WalkedLine& walked) {
    return is_lone_phrase(walked, "end") || is_lone_phrase(walked, "otherwise");
}

bool is_declaration(const WalkedLine& walked) {
    return (walked.place == Place::fields || walked.place == Place::events) && walked.marks.size() > 1 &&
           walked.marks.front().kind == MarkKind::word;
}

std::string plain_quotes(const char* begin, const char* end) {
    std::string text = "\"";
    const char* at = begin + quote_length(begin, end);
    const char* const close = closing_quote(begin, end);
    while (at < close) {
        const std::size_t blank = blank_length(at, close);
        text += blank ? ' ' : *at;
        at += std::max<std::size_t>(1, blank);
    }
    return text + '"';
}

std::string written(const Mark& mark) {
    const std::string_view text(mark.begin, static_cast<std::size_t>(mark.end - mark.begin));
    switch (mark.kind) {
    case MarkKind::phrase: return std::string(phrase_of(mark.phrase).text);
    case MarkKind::word: return lower_ascii(text);
    case MarkKind::code: return 'N' + std::string(text.substr(1));
    case MarkKind::quoted: return plain_quotes(mark.begin, mark.end);
    case MarkKind::plain:
    case MarkKind::comma:
    case MarkKind::colon: return std::string(text);
    }
    return {};
}

class Formatter {
public:
    Formatter(std::string_view text, const std::vector<WalkedLine>& lines) : text_(text), lines_(lines) {}

    std::string run() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const WalkedLine& walked = lines_[i];
            if (i == 0 || walked.place != lines_[i - 1].place)
                column_ = column_of_block(i);
            if (walked.line.kind == LineKind::blank) {
                blank_ = true;
                continue;
            }
            if (last_ && blank_before(walked))
                out_ += '\n';
            blank_ = false;
            last_ = &walked;
            line(walked);
            out_ += '\n';
        }
        return std::move(out_);
    }

private:
    // One blank line where the author left some, but not inside the edges of a block, and always between two blocks.
    bool blank_before(const WalkedLine& walked) const {
        if (walked.depth == 0 && last_->depth == 1 && is_lone_phrase(*last_, "end"))
            return true;
        const bool after_opener = walked.depth > last_->depth || is_lone_phrase(*last_, "otherwise");
        return blank_ && !after_opener && !steps_out(walked);
    }

    const char* at(std::uint32_t offset) const { return text_.data() + offset; }
    std::string_view text(std::uint32_t begin, std::uint32_t end) const { return text_.substr(begin, end - begin); }

    void line(const WalkedLine& walked) {
        const std::string indent((walked.depth - (steps_out(walked) ? 1 : 0)) * k_indent, ' ');
        const LogicalLine& line = walked.line;
        if (line.kind == LineKind::message && walked.place == Place::message_template)
            out_ += indent + "|" + message_text(line);
        else if (line.kind == LineKind::comment)
            out_ += indent + std::string(text(line.begin, line.end));
        else if (walked.marks.empty())
            as_it_is(line);
        else
            statement(walked, indent);
    }

    std::string message_text(const LogicalLine& line) const {
        const std::string words(text(line.begin + 1, line.end));
        return words.empty() || words.front() == ' ' ? words : " " + words;
    }

    void as_it_is(const LogicalLine& line) {
        for (const char c : text(line.raw_begin, line.raw_end))
            if (c != '\r')
                out_ += c;
    }

    void statement(const WalkedLine& walked, const std::string& indent) {
        const std::size_t begin = out_.size();
        out_ += indent;
        const Mark* before = nullptr;
        for (const Mark& mark : walked.marks) {
            if (before)
                gap(*before, mark, indent);
            out_ += written(mark);
            if (!before && is_declaration(walked))
                out_.append(column_ - (out_.size() - begin - indent.size()) + k_column_gap - 1, ' ');
            before = &mark;
        }
        const LogicalLine& line = walked.line;
        if (line.comment < line.comment_end)
            out_ += "  " + std::string(text(line.comment, line.comment_end));
    }

    // Between two words: one blank, or the author's line break, with the comments that stood there.
    void gap(const Mark& before, const Mark& mark, const std::string& indent) {
        const std::string next_line = "\n" + indent + std::string(k_continuation, ' ');
        bool broken = false;
        for (const char* at = before.end; at < mark.begin; ++at) {
            if (*at == '\n') {
                broken = true;
            } else if (*at == '#') {
                const char* const end = std::find(at, mark.begin, '\n');
                out_ += (broken ? next_line : "  ") + std::string(at, trim_end(at, end));
                at = end - 1;
            }
        }
        if (broken)
            out_ += next_line;
        else if (mark.kind != MarkKind::comma && mark.kind != MarkKind::colon)
            out_ += ' ';
    }

    // The widest name of the block of declarations that begins at line `i`.
    std::size_t column_of_block(std::size_t i) const {
        std::size_t widest = 0;
        const Place place = lines_[i].place;
        for (; i < lines_.size() && lines_[i].place == place; ++i)
            if (is_declaration(lines_[i]))
                widest = std::max<std::size_t>(
                    widest, static_cast<std::size_t>(lines_[i].marks.front().end - lines_[i].marks.front().begin));
        return widest;
    }

    std::string_view text_;
    const std::vector<WalkedLine>& lines_;
    std::string out_;
    const WalkedLine* last_ = nullptr;
    bool blank_ = false;
    std::size_t column_ = 0;
};

}  // namespace

std::string format(std::string_view text) {
    const SourceFile source{{}, std::string(text)};
    ast::File file;
    Diagnostics diagnostics;
    std::vector<WalkedLine> lines;
    read_file(source, Place::file, file, nullptr, diagnostics, &lines);
    if (!blocks_are_sound(diagnostics) || (lines.empty() && !source.text.empty()))
        return source.text;
    return Formatter(source.text, lines).run();
}

}  // namespace nurture::dsl
