// SPDX-License-Identifier: MIT
#include "back_support.hpp"
#include "front_support.hpp"

#include "dsl/parse.hpp"
#include "dsl/read_file.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace nurture;
using namespace nurture::dsl;

namespace {

const std::string k_data = "tests/dsl/data/";

// What the project ships, and the file that has everything.
std::vector<SourceFile> good_files() {
    std::vector<SourceFile> files;
    for (const SourceFile& file : test::read_directory("rules").files)
        if (is_rule_file(file.path))
            files.push_back(file);
    files.push_back({"every_statement.nurture", test::read_file(k_data + "every_statement.nurture")});
    return files;
}

}  // namespace

TEST_CASE("every rule file that we ship is read without a word and formats to itself") {
    REQUIRE(good_files().size() > 10);
    for (const SourceFile& file : good_files()) {
        INFO(file.path);
        CHECK(test::parsed(file.text).said == "");
        CHECK(format(file.text) == file.text);
    }
}

TEST_CASE("the file of all statements has every phrase of the vocabulary") {
    const SourceFile source{"every_statement.nurture", test::read_file(k_data + "every_statement.nurture")};
    ast::File file;
    Diagnostics diagnostics;
    std::vector<WalkedLine> lines;
    read_file(source, Place::file, file, nullptr, diagnostics, &lines);
    std::set<std::string_view> missing;
    for (const Phrase& phrase : k_phrases)
        missing.insert(phrase.text);
    for (const WalkedLine& walked : lines)
        for (const Mark& mark : walked.marks)
            if (mark.kind == MarkKind::phrase)
                missing.erase(phrase_of(mark.phrase).text);
    CHECK(missing == std::set<std::string_view>{});
}

TEST_CASE("no phrase stands in the vocabulary twice") {
    std::set<std::string_view> texts;
    for (const Phrase& phrase : k_phrases)
        CHECK(texts.insert(phrase.text).second);
}

TEST_CASE("text pasted from a word processor comes out in the one layout and says the same") {
    const std::string pasted = test::read_file(k_data + "pasted.nurture");
    const std::string formatted = format(pasted);
    CHECK(formatted == test::read_file(k_data + "pasted.formatted"));
    CHECK(test::parsed(pasted).said == "");
    CHECK(test::words_of(formatted) == test::words_of(pasted));
    CHECK(format(formatted) == formatted);
}

TEST_CASE("a line that cannot be read stays as it is, and the rest is formatted") {
    const std::string text = "edition 2026\n\nsegment \"A\"\n stage   IS \"x\"\n      frobnicate   the  “widget”\n"
                             "\tcity is \"Plano\"\nend\n";
    CHECK(format(text) == "edition 2026\n\nsegment \"A\"\n  stage is \"x\"\n      frobnicate   the  “widget”\n"
                          "  city is \"Plano\"\nend\n");
}

TEST_CASE("a file whose blocks are not closed keeps the indentation that shows where") {
    const std::string text = "edition 2026\nsegment \"A\"\n   any of\n  stage IS \"x\"\n  end\n";
    CHECK(format(text) == text);
}

TEST_CASE("declarations stand in columns, each block with its own") {
    CHECK(format("edition 2026\nfields\na text\nlonger_name date\nend\nfields\nb   number,say unknown # why\nend\n") ==
          "edition 2026\nfields\n  a            text\n  longer_name  date\nend\n\nfields\n"
          "  b  number, say unknown  # why\nend\n");
}

TEST_CASE("formatting a file with one character missing is stable and never changes what it says") {
    const std::string text = test::read_file("rules/dormant-icu-nurses.nurture").substr(0, 1800) + "end\n";
    // Every 17th: the whole file is formatted again each time. The next test goes through each character of each line.
    for (std::size_t i = 0; i < text.size(); i += 17) {
        std::string damaged = text;
        damaged.erase(i, 1);
        INFO("without the character at " << i);
        const std::string formatted = format(damaged);
        CHECK(format(formatted) == formatted);
        CHECK(test::words_of(formatted) == test::words_of(damaged));
    }
}

TEST_CASE("each statement cut short, or with a character missing, formats stably") {
    const std::map<Place, std::string> openers = {
        {Place::file, ""},
        {Place::fields, "fields\n"},
        {Place::events, "events\n"},
        {Place::policy, "policy \"P\"\n"},
        {Place::conditions, "segment \"S\"\n"},
        {Place::campaign, "campaign \"C\"\n"},
        {Place::branch, "campaign \"C\"\n  if a was sent\n"},
        {Place::split, "campaign \"C\"\n  split\n"},
        {Place::message_template, "template \"t\" for sms\n"},
        {Place::test, "test \"T\"\n"},
        {Place::given, "test \"T\"\n  given candidate \"x\" with\n"},
    };
    const SourceFile source{"every_statement.nurture", test::read_file(k_data + "every_statement.nurture")};
    ast::File file;
    Diagnostics diagnostics;
    std::vector<WalkedLine> lines;
    read_file(source, Place::file, file, nullptr, diagnostics, &lines);
    // Every eleventh place of a line, and another one in each line: the whole takes minutes under the sanitizers.
    constexpr std::size_t k_stride = 11;
    std::size_t unstable = 0, first = 0;
    for (const WalkedLine& walked : lines) {
        const std::string line = source.text.substr(walked.line.begin, walked.line.end - walked.line.begin);
        const std::string& opener = openers.at(walked.place);
        const std::string closer = opener.empty() ? "" : opener.find("\n  ") == opener.npos ? "end\n" : "  end\nend\n";
        const auto is_stable = [&](const std::string& damaged) {
            const std::string formatted = format("edition 2026\n" + opener + damaged + "\n" + closer);
            return format(formatted) == formatted;
        };
        for (std::size_t i = ++first % k_stride; i < line.size(); i += k_stride) {
            std::string shorter = line;
            shorter.erase(i, 1);
            for (const std::string& damaged : {shorter, line.substr(0, i)})
                if (!is_stable(damaged)) {
                    UNSCOPED_INFO(damaged);
                    ++unstable;
                }
        }
    }
    CHECK(unstable == 0);
}
