// SPDX-License-Identifier: MIT
#include "dsl/reader.hpp"

#include "dsl/characters.hpp"
#include "dsl/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace nurture::dsl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `pattern` has a 9 for each digit: "9999-99-99".
bool has_shape(std::string_view run, std::string_view pattern) {
    return run.size() == pattern.size() && std::equal(run.begin(), run.end(), pattern.begin(),
                                                      [](char c, char p) { return p == '9' ? is_digit(c) : c == p; });
}

unsigned digits(std::string_view run, std::size_t at, std::size_t count) {
    unsigned value = 0;
    for (const char c : run.substr(at, count))
        value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

// Curly quotes and odd blanks become plain ones; `\"` and `\\` lose their backslash.
std::string resolve(const char* at, const char* end) {
    std::string text;
    text.reserve(static_cast<std::size_t>(end - at));
    while (at < end) {
        if (*at == '\\' && end - at > 1 && (at[1] == '"' || at[1] == '\\')) {
            text += at[1];
            at += 2;
        } else if (const std::size_t n = blank_length(at, end)) {
            text += ' ';
            at += n;
        } else {
            text += *at++;
        }
    }
    return text;
}

struct UnitWords {
    ast::Unit unit;
    PhraseId one;
    PhraseId many;
};
constexpr std::array k_units = {
    UnitWords{ast::Unit::minutes, phrase("minute"), phrase("minutes")},
    UnitWords{ast::Unit::hours, phrase("hour"), phrase("hours")},
    UnitWords{ast::Unit::days, phrase("day"), phrase("days")},
    UnitWords{ast::Unit::business_days, phrase("business day"), phrase("business days")},
    UnitWords{ast::Unit::weeks, phrase("week"), phrase("weeks")},
    UnitWords{ast::Unit::months, phrase("month"), phrase("months")},
    UnitWords{ast::Unit::years, phrase("year"), phrase("years")},
};

}  // namespace

std::string_view describe(Want want) {
    switch (want) {
    case Want::phrase: return "a word of the language";
    case Want::field: return "the name of a field";
    case Want::event: return "the name of an event";
    case Want::step: return "the name of a step";
    case Want::code: return "a code such as N0402";
    case Want::declared: return "a name of one word";
    case Want::value: return "a value in \"double quotes\"";
    case Want::segment: return "the name of a segment in \"double quotes\"";
    case Want::list: return "the name of a list in \"double quotes\"";
    case Want::campaign: return "the name of a campaign in \"double quotes\"";
    case Want::message: return "the name of a template in \"double quotes\"";
    case Want::consent: return "the name of a consent in \"double quotes\"";
    case Want::person: return "a person in \"double quotes\"";
    case Want::values_name: return "the name of a list of values in \"double quotes\"";
    case Want::kind: return "a kind of message in \"double quotes\"";
    case Want::event_name: return "the name that the event carries in \"double quotes\"";
    case Want::language: return "a language such as \"es\"";
    case Want::zone: return "a time zone such as \"America/Chicago\"";
    case Want::file: return "a file name in \"double quotes\"";
    case Want::place: return "a place such as \"Dallas, TX\"";
    case Want::address: return "a sender such as \"Dana Wu <dana@example.org>\"";
    case Want::sms_sender: return "a number or a name such as \"+15125550100\"";
    case Want::words: return "words in \"double quotes\"";
    case Want::name: return "a name in \"double quotes\"";
    case Want::number: return "a number";
    case Want::count: return "a whole number";
    case Want::date: return "a date such as 2026-03-01";
    case Want::time: return "a time such as 18:30";
    case Want::month_day: return "a day of the year such as 12-25";
    case Want::comma: return "a comma";
    case Want::colon: return "a colon";
    case Want::end_of_line: return "the end of the line";
    }
    return {};
}

std::string_view bare_run(const char* at, const char* end) {
    const char* const begin = at;
    while (at < end && *at != ',' && *at != '#' && *at != '\n' && !blank_length(at, end) && !quote_length(at, end))
        ++at;
    while (at > begin && at[-1] == ':')
        --at;
    return {begin, static_cast<std::size_t>(at - begin)};
}

const char* Reader::next(const char* at) const { return skip_space(at, end_); }

bool Reader::want(const char* at, Want what, PhraseId phrase) {
    if (at < failure_.at)
        return false;
    if (at > failure_.at) {
        failure_.at = at;
        failure_.wanted.clear();
    }
    failure_.wanted.push_back({what, phrase});
    return false;
}

// The grammar may have come this way before by another alternative: its marks from here on are void.
bool Reader::took(const char*& at, const char* begin, const char* end, MarkKind kind, PhraseId phrase) {
    while (!marks_.empty() && marks_.back().begin >= begin)
        marks_.pop_back();
    marks_.push_back({begin, end, kind, phrase});
    at = end;
    return true;
}

std::optional<PhraseId> Reader::phrase_at(const char*& at) {
    if (memo_at_ != at) {
        memo_at_ = memo_end_ = at;
        memo_ = longest_phrase(memo_end_, end_);
    }
    at = memo_end_;
    return memo_;
}

bool Reader::phrase(const char*& at, PhraseId id) {
    const char* const begin = next(at);
    const char* end = begin;
    return phrase_at(end) == id ? took(at, begin, end, MarkKind::phrase, id) : want(begin, Want::phrase, id);
}

bool Reader::one_of(const char*& at, std::span<const PhraseId> ids, PhraseId& found, Span& where) {
    const char* const begin = next(at);
    const char* end = begin;
    const auto id = phrase_at(end);
    if (id && std::find(ids.begin(), ids.end(), *id) != ids.end()) {
        found = *id;
        where = span(begin, end);
        return took(at, begin, end, MarkKind::phrase, *id);
    }
    for (const PhraseId wanted : ids)
        want(begin, Want::phrase, wanted);
    return false;
}

