// SPDX-License-Identifier: MIT
//
// Message texts: merge fields become numbers. What may be blank in which campaign is looked at later (check_templates).
#include "dsl/characters.hpp"
#include "dsl/compiler.hpp"
#include "dsl/template_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace nurture::dsl {
namespace {

struct MergeName {
    std::string_view name;
    MergeKind kind;
    bool in_task;  // may stand in the text of a task
};
constexpr std::array<MergeName, 12> k_merge_names = {{
    {"owner_name", MergeKind::owner_name, true},
    {"owner_email", MergeKind::owner_email, true},
    {"owner_phone", MergeKind::owner_phone, true},
    {"organisation", MergeKind::organisation, true},
    {"postal_address", MergeKind::postal_address, true},
    {"unsubscribe_link", MergeKind::unsubscribe_link, false},
    {"event_value", MergeKind::event_value, true},
    {"event_date", MergeKind::event_date, true},
    {"years_since", MergeKind::years_since, true},
    {"preferences_link", MergeKind::preferences_link, false},
    {"renew_consent_link", MergeKind::renew_consent_link, false},
    {"personal_note", MergeKind::personal_note, false},
}};

constexpr std::size_t k_longest_name = 40;  // of what may be a field between the braces of another program
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_other_braces = {
    {{"{", "}"}, {"[[", "]]"}, {"<<", ">>"}, {"\u00ab", "\u00bb"}, {"%", "%"}}};

const MergeName* merge_name(std::string_view name) {
    const auto at =
        std::find_if(k_merge_names.begin(), k_merge_names.end(), [&](const auto& m) { return m.name == name; });
    return at != k_merge_names.end() ? &*at : nullptr;
}

class TextCompiler {
public:
    TextCompiler(Compiler& compiler, std::string_view text, Span span, bool is_task)
        : c_(compiler),
          text_(text),
          span_(span),
          is_task_(is_task) {
        // Places are exact when the text stands in the file as it is, quotes aside.
        const std::string_view source = std::string_view(c_.sources.files[span.file].text).substr(0, span.end);
        const auto found = source.find(text, span.begin);
        if (!text.empty() && found != std::string_view::npos) {
            offset_ = static_cast<std::uint32_t>(found);
        }
    }

    Pieces run() {
        for (const TextPart& part : split_text(text_)) {
            if (part.problem != TextPart::Problem::none) {
                report_shape(part);
            } else if (part.is_field) {
                field(part);
            } else {
                other_programs_fields(part);
                Piece piece;
                piece.text = std::string(text_.substr(part.begin, part.end - part.begin));
                piece.span = place(part);
                pieces_.push_back(std::move(piece));
            }
        }
        return std::move(pieces_);
    }

private:
    Span place(const TextPart& part) const {
        return offset_ ? Span{span_.file, *offset_ + part.begin, *offset_ + part.end} : span_;
    }

    /// `{first_name}`, `[[First Name]]`, `%FIRST_NAME%`: the merge fields of other programs would be sent as they
    /// stand.
    void other_programs_fields(const TextPart& part) {
        const std::string_view text = text_.substr(part.begin, part.end - part.begin);
        for (const auto& [open, close] : k_other_braces) {
            for (std::size_t at = text.find(open); at != text.npos; at = text.find(open, at + 1)) {
                const std::size_t begin = at + open.size(), end = text.find(close, begin);
                if (end == text.npos)
                    break;
                if (end - begin > k_longest_name)
                    continue;
                std::string name = lower_ascii(text.substr(begin, end - begin));
                std::replace(name.begin(), name.end(), ' ', '_');
                if (!c_.rules.schema.field(name) && merge_name(name) == nullptr)
                    continue;
                TextPart place_of = part;
                place_of.begin = part.begin + static_cast<std::uint32_t>(at);
                place_of.end = part.begin + static_cast<std::uint32_t>(end + close.size());
                c_.report("N0503", place(place_of), "this would be sent as it stands: a merge field has two braces", "")
                    .notes.push_back(fmt::format("Write:   {{{{{} or …}}}}", name));
            }
        }
    }

    void report_shape(const TextPart& part) {
        switch (part.problem) {
        case TextPart::Problem::never_closed:
            c_.report("N0503", place(part), "this merge field is never closed", "`}}` is missing");
            break;
        case TextPart::Problem::empty:
            c_.report("N0503", place(part), "this merge field is empty",
                      "write the name of a field, as in {{first_name or there}}");
            break;
        default:
            c_.report("N0503", place(part), "after the name of a field stands `or` and what to say when it is blank",
                      "")
                .notes.push_back(fmt::format("Write:   {{{{{} or …}}}}", part.name));
        }
    }

