// SPDX-License-Identifier: MIT
#include "dsl/vocabulary_export.hpp"

#include "dsl/vocabulary.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace nurture::dsl {
namespace {

using Json = nlohmann::ordered_json;

struct Group {
    PhraseGroup group;
    std::string_view title, scope;  // of the chapter; of the grammar
};
constexpr Group k_groups[] = {
    {PhraseGroup::block, "Blocks and lines of a file", "keyword.control"},
    {PhraseGroup::type, "Fields and events", "storage.type"},
    {PhraseGroup::policy, "Policy", "keyword.other"},
    {PhraseGroup::group, "Groups of conditions", "keyword.control"},
    {PhraseGroup::test, "Tests on a field", "keyword.operator"},
    {PhraseGroup::clause, "Clauses of a test", "keyword.operator"},
    {PhraseGroup::history, "What happened", "keyword.operator"},
    {PhraseGroup::membership, "Membership", "keyword.operator"},
    {PhraseGroup::consent, "Consent", "keyword.operator"},
    {PhraseGroup::head, "Campaigns", "keyword.other"},
    {PhraseGroup::change, "Changes", "keyword.operator"},
    {PhraseGroup::step, "Steps and waits", "keyword.control"},
    {PhraseGroup::trial, "Tests of the rules", "keyword.other"},
    {PhraseGroup::unit, "Units", "support.type"},
    {PhraseGroup::weekday, "Weekdays", "constant.language"},
    {PhraseGroup::month, "Months", "constant.language"},
    {PhraseGroup::glue, "Small words", "keyword.operator"},
};

std::string scope(PhraseGroup group) {
    const auto* found =
        std::find_if(std::begin(k_groups), std::end(k_groups), [&](const Group& g) { return g.group == group; });
    return std::string(found->scope) + ".nurture";
}

/// Any blanks between the words; no part of a longer word.
std::string expression(std::string_view phrase) {
    std::string text = "(?i)(?<![\\w-])";
    for (const char c : phrase)
        text += c == ' ' ? "\\s+" : std::string(1, c);
    return text + "(?![\\w-])";
}

/// The longest first: an editor takes the first that fits at a place, and `stop` begins `stop when`.
std::vector<Phrase> longest_first() {
    std::vector<Phrase> phrases(k_phrases.begin(), k_phrases.end());
    std::stable_sort(phrases.begin(), phrases.end(),
                     [](const Phrase& a, const Phrase& b) { return a.text.size() > b.text.size(); });
    return phrases;
}

Json named(std::string_view name, std::string_view match) {
    return {{"name", std::string(name) + ".nurture"}, {"match", match}};
}

Json merge_field() {
    return {{"name", "variable.other.merge-field.nurture"}, {"begin", "\\{\\{"}, {"end", "\\}\\}|$"}};
}

}  // namespace

std::string textmate_grammar() {
    Json words = Json::array();
    for (const Phrase& phrase : longest_first())
        words.push_back({{"name", scope(phrase.group)}, {"match", expression(phrase.text)}});
    const Json include_merge = {{"include", "#merge-field"}};
    const Json grammar = {
        {"$schema", "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json"},
        {"name", "Nurture rules"},
        {"scopeName", "source.nurture"},
        {"fileTypes", {"nurture"}},
        {"patterns",
         {{{"include", "#message"}},
          {{"include", "#comment"}},
          {{"include", "#string"}},
          {{"include", "#value"}},
          {{"include", "#word"}}}},
        {"repository",
         {{"message",
           {{"name", "string.unquoted.message.nurture"},
            {"begin", "^\\s*\\|"},
            {"end", "$"},
            {"patterns", Json::array({include_merge})}}},
          {"comment", named("comment.line.number-sign", "#.*$")},
          {"string",
           {{"name", "string.quoted.double.nurture"},
            {"begin", "[\"\u201c\u201d]"},
            {"end", "[\"\u201c\u201d]|$"},
            {"patterns", Json::array({named("constant.character.escape", "\\\\."), include_merge})}}},
          {"merge-field", merge_field()},
          {"value",
           {{"patterns", Json::array({named("constant.numeric.date", "\\b\\d{4}-\\d{2}-\\d{2}\\b|\\b\\d{2}-\\d{2}\\b"),
                                      named("constant.numeric.time", "\\b\\d{2}:\\d{2}\\b"),
                                      named("constant.numeric", "\\b\\d+(?:\\.\\d+)?\\b")})}}},
          {"word", {{"patterns", words}}}}}};
    return grammar.dump(2) + "\n";
}

std::string vocabulary_chapter() {
    std::string text = "# Every word of the language\n\n"
                       "There is one way to write each thing, and these are all the words it is written with. What the "
                       "lines mean stands in\n"
                       "[language.md](language.md). This chapter is made from the table that the program reads by.\n";
    for (const Group& group : k_groups) {
        text += fmt::format("\n## {}\n\n", group.title);
        const bool explained = group.group != PhraseGroup::weekday && group.group != PhraseGroup::month;
        if (explained)
            text += "| written | means |\n|---|---|\n";
        std::string plain;
        for (const Phrase& phrase : k_phrases) {
            if (phrase.group != group.group)
                continue;
            if (explained)
                text += fmt::format("| `{}` | {} |\n", phrase.text, phrase.doc);
            else
                plain += fmt::format("{}`{}`", plain.empty() ? "" : ", ", phrase.text);
        }
        if (!explained)
            text += plain + "\n";
    }
    return text;
}

}  // namespace nurture::dsl
