// SPDX-License-Identifier: MIT
#include "dsl/compiler.hpp"

#include "dsl/characters.hpp"
#include "dsl/limits.hpp"
#include "dsl/slips.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

template<class Items>
std::vector<std::string> names_of(const Items& items) {
    std::vector<std::string> names;
    for (const auto& item : items) {
        names.push_back(item.name);
    }
    return names;
}

/// So many names are shown when none of them is near.
constexpr std::size_t k_few = 6;

/// The nearest name; one that differs only in capitals and blanks is always near.
std::optional<std::string> suggest(std::string_view name, const std::vector<std::string>& known) {
    const std::string folded = fold(name);
    const auto same = std::find_if(known.begin(), known.end(), [&](const auto& item) { return fold(item) == folded; });
    return same != known.end() ? *same : nearest(name, known);
}

}  // namespace

Diagnostic& Compiler::report(std::string_view code, Span place, std::string title, std::string label) {
    if (full(place.file)) {
        dropped = diagnose(code, std::move(title), place, std::move(label));
        return dropped;
    }
    ++said[place.file];
    diagnostics.push_back(diagnose(code, std::move(title), place, std::move(label)));
    return diagnostics.back();
}

bool Compiler::full(std::uint32_t file) const {
    const auto count = said.find(file);
    return count != said.end() && count->second >= k_diagnostics_per_file;
}

void Compiler::unknown_name(std::string_view code, std::string_view kind, std::string_view name, Span place,
                            const std::vector<std::string>& known, std::string note) {
    if (full(place.file)) {
        return;  // looking for the nearest name is what costs time
    }
    const auto near = ++looked_for_ <= k_most_suggestions ? suggest(name, known) : std::nullopt;
    if (!near && incomplete) {
        return;
    }
    const std::string& text = sources.files[place.file].text;
    const bool quoted = place.begin < text.size() && quote_length(text.data() + place.begin, text.data() + text.size());
    const char* mark = quoted ? "\"" : "`";
    Diagnostic& problem = report(code, place, fmt::format("there is no {} called {}{}{}", kind, mark, name, mark));
    if (near) {
        problem.labels.front().text = fmt::format("did you mean {}{}{}?", mark, *near, mark);
        if (code != "N0207")  // another time zone or file is another thing, however near its name
            problem.fix = Fix{place, quoted ? fmt::format("\"{}\"", *near) : *near};
        if (problem.fix)
            problem.notes.push_back("To accept the suggestion: nurture check --fix");
    } else if (!note.empty()) {
        problem.notes.push_back(std::move(note));
    } else if (!known.empty() && known.size() <= k_few) {
        problem.notes.push_back(fmt::format("There is   \"{}\"", fmt::join(known, "\", \"")));
    }
}

void Compiler::taken(std::string_view kinds, std::string_view name, Span place, Span first) {
    report("N0206", place, fmt::format("there are two {} called \"{}\"", kinds, name), "the second one")
        .labels.push_back({first, "the first one"});
}

void Compiler::said_twice(Span place, Span first, std::string_view what) {
    report("N0109", place, fmt::format("`{}` is said twice, but it can hold only once", what),
           "leave out one of the two")
        .labels.push_back({first, "first said here"});
}

std::optional<FieldIx> Compiler::field(const ast::Word& word) {
    if (const auto ix = rules.schema.field(word.text)) {
        return ix;
    }
    if (rules.schema.event(word.text)) {
        report("N0201", word.span, fmt::format("`{}` is an event, not a field", word.text),
               "events are tested by `has`")
            .notes.push_back(fmt::format("Write:   has {}", word.text));
        return std::nullopt;
    }
    if (const Slip* slip = slip_of_field(word.text)) {
        report("N0201", word.span, std::string(slip->title), "").notes.emplace_back(slip->note);
    } else if (!unread.contains(word.text)) {
        unknown_name("N0201", "field", word.text, word.span, names_of(rules.schema.fields),
                     "All fields: nurture fields.   A new one is a line of a `fields` block.");
    }
    return std::nullopt;
}

std::optional<EventIx> Compiler::event(const ast::Word& word) {
    if (const auto ix = rules.schema.event(word.text)) {
        return ix;
    }
    if (rules.schema.field(word.text)) {
        report("N0201", word.span, fmt::format("`{}` is a field, not an event", word.text),
               "fields are tested by `is`, `includes` and `contains`");
        return std::nullopt;
    }
    if (!unread.contains(word.text)) {
        unknown_name(
            "N0201", "event", word.text, word.span, names_of(rules.schema.events),
            fmt::format("A new one is a line of an `events` block:   {}  \"what happened, in words\"", word.text));
    }
    return std::nullopt;
}

std::optional<SegmentIx> Compiler::segment(const ast::Quoted& name) {
    const auto ix = rules.segment(name.text);
    if (!ix) {
        unknown_name("N0205", "segment", name.text, name.span, names_of(rules.segments));
    }
    return ix;
}

