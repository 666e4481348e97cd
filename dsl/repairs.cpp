// SPDX-License-Identifier: MIT
#include "dsl/repairs.hpp"

#include "dsl/characters.hpp"
#include "dsl/diagnostic.hpp"
#include "dsl/edit_distance.hpp"
#include "dsl/limits.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace nurture::dsl {
namespace {

constexpr std::size_t k_longest_phrase = 8;    // words; the longest of the table has seven
constexpr std::size_t k_most_insertions = 24;  // phrases that are tried as the missing word

std::string quote(std::string_view words) { return "`" + excerpt(words) + "`"; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Run {
    std::size_t begin = 0;
    std::size_t end = 0;
};

class Proposals {
public:
    Proposals(std::string_view line, std::size_t at, const std::vector<Wanted>& wanted)
        : line_(line),
          at_(at),
          wanted_(wanted),
          runs_(bare_runs()) {}

    std::vector<Repair> all() {
        unclosed_quote();
        time_or_date();
        is_on();
        two_units();
        look_back();
        digits_and_letters();
        phrases();
        commas();
        quotes();
        names();
        insertions();
        deletions();
        return std::move(repairs_);
    }

private:
    const char* ptr(std::size_t offset) const { return line_.data() + offset; }
    const char* end() const { return line_.data() + line_.size(); }
    std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - line_.data()); }
    std::string_view text(const Run& run) const { return line_.substr(run.begin, run.end - run.begin); }

    // Every bare word of the line; quoted text and punctuation lie between them.
    std::vector<Run> bare_runs() const {
        std::vector<Run> runs;
        for (const char* at = skip_space(line_.data(), end()); at < end(); at = skip_space(at, end())) {
            const std::string_view run = bare_run(at, end());
            if (!run.empty()) {
                runs.push_back({offset(at), offset(at) + run.size()});
                at += run.size();
            } else if (const std::size_t n = quote_length(at, end())) {
                const char* close = closing_quote(at, end());
                at = close ? close + quote_length(close, end()) : at + n;
            } else {
                ++at;
            }
        }
        return runs;
    }

    // The run at the failure, or past the end.
    std::size_t here() const {
        const auto found = std::lower_bound(runs_.begin(), runs_.end(), at_,
                                            [](const Run& run, std::size_t at) { return run.begin < at; });
        return static_cast<std::size_t>(found - runs_.begin());
    }
    std::optional<Run> run_here() const {
        const std::size_t i = here();
        return i < runs_.size() && runs_[i].begin == at_ ? std::optional(runs_[i]) : std::nullopt;
    }
    // Where the words before the failure end.
    std::size_t end_before() const { return offset(trim_end(line_.data(), ptr(at_))); }

    // Do runs i … j-1 follow each other with nothing but blanks in between?
    bool together(std::size_t i, std::size_t j) const {
        for (; i + 1 < j; ++i)
            if (skip_blanks(ptr(runs_[i].end), end()) != ptr(runs_[i + 1].begin))
                return false;
        return true;
    }
    std::string joined(std::size_t i, std::size_t j) const {
        std::string words;
        for (; i < j; ++i)
            words += (words.empty() ? "" : " ") + lower_ascii(text(runs_[i]));
        return words;
    }

    void add(Run what, std::string with, std::string_view code, std::string title, std::string label,
             bool by_hand = false) {
        repairs_.push_back(
            {what.begin, what.end, std::move(with), code, std::move(title), std::move(label), false, by_hand});
    }
    // A condition that is gone lets in more people: words that are taken away are taken away by their author.
    void leave_out(Run what, std::string title) {
        const auto words = text(what);
        const bool by_hand = std::any_of(words.begin(), words.end(), [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
        });
        add(what, "", "N0102", std::move(title), "leave this out", by_hand);
    }

    std::string word_at(std::size_t i) const { return i < runs_.size() ? lower_ascii(text(runs_[i])) : std::string(); }
    std::optional<int> number_at(std::size_t i) const {
        const std::string digits = word_at(i);
        const bool number = !digits.empty() && digits.size() < 6 && std::all_of(digits.begin(), digits.end(), is_digit);
        return number ? std::optional(std::stoi(digits)) : std::nullopt;
    }