    void field(const TextPart& part) {
        Piece piece;
        piece.span = place(part);
        piece.has_fallback = part.fallback.has_value();
        piece.text = part.fallback.value_or("");
        if (piece.text.find_first_of("{}") != std::string::npos ||
            (piece.text.size() > 1 && piece.text.front() == '"' && piece.text.back() == '"')) {
            c_.report("N0505", piece.span, "what follows `or` is words: no other field, and no quotes",
                      fmt::format("would print {}", piece.text));
            return;
        }
        const MergeName* own = merge_name(part.name);
        if (own == nullptr ? !named_field(part, piece) : !own_name(*own, part, piece)) {
            return;
        }
        if (c_.rules.schema.field(piece.text) || merge_name(piece.text) != nullptr) {
            c_.report("N0505", piece.span,
                      fmt::format("what follows `or` is words, and `{}` is the name of a field", piece.text),
                      fmt::format("would print \"{}\"", piece.text));
        }
        pieces_.push_back(std::move(piece));
    }

    bool named_field(const TextPart& part, Piece& piece) {
        piece.kind = MergeKind::field;
        const auto field = c_.rules.schema.field(part.name);
        if (field) {
            piece.field = *field;
            return true;
        }
        if (c_.unread.contains(part.name)) {
            return false;
        }
        std::vector<std::string> known;
        for (const Field& f : c_.rules.schema.fields) {
            known.push_back(f.name);
        }
        for (const MergeName& m : k_merge_names) {
            known.emplace_back(m.name);
        }
        Diagnostic& problem =
            c_.report("N0503", piece.span, fmt::format("there is no merge field called `{}`", part.name));
        if (const auto near = nearest(part.name, known)) {
            problem.labels.front().text = fmt::format("did you mean `{}`?", *near);
            problem.fix =
                Fix{piece.span, part.fallback ? fmt::format("{{{{{} or {}}}}}", *near,
                                                            part.fallback->empty() ? "nothing" : *part.fallback)
                                              : fmt::format("{{{{{}}}}}", *near)};
        }
        return false;
    }

    bool own_name(const MergeName& name, const TextPart& part, Piece& piece) {
        piece.kind = name.kind;
        if (is_task_ && !name.in_task) {
            c_.report("N0503", piece.span, fmt::format("`{}` is for messages, not for tasks", name.name),
                      "leave it out");
            return false;
        }
        if (name.kind != MergeKind::years_since) {
            return true;
        }
        const auto field = c_.field({part.argument, piece.span});
        if (field && c_.rules.schema.fields[*field].kind != FieldKind::date) {
            c_.report("N0204", piece.span,
                      fmt::format("years can be counted since a date, and `{}` is none", part.argument), "");
        }
        piece.field = field.value_or(0);
        return field.has_value();
    }

    Compiler& c_;
    std::string_view text_;
    Span span_;
    bool is_task_;
    std::optional<std::uint32_t> offset_;
    Pieces pieces_;
};

/// Neighbouring literals become one.
void append(Pieces& to, Pieces from) {
    for (Piece& piece : from) {
        if (!to.empty() && piece.kind == MergeKind::literal && to.back().kind == MergeKind::literal) {
            to.back().text += piece.text;
            to.back().span.end = std::max(to.back().span.end, piece.span.end);
        } else {
            to.push_back(std::move(piece));
        }
    }
}

Template compile_one(Compiler& c, const ast::Template& source) {
    Template result;
    result.name = source.name.text;
    result.channel = to_channel(source.channel);
    result.kind = source.kind ? source.kind->text : "";
    result.language = source.language ? language_code(source.language->text) : "";
    result.span = source.span;
    if (source.subject) {
        if (result.channel == Channel::sms) {
            c.report("N0112", source.subject->span, "an SMS has no subject", "leave this line out");
        }
        result.subject = compile_text(c, source.subject->value.text, source.subject->value.span, false);
    } else if (result.channel == Channel::email && !source.incomplete) {
        c.report("N0407", source.span, fmt::format("the email \"{}\" has no subject", result.name), "")
            .notes.push_back("Write:   subject \"…\"");
    }
    for (std::size_t i = 0; i < source.body.size(); ++i) {
        const auto& line = source.body[i];
        Pieces pieces = compile_text(c, line.text, line.span, false);
        if (i > 0) {
            Piece line_end;
            line_end.text = "\n";
            line_end.span = {line.span.file, line.span.begin, line.span.begin};
            append(result.body, {std::move(line_end)});
        }
        append(result.body, std::move(pieces));
    }
    if (source.body.empty() && !source.incomplete) {
        c.report("N0407", source.span, fmt::format("the template \"{}\" has no text", result.name), "")
            .notes.push_back("Write lines that begin with   |");
    }
    return result;
}

}  // namespace