bool Reader::word(const char*& at, Want what, ast::Word& word) {
    const char* const begin = next(at);
    const char* end = begin;
    while (end < end_ && static_cast<unsigned char>(*end) < 0x80 && *end != '-' && is_word_character(end, end_))
        ++end;
    if (end == begin || is_digit(*begin) || is_word_character(end, end_))
        return want(begin, what);
    word.text = lower_ascii({begin, static_cast<std::size_t>(end - begin)});
    if ((what == Want::field || what == Want::event) && is_structural(word.text))
        return want(begin, what);
    if (what == Want::code) {
        if (!has_shape(word.text, "n9999"))
            return want(begin, what);
        word.text.front() = 'N';
    }
    word.span = span(begin, end);
    return took(at, begin, end, what == Want::code ? MarkKind::code : MarkKind::word);
}

bool Reader::quoted(const char*& at, Want what, ast::Quoted& quoted) {
    const char* const begin = next(at);
    const std::size_t open = quote_length(begin, end_);
    const char* const close = open ? closing_quote(begin, end_) : nullptr;
    if (!close)
        return want(begin, what);
    const char* const end = close + quote_length(close, end_);
    quoted.text = resolve(begin + open, close);
    quoted.span = span(begin, end);
    return took(at, begin, end, MarkKind::quoted);
}

bool Reader::number(const char*& at, Want what, ast::Number& number) {
    const char* const begin = next(at);
    const std::string_view run = bare_run(begin, end_);
    double value = 0;
    const bool plain = !run.empty() && std::all_of(run.begin(), run.end(), [](char c) {
        return is_digit(c) || c == '.' || c == '-';
    }) && is_digit(run.back());
    const auto [behind, error] = std::from_chars(run.data(), run.data() + run.size(), value, std::chars_format::fixed);
    if (!plain || error != std::errc() || behind != run.data() + run.size())
        return want(begin, what);
    if (what == Want::count && (run.find_first_of(".-") != run.npos || value > k_largest_count))
        return want(begin, what);
    number.value = value;
    number.span = span(begin, behind);
    return took(at, begin, behind, MarkKind::plain);
}

bool Reader::date(const char*& at, Want what, ast::Date& date) {
    const char* const begin = next(at);
    const std::string_view run = bare_run(begin, end_);
    if (!has_shape(run, "9999-99-99"))
        return want(begin, what);
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(digits(run, 0, 4))),
                                          std::chrono::month(digits(run, 5, 2)), std::chrono::day(digits(run, 8, 2))};
    if (!day.ok())
        return want(begin, what);
    const char* const end = begin + run.size();
    date.value = day;
    date.span = span(begin, end);
    return took(at, begin, end, MarkKind::plain);
}

bool Reader::time(const char*& at, Want what, ast::TimeOfDay& time) {
    const char* const begin = next(at);
    const std::string_view run = bare_run(begin, end_);
    if (!has_shape(run, "99:99"))
        return want(begin, what);
    const unsigned minutes = digits(run, 0, 2) * 60 + digits(run, 3, 2);
    if (digits(run, 3, 2) > 59 || minutes > 24 * 60)
        return want(begin, what);
    const char* const end = begin + run.size();
    time.value = std::chrono::minutes(minutes);
    time.span = span(begin, end);
    return took(at, begin, end, MarkKind::plain);
}

bool Reader::month_day(const char*& at, Want what, std::chrono::month_day& day) {
    const char* const begin = next(at);
    const std::string_view run = bare_run(begin, end_);
    if (!has_shape(run, "99-99"))
        return want(begin, what);
    day = std::chrono::month(digits(run, 0, 2)) / std::chrono::day(digits(run, 3, 2));
    return day.ok() ? took(at, begin, begin + run.size(), MarkKind::plain) : want(begin, what);
}

bool Reader::punctuation(const char*& at, Want what) {
    const char* const begin = next(at);
    const bool comma = what == Want::comma;
    if (begin == end_ || *begin != (comma ? ',' : ':'))
        return want(begin, what);
    return took(at, begin, begin + 1, comma ? MarkKind::comma : MarkKind::colon);
}

bool Reader::end_of_line(const char*& at) {
    const char* const begin = next(at);
    return begin == end_ || want(begin, Want::end_of_line);
}

bool Reader::noun(const char*& at, double count, PhraseId one, PhraseId many) {
    return phrase(at, count == 1 ? one : many);
}

bool Reader::length(const char*& at, ast::Length& length) {
    const char* behind = at;
    ast::Number count;
    if (!number(behind, Want::count, count))
        return false;
    for (const UnitWords& words : k_units)
        if (noun(behind, count.value, words.one, words.many)) {
            length.count = static_cast<std::int32_t>(count.value);
            length.unit = words.unit;
            length.span = span(text_.data() + count.span.begin, behind);
            at = behind;
            return true;
        }
    return false;
}

bool Reader::distance(const char*& at, double& metres) {
    constexpr double k_mile = 1609.344;
    const char* behind = at;
    ast::Number count;
    if (!number(behind, Want::number, count))
        return false;
    if (noun(behind, count.value, dsl::phrase("mile"), dsl::phrase("miles")))
        metres = count.value * k_mile;
    else if (phrase(behind, dsl::phrase("km")))
        metres = count.value * 1000;
    else
        return false;
    at = behind;
    return true;
}

}  // namespace nurture::dsl
