// SPDX-License-Identifier: MIT
#include "dsl/mistakes.hpp"

#include "dsl/characters.hpp"
#include "dsl/codes.hpp"
#include "dsl/limits.hpp"
#include "dsl/repairs.hpp"
#include "dsl/safe_repair.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace nurture::dsl {
namespace {

constexpr int k_rounds = 4;                // mistakes of one line that are repaired together
constexpr std::size_t k_named = 6;         // alternatives that a label names
constexpr std::size_t k_written = 200;     // characters of a line that a note repeats
constexpr std::size_t k_note_width = 100;  // characters of a note line

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> k_hints = {{
    {"not",
     "Not is said by `is not`, `is none of`, `has not`, by a group `none of` … `end`, or by `otherwise` of an `if`."},
    {"within", "Far from a place is a group:   none of   /   home is within 60 miles of \"Dallas, TX\"   /   end"},
    {"does", "The opposite is a group:   none of   /   profession contains \"Nurse\"   /   end"},
    {"if", "A branch has lines of its own:   if has worked   /   step …   /   end"},
    {"before", "A wait for a date:   wait until 2 days before license_expires"},
    {"was", "A wait says `is`:   wait up to 5 days until hello is clicked"},
    {"or",
     "Several values are a list:   is any of \"A\", \"B\". Several conditions are a group:   any of   /   …   /   end"},
    {"and", "Several values are a list:   includes all of \"A\", \"B\". Several conditions are lines of their own."},
}};

std::string quote(std::string_view words) { return "`" + excerpt(words) + "`"; }

struct Tried {
    bool readable = false;
    std::size_t at = 0;  // the farthest failure
    std::vector<Wanted> wanted;
};

Tried try_line(Place place, const std::string& line) {
    ReadLine read = read_line(place, line, 0, line.data(), line.data() + line.size());
    return {read.statement.has_value(), static_cast<std::size_t>(read.failure.at - line.data()),
            std::move(read.failure.wanted)};
}

std::string applied(const std::string& line, const Repair& repair) {
    std::string repaired = line;
    return repaired.replace(repair.begin, repair.end - repair.begin, repair.with);
}

// The first proposal that makes the line readable, else the first that gets farther; and the words of which any one
// would do.
struct Choice {
    std::optional<Repair> repair;
    bool readable = false;
    std::vector<Repair> any_of;
};

Choice choose(Place place, const std::string& line, const Tried& failed) {
    Choice choice;
    std::vector<Repair> many;
    for (Repair& repair : propose_repairs(line, failed.at, failed.wanted)) {
        if (!repair.one_of_many && !many.empty())
            break;  // deletions come last and must not win over a word that is missing
        const std::string repaired = applied(line, repair);
        const Tried tried = try_line(place, repaired);
        if (tried.readable && repair.one_of_many) {
            many.push_back(std::move(repair));
        } else if (tried.readable) {
            return {std::move(repair), true, {}};
        } else if (!choice.repair && !repair.with.empty() && !repair.one_of_many &&
                   tried.at > repair.begin + repair.with.size() &&
                   tried.at + line.size() > failed.at + repaired.size()) {
            choice.repair = std::move(repair);
        }
    }
    if (many.size() == 1)
        return {std::move(many.front()), true, {}};
    choice.any_of = std::move(many);
    return choice;
}

// --- words of a message ----------------------------------------------------------------------------------------

std::string listed(const std::vector<std::string>& items) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i)
        text += (i == 0 ? "" : i + 1 == items.size() ? " or " : ", ") + items[i];
    return text;
}

std::vector<std::string> described(const std::vector<Wanted>& wanted) {
    std::vector<std::string> items;
    for (const Wanted& want : wanted) {
        const std::string item =
            want.what == Want::phrase ? quote(phrase_of(want.phrase).text) : std::string(describe(want.what));
        if (std::find(items.begin(), items.end(), item) == items.end())
            items.push_back(item);
    }
    return items;
}

std::vector<std::string> folded(const std::string& lead, const std::vector<std::string>& items) {
    std::vector<std::string> lines = {lead};
    for (const std::string& item : items) {
        if (lines.back().size() + item.size() > k_note_width)
            lines.push_back("   " + item);
        else
            lines.back() += (lines.back().ends_with(' ') ? "" : ", ") + item;
    }
    return lines;
}

template<class Test>
bool all_wanted(const std::vector<Wanted>& wanted, Test test) {
    return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const Wanted& want) {
        return want.what == Want::end_of_line || want.what == Want::comma || test(want);
    });
}