    // `license_expires is 2026-06-01`
    void is_on() {
        const std::size_t i = here();
        const std::string date = word_at(i);
        if (i > 0 && word_at(i - 1) == "is" && date.size() == 10 && date[4] == '-' && date[7] == '-' &&
            is_digit(date[0]))
            add({at_, at_}, "on ", "N0202", "a date is compared with `is on`, `is before` or `is after`",
                "write `is on`"),
                repairs_.back().trusted = true;
    }

    // `between 6 months and 2 years ago`: one unit, after the second number.
    void two_units() {
        const std::size_t i = here();
        if (i < 2 || word_at(i - 2) != "between" || word_at(i + 1) != "and")
            return;
        const auto first = number_at(i - 1), second = number_at(i + 2);
        const auto a = calendar_unit(word_at(i)), b = calendar_unit(word_at(i + 3));
        if (!first || !second || !a || !b)
            return;
        const bool exact = a->of_days == b->of_days;
        const int smaller = exact ? std::min(a->count, b->count) : 1;
        const int days_a = exact || a->of_days ? 1 : k_days_in_a_month,
                  days_b = exact || b->of_days ? 1 : k_days_in_a_month;
        const char* unit = !exact || a->of_days ? (smaller == 7 ? "weeks" : "days")
                           : smaller == 12      ? "years"
                                                : "months";
        const std::string with = std::to_string(*first * a->count * days_a / smaller) + " and " +
                                 std::to_string(*second * b->count * days_b / smaller) + " " + unit;
        add({runs_[i - 1].begin, runs_[i + 3].end}, with, "N0106", "`between` has one unit, after the second number",
            (exact ? "write " : "months have no fixed number of days; about ") + quote(with), !exact);
        repairs_.back().trusted = exact;
    }
    struct CalendarUnit {
        int count = 0;         // days or months
        bool of_days = false;  // else of months
    };
    static constexpr int k_days_in_a_month = 30;
    static std::optional<CalendarUnit> calendar_unit(std::string unit) {
        if (!unit.empty() && unit.back() == 's')
            unit.pop_back();
        if (unit == "day" || unit == "week")
            return CalendarUnit{unit == "day" ? 1 : 7, true};
        if (unit == "month" || unit == "year")
            return CalendarUnit{unit == "month" ? 1 : 12, false};
        return std::nullopt;
    }

    // `has referred between 6 and 12 months ago`: what happened is looked for from some day on until today.
    void look_back() {
        const std::size_t i = here();
        const std::string word = word_at(i), last = word_at(runs_.empty() ? 0 : runs_.size() - 1);
        if ((word != "between" && word != "more" && word != "less" && word != "at") || last != "ago" ||
            runs_.size() < 3 || word_at(0) != "has")
            return;
        const std::size_t unit = runs_.size() - 2;
        if (!number_at(unit - 1) || !calendar_unit(word_at(unit)))
            return;
        const std::string with = "in the last " + word_at(unit - 1) + " " + word_at(unit);
        add({runs_[i].begin, runs_.back().end}, with, "N0202", "what happened is looked for in a time that ends today",
            "write " + quote(with) + "; for `not since`, a second line with `has not`", word != "less");
    }

    void unclosed_quote() {
        const std::size_t n = quote_length(ptr(at_), end());
        if (n == 0 || closing_quote(ptr(at_), end()))
            return;
        const char* const line_end = trim_end(ptr(at_), std::find(ptr(at_), end(), '\n'));
        const char* const comma = std::find(ptr(at_), line_end, ',');
        for (const char* close : {line_end, comma})
            repairs_.push_back({offset(close), offset(close), "\"", "N0103", "this double quote is never closed",
                                "write `\"` where it ends", false});
    }

