// SPDX-License-Identifier: MIT
// How a diagnostic looks: what is wrong, the author's own line, a caret, what to write.
#include "dsl/characters.hpp"
#include "dsl/diagnostic.hpp"
#include "dsl/limits.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nurture::dsl {
namespace {

std::string_view word_for(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

struct Paint {
    bool on;
    std::string operator()(std::string_view colour, const std::string& text) const {
        return on && !text.empty() ? std::string(colour) + text + "\x1b[0m" : text;
    }
};
constexpr std::string_view k_red = "\x1b[1;31m";
constexpr std::string_view k_yellow = "\x1b[1;33m";
constexpr std::string_view k_bold = "\x1b[1m";
constexpr std::string_view k_dim = "\x1b[2m";

const SourceFile* file_of(const SourceSet& sources, const Span& span) {
    return span.file < sources.files.size() ? &sources.files[span.file] : nullptr;
}

std::string headline(const Diagnostic& diagnostic, const SourceSet& sources, const Paint& paint) {
    std::string where;
    if (!diagnostic.labels.empty()) {
        const Span& span = diagnostic.labels.front().span;
        if (const SourceFile* file = file_of(sources, span)) {
            const LineColumn at = line_column(*file, span.begin);
            where = file->path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
        }
    }
    const std::string kind = std::string(word_for(diagnostic.severity)) + " " + diagnostic.code + ": ";
    return where + paint(diagnostic.severity == Severity::error ? k_red : k_yellow, kind) +
           paint(k_bold, diagnostic.title);
}

// A label on its physical line, in characters from the line's start.
struct Placed {
    const Label* label;
    bool primary;
    std::uint32_t line;
    std::size_t begin;
    std::size_t end;
    std::string_view text;  // of the physical line
    const SourceFile* file;
};

Placed place(const Label& label, bool primary, const SourceFile& file) {
    const LineColumn at = line_column(file, label.span.begin);
    const std::string_view text = line_at(file, label.span.begin);
    const std::size_t line_begin = static_cast<std::size_t>(text.data() - file.text.data());
    const std::size_t from = std::min<std::size_t>(label.span.begin - line_begin, text.size());
    const std::size_t to =
        std::clamp<std::size_t>(label.span.end, line_begin + from, line_begin + text.size()) - line_begin;
    const std::size_t begin = at.column - 1;
    return {&label, primary, at.line, begin, begin + count_characters(text.substr(from, to - from)), text, &file};
}

// The part of a long line that is shown.
struct Cut {
    std::string shown;
    std::size_t first = 0;  // the character at which it begins
    std::size_t lead = 0;   // columns in front of it: the ellipsis
    std::size_t last = 0;   // the character behind it
};

Cut cut(std::string_view text, std::size_t begin) {
    constexpr std::size_t k_before = 60;
    Cut result;
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto step = [&] { at += std::max<std::size_t>(1, character_length(at, end)); };
    if (begin > k_shown_characters - k_before) {
        // Only a line that is long as a whole is cut in front.
        const std::size_t all = count_characters(text);
        if (all > k_shown_characters) {
            result.first = begin - k_before;
            for (std::size_t i = 0; i < result.first && at < end; ++i)
                step();
            result.shown = "…";
            result.lead = 1;
        }
    }
    const char* const from = at;
    std::size_t count = 0;
    for (; at < end && count < k_shown_characters; ++count)
        step();
    result.shown += excerpt({from, static_cast<std::size_t>(at - from)}, k_shown_characters);
    result.last = result.first + count;
    if (at < end)
        result.shown += "…";
    return result;
}

class Picture {
public:
    Picture(const Diagnostic& diagnostic, const SourceSet& sources, Paint paint) : paint_(paint) {
        for (std::size_t i = 0; i < diagnostic.labels.size(); ++i)
            if (const SourceFile* file = file_of(sources, diagnostic.labels[i].span))
                labels_.push_back(place(diagnostic.labels[i], i == 0, *file));
        primary_file_ = labels_.empty() ? nullptr : labels_.front().file;
        colour_ = diagnostic.severity == Severity::error ? k_red : k_yellow;
        std::stable_sort(labels_.begin(), labels_.end(), [&](const Placed& a, const Placed& b) {
            const bool other_a = a.file != primary_file_;
            const bool other_b = b.file != primary_file_;
            return std::tie(other_a, a.label->span.file, a.line, a.begin) <
                   std::tie(other_b, b.label->span.file, b.line, b.begin);
        });
        for (const Placed& label : labels_)
            width_ = std::max(width_, std::to_string(label.line).size());
    }

    std::string draw() const {
        std::string picture;
        const SourceFile* file = primary_file_;
        std::uint32_t line = 0;
        for (const Placed& label : labels_) {
            if (label.file != file) {
                file = label.file;
                line = 0;
                picture += "  in " + file->path + "\n";
            }
            const Cut shown = cut(label.text, label.begin);
            if (label.line != line) {
                line = label.line;
                picture += gutter(std::to_string(line)) + (shown.shown.empty() ? "" : " " + shown.shown) + "\n";
            }
            picture += gutter("") + " " + marker(label, shown) + "\n";
        }
        return picture;
    }

private:
    std::string gutter(const std::string& number) const {
        return std::string(width_ - number.size(), ' ') + paint_(k_dim, number + " |");
    }
    std::string marker(const Placed& label, const Cut& shown) const {
        const std::size_t begin = std::clamp(label.begin, shown.first, shown.last);
        const std::size_t end = std::clamp(label.end, begin, shown.last);
        const std::string sign(std::max<std::size_t>(1, end - begin), label.primary ? '^' : '-');
        const std::string words = label.label->text.empty() ? "" : " " + label.label->text;
        return std::string(shown.lead + begin - shown.first, ' ') +
               paint_(label.primary ? colour_ : k_bold, sign + words);
    }

    Paint paint_;
    std::vector<Placed> labels_;
    const SourceFile* primary_file_ = nullptr;
    std::string_view colour_;
    std::size_t width_ = 4;
};

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceSet& sources, bool colour) {
    const Paint paint{colour};
    std::string text = headline(diagnostic, sources, paint) + "\n";
    const std::string picture = Picture(diagnostic, sources, paint).draw();
    if (!picture.empty())
        text += "\n" + picture;
    if (!diagnostic.notes.empty())
        text += "\n";
    for (const std::string& note : diagnostic.notes)
        text += "   " + note + "\n";
    return text;
}

namespace {

// As many places as fit on a few lines; `nurture check --short` has them all.
constexpr std::size_t k_places_named = 40;

/// "The same in 3 more lines: icu.nurture:12, 15; texas/rn.nurture:4"
std::string repeats(const std::vector<const Diagnostic*>& others, const SourceSet& sources) {
    std::string text =
        "The same in " + std::to_string(others.size()) + (others.size() == 1 ? " more line: " : " more lines: ");
    const SourceFile* last = nullptr;
    for (std::size_t i = 0; i < std::min(others.size(), k_places_named); ++i) {
        const Span& span = others[i]->labels.front().span;
        const SourceFile* file = file_of(sources, span);
        if (file == nullptr)
            continue;
        if (file != last)
            text += (last == nullptr ? "" : "; ") + file->path + ":";
        else
            text += ", ";
        text += std::to_string(line_column(*file, span.begin).line);
        last = file;
    }
    if (others.size() > k_places_named)
        text += ", …  All of them: nurture check --short";
    return text;
}

}  // namespace

std::string render_all(const Diagnostics& diagnostics, const SourceSet& sources, bool colour) {
    const auto words = [](const Diagnostic& d) { return std::tie(d.code, d.title, d.labels.front().text, d.notes); };
    // Two labels tell of two places, which are others each time.
    const auto alike = [](const Diagnostic& d) { return d.labels.size() == 1; };
    std::map<decltype(words(diagnostics.front())), std::vector<const Diagnostic*>> by_words;
    for (const Diagnostic& diagnostic : diagnostics)
        if (alike(diagnostic))
            by_words[words(diagnostic)].push_back(&diagnostic);
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) {
        if (!alike(diagnostic)) {
            text += render(diagnostic, sources, colour) + '\n';
            continue;
        }
        auto& all = by_words[words(diagnostic)];
        if (all.front() != &diagnostic)
            continue;
        text += render(diagnostic, sources, colour);
        if (all.size() > 1)
            text += "   " + repeats({all.begin() + 1, all.end()}, sources) + '\n';
        text += '\n';
    }
    return text;
}

std::string render_short(const Diagnostic& diagnostic, const SourceSet& sources) {
    return headline(diagnostic, sources, {false});
}

}  // namespace nurture::dsl
