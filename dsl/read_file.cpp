// SPDX-License-Identifier: MIT
#include "dsl/read_file.hpp"

#include "dsl/blocks.hpp"
#include "dsl/characters.hpp"
#include "dsl/codes.hpp"
#include "dsl/limits.hpp"
#include "dsl/mistakes.hpp"
#include "dsl/slips.hpp"

#include <algorithm>
#include <string>

namespace nurture::dsl {
namespace {

constexpr double k_edition = 2026;

constexpr std::array k_file_openers = {phrase("fields"),   phrase("events"),   phrase("policy"), phrase("segment"),
                                       phrase("campaign"), phrase("template"), phrase("test")};
constexpr std::array k_inner_openers = {phrase("any of"), phrase("all of"), phrase("none of"),
                                        phrase("if"),     phrase("split"),  phrase("given candidate")};

bool is_one_of(std::span<const PhraseId> ids, std::optional<PhraseId> id) {
    return id && std::find(ids.begin(), ids.end(), *id) != ids.end();
}

class Walk {
public:
    Walk(const SourceFile& source, Place outside, ast::File& file, std::vector<ast::Condition>* conditions,
         Diagnostics& diagnostics, std::vector<WalkedLine>* walked)
        : text_(source.text),
          file_(file),
          diagnostics_(diagnostics),
          walked_(walked),
          blocks_(source, file, diagnostics, outside, conditions),
          outside_(outside),
          edition_wanted_(outside == Place::file) {}

    void run() {
        const std::vector<LogicalLine> lines = split_lines(text_, file_.file, diagnostics_);
        for (const LogicalLine& line : lines) {
            if (diagnostics_.size() >= k_diagnostics_per_file && too_many(line))
                return;
            walk(line);
        }
        blocks_.close_all(nullptr);
        if (edition_wanted_)
            miss_edition({file_.file, 0, 0});
    }

private:
    const char* at(std::uint32_t offset) const { return text_.data() + offset; }
    Span span(const LogicalLine& line) const { return {file_.file, line.begin, line.end}; }

    void walk(const LogicalLine& line) {
        note(line, {});
        switch (line.kind) {
        case LineKind::blank:
        case LineKind::comment: return;
        case LineKind::unreadable:
            edition_wanted_ = false;
            blocks_.skip(line);
            return;
        case LineKind::message: blocks_.message_text(line); return;
        case LineKind::statement: statement(line); return;
        }
    }

    void statement(const LogicalLine& line) {
        const Place place = blocks_.place();
        ReadLine read = read_line(place, text_, file_.file, at(line.begin), at(line.end));
        if (edition_wanted_ && edition(line, read))
            return;
        if (!read.statement && place != Place::file && closes_everything(line)) {
            blocks_.close_all(&line);
            read = read_line(Place::file, text_, file_.file, at(line.begin), at(line.end));
        }
        if (!read.statement) {
            not_understood(line, read.failure);
            return;
        }
        note(line, read.marks);
        const Mark& head = read.marks.front();
        blocks_.take(line, span(head), std::move(*read.statement));
    }

    Span span(const Mark& mark) const {
        return {file_.file, static_cast<std::uint32_t>(mark.begin - text_.data()),
                static_cast<std::uint32_t>(mark.end - text_.data())};
    }

    // True when the line is used up.
    bool edition(const LogicalLine& line, const ReadLine& read) {
        edition_wanted_ = false;
        const auto* edition = read.statement ? std::get_if<line::Edition>(&read.statement->what) : nullptr;
        const char* behind = at(line.begin);
        if (!read.statement && longest_phrase(behind, at(line.end)) == phrase("edition"))
            return false;  // what is wrong with it is said where every line is explained
        if (!edition) {
            miss_edition({file_.file, line.begin, line.begin});
            return false;
        }
        note(line, read.marks);
        if (edition->year.value == k_edition)
            file_.edition_given = true;
        else
            diagnostics_.push_back(
                diagnose("N0101", "this program reads edition 2026 of the language", edition->year.span, "write 2026"));
        return true;
    }

    void miss_edition(Span where) {
        Diagnostic diagnostic =
            diagnose("N0101", "the first line of a rule file says `edition 2026`", where, "write it above this line");
        diagnostic.fix = Fix{{file_.file, where.begin, where.begin}, "edition 2026\n"};
        diagnostics_.push_back(std::move(diagnostic));
        edition_wanted_ = false;
    }

    // Lines that stand outside of all blocks show that an `end` is missing; also such lines with a mistake in them, if
    // they are not indented deeper than the outermost block.
    bool closes_everything(const LogicalLine& line) const {
        if (blocks_.depth() == 0 || outside_ != Place::file)
            return false;
        const ReadLine read = read_line(Place::file, text_, file_.file, at(line.begin), at(line.end));
        if (read.statement)
            return !std::holds_alternative<ast::Allow>(read.statement->what);
        const char* behind = at(line.begin);
        return is_one_of(k_file_openers, longest_phrase(behind, at(line.end))) &&
               line.indent <= blocks_.outermost_indent().value_or(0);
    }