    void time_or_date() {
        const std::string_view rest = line_.substr(at_);
        const auto use = [&](const std::optional<Loose>& loose, std::string_view code, std::string_view noun) {
            if (!loose)
                return;
            const Run what{at_, at_ + loose->length};
            add(what, loose->meant, code, quote(text(what)) + " is not a " + std::string(noun),
                "write " + quote(loose->meant));
            repairs_.back().trusted = true;
        };
        if (wants(wanted_, Want::time))
            use(loose_time(rest), "N0104", "time");
        if (wants(wanted_, Want::date))
            use(loose_date(rest), "N0105", "date");
    }

    // `60days`, `two`
    void digits_and_letters() {
        const auto run = run_here();
        if (!run || (!wants(wanted_, Want::count) && !wants(wanted_, Want::number)))
            return;
        constexpr std::array<std::string_view, 13> spelled = {
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};
        const std::string word = lower_ascii(text(*run));
        const auto found = std::find(spelled.begin(), spelled.end(), word);
        if (found != spelled.end()) {
            const std::string number = std::to_string(found - spelled.begin());
            add(*run, number, "N0106", "numbers are written in digits", "write " + quote(number));
            repairs_.back().trusted = true;
        }
        std::size_t digits = 0;
        while (digits < word.size() && is_digit(word[digits]))
            ++digits;
        if (digits > 0 && digits < word.size()) {
            const std::string apart = word.substr(0, digits) + " " + word.substr(digits);
            add(*run, apart, "N0106", "there is no blank in " + quote(word), "write " + quote(apart));
            repairs_.back().trusted = true;
        }
    }

    // The words around the failure, taken for the nearest phrase: misspelt, unfinished, or from another program.
    void phrases() {
        const std::size_t h = std::min(here(), runs_.size());
        std::vector<std::pair<int, Repair>> found;
        for (std::size_t i = h < 3 ? 0 : h - 3; i <= h && i < runs_.size(); ++i)
            for (std::size_t j = i + 1; j <= runs_.size() && j - i <= k_longest_phrase && together(i, j); ++j)
                if (runs_[j - 1].end > at_ || j == h || j == h + 1)
                    phrases_for(i, j, found);
        std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (auto& [cost, repair] : found)
            repairs_.push_back(std::move(repair));
    }

    void phrases_for(std::size_t i, std::size_t j, std::vector<std::pair<int, Repair>>& found) {
        const std::string words = joined(i, j);
        const Run what{runs_[i].begin, runs_[j - 1].end};
        for (const Synonym& synonym : synonyms())
            if (words == synonym.heard) {
                found.emplace_back(0, phrase_repair(what, words, synonym.phrase));
                found.back().second.trusted = true;
            }
        if (words.size() > k_nearest_bytes)
            return;
        for (std::size_t p = 0; p < k_phrases.size(); ++p) {
            const std::string_view phrase = k_phrases[p].text;
            const auto id = static_cast<PhraseId>(p);
            if (phrase.size() > words.size() && phrase.starts_with(words) && phrase[words.size()] == ' ')
                found.emplace_back(2, phrase_repair(what, words, id));
            else if (const auto distance = close_enough(words, phrase); distance && *distance > 0)
                found.emplace_back(static_cast<int>(*distance), phrase_repair(what, words, id));
        }
    }

    Repair phrase_repair(Run what, const std::string& words, PhraseId id) const {
        const Phrase& phrase = phrase_of(id);
        Repair repair{what.begin,
                      what.end,
                      std::string(phrase.text),
                      "N0102",
                      "this line is not understood",
                      "did you mean " + quote(phrase.text) + "?",
                      false};
        switch (phrase.group) {
        case PhraseGroup::test:
        case PhraseGroup::clause:
        case PhraseGroup::history:
        case PhraseGroup::membership:
        case PhraseGroup::consent:
            repair.code = "N0202";
            repair.title = quote(text(what)) + " is not a complete test";
            if (phrase.text.starts_with(words))
                repair.label = "write " + quote(phrase.text);
            else
                repair.title = quote(text(what)) + " is not how a test is written";
            break;
        case PhraseGroup::unit:
            repair.code = "N0106";
            repair.title = with_number(what, text(what)) + " is written " + with_number(what, phrase.text);
            repair.label = "write " + quote(phrase.text);
            break;
        default: break;
        }
        return repair;
    }

