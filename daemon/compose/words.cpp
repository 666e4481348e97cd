// SPDX-License-Identifier: MIT
#include "daemon/compose/words.hpp"

#include "daemon/compose/dates.hpp"

#include <utility>

namespace nurture::compose {

namespace {

enum class Kind { letter, blank, line_end, nothing };

struct Character {
    Kind kind;
    std::size_t size;
};

/// Only what must not stay as it is needs to be told apart; any other byte is a letter.
Character classify(std::string_view rest) {
    auto c = static_cast<unsigned char>(rest[0]);
    if (c == '\n')
        return {Kind::line_end, 1};
    if (c <= ' ' || c == 0x7f)
        return {Kind::blank, 1};
    if (c == 0xc2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xa0)
        return {Kind::blank, 2};  // C1
    if (c != 0xe2 && c != 0xef)
        return {Kind::letter, 1};
    if (rest.starts_with("\u2028") || rest.starts_with("\u2029"))
        return {Kind::line_end, 3};
    for (std::string_view turning :
         {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\ufdd0", "\ufdd1"})
        if (rest.starts_with(turning))
            return {Kind::nothing, 3};
    return {Kind::letter, 1};
}

/// Whether classify could call the character that starts here anything but a letter.
bool may_act(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f || byte == 0xc2 || byte == 0xe2 || byte == 0xef;
}

std::string clean(std::string_view text, bool keep_lines) {
    std::string out;
    out.reserve(text.size());
    bool blank = false;
    std::size_t lines = 0;
    while (!text.empty()) {
        auto [kind, size] = classify(text);
        if (kind == Kind::letter) {
            if (!out.empty() && lines > 0)
                out.append(lines, '\n');
            else if (!out.empty() && blank)
                out += ' ';
            while (size < text.size() && !may_act(text[size]))
                ++size;
            out += text.substr(0, size);
            blank = false;
            lines = 0;
        } else if (kind == Kind::line_end && keep_lines) {
            ++lines;
        } else if (kind != Kind::nothing) {
            blank = true;
        }
        text.remove_prefix(size);
    }
    return out;
}

std::string list_words(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& entry : list)
        if (std::string words = one_line(entry); !words.empty())
            out += (out.empty() ? "" : ", ") + words;
    return out;
}

const Value& field_of(const Values& values, dsl::FieldIx field) {
    static const Value blank;
    return field < values.fields.size() ? values.fields[field] : blank;
}

std::string field_words(const Value& value, std::string_view language) {
    if (const auto* text = std::get_if<std::string>(&value))
        return one_line(*text);
    if (const auto* date = std::get_if<std::chrono::year_month_day>(&value))
        return date_words(*date, language);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
        return list_words(*list);
    return {};
}

/// Blank when there is no such date or it lies ahead.
std::string years_since(const Value& value, const std::chrono::year_month_day& today) {
    const auto* date = std::get_if<std::chrono::year_month_day>(&value);
    if (!date || !date->ok() || *date > today)
        return {};
    bool before_anniversary = std::pair(today.month(), today.day()) < std::pair(date->month(), date->day());
    return std::to_string(static_cast<int>(today.year()) - static_cast<int>(date->year()) -
                          (before_anniversary ? 1 : 0));
}

std::string value_words(const dsl::Piece& piece, const Values& values) {
    using enum dsl::MergeKind;
    switch (piece.kind) {
    case field: return field_words(field_of(values, piece.field), values.language);
    case years_since: return compose::years_since(field_of(values, piece.field), values.today);
    case owner_name: return one_line(values.owner_name);
    case owner_email: return one_line(values.owner_email);
    case owner_phone: return one_line(values.owner_phone);
    case organisation: return one_line(values.organisation);
    case postal_address: return one_line(values.postal_address);
    case event_value: return one_line(values.event_value);
    case event_date: return values.event_date ? date_words(*values.event_date, values.language) : std::string();
    case personal_note: return clean_lines(values.personal_note);
    case literal:
    case unsubscribe_link:
    case preferences_link:
    case renew_consent_link: break;
    }
    return {};
}

}  // namespace

bool is_link(dsl::MergeKind kind) {
    using enum dsl::MergeKind;
    return kind == unsubscribe_link || kind == preferences_link || kind == renew_consent_link;
}

std::variant<std::string, RenderError> words_for(const dsl::Piece& piece, const Values& values) {
    std::string words = value_words(piece, values);
    if (!words.empty())
        return words;
    if (piece.has_fallback)
        return piece.text;
    return RenderError{RenderError::Reason::blank, piece.kind, piece.field, piece.span};
}

std::string one_line(std::string_view text) { return clean(text, false); }

std::string clean_lines(std::string_view text) { return clean(text, true); }

std::string without_marks(std::string_view text) {
    std::string out(text);
    for (std::string_view mark : {"\ufdd0", "\ufdd1"})
        for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at))
            out.erase(at, mark.size());
    return out;
}

}  // namespace nurture::compose