Pieces compile_text(Compiler& compiler, std::string_view text, Span span, bool is_task) {
    return TextCompiler(compiler, text, span, is_task).run();
}

namespace {

/// Reports what is no language that a template can be in.
bool check_language(Compiler& c, const ast::Quoted& language) {
    if (language.text.size() == 2 && is_language(language_code(language.text))) {
        return true;
    }
    Diagnostic& problem =
        c.report("N0207", language.span, fmt::format("there is no language called \"{}\"", language.text),
                 "two letters, as in the field `language`");
    problem.notes.push_back("For example:   en  es  fr  de  pt");
    return false;
}

class TemplateReader {
public:
    explicit TemplateReader(Compiler& compiler) : c_(compiler) {}

    void run() {
        for (const ast::File& file : c_.files) {
            for (const ast::Template& source : file.templates) {
                if (!one(source)) {
                    return;
                }
            }
        }
        std::sort(c_.rules.templates.begin(), c_.rules.templates.end(), [](const Template& a, const Template& b) {
            return std::tie(a.channel, a.name, a.language) < std::tie(b.channel, b.name, b.language);
        });
        std::for_each(c_.rules.templates.begin(), c_.rules.templates.end(), [this](Template& t) { check(t); });
    }

private:
    /// False: there are more than anybody can have meant.
    bool one(const ast::Template& source) {
        const bool good_language = !source.language || check_language(c_, *source.language);
        const Channel channel = to_channel(source.channel);
        const std::string language = source.language ? language_code(source.language->text) : "";
        if (source.incomplete || !good_language) {
            c_.unread_templates.insert({channel, source.name.text});
        }
        if (!good_language) {
            return true;
        }
        const auto [at, is_new] = first_.emplace(std::tuple(channel, source.name.text, language), source.name.span);
        if (!is_new) {
            const std::string kinds = source.channel == ast::Channel::email ? "email templates" : "sms templates";
            c_.taken(language.empty() ? kinds : fmt::format("{} in \"{}\"", kinds, language), source.name.text,
                     source.name.span, at->second);
            return true;
        }
        if (first_.size() > k_named) {
            c_.report("N0130", source.name.span, fmt::format("there are more than {} templates", k_named));
            return false;
        }
        c_.rules.templates.push_back(compile_one(c_, source));
        return true;
    }

    /// A version in a language needs the one for everybody else, and is of its kind.
    void check(Template& version) {
        if (version.language.empty()) {
            return;
        }
        const auto ix = c_.rules.find_template(version.channel, version.name);
        const Template& all = c_.rules.templates[*ix];
        const char* word = version.channel == Channel::email ? "email" : "sms";
        if (!all.language.empty()) {
            if (&all == &version && !c_.incomplete && !c_.unread_templates.contains({all.channel, all.name})) {
                c_.report(
                      "N0205", version.span,
                      fmt::format("there is no {} template \"{}\" for people of other languages", word, version.name),
                      fmt::format("this one is for people whose language is \"{}\"", version.language))
                    .notes.push_back(fmt::format("Write it as well:   template \"{}\" for {}", version.name, word));
            }
            return;
        }
        if (!version.kind.empty() && version.kind != all.kind) {
            c_.report("N0410", version.span, "a template is of the same kind in all languages", "leave `kind` out here")
                .labels.push_back({all.span, all.kind.empty() ? "has no kind" : "is \"" + all.kind + "\""});
        }
        version.kind = all.kind;
    }

    Compiler& c_;
    std::map<std::tuple<Channel, std::string, std::string>, Span> first_;
};

}  // namespace

void compile_templates(Compiler& c) {
    TemplateReader(c).run();
    c.template_uses.resize(c.rules.templates.size());
}

}  // namespace nurture::dsl