    // `1 days`: the number in front of the unit belongs to it.
    std::string with_number(Run unit, std::string_view words) const {
        const std::string_view before(line_.data(), offset(trim_end(line_.data(), ptr(unit.begin))));
        const std::size_t blank = before.find_last_of(" \t\n");
        return quote(std::string(before.substr(blank == before.npos ? 0 : blank + 1)) + " " + std::string(words));
    }

    // `"a" or "b"`, `"a" "b"`
    void commas() {
        if (!wants(wanted_, Want::comma))
            return;
        const Run gap{end_before(), at_};
        if (const auto run = run_here()) {
            const std::string word = lower_ascii(text(*run));
            if (word == "or" || word == "and")
                add({gap.begin, run->end}, ",", "N0102", "a list is written with commas", "write a comma instead"),
                    repairs_.back().trusted = true;
        }
        add({gap.begin, gap.begin}, ",", "N0102", "a comma is missing", "write a comma before this");
    }

    // Values and names without their quotes: the longest run of words that makes the line readable.
    void quotes() {
        const auto run = run_here();
        if (!run || !wants_quoted(wanted_))
            return;
        const std::size_t i = here();
        std::size_t last = i + 1;
        while (last < runs_.size() && last - i < k_longest_phrase && together(last - 1, last + 1))
            ++last;
        if (begins_a_test(word_at(i)))
            return;
        for (std::size_t j = last; j > i; --j) {
            const Run what{run->begin, runs_[j - 1].end};
            std::string_view words = without_single_quotes(text(what));
            if (std::any_of(words.begin(), words.end(), is_digit))
                continue;  // a length or a count, not a value
            if (words.find('\n') != words.npos)
                continue;
            add(what, '"' + std::string(words) + '"', "N0103", quote(text(what)) + " needs double quotes",
                "write `\"" + excerpt(words) + "\"`");
            repairs_.back().trusted = words.size() < text(what).size();
        }
    }

    // What people write when they mean a comparison, so that it is no value without its quotes.
    static bool begins_a_test(const std::string& word) {
        constexpr std::array<std::string_view, 22> words = {
            "in",      "within", "not",     "older", "newer",    "more",   "less",  "at",
            "between", "since",  "before",  "after", "today",    "null",   "empty", "blank",
            "clicked", "opened", "replied", "sent",  "received", "bounced"};
        return std::find(words.begin(), words.end(), word) != words.end();
    }
    // Straight ones, or those of word processors.
    static std::string_view without_single_quotes(std::string_view words) {
        for (const auto& [open, close] :
             {std::pair<std::string_view, std::string_view>{"'", "'"}, {"\u2018", "\u2019"}})
            if (words.size() > open.size() + close.size() && words.starts_with(open) && words.ends_with(close))
                return words.substr(open.size(), words.size() - open.size() - close.size());
        return words;
    }

