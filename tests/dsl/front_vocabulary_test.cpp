// SPDX-License-Identifier: MIT
//
// One table of words, and what is made of it. NURTURED_ACCEPT=1 writes the grammar and the chapter anew.
#include "back_support.hpp"

#include "dsl/vocabulary.hpp"
#include "dsl/vocabulary_export.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace nurture;
using namespace nurture::dsl;

namespace {

void check_file(const std::string& path, const std::string& expected) {
    if (std::getenv("NURTURED_ACCEPT") != nullptr)
        std::ofstream(std::string(NURTURED_SOURCE_DIR) + "/" + path, std::ios::binary) << expected;
    INFO(path << " is behind dsl/vocabulary.hpp: NURTURED_ACCEPT=1 writes it anew");
    CHECK(test::read_file(path) == expected);
}

}  // namespace

TEST_CASE("the highlighting grammar is the one that the table of words makes") {
    check_file("dsl/editors/nurture.tmLanguage.json", textmate_grammar());
}

TEST_CASE("the chapter of all words is the one that the table of words makes") {
    check_file("docs/vocabulary.md", vocabulary_chapter());
}

// That each is read, too, is tested with the file of all statements (front_format_test.cpp).
TEST_CASE("each phrase is documented and highlighted") {
    const std::string grammar = textmate_grammar(), chapter = vocabulary_chapter();
    for (const Phrase& phrase : k_phrases) {
        INFO(phrase.text);
        const bool calendar = phrase.group == PhraseGroup::weekday || phrase.group == PhraseGroup::month;
        CHECK((calendar || phrase.doc.size() > 5));
        CHECK(chapter.find("`" + std::string(phrase.text) + "`") != std::string::npos);
        std::string highlighted;
        for (const char c : phrase.text)
            highlighted += c == ' ' ? "\\\\s+" : std::string(1, c);
        CHECK(grammar.find("(?<![\\\\w-])" + highlighted + "(?![\\\\w-])") != std::string::npos);
    }
}

TEST_CASE("a longer phrase is highlighted before the one that it begins with") {
    const std::string grammar = textmate_grammar();
    const auto place = [&](const std::string& phrase) { return grammar.find(phrase + "(?!"); };
    CHECK(place("stop\\\\s+when") < place(")stop"));
    CHECK(place("is\\\\s+any\\\\s+of") < place(")is"));
}
