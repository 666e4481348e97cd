// SPDX-License-Identifier: MIT
#include "daemon/compose/compose.hpp"

#include "daemon/compose/markdown.hpp"
#include "daemon/compose/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace nurture::compose {

namespace {

/// A link of ours: what stands for it until the hash is made, and under what label readers see it.
struct LinkRow {
    dsl::MergeKind kind;
    std::string_view stand_in;  // the domain is one that nobody can own (RFC 2606)
    std::string Links::*real;
    std::array<std::string_view, 5> labels;  // by k_label_languages
};
constexpr std::array<std::string_view, 5> k_label_languages{"en", "es", "fr", "de", "pt"};
constexpr std::array k_links{
    LinkRow{dsl::MergeKind::unsubscribe_link,
            "https://unsubscribe.link.invalid/",
            &Links::unsubscribe,
            {"Unsubscribe", "Darse de baja", "Se désabonner", "Abmelden", "Cancelar a inscrição"}},
    LinkRow{dsl::MergeKind::preferences_link,
            "https://preferences.link.invalid/",
            &Links::preferences,
            {"Preferences", "Preferencias", "Préférences", "Einstellungen", "Preferências"}},
    LinkRow{dsl::MergeKind::renew_consent_link,
            "https://consent.link.invalid/",
            &Links::renew_consent,
            {"Keep in touch", "Seguir en contacto", "Rester en contact", "In Kontakt bleiben", "Manter contato"}},
};

const LinkRow& link_row(dsl::MergeKind kind) {
    std::size_t i = 0;
    while (k_links[i].kind != kind)
        ++i;
    return k_links[i];
}

/// In the language of the text, as far as we speak it.
std::string label(const LinkRow& row, std::string_view language) {
    const auto known = std::find(k_label_languages.begin(), k_label_languages.end(), language);
    const auto at = known == k_label_languages.end() ? 0 : known - k_label_languages.begin();
    return std::string(row.labels[static_cast<std::size_t>(at)]);
}

constexpr std::string_view k_document = R"(<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
img {{ max-width: 100%; height: auto; }}
@media (prefers-color-scheme: dark) {{ a {{ color: #8ab4f8; }} .footer {{ color: #9aa0a6 !important; }} }}
</style>
</head>
<body style="margin:0;padding:0">
<div style="max-width:36em;margin:0 auto;padding:24px 20px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.55;overflow-wrap:anywhere">
{body}</div>
</body>
</html>
)";

/// Either all pieces as words, in order, or the first that is blank. Links get their stand-ins.
struct Texts {
    std::string joined;  // literals as they are, others through `place`
    std::optional<RenderError> error;
    bool said_instead = false;
};

template<typename Place>
Texts join(const dsl::Pieces& pieces, const Values& values, Place place) {
    Texts texts;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const dsl::Piece& piece = pieces[i];
        if (piece.kind == dsl::MergeKind::literal) {
            texts.joined += without_marks(piece.text);
        } else if (is_link(piece.kind)) {
            texts.joined += place(i, std::string(link_row(piece.kind).stand_in));
        } else {
            auto words = words_for(piece, values);
            if (auto* error = std::get_if<RenderError>(&words)) {
                texts.error = *error;
                return texts;
            }
            texts.said_instead |= piece.has_fallback && std::get<std::string>(words) == piece.text;
            texts.joined += place(i, std::get<std::string>(words));
        }
    }
    return texts;
}

Texts plain_join(const dsl::Pieces& pieces, const Values& values) {
    return join(pieces, values, [](std::size_t, std::string words) { return words; });
}

Hash hash_of(std::initializer_list<std::string_view> parts) {
    std::string all;  // lengths first: moving a word from one part to the next changes the hash
    for (std::string_view part : parts)
        all += std::to_string(part.size()) + ':' + std::string(part);
    return base::sha256(all);
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

/// After the hash: what it stands for does not change with a recipient's token.
void put_links(Composed& message, const Links& links) {
    for (const LinkRow& row : k_links) {
        const std::string& url = links.*row.real;
        if (url.empty())
            continue;
        replace_all(message.plain, row.stand_in, url);
        replace_all(message.html, row.stand_in, html_escape(url));
        replace_all(message.sms, row.stand_in, url);
    }
}

bool is_reply(std::string_view subject) {
    return subject.size() >= 3 && (subject[0] | 0x20) == 'r' && (subject[1] | 0x20) == 'e' && subject[2] == ':';
}

Rendering compose_sms(const dsl::Template& text, const Values& values, const Links& links) {
    Texts body = plain_join(text.body, values);
    if (body.error)
        return *body.error;
    Composed message;
    message.sms = clean_lines(body.joined);
    message.said_instead = body.said_instead;
    message.hash = hash_of({values.sender, message.sms});
    put_links(message, links);
    message.sms_size = dsl::sms_size(message.sms);
    return message;
}

Rendering compose_email(const dsl::Template& text, const Values& values, const Links& links) {
    Composed message;
    if (values.thread_subject.empty()) {
        const Texts subject = plain_join(text.subject, values);
        if (subject.error)
            return *subject.error;
        message.subject = one_line(subject.joined);
        message.said_instead = subject.said_instead;
    } else {
        message.subject = one_line((is_reply(values.thread_subject) ? "" : "Re: ") + values.thread_subject);
    }
    std::vector<Slot> slots(text.body.size());
    Texts body = join(text.body, values, [&](std::size_t i, std::string words) {
        slots[i].words = std::move(words);
        if (is_link(text.body[i].kind))
            slots[i].label = label(link_row(text.body[i].kind), text.language);
        return mark(i);
    });
    if (body.error)
        return *body.error;
    message.said_instead |= body.said_instead;
    Bodies bodies = render_markdown(body.joined, slots);
    if (bodies.not_a_link) {
        const dsl::Piece& piece = text.body[*bodies.not_a_link];
        return RenderError{RenderError::Reason::not_a_link, piece.kind, piece.field, piece.span};
    }
    message.plain = std::move(bodies.plain);
    message.html = fmt::format(k_document, fmt::arg("language", text.language.empty() ? "en" : text.language),
                               fmt::arg("title", html_escape(message.subject)), fmt::arg("body", bodies.html));
    message.hash = hash_of({values.sender, message.subject, message.plain, message.html});
    put_links(message, links);
    return message;
}

}  // namespace

Rendering compose(const dsl::Template& text, const Values& values, const Links& links) {
    return text.channel == dsl::Channel::email ? compose_email(text, values, links) : compose_sms(text, values, links);
}

namespace {

/// Where a value would be the beginning of a link: `[text](`, `[name]:` and `<` come before it.
bool begins_a_link(std::string_view before) {
    const auto last = before.find_last_not_of(" \t\n");
    if (last == before.npos)
        return false;
    return before[last] == '(' || before[last] == '<' || before.substr(0, last + 1).ends_with("]:");
}

bool never_blank(const dsl::Piece& piece, const Values& house) {
    using enum dsl::MergeKind;
    switch (piece.kind) {
    case owner_name:
    case owner_email:
    case owner_phone:
    case organisation:
    case postal_address: return std::holds_alternative<std::string>(words_for(piece, house));
    default: return piece.kind == literal || is_link(piece.kind) || piece.has_fallback;
    }
}

}  // namespace

bool works_for_everybody(const dsl::Template& text, const Values& house) {
    for (const auto* pieces : {&text.subject, &text.body})
        for (std::size_t i = 0; i < pieces->size(); ++i) {
            const dsl::Piece& piece = (*pieces)[i];
            const bool merged = piece.kind != dsl::MergeKind::literal && !is_link(piece.kind);
            if (!never_blank(piece, house) || (merged && i > 0 && begins_a_link((*pieces)[i - 1].text)))
                return false;
        }
    return true;
}

std::variant<std::string, RenderError> compose_line(const dsl::Pieces& pieces, const Values& values) {
    Texts line = plain_join(pieces, values);
    if (line.error)
        return *line.error;
    return one_line(line.joined);
}

}  // namespace nurture::compose