    // Verbs and small words that stand between names, so that what they join is not one name.
    static bool may_join(const std::string& word) {
        const bool plain =
            std::all_of(word.begin(), word.end(), [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
        return plain && !joins_names(word);
    }
    static bool joins_names(const std::string& word) {
        constexpr std::array<std::string_view, 14> words = {"is",      "has",   "was",     "not",    "does",
                                                            "been",    "until", "list",    "joined", "completed",
                                                            "contain", "if",    "becomes", "has"};
        return std::find(words.begin(), words.end(), word) != words.end();
    }

    // Fields, events and steps are one bare word.
    void names() {
        const bool name = wants(wanted_, Want::field) || wants(wanted_, Want::event) || wants(wanted_, Want::step) ||
                          wants(wanted_, Want::declared);
        const std::string title = "fields, events and steps are one bare word";
        const auto as_word = [](std::string_view words) {
            std::string word = lower_ascii(words);
            for (char& c : word)
                if (!is_letter_or_digit(c))
                    c = '_';
            return word;
        };
        if (name && quote_length(ptr(at_), end())) {
            const char* close = closing_quote(ptr(at_), end());
            if (close) {
                const Run inner{at_ + quote_length(ptr(at_), end()), offset(close)};
                add({at_, offset(close) + quote_length(close, end())}, as_word(text(inner)), "N0102", title,
                    "write " + quote(as_word(text(inner))));
                repairs_.back().trusted = true;
            }
        }
        const auto run = run_here();
        if (!run)
            return;
        if (name && text(*run).find_first_of("-.'") != std::string_view::npos)
            add(*run, as_word(text(*run)), "N0102", title, "write " + quote(as_word(text(*run)))),
                repairs_.back().trusted = true;
        // `last note: email "x"`: the name went on behind its first word
        const std::size_t i = here();
        if (i > 0 && together(i - 1, i + 1) && may_join(word_at(i - 1)) && may_join(word_at(i))) {
            const Run both{runs_[i - 1].begin, run->end};
            add(both, as_word(text(both)), "N0102", title, "write " + quote(as_word(text(both))));
            repairs_.back().trusted = true;
        }
    }

    static bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }

    // One small word is missing. Good only when there is just one that makes the line readable.
    void insertions() {
        if (wants(wanted_, Want::colon))
            add({end_before(), end_before()}, ":", "N0102", "a colon is missing", "write `:` before this");
        std::vector<PhraseId> tried;
        for (const Wanted& wanted : wanted_) {
            if (wanted.what != Want::phrase || std::find(tried.begin(), tried.end(), wanted.phrase) != tried.end())
                continue;
            if (tried.size() == k_most_insertions)
                return;
            tried.push_back(wanted.phrase);
            const std::string word(phrase_of(wanted.phrase).text);
            const bool last = at_ == line_.size();
            Repair repair{at_,
                          at_,
                          last ? " " + word : word + " ",
                          "N0102",
                          "a word is missing in this line",
                          "write " + quote(word) + (last ? " here" : " before this"),
                          true};
            if (last)
                repair.begin = repair.end = end_before();
            repairs_.push_back(std::move(repair));
        }
    }

    void deletions() {
        if (at_ >= line_.size())
            return trailing_comma();
        if (const auto run = run_here()) {
            leave_out({end_before(), run->end}, quote(text(*run)) + " is not understood here");
        } else if (const std::size_t n = quote_length(ptr(at_), end())) {
            const char* close = closing_quote(ptr(at_), end());
            const std::size_t behind = close ? offset(close) + quote_length(close, end()) : at_ + n;
            leave_out({end_before(), behind}, "there is one quoted text too many");
        } else {
            leave_out({at_, at_ + 1}, quote(line_.substr(at_, 1)) + " is not understood here");
        }
        const Run rest{end_before(), offset(trim_end(line_.data(), end()))};
        if (word_at(here()) == "and" || word_at(here()) == "or")
            add(rest, "", "N0108", "one line says one thing",
                "several values: `is any of \"A\", \"B\"`; several conditions: a line for each", true);
        else
            leave_out(rest, "this line says more than it can");
    }

    void trailing_comma() {
        const std::size_t before = end_before();
        if (before > 0 && line_[before - 1] == ',')
            add({before - 1, before}, "", "N0102", "there is nothing behind this comma", "leave the comma out");
    }

    std::string_view line_;
    std::size_t at_;
    const std::vector<Wanted>& wanted_;
    std::vector<Run> runs_;
    std::vector<Repair> repairs_;
};

}  // namespace

bool wants(const std::vector<Wanted>& wanted, Want what) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& w) { return w.what == what; });
}

bool wants_group(const std::vector<Wanted>& wanted, PhraseGroup group) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const Wanted& w) { return w.what == Want::phrase && phrase_of(w.phrase).group == group; });
}

bool wants_quoted(const std::vector<Wanted>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(), [](const Wanted& w) { return is_quoted(w.what); });
}

std::vector<Repair> propose_repairs(std::string_view line, std::size_t at, const std::vector<Wanted>& wanted) {
    return Proposals(line, at, wanted).all();
}

}  // namespace nurture::dsl
