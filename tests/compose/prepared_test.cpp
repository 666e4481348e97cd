// SPDX-License-Identifier: MIT
//
// A template is parsed before anybody's words are known. So a message must be what the template would be with the words
// written into it, as far as words are words; and words that look like anything else must change nothing around them.
#include "tests/compose/messages.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace nurture;
using namespace nurture::compose_tests;
using Catch::Contains;

namespace {

constexpr dsl::FieldIx k_city = 1;

/// Pieces of Markdown, '@' a first name, '%' a city: where words are shown, and where they are in an address.
const std::vector<std::string> k_shown{
    "Hi @,\n\n",
    "@ and @@\n\n",
    "- @\n- two\n  @\n\n",
    "- one\n  @\n  - below @\n\n- @\n\n  @\n\n",
    "1. @\n   > @\n   > @\n2. `@`\n\n",
    "> @\n> - @\n>   @\n\n",
    "# @\n\n",
    "@\n===\n\n",
    "**@** *so @* ***@***\n\n",
    "[for @](https://lonestar.example/) [@](https://lonestar.example/a \"@\")\n\n",
    "![@ at work](https://lonestar.example/p.png \"@\")\n\n",
    "```\n@\n\n@\n```\n\n",
    "    @\n\n    @\n\n",
    "- a\n  <div>@\n  @\n  - @\n\n",
    "@  \n@\\\n@\n\n",
    "---\n\n",
};
const std::vector<std::string> k_in_address{
    "[your city](https://lonestar.example/?near=%)\n\n",
    "- [@](https://lonestar.example/% \"@ %\")\n  more\n\n",
    "![@ %](https://lonestar.example/%.png)\n\n",
    "<https://lonestar.example/%>\n\n",
    "> [https://lonestar.example/%](https://lonestar.example/%)\n\n",
    "[@ ![%](x%)](y%)\n\n",
};
const std::vector<std::string> k_words{"Ana",    "José",   "Юлия",  "李小龍",  "محمد",    "עברית", "ประเทศ", "ひらがな",
                                       "한국어", "Ελένη",  "हिन्दी", "ქართული", "Հայերեն", "ਪੰਜਾਬੀ", "தமிழ்",   "తెలుగు",
                                       "ಕನ್ನಡ",   "മലയാളം", "සිංහල",  "မြန်မာ",   "ខ្មែរ",    "ລາວ",   "አማርኛ",   "ᏣᎳᎩ",
                                       "བོད་ཡིག",  "ગુજરાતી", "বাংলা", "Ðuro",    "Şule",    "ᠮᠣᠩᠭᠣᠯ"};
const std::vector<std::string> k_cities{"Plano", "Waco", "x", "Austin"};
const std::vector<std::string> k_odd_words{"**Ana**",
                                           "_",
                                           "`a``",
                                           "# Ana",
                                           "- Ana",
                                           "1. Ana",
                                           "> Ana",
                                           "---",
                                           "```",
                                           "[a](https://evil.example)",
                                           "![a](https://evil.example)",
                                           "[a]: /b",
                                           "<b>Ana</b>",
                                           "<div>",
                                           "<https://evil.example>",
                                           "&amp; &#42;",
                                           "\"Nita\" O'Neil & Co",
                                           "a\\",
                                           "javascript:alert(1)",
                                           "hole:0",
                                           "{{first_name}}",
                                           "Ana | Bea"};

using Random = std::mt19937;

const std::string& pick(const std::vector<std::string>& from, Random& random) { return from[random() % from.size()]; }

std::string some_markdown(Random& random, bool addresses) {
    std::string text;
    for (std::size_t i = 0; i < 5; ++i)
        text += addresses && random() % 3 == 0 ? pick(k_in_address, random) : pick(k_shown, random);
    return text;
}

dsl::Template with_fields(std::string_view text) {
    dsl::Pieces pieces;
    for (std::size_t at = text.find_first_of("@%"); at != std::string_view::npos; at = text.find_first_of("@%")) {
        pieces.push_back(words(std::string(text.substr(0, at))));
        pieces.push_back(field(text[at] == '@' ? k_first_name : k_city));
        text.remove_prefix(at + 1);
    }
    pieces.push_back(words(std::string(text)));
    return email(std::move(pieces));
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string escaped(std::string text) {
    constexpr std::array<std::array<std::string_view, 2>, 4> signs{
        {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}}};
    for (const auto& [sign, name] : signs)
        text = replaced(std::move(text), sign, name);
    return text;
}

compose::Values living_in(const std::string& name, const std::string& city) {
    compose::Values values = named(name);
    values.fields[k_city] = city;
    return values;
}

compose::Composed filled(const compose::Prepared& prepared, const compose::Values& values) {
    auto made = prepared.fill(values, {});
    REQUIRE(std::holds_alternative<compose::Composed>(made));
    return std::get<compose::Composed>(std::move(made));
}

std::string html_of(std::string_view text, const compose::Values& values) {
    return body_of(composed(with_fields(text), values));
}

}  // namespace