std::string_view code_for(Place place, bool at_begin, const std::vector<Wanted>& wanted) {
    if (all_wanted(wanted, [](const Wanted& want) { return want.what == Want::time; }))
        return "N0104";
    if (all_wanted(wanted, [](const Wanted& want) { return want.what == Want::date; }))
        return "N0105";
    if (wants_group(wanted, PhraseGroup::unit))
        return "N0106";
    if (all_wanted(wanted, [](const Wanted& want) { return is_quoted(want.what); }))
        return "N0103";
    return place == Place::conditions && !at_begin ? "N0202" : "N0102";
}

// --- one mistake -----------------------------------------------------------------------------------------------

class Mistake {
public:
    Mistake(std::string_view text, std::uint32_t file, Place place, const LogicalLine& line, const Failure& failure)
        : text_(text),
          file_(file),
          place_(place),
          begin_(line.begin),
          line_(text.substr(line.begin, line.end - line.begin)),
          failed_{false, static_cast<std::size_t>(failure.at - text.data()) - line.begin, failure.wanted} {}

    Diagnostic explain() {
        if (place_ == Place::message_template && !first_phrase_is("subject"))
            return not_marked_as_text();
        if (line_.size() > k_repair_bytes)
            return plain();
        if (auto two = two_conditions())
            return std::move(*two);
        if (auto comma = comma_too_many())
            return std::move(*comma);
        if (place_ == Place::conditions && failed_.at >= line_.size() && wants(failed_.wanted, Want::value))
            return no_value();
        const Choice choice = choose(place_, line_, failed_);
        if (choice.repair)
            return repaired(*choice.repair, choice.readable);
        if (!choice.any_of.empty())
            return missing(choice.any_of);
        return plain();
    }

private:
    Span span(std::size_t begin, std::size_t end) const {
        return {file_, static_cast<std::uint32_t>(begin_ + begin), static_cast<std::uint32_t>(begin_ + end)};
    }
    const char* ptr(std::size_t offset) const { return line_.data() + offset; }
    const char* end() const { return line_.data() + line_.size(); }
    // What stands at the failure: a word, a quoted text, or one character.
    std::size_t end_of_failure() const {
        const std::string_view run = bare_run(ptr(failed_.at), end());
        if (!run.empty())
            return failed_.at + run.size();
        if (const std::size_t n = quote_length(ptr(failed_.at), end())) {
            const char* close = closing_quote(ptr(failed_.at), end());
            return close ? static_cast<std::size_t>(close - line_.data()) + quote_length(close, end()) : failed_.at + n;
        }
        return std::min(line_.size(), failed_.at + 1);
    }
    bool first_phrase_is(std::string_view words) const {
        const char* behind = line_.data();
        const auto id = longest_phrase(behind, end());
        return id && phrase_of(*id).text == words;
    }

    void add_write(Diagnostic& diagnostic, const std::string& line) const {
        if (line.size() <= k_written && line.find_first_of("\n#") == line.npos)
            diagnostic.notes.push_back("Write:   " + line);
    }

    Diagnostic repaired(const Repair& repair, bool readable) const {
        Diagnostic diagnostic = diagnose(repair.code, repair.title, span(repair.begin, repair.end), repair.label);
        std::string line = applied(line_, repair);
        bool several = false;
        bool safe = !repair.by_hand && (repair.trusted || same_meaning(line_, line));
        for (int round = 1; !readable && round < k_rounds; ++round) {
            const Choice choice = choose(place_, line, try_line(place_, line));
            if (!choice.repair)
                break;
            const std::string next = applied(line, *choice.repair);
            safe = safe && !choice.repair->by_hand && (choice.repair->trusted || same_meaning(line, next));
            line = next;
            readable = choice.readable;
            several = true;
        }
        if (readable) {
            const bool shown = safe || only_adds(line_, line) || repair.by_hand;
            if (!shown || (repair.by_hand && repair.with.empty() && repair.code != "N0108"))
                return plain();
            if (repair.code != "N0108")
                add_write(diagnostic, line);
            if (safe)
                diagnostic.fix =
                    several ? Fix{span(0, line_.size()), line} : Fix{span(repair.begin, repair.end), repair.with};
        }
        return diagnostic;
    }