    void not_understood(const LogicalLine& line, const Failure& failure) {
        const Place place = blocks_.place();
        blocks_.skip(line);
        if (whole_rule(line))
            return;
        if (auto slip = known_slip(text_, file_.file, place, line)) {
            diagnostics_.push_back(std::move(slip->diagnostic));
            open_as(line, slip->slip->opens);
            return;
        }
        if (auto elsewhere = belongs_elsewhere(text_, file_.file, place, line)) {
            diagnostics_.push_back(std::move(elsewhere->diagnostic));
            open_anyway(line, elsewhere->head);
            return;
        }
        diagnostics_.push_back(explain_mistake(text_, file_.file, place, line, failure));
        remember_declaration(line, place);
        const char* behind = at(line.begin);
        longest_phrase(behind, at(line.end));
        open_anyway(line, {file_.file, line.begin, static_cast<std::uint32_t>(behind - text_.data())});
    }

    // A whole segment, pasted where its lines alone are wanted.
    bool whole_rule(const LogicalLine& line) {
        if (outside_ != Place::conditions || blocks_.depth() > 0)
            return false;
        const ReadLine read = read_line(Place::file, text_, file_.file, at(line.begin), at(line.end));
        if (!read.statement || std::holds_alternative<line::End>(read.statement->what))
            return false;
        diagnostics_.push_back(diagnose("N0112", "here only conditions can stand, a line each", span(line),
                                        "leave out this line, and its `end`"));
        open_anyway(line, span(read.marks.front()));
        return true;
    }

    // The name of a field whose type was not understood is still a known name.
    void remember_declaration(const LogicalLine& line, Place place) {
        if (place != Place::fields && place != Place::events)
            return;
        Reader reader(text_, file_.file, at(line.begin), at(line.end));
        const char* behind = at(line.begin);
        ast::Word name;
        if (reader.word(behind, Want::declared, name))
            (place == Place::fields ? file_.unread_fields : file_.unread_events).push_back(std::move(name));
    }

    // The author meant to open a block, and its lines and its `end` follow.
    void open_anyway(const LogicalLine& line, Span head) {
        const char* behind = at(line.begin);
        const auto opener = longest_phrase(behind, at(line.end));
        const bool outside = blocks_.depth() == 0;
        if (is_one_of(k_file_openers, opener) && outside) {
            Reader reader(text_, file_.file, at(line.begin), at(line.end));
            ast::Quoted name;
            const bool named = reader.quoted(behind, Want::name, name);
            blocks_.open_unread(line, head, *opener, named ? std::optional(std::move(name)) : std::nullopt);
        } else if (is_one_of(k_inner_openers, opener) && opens(line, *opener)) {
            blocks_.open_unread(line, head, *opener, std::nullopt);
        }
    }

    // What a slip opened, outermost first.
    void open_as(const LogicalLine& line, std::string_view opens) {
        const Span head = span(line);
        if (opens.starts_with("segment"))
            blocks_.open_unread(line, head, phrase("segment"), std::nullopt);
        if (opens.starts_with("if"))
            blocks_.open_unread(line, head, phrase("if"), std::nullopt);
        if (opens.ends_with("any of"))
            blocks_.open_unread(line, head, phrase("any of"), std::nullopt);
    }

    // `given candidate "x" from "f.csv"` is a line of its own; with `with` at its end it opens a block.
    bool opens(const LogicalLine& line, PhraseId opener) const {
        if (opener != phrase("given candidate"))
            return true;
        const std::string_view words(at(line.begin), line.end - line.begin);
        return lower_ascii(words).ends_with("with");
    }

    bool too_many(const LogicalLine& line) {
        diagnostics_.push_back(
            diagnose("N0130", "this file has more than " + std::to_string(k_diagnostics_per_file) + " mistakes",
                     span(line), "the rest was not looked at"));
        file_.incomplete = true;
        return true;
    }

    void note(const LogicalLine& line, std::vector<Mark> marks) {
        if (!walked_)
            return;
        if (marks.empty())
            walked_->push_back({line, blocks_.place(), blocks_.depth(), {}});
        else
            walked_->back() = {line, blocks_.place(), blocks_.depth(), std::move(marks)};
    }

    std::string_view text_;
    ast::File& file_;
    Diagnostics& diagnostics_;
    std::vector<WalkedLine>* walked_;
    Blocks blocks_;
    Place outside_;
    bool edition_wanted_;
};

}  // namespace

void read_file(const SourceFile& source, Place outside, ast::File& file, std::vector<ast::Condition>* conditions,
               Diagnostics& diagnostics, std::vector<WalkedLine>* walked) {
    if (source.text.size() > k_file_bytes) {
        diagnostics.push_back(diagnose("N0130", "a rule file has at most " + std::to_string(k_file_bytes >> 20) + " MB",
                                       {file.file, 0, 0}, "this one is larger"));
        file.incomplete = true;
        return;
    }
    const std::string_view text = source.text;
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        Diagnostic diagnostic = diagnose("N0120", "this file is saved as \"Unicode\" (UTF-16)", {file.file, 0, 2});
        diagnostic.notes.push_back("Save it as UTF-8: editors offer it under \"Save as\", \"Encoding\".");
        diagnostics.push_back(std::move(diagnostic));
        file.incomplete = true;
        return;
    }
    // The diagnostics of other files do not count for the limit of this one.
    Diagnostics own;
    Walk(source, outside, file, conditions, own, walked).run();
    diagnostics.insert(diagnostics.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
}

}  // namespace nurture::dsl