std::optional<CampaignIx> Compiler::campaign(const ast::Quoted& name) {
    const auto ix = rules.campaign(name.text);
    if (!ix) {
        unknown_name("N0205", "campaign", name.text, name.span, names_of(rules.campaigns));
    }
    return ix;
}

std::optional<TemplateIx> Compiler::find_template(Channel channel, const ast::Quoted& name) {
    if (const auto ix = rules.find_template(channel, name.text)) {
        return ix;
    }
    const std::string_view wanted = channel == Channel::email ? "email" : "sms";
    const Channel other = channel == Channel::email ? Channel::sms : Channel::email;
    if (rules.find_template(other, name.text)) {
        report("N0205", name.span, fmt::format("the template \"{}\" is not for {}", name.text, wanted),
               fmt::format("it is for {}", other == Channel::email ? "email" : "sms"));
        return std::nullopt;
    }
    std::vector<std::string> known;
    for (const Template& item : rules.templates) {
        if (item.channel == channel) {
            known.push_back(item.name);
        }
    }
    if (!unread_templates.contains({channel, name.text})) {
        unknown_name("N0205", fmt::format("{} template", wanted), name.text, name.span, known,
                     fmt::format("Write one:   template \"{}\" for {}", name.text, wanted));
    }
    return std::nullopt;
}

void Compiler::check_person(const ast::Quoted& name) {
    const auto& people = world.people;
    if (people.empty() || std::find(people.begin(), people.end(), name.text) != people.end()) {
        return;
    }
    unknown_name("N0205", "person", name.text, name.span, people,
                 "People are declared by the sysadmin, in nurtured.toml under [people].");
}

ListIx Compiler::list(const ast::Quoted& name) {
    if (const auto ix = rules.schema.list(name.text)) {
        return *ix;
    }
    rules.schema.lists.push_back(name.text);
    list_spans.push_back(name.span);
    return static_cast<ListIx>(rules.schema.lists.size() - 1);
}

ConsentIx Compiler::consent(const ast::Quoted& name) {
    if (const auto ix = rules.schema.consent(name.text)) {
        return *ix;
    }
    rules.schema.consents.push_back(name.text);
    consent_spans.push_back(name.span);
    return static_cast<ConsentIx>(rules.schema.consents.size() - 1);
}

std::size_t Compiler::policy_at(std::uint32_t file) const {
    const std::string directory = directory_of(sources.files[file].path) + '/';
    std::size_t nearest_one = 0;
    std::size_t longest = 0;
    for (std::size_t i = 0; i < rules.below.size(); ++i) {
        const std::string& above = rules.below[i].directory;
        if (above.size() > longest && directory.starts_with(above + '/')) {
            longest = above.size();
            nearest_one = i + 1;
        }
    }
    return nearest_one;
}

std::string Compiler::one_line(Span span) const {
    const std::string& text = sources.files[span.file].text;
    const char* at = text.data() + std::min<std::size_t>(span.begin, text.size());
    const char* const end = text.data() + std::min<std::size_t>(span.end, text.size());
    std::string line;
    while (at < end) {
        const char* next = skip_space(at, end);
        if (next != at) {
            line += line.empty() || next >= end ? "" : " ";
            at = next;
            continue;
        }
        // A quoted text is taken as it is, whatever stands in it.
        const char* closing = quote_length(at, end) != 0 ? closing_quote(at, end) : nullptr;
        next = closing != nullptr ? closing + quote_length(closing, end) : at + 1;
        line.append(at, next);
        at = next;
    }
    return line;
}

std::string directory_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

Length to_length(const ast::Length& length) {
    static_assert(static_cast<int>(ast::Unit::years) == static_cast<int>(Unit::years));
    return {length.count, static_cast<Unit>(length.unit)};
}

DayOffset to_offset(Compiler& compiler, const ast::Length& length, std::string_view where) {
    switch (length.unit) {
    case ast::Unit::days: return {0, length.count};
    case ast::Unit::weeks: return {0, 7 * length.count};
    case ast::Unit::months: return {length.count, 0};
    case ast::Unit::years: return {12 * length.count, 0};
    case ast::Unit::minutes:
    case ast::Unit::hours:
    case ast::Unit::business_days: break;
    }
    compiler.report("N0209", length.span, fmt::format("{} is counted in days, weeks, months or years", where),
                    "not in this unit");
    return {};
}

const char* kind_name(FieldKind kind) {
    switch (kind) {
    case FieldKind::text: return "text";
    case FieldKind::list: return "a list of text";
    case FieldKind::number: return "a number";
    case FieldKind::date: return "a date";
    case FieldKind::yes_no: return "yes or no";
    case FieldKind::place: return "a place";
    }
    return "";
}

std::string iso(std::chrono::sys_days day) {
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
}

Channel to_channel(ast::Channel channel) { return channel == ast::Channel::email ? Channel::email : Channel::sms; }

std::string plural(long count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

}  // namespace nurture::dsl