    // Any of several words would make the line complete: a unit, or the direction of time.
    Diagnostic missing(const std::vector<Repair>& any_of) const {
        std::vector<std::string> words;
        for (const Repair& repair : any_of)
            words.push_back(quote(skipped_blanks(repair.with)));
        const std::string before = last_words_before();
        const Span place = span(any_of.front().begin, any_of.front().begin);
        if (wants_group(failed_.wanted, PhraseGroup::unit)) {
            Diagnostic diagnostic = diagnose("N0106", quote(before) + " needs a unit", place, "write " + listed(words));
            return diagnostic;
        }
        if (words == std::vector<std::string>{"`ago`", "`away`"}) {
            Diagnostic diagnostic = diagnose("N0203", "`ago` or `away` is missing", place,
                                             "`ago` counts back from today, `away` counts forward");
            add_write(diagnostic, applied(line_, any_of.front()));
            return diagnostic;
        }
        return diagnose(place_ == Place::conditions ? "N0202" : "N0102", "a word is missing in this line", place,
                        "write " + listed(words));
    }
    static std::string skipped_blanks(const std::string& word) {
        return word.front() == ' ' ? word.substr(1) : word.substr(0, word.find_last_not_of(' ') + 1);
    }
    std::string last_words_before() const {
        const std::string_view before(line_.data(),
                                      static_cast<std::size_t>(trim_end(line_.data(), ptr(failed_.at)) - line_.data()));
        const std::size_t blank = before.find_last_of(" \t\n");
        return std::string(before.substr(blank == before.npos ? 0 : blank + 1));
    }

    // `profession is "RN" and specialty includes "ICU"`
    std::optional<Diagnostic> two_conditions() const {
        if (place_ != Place::conditions)
            return std::nullopt;
        const std::string_view run = bare_run(ptr(failed_.at), end());
        const std::string word = lower_ascii(run);
        if (word != "and" && word != "or")
            return std::nullopt;
        const std::string first(line_.data(), trim_end(line_.data(), ptr(failed_.at)));
        const std::string second(skip_blanks(ptr(failed_.at) + run.size(), end()), end());
        if (!try_line(place_, first).readable || !try_line(place_, second).readable)
            return std::nullopt;
        Diagnostic diagnostic =
            diagnose("N0108", "one line says one condition", span(failed_.at, failed_.at + run.size()),
                     word == "and" ? "write the second one on a line of its own" : "either-or is written as a group");
        if (first.size() + second.size() > k_written)
            return diagnostic;
        if (word == "and")
            diagnostic.notes = {"Write:   " + first, "         " + second};
        else
            diagnostic.notes = {"Write:   any of", "           " + first, "           " + second, "         end"};
        return diagnostic;
    }

    // `stage is any of "Offer out",` and below it a line that says something else
    std::optional<Diagnostic> comma_too_many() const {
        std::size_t before = failed_.at;
        bool on_another_line = false;
        for (;;) {
            before = static_cast<std::size_t>(trim_end(line_.data(), ptr(before)) - line_.data());
            if (before == 0 || line_[before - 1] != '\n')
                break;
            on_another_line = true;
            --before;
        }
        if (before == 0 || line_[before - 1] != ',' || !on_another_line)
            return std::nullopt;
        const std::string second = line_.substr(failed_.at);
        const char* behind = second.data();
        const bool another = longest_phrase(behind, second.data() + second.size()) || try_line(place_, second).readable;
        if (!another || !try_line(place_, line_.substr(0, before - 1)).readable)
            return std::nullopt;
        Diagnostic diagnostic = diagnose("N0102", "the line goes on behind its last comma", span(before - 1, before),
                                         "leave this comma out, or go on with the list");
        diagnostic.fix = Fix{span(before - 1, before), ""};
        return diagnostic;
    }

    // `stage is`
    Diagnostic no_value() const {
        const auto last = static_cast<std::size_t>(trim_end(line_.data(), end()) - line_.data());
        const std::size_t blank = line_.find_last_of(" \t\n", last == 0 ? 0 : last - 1);
        const std::size_t word = blank == line_.npos ? 0 : blank + 1;
        Diagnostic diagnostic = diagnose("N0202", "the value is missing in this test", span(word, last),
                                         "here should follow a value in double quotes");
        add_write(diagnostic, line_.substr(0, last) + " \"…\"");
        return diagnostic;
    }

    Diagnostic not_marked_as_text() const {
        Diagnostic diagnostic = diagnose("N0102", "a line of message text begins with `|`", span(0, line_.size()),
                                         "write `| ` before this");
        add_write(diagnostic, "| " + line_);
        diagnostic.fix = Fix{span(0, 0), "| "};
        return diagnostic;
    }

