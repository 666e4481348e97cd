// SPDX-License-Identifier: MIT
//
// The characters of one logical line, as the grammar sees them: each function reads one thing at `at` (blanks and
// comments before it are skipped) and moves behind it, or notes what it wanted and leaves `at` alone. What was wanted
// at the farthest place of all is the mistake; the marks of a line that was read are its words in order, which is what
// the formatter prints. One Reader per line; not shared between threads.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/vocabulary.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace nurture::dsl {

/// What may stand at a place. The names are kept apart, so that an editor can offer the right ones.
enum class Want : std::uint8_t {
    phrase,
    field,
    event,
    step,
    code,
    declared,  // bare words
    value,
    segment,
    list,
    campaign,
    message,
    consent,
    person,
    values_name,
    kind,  // in double quotes
    event_name,
    language,
    zone,
    file,
    place,
    address,
    sms_sender,
    name,
    words,
    number,
    count,
    date,
    time,
    month_day,
    comma,
    colon,
    end_of_line,
};

/// A name or value in double quotes.
constexpr bool is_quoted(Want want) { return want >= Want::value && want <= Want::words; }

/// For messages: "a time such as 18:30".
std::string_view describe(Want want);

struct Wanted {
    Want what = Want::phrase;
    PhraseId phrase{};  // only with Want::phrase
    friend bool operator==(const Wanted&, const Wanted&) = default;
};

struct Failure {
    const char* at = nullptr;  // the farthest place that was looked at in vain
    std::vector<Wanted> wanted;
};

enum class MarkKind : std::uint8_t { phrase, word, code, quoted, plain, comma, colon };

struct Mark {
    const char* begin;
    const char* end;
    MarkKind kind;
    PhraseId phrase;
};

class Reader {
public:
    /// [begin, end) is a logical line of `text`; all places are computed from the start of `text`.
    Reader(std::string_view text, std::uint32_t file, const char* begin, const char* end)
        : text_(text),
          file_(file),
          end_(end) {
        failure_.at = begin;
    }

    bool phrase(const char*& at, PhraseId id);
    /// The longest phrase here, when it is one of `ids`; `span` is where it stands.
    bool one_of(const char*& at, std::span<const PhraseId> ids, PhraseId& found, Span& span);

    bool word(const char*& at, Want want, ast::Word& word);
    bool quoted(const char*& at, Want want, ast::Quoted& quoted);
    bool number(const char*& at, Want want, ast::Number& number);  // Want::count: whole and not negative
    bool date(const char*& at, Want want, ast::Date& date);
    bool time(const char*& at, Want want, ast::TimeOfDay& time);
    bool month_day(const char*& at, Want want, std::chrono::month_day& day);
    bool punctuation(const char*& at, Want want);  // Want::comma, Want::colon
    bool end_of_line(const char*& at);

    /// The noun that agrees with `count`: `1 day`, `2 days`.
    bool noun(const char*& at, double count, PhraseId one, PhraseId many);
    bool length(const char*& at, ast::Length& length);
    bool distance(const char*& at, double& metres);

    std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - text_.data()); }
    const char* next(const char* at) const;  // behind blanks and comments
    Span span(const char* begin, const char* end) const { return {file_, offset(begin), offset(end)}; }

    const Failure& failure() const { return failure_; }
    const std::vector<Mark>& marks() const { return marks_; }

private:
    bool want(const char* at, Want what, PhraseId phrase = {});
    bool took(const char*& at, const char* begin, const char* end, MarkKind kind, PhraseId phrase = {});
    std::optional<PhraseId> phrase_at(const char*& at);

    std::string_view text_;
    std::uint32_t file_;
    const char* end_;
    Failure failure_;
    std::vector<Mark> marks_;

    // Alternatives of the grammar ask for one keyword after the other at the same place.
    const char* memo_at_ = nullptr;
    const char* memo_end_ = nullptr;
    std::optional<PhraseId> memo_;
};

/// The bare characters at `at`: up to a blank, comma, quote, comment, or colon at the word's end.
std::string_view bare_run(const char* at, const char* end);

}  // namespace nurture::dsl