TEST_CASE("a message is what its template would be with the words written into it") {
    Random random(1);
    for (int i = 0; i < 400; ++i) {
        const std::string text = some_markdown(random, true);
        const compose::Prepared prepared(with_fields(text));
        for (int j = 0; j < 3; ++j) {
            const std::string name = pick(k_words, random), city = pick(k_cities, random);
            CAPTURE(text, name, city);
            const compose::Composed message = filled(prepared, living_in(name, city));
            const compose::Composed written = composed(email({words(replaced(replaced(text, "@", name), "%", city))}));
            REQUIRE(message.plain == written.plain);
            REQUIRE(message.html == written.html);
            REQUIRE(message.hash == written.hash);
        }
    }
}

TEST_CASE("words that look like markup change nothing around them") {
    Random random(2);
    for (int i = 0; i < 400; ++i) {
        const std::string text = some_markdown(random, false);
        const compose::Prepared prepared(with_fields(text));
        const compose::Composed pattern = filled(prepared, named("Zmarka"));
        for (int j = 0; j < 3; ++j) {
            const std::string& name = pick(k_odd_words, random);
            CAPTURE(text, name);
            const compose::Composed message = filled(prepared, named(name));
            REQUIRE(message.plain == replaced(pattern.plain, "Zmarka", name));
            REQUIRE(message.html == replaced(pattern.html, "Zmarka", escaped(name)));
        }
    }
}

TEST_CASE("further lines of a note stay in their quote and their list") {
    compose::Values values = ana();
    values.personal_note = "Well done!\nYou earned it.";
    const compose::Composed message =
        composed(email({words("> - "), value(dsl::MergeKind::personal_note), words("\n\n![by "),
                        value(dsl::MergeKind::personal_note), words("](https://lonestar.example/p.png)\n\n```\n"),
                        value(dsl::MergeKind::personal_note), words("\n```\n")}),
                 values);
    CHECK(message.plain == "> - Well done!\n>   You earned it.\n\nby Well done!\nYou earned it.\n\n"
                           "Well done!\nYou earned it.\n");
    CHECK_THAT(message.html, Contains("<li>Well done!<br />\nYou earned it.</li>"));
    CHECK_THAT(message.html, Contains("alt=\"by Well done! You earned it.\""));
    CHECK_THAT(message.html, Contains("<code>Well done!\nYou earned it.\n</code>"));
}

TEST_CASE("where a value is blank no empty line is left before what follows in a list, and no empty title") {
    auto maybe = [](std::string name, std::string before, std::string behind) {
        return composed(email({words(std::move(before)), field_or(k_first_name, ""), words(std::move(behind))}),
                        named(std::move(name)));
    };
    CHECK(body_of(maybe("", "- one\n  ", "\n  - below\n")) ==
          "<ul>\n<li>one\n<ul>\n<li>below</li>\n</ul>\n</li>\n</ul>\n");
    CHECK(body_of(maybe("Ana", "- one\n  ", "\n  - below\n")) ==
          "<ul>\n<li>one\nAna\n<ul>\n<li>below</li>\n</ul>\n</li>\n</ul>\n");
    CHECK(body_of(maybe("", "[a](https://lonestar.example \"", "\")")) ==
          "<p><a href=\"https://lonestar.example\">a</a></p>\n");
    CHECK(body_of(maybe("Ana", "[a](https://lonestar.example \"", "\")")) ==
          "<p><a href=\"https://lonestar.example\" title=\"Ana\">a</a></p>\n");
    CHECK(maybe("", "```\none\n", "\n```\n\nbye").plain == "one\n\nbye\n");
    CHECK(maybe("Ana", "```\none\n", "\n```\n\nbye").plain == "one\nAna\n\nbye\n");
}

TEST_CASE("a link whose words are its address is shown once") {
    auto line = [](std::string name) {
        return composed(with_fields("[@](https://lonestar.example/%)"), living_in(std::move(name), "Waco")).plain;
    };
    CHECK(line("https://lonestar.example/Waco") == "https://lonestar.example/Waco\n");
    CHECK(line("jobs") == "jobs (https://lonestar.example/Waco)\n");
    const dsl::Template mail = email({words("["), field(k_first_name), words("](mailto:ana@mail.example)")});
    CHECK(composed(mail, named("ana@mail.example")).plain == "ana@mail.example\n");
    CHECK(composed(mail, named("Ana")).plain == "Ana (mailto:ana@mail.example)\n");
}

TEST_CASE("an address that could run a script leads nowhere, also when a value completes it") {
    CHECK(html_of("[a](java%:alert)", living_in("Ana", "script")) == "<p><a href=\"\">a</a></p>\n");
    CHECK(html_of("[a](java%:alert)", living_in("Ana", "Waco")) == "<p><a href=\"javaWaco:alert\">a</a></p>\n");
    CHECK(html_of("![a](da%:x)", living_in("Ana", "ta")) == "<p><img src=\"\" alt=\"a\" /></p>\n");
}

TEST_CASE("an author's address that looks like a place for words stays what it is") {
    CHECK(html_of("[a](hole:0) [b](https://lonestar.example/%) hole:0", living_in("Ana", "Waco")) ==
          "<p><a href=\"hole:0\">a</a> <a href=\"https://lonestar.example/Waco\">b</a> hole:0</p>\n");
}