    Diagnostic plain() const {
        const bool at_begin = failed_.at == 0;
        const bool at_end = failed_.at >= line_.size();
        const std::string_view code = code_for(place_, at_begin, failed_.wanted);
        const std::vector<std::string> items = described(failed_.wanted);
        const Span where = span(failed_.at, end_of_failure());
        if (at_begin) {
            Diagnostic diagnostic = diagnose("N0102", "this line is not understood", where,
                                             "no line of " + std::string(describe(place_)) + " begins like this");
            diagnostic.notes = folded("Lines here begin with: ", items);
            return diagnostic;
        }
        const std::string here(line_.substr(failed_.at, end_of_failure() - failed_.at));
        if (!at_end && readable_before())
            return with_hint(diagnose("N0102", "this line is complete before " + quote(here), where,
                                      "what follows does not belong to it"));
        std::string title = at_end ? "this line stops too early" : quote(here) + " is not understood here";
        if (!at_end && code == "N0104")
            title = quote(here) + " is not a time";
        else if (!at_end && code == "N0105")
            title = quote(here) + " is not a date";
        else if (!at_end && code == "N0103" && quote_length(ptr(failed_.at), end()))
            title = "this double quote is never closed";
        Diagnostic diagnostic = diagnose(code, title, at_end ? span(line_.size(), line_.size()) : where,
                                         items.size() > k_named ? "" : "here should stand " + listed(items));
        if (items.size() > k_named)
            diagnostic.notes = folded("What may stand here: ", items);
        return with_hint(std::move(diagnostic));
    }

    bool readable_before() const {
        return try_line(place_, std::string(line_.data(), trim_end(line_.data(), ptr(failed_.at)))).readable;
    }

    // What people often mean by a word that stands where it cannot.
    Diagnostic with_hint(Diagnostic diagnostic) const {
        const std::string word = lower_ascii(bare_run(ptr(failed_.at), end()));
        for (const auto& [heard, hint] : k_hints)
            if (word == heard)
                diagnostic.notes.emplace_back(hint);
        return diagnostic;
    }

    std::string_view text_;
    std::uint32_t file_;
    Place place_;
    std::size_t begin_;
    std::string line_;
    Tried failed_;
};

// --- lines of other blocks -------------------------------------------------------------------------------------

// Where a line is looked for, and what the author is told. Declarations of events are not among them: two words of
// which the second is quoted are more likely a misspelt keyword.
struct Home {
    Place place;
    std::string_view name;
};
constexpr std::array k_homes = {
    Home{Place::conditions, "a `segment`, or behind `if`"},
    Home{Place::campaign, "a `campaign`"},
    Home{Place::branch, "an `if`"},
    Home{Place::policy, "a `policy`"},
    Home{Place::fields, "`fields`"},
    Home{Place::message_template, "a `template`"},
    Home{Place::test, "a `test`"},
    Home{Place::split, "a `split`"},
};

}  // namespace

Diagnostic explain_mistake(std::string_view text, std::uint32_t file, Place place, const LogicalLine& line,
                           const Failure& failure) {
    return Mistake(text, file, place, line, failure).explain();
}

std::optional<Elsewhere> belongs_elsewhere(std::string_view text, std::uint32_t file, Place place,
                                           const LogicalLine& line) {
    if (place == Place::message_template)
        return std::nullopt;  // what is no subject is message text without its `|`
    const char* const begin = text.data() + line.begin;
    const char* const end = text.data() + line.end;
    for (const Home& home : k_homes) {
        if (home.place == place)
            continue;
        const ReadLine read = read_line(home.place, text, file, begin, end);
        if (!read.statement || std::holds_alternative<line::End>(read.statement->what))
            continue;
        const Mark& head = read.marks.front();
        Elsewhere elsewhere;
        elsewhere.head = {file, line.begin, static_cast<std::uint32_t>(head.end - text.data())};
        std::string label = "belongs in " + std::string(home.name);
        if (std::holds_alternative<line::OpenGroup>(read.statement->what))
            label = "belongs in a `segment`";
        else if (place == Place::branch && home.place == Place::campaign)
            label = "belongs in the `campaign` itself, outside of `if`";
        elsewhere.diagnostic = diagnose("N0112", "this line does not belong in " + std::string(describe(place)),
                                        {file, line.begin, line.end}, std::move(label));
        if (place == Place::file)
            elsewhere.diagnostic.notes.push_back("If it stood in one: is there an `end` too many above this line?");
        return elsewhere;
    }
    return std::nullopt;
}

}  // namespace nurture::dsl
