// SPDX-License-Identifier: MIT
#include "daemon/compose/compose.hpp"

#include "daemon/compose/holes.hpp"
#include "daemon/compose/markdown.hpp"
#include "daemon/compose/words.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>

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

constexpr std::string_view k_stand_in_end = ".link.invalid/";
static_assert(std::all_of(k_links.begin(), k_links.end(),
                          [](const LinkRow& row) { return row.stand_in.ends_with(k_stand_in_end); }));

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

// Around the language, the title and the body.
constexpr std::string_view k_before_language = R"(<!DOCTYPE html>
<html lang=")";
constexpr std::string_view k_before_title = R"(">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>)";
constexpr std::string_view k_before_body = R"(</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
img { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { a { color: #8ab4f8; } .footer { color: #9aa0a6 !important; } }
</style>
</head>
<body style="margin:0;padding:0">
<div style="max-width:36em;margin:0 auto;padding:24px 20px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.55;overflow-wrap:anywhere">
)";
constexpr std::string_view k_after_body = R"(</div>
</body>
</html>
)";

/// The words of all pieces, or what is wrong with the first that is blank. Links have their stand-ins.
struct Texts {
    std::vector<std::string> words;  // by piece; none for literals
    std::optional<RenderError> error;
    bool said_instead = false;
};

Texts texts_of(const dsl::Pieces& pieces, const Values& values) {
    Texts texts;
    texts.words.resize(pieces.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const dsl::Piece& piece = pieces[i];
        if (piece.kind == dsl::MergeKind::literal)
            continue;
        if (is_link(piece.kind)) {
            texts.words[i] = link_row(piece.kind).stand_in;
            continue;
        }
        auto words = words_for(piece, values);
        if (auto* error = std::get_if<RenderError>(&words)) {
            texts.error = *error;
            return texts;
        }
        texts.words[i] = std::move(std::get<std::string>(words));
        texts.said_instead |= piece.has_fallback && texts.words[i] == piece.text;
    }
    return texts;
}

std::string joined(const dsl::Pieces& pieces, const Texts& texts) {
    std::string all;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        all += pieces[i].kind == dsl::MergeKind::literal ? without_marks(pieces[i].text) : texts.words[i];
    return all;
}

Hash hash_of(std::initializer_list<std::string_view> parts) {
    constexpr std::size_t longest_length = 21;
    std::string all;  // lengths first: moving a word from one part to the next changes the hash
    std::size_t size = 0;
    for (std::string_view part : parts)
        size += part.size() + longest_length;
    all.reserve(size);
    for (std::string_view part : parts)
        all.append(std::to_string(part.size())).append(":").append(part);
    return base::sha256(all);
}

/// After the hash: what it stands for does not change with a recipient's token.
void put_links(std::string& text, const std::array<std::string, k_links.size()>& urls) {
    for (auto end = text.find(k_stand_in_end); end != std::string::npos; end = text.find(k_stand_in_end, end)) {
        end += k_stand_in_end.size();
        const std::string_view before = std::string_view(text).substr(0, end);
        for (std::size_t i = 0; i < k_links.size(); ++i) {
            const std::string_view stand_in = k_links[i].stand_in;
            if (urls[i].empty() || !before.ends_with(stand_in))
                continue;
            text.replace(end - stand_in.size(), stand_in.size(), urls[i]);
            end += urls[i].size() - stand_in.size();
            break;
        }
    }
}

void put_links(Composed& message, const Links& links) {
    std::array<std::string, k_links.size()> plain, html;
    for (std::size_t i = 0; i < k_links.size(); ++i) {
        plain[i] = links.*k_links[i].real;
        append_html_escaped(html[i], plain[i]);
    }
    put_links(message.plain, plain);
    put_links(message.html, html);
    put_links(message.sms, plain);
}

bool is_reply(std::string_view subject) {
    return subject.size() >= 3 && (subject[0] | 0x20) == 'r' && (subject[1] | 0x20) == 'e' && subject[2] == ':';
}

}  // namespace

Prepared::Prepared(dsl::Template text) : text_(std::move(text)) {
    if (text_.channel != dsl::Channel::email)
        return;
    std::string marked;
    std::vector<Slot> slots(text_.body.size());
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const dsl::Piece& piece = text_.body[i];
        if (is_link(piece.kind))
            slots[i] = {label(link_row(piece.kind), text_.language), std::string(link_row(piece.kind).stand_in)};
        marked += piece.kind == dsl::MergeKind::literal ? without_marks(piece.text) : mark(i);
    }
    body_ = std::make_shared<const Markdown>(marked, slots);
}

Rendering Prepared::fill(const Values& values, const Links& links) const {
    return text_.channel == dsl::Channel::email ? email(values, links) : sms(values, links);
}

Rendering Prepared::sms(const Values& values, const Links& links) const {
    const Texts body = texts_of(text_.body, values);
    if (body.error)
        return *body.error;
    Composed message;
    message.sms = clean_lines(joined(text_.body, body));
    message.said_instead = body.said_instead;
    message.hash = hash_of({values.sender, message.sms});
    std::string counted = message.sms;
    put_links(message, links);
    if (!links.longest.empty())
        put_links(counted, {links.longest, links.longest, links.longest});
    message.sms_size = dsl::sms_size(links.longest.empty() ? message.sms : counted);
    return message;
}

Rendering Prepared::email(const Values& values, const Links& links) const {
    Composed message;
    if (values.thread_subject.empty()) {
        const Texts subject = texts_of(text_.subject, values);
        if (subject.error)
            return *subject.error;
        message.subject = one_line(joined(text_.subject, subject));
        message.said_instead = subject.said_instead;
    } else {
        message.subject = one_line((is_reply(values.thread_subject) ? "" : "Re: ") + values.thread_subject);
    }
    const Texts body = texts_of(text_.body, values);
    if (body.error)
        return *body.error;
    message.said_instead |= body.said_instead;
    message.plain.reserve(body_->plain_size());
    message.html.reserve(k_before_title.size() + k_before_body.size() + body_->html_size() + 200);
    message.html.append(k_before_language)
        .append(text_.language.empty() ? "en" : text_.language)
        .append(k_before_title);
    append_html_escaped(message.html, message.subject);
    message.html += k_before_body;
    if (const auto not_a_link = body_->fill(body.words, message.plain, message.html)) {
        const dsl::Piece& piece = text_.body[*not_a_link];
        return RenderError{RenderError::Reason::not_a_link, piece.kind, piece.field, piece.span};
    }
    message.html += k_after_body;
    message.hash = hash_of({values.sender, message.subject, message.plain, message.html});
    put_links(message, links);
    return message;
}

Rendering compose(const dsl::Template& text, const Values& values, const Links& links) {
    return Prepared(text).fill(values, links);
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
    const Texts line = texts_of(pieces, values);
    if (line.error)
        return *line.error;
    return one_line(joined(pieces, line));
}

}  // namespace nurture::compose
