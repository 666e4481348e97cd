// SPDX-License-Identifier: MIT
#include "front_support.hpp"

#include "dsl/characters.hpp"
#include "dsl/parse.hpp"
#include "dsl/read_file.hpp"

#include <map>

namespace nurture::test {

using namespace dsl;

SourceSet one_file(std::string text, std::string path) {
    SourceSet sources;
    sources.files.push_back({std::move(path), std::move(text)});
    return sources;
}

Parsed parsed(const std::string& text) {
    const SourceSet sources = one_file(text);
    Parsed result;
    Diagnostics diagnostics;
    result.file = parse(sources, 0, diagnostics);
    tidy(diagnostics);
    for (const Diagnostic& diagnostic : diagnostics)
        result.said += (result.said.empty() ? "" : "\n") + render(diagnostic, sources);
    return result;
}

std::string in_block(std::string_view block, std::string_view lines) {
    static const std::map<std::string_view, std::string> openers = {
        {"fields", "fields"},         {"events", "events"},           {"policy", "policy \"P\""},
        {"segment", "segment \"S\""}, {"campaign", "campaign \"C\""}, {"template", "template \"t\" for email"},
        {"test", "test \"T\""},
    };
    std::string text = "edition 2026\n\n";
    if (!block.empty())
        text += openers.at(block) + "\n";
    std::size_t begin = 0;
    while (begin < lines.size()) {
        const std::size_t end = std::min(lines.find('\n', begin), lines.size());
        text += (block.empty() ? "" : "  ") + std::string(lines.substr(begin, end - begin)) + "\n";
        begin = end + 1;
    }
    return text + (block.empty() ? "" : "end\n");
}

std::string words_of(const std::string& text) {
    const SourceSet sources = one_file(text);
    ast::File file;
    Diagnostics diagnostics;
    std::vector<WalkedLine> lines;
    dsl::read_file(sources.files[0], Place::file, file, nullptr, diagnostics, &lines);
    std::string words;
    for (const WalkedLine& walked : lines) {
        for (const Mark& mark : walked.marks) {
            if (mark.kind == MarkKind::phrase) {
                words += "<" + std::string(phrase_of(mark.phrase).text) + ">";
            } else {
                ast::Quoted quoted;
                Reader reader(sources.files[0].text, 0, mark.begin, mark.end);
                const char* at = mark.begin;
                words += reader.quoted(at, Want::words, quoted)
                             ? "\"" + quoted.text + "\""
                             : lower_ascii({mark.begin, static_cast<std::size_t>(mark.end - mark.begin)});
            }
            words += ' ';
        }
        words += walked.marks.empty() ? "" : "\n";
    }
    for (const ast::Template& message : file.templates)
        for (const auto& line : message.body)
            words += "|" + line.text + "\n";
    return words;
}

}  // namespace nurture::test
