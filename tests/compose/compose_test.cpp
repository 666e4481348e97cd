// SPDX-License-Identifier: MIT
#include "tests/compose/messages.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace nurture;
using namespace nurture::compose_tests;
using namespace std::chrono_literals;
using Catch::Contains;
using compose::Composed;
using compose::RenderError;
using dsl::MergeKind;
using std::chrono::year_month_day;

namespace {

const compose::Links k_links{.unsubscribe = "https://talent.example.org/u/abc?x=1&y=2",
                             .preferences = "https://talent.example.org/p/abc",
                             .renew_consent = ""};

}  // namespace

TEST_CASE("a Markdown text becomes a readable plain part and clean HTML") {
    Composed message = composed(
        email({words("Hi "), field_or(k_first_name, "there"),
               words(",\n\nour [pay guide](https://lonestar.example/guides/icu) lists base,\n"
                     "nights and **sign-on**.\n\n- one\n- two *or* three\n\n1. first\n2. second\n\n> quoted\n")}));
    CHECK(message.plain == "Hi Ana,\n"
                           "\n"
                           "our pay guide (https://lonestar.example/guides/icu) lists base,\n"
                           "nights and sign-on.\n"
                           "\n"
                           "- one\n"
                           "- two or three\n"
                           "\n"
                           "1. first\n"
                           "2. second\n"
                           "\n"
                           "> quoted\n");
    CHECK(body_of(message) == "<p>Hi Ana,</p>\n"
                              "<p>our <a href=\"https://lonestar.example/guides/icu\">pay guide</a> lists base,\n"
                              "nights and <strong>sign-on</strong>.</p>\n"
                              "<ul>\n<li>one</li>\n<li>two <em>or</em> three</li>\n</ul>\n"
                              "<ol>\n<li>first</li>\n<li>second</li>\n</ol>\n"
                              "<blockquote>\n<p>quoted</p>\n</blockquote>\n");
    CHECK_THAT(message.html, Catch::StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
    CHECK_THAT(message.html, Contains("<meta name=\"color-scheme\" content=\"light dark\">"));
}

TEST_CASE("a name can bring in neither Markdown nor HTML") {
    auto [name, html] = GENERATE(table<std::string, std::string>({
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"**Ana** _B_ `c`", "**Ana** _B_ `c`"},
        {"[click](https://evil.example)", "[click](https://evil.example)"},
        {"![x](https://evil.example/p.png)", "![x](https://evil.example/p.png)"},
        {"<https://evil.example>", "&lt;https://evil.example&gt;"},
        {"# Ana", "# Ana"},
        {"1. Ana", "1. Ana"},
        {"> Ana", "&gt; Ana"},
        {"&lt;b&gt; &amp;", "&amp;lt;b&amp;gt; &amp;amp;"},
        {"Ana\\", "Ana\\"},
        {"Ana \"Nita\" O'Neil", "Ana &quot;Nita&quot; O'Neil"},
    }));
    CAPTURE(name);
    Composed message =
        composed(email({field(k_first_name), words(" is here\n\nHi "), field(k_first_name), words("!")}), named(name));
    CHECK(body_of(message) == "<p>" + html + " is here</p>\n<p>Hi " + html + "!</p>\n");
    CHECK(message.plain == name + " is here\n\nHi " + name + "!\n");
}

TEST_CASE("line ends, control characters and turned writing in a value become one blank or nothing") {
    CHECK(composed(email({words("Hi "), field(k_first_name)}), named(" Ana\r\n\r\n# Big\tRuiz\x01 ")).plain ==
          "Hi Ana # Big Ruiz\n");
    CHECK(composed(email({words("Hi "), field(k_first_name)}), named("A\u202en\u2066a")).plain == "Hi Ana\n");
    CHECK(composed(email({words("Hi "), field(k_first_name)}), named("Ana\u2028\u0085Ruiz")).plain == "Hi Ana Ruiz\n");
    // The marks that hold a value's place cannot be forged.
    CHECK(composed(email({words("Hi "), field(k_first_name), value(MergeKind::owner_name)}), named("\ufdd02\ufdd1"))
              .plain == "Hi 2Dana Wu\n");
    CHECK(composed(email({words("Hi \ufdd01\ufdd1"), field(k_first_name)})).plain == "Hi 1Ana\n");
}

TEST_CASE("emphasis around a value holds whatever the value is") {
    for (std::string name : {"Ana", "(Ana)", "*", "- x", "Ж"})
        CHECK_THAT(body_of(composed(email({words("**"), field(k_first_name), words("**!")}), named(name))),
                   Contains("<strong>" + name + "</strong>!"));
}

TEST_CASE("a subject is one line whatever goes into it") {
    auto subject = [](std::string name) {
        return composed(email({words("x")}, {words("Roles for "), field(k_first_name), words("? ")}),
                        named(std::move(name)))
            .subject;
    };
    CHECK(subject("Ana") == "Roles for Ana?");
    CHECK(subject("Ana\r\nBcc: eve@mail.example") == "Roles for Ana Bcc: eve@mail.example?");
    CHECK(subject("**Ana** <b>") == "Roles for **Ana** <b>?");
    CHECK_THAT(composed(email({words("x")}, {field(k_first_name)}), named("<b>")).html,
               Contains("<title>&lt;b&gt;</title>"));
}

TEST_CASE("a reply in a thread keeps the first subject") {
    compose::Values values = ana();
    values.thread_subject = "Still looking, Ana?";
    CHECK(composed(email({words("x")}), values).subject == "Re: Still looking, Ana?");
    values.thread_subject = "RE: Still looking, Ana?";
    CHECK(composed(email({words("x")}), values).subject == "RE: Still looking, Ana?");
}

TEST_CASE("dates, lists and years print as people write them") {
    auto line = [](dsl::Piece piece) {
        return std::get<std::string>(compose::compose_line({std::move(piece)}, ana()));
    };
    CHECK(line(field(k_expires)) == "May 1, 2026");
    auto in = [](const char* language) {
        compose::Values values = ana();
        values.language = language;
        return std::get<std::string>(compose::compose_line({field(k_expires)}, values));
    };
    CHECK(in("es") == "1 de mayo de 2026");
    CHECK(in("fr") == "1 mai 2026");
    CHECK(in("de") == "1. Mai 2026");
    CHECK(in("pt") == "1 de maio de 2026");
    CHECK(in("qq") == "May 1, 2026");
    CHECK(line(field(k_specialty)) == "ICU, CVICU");
    auto years = [](year_month_day hired) {
        compose::Values values = ana();
        values.fields[k_expires] = hired;
        dsl::Piece piece{
            .kind = MergeKind::years_since, .text = "some", .field = k_expires, .has_fallback = true, .span = {}};
        return std::get<std::string>(compose::compose_line({piece}, values));
    };
    CHECK(years(2020y / 3 / 2) == "6");
    CHECK(years(2020y / 3 / 3) == "5");
    CHECK(years(2026y / 3 / 2) == "0");
    CHECK(years(2026y / 3 / 3) == "some");
    CHECK(years(2024y / 2 / 29) == "2");
}

TEST_CASE("a text works for everybody if nothing in it hangs on what a record says") {
    const auto house = named("");
    CHECK(compose::works_for_everybody(email({words("Hi "), field_or(k_first_name, "there")}), house));
    CHECK(compose::works_for_everybody(email({words("Hi "), field_or(k_first_name, "")}), house));
    CHECK_FALSE(compose::works_for_everybody(email({words("Hi "), field(k_first_name)}), house));
    CHECK_FALSE(
        compose::works_for_everybody(email({words("[here]("), field_or(k_first_name, "there"), words(")")}), house));
    CHECK_FALSE(compose::works_for_everybody(email({words("[here]: "), field_or(k_first_name, "there")}), house));
    CHECK(compose::works_for_everybody(email({words("To wit: "), field_or(k_first_name, "there")}), house));
}

TEST_CASE("a blank value gives what the template says instead, or an error that names the field") {
    for (std::string blank : {"", "  ", "\t\r\n", "\u202e"}) {
        CHECK(composed(email({words("Hi "), field_or(k_first_name, "there")}), named(blank)).plain == "Hi there\n");
        CHECK(composed(email({words("Hi"), field_or(k_first_name, "")}), named(blank)).plain == "Hi\n");
        auto rendering = compose::compose(email({words("Hi "), field(k_first_name)}), named(blank), {});
        REQUIRE(std::holds_alternative<RenderError>(rendering));
        RenderError error = std::get<RenderError>(rendering);
        CHECK(error.reason == RenderError::Reason::blank);
        CHECK(error.what == MergeKind::field);
        CHECK(error.field == k_first_name);
        CHECK(error.span.begin == 10);
    }
    auto beyond = compose::compose(email({field(99)}), ana(), {});
    CHECK(std::holds_alternative<RenderError>(beyond));
    auto subject = compose::compose(email({words("x")}, {value(MergeKind::organisation)}), ana(), {});
    CHECK(std::get<RenderError>(subject).what == MergeKind::organisation);
    auto note = compose::compose(email({value(MergeKind::personal_note)}), ana(), {});
    CHECK(std::get<RenderError>(note).what == MergeKind::personal_note);
}

TEST_CASE("a personal note keeps its lines and nothing else") {
    compose::Values values = ana();
    values.personal_note = "Well done!\n\n**You** <b>earned</b> it.\n";
    Composed message = composed(email({words("Hi,\n\n"), value(MergeKind::personal_note), words("\n\nDana")}), values);
    CHECK(message.plain == "Hi,\n\nWell done!\n\n**You** <b>earned</b> it.\n\nDana\n");
    CHECK_THAT(body_of(message), Contains("<p>Well done!<br />\n<br />\n**You** &lt;b&gt;earned&lt;/b&gt; it.</p>"));
}

TEST_CASE("the unsubscribe link is an address in the plain part and a link in the HTML footer") {
    Composed message =
        composed(email({words("Hi\n\n"), value(MergeKind::owner_name), words(", "), value(MergeKind::postal_address),
                        words("\nStop these emails: "), value(MergeKind::unsubscribe_link)}),
                 ana(), k_links);
    CHECK(message.plain ==
          "Hi\n\nDana Wu, 500 Main St, Dallas, TX\nStop these emails: https://talent.example.org/u/abc?x=1&y=2\n");
    CHECK_THAT(body_of(message), Contains("<div class=\"footer\" style="));
    CHECK_THAT(body_of(message),
               Contains("Dallas, TX<br />\nStop these emails: "
                        "<a href=\"https://talent.example.org/u/abc?x=1&amp;y=2\">Unsubscribe</a></p>"));
}

TEST_CASE("an author may put our links and people's values behind words of their own") {
    compose::Values values = ana();
    values.fields.resize(4);
    values.fields[k_website] = std::string("https://portfolio.example/ana?a=1&b=2");
    Composed message =
        composed(email({words("[leave]("), value(MergeKind::unsubscribe_link), words(") [yours]("), field(k_website),
                        words(") [jobs](https://lonestar.example/?s="), field(k_specialty), words(") [call](tel:"),
                        value(MergeKind::owner_phone), words(")")}),
                 values, k_links);
    CHECK_THAT(body_of(message), Contains("<a href=\"https://talent.example.org/u/abc?x=1&amp;y=2\">leave</a>"));
    CHECK_THAT(body_of(message), Contains("<a href=\"https://portfolio.example/ana?a=1&amp;b=2\">yours</a>"));
    CHECK_THAT(body_of(message), Contains("<a href=\"https://lonestar.example/?s=ICU%2C%20CVICU\">jobs</a>"));
    CHECK_THAT(body_of(message), Contains("<a href=\"tel:+12145550142\">call</a>"));
}

TEST_CASE("a value that stands as a whole address must be one") {
    for (std::string bad : {"javascript:alert(1)", "data:text/html,x", "portfolio.example", " "}) {
        compose::Values values = ana();
        values.fields.resize(4);
        values.fields[k_website] = bad;
        auto rendering =
            compose::compose(email({words("[yours]("), field_or(k_website, "none"), words(")")}), values, {});
        REQUIRE(std::holds_alternative<RenderError>(rendering));
        CHECK(std::get<RenderError>(rendering).reason == RenderError::Reason::not_a_link);
        CHECK(std::get<RenderError>(rendering).field == k_website);
    }
}

TEST_CASE("an author's raw HTML is shown as text and script addresses lead nowhere") {
    Composed message = composed(
        email({words("a <b>bold</b> word [x](javascript:alert(1))\n\n<div onclick=\"x()\">\nblock\n</div>\n")}));
    CHECK_THAT(body_of(message), Contains("a &lt;b&gt;bold&lt;/b&gt; word <a href=\"\">x</a>"));
    CHECK_THAT(body_of(message), Contains("&lt;div onclick=&quot;x()&quot;&gt;"));
    CHECK_THAT(body_of(message), !Contains("omitted"));
    CHECK_THAT(message.plain,
               Contains("a <b>bold</b> word x (javascript:alert(1))\n\n<div onclick=\"x()\">\nblock\n</div>\n"));
}

TEST_CASE("the hash is of what a reader sees, not of the recipient's own links") {
    dsl::Template text =
        email({words("Hi "), field(k_first_name), words("\n\nStop: "), value(MergeKind::unsubscribe_link)});
    Composed one = composed(text, ana(), k_links);
    CHECK(one.hash ==
          composed(text, ana(),
                   {.unsubscribe = "https://talent.example.org/u/other", .preferences = "", .renew_consent = ""})
              .hash);
    CHECK(one.hash == composed(text, ana()).hash);
    CHECK(one.hash != composed(text, named("Bea"), k_links).hash);
    compose::Values other_sender = ana();
    other_sender.sender = "Lee Ortiz <lee.ortiz@lonestar.example>";
    CHECK(one.hash != composed(text, other_sender, k_links).hash);
    dsl::Template other_subject = text;
    other_subject.subject = {words("Hello!")};
    CHECK(one.hash != composed(other_subject, ana(), k_links).hash);
}

TEST_CASE("without links a preview shows addresses that lead nowhere") {
    CHECK(composed(email({words("Stop: "), value(MergeKind::unsubscribe_link)})).plain ==
          "Stop: https://unsubscribe.link.invalid/\n");
}

TEST_CASE("an SMS is its text, counted in segments with everything filled in") {
    dsl::Template text =
        email({field_or(k_first_name, "Hi"), words(", 2 ICU openings near you.\nReply STOP to opt out\n")});
    text.channel = dsl::Channel::sms;
    Composed message = composed(text);
    CHECK(message.sms == "Ana, 2 ICU openings near you.\nReply STOP to opt out");
    CHECK(message.sms_size.segments == 1);
    CHECK_FALSE(message.sms_size.ucs2);
    CHECK(message.subject.empty());
    CHECK(message.plain.empty());
    CHECK(message.html.empty());
    Composed other = composed(text, named("Юлия"));
    CHECK(other.sms_size.ucs2);
    CHECK(other.hash != message.hash);
    CHECK(composed(text, named("*Ana*")).sms.starts_with("*Ana*, "));
}

TEST_CASE("an SMS with a link counts as many segments in a preview as when it goes out") {
    auto text = email({words(std::string(100, 'x') + " "), value(dsl::MergeKind::preferences_link)});
    text.channel = dsl::Channel::sms;
    compose::Links links;
    links.longest = "https://talent.example.org/p/" + std::string(43, '0');
    const auto shown = composed(text, named("Ana"), links);
    links.preferences = "https://talent.example.org/p/7-abc";
    const auto sent = composed(text, named("Ana"), links);
    CHECK(sent.sms.ends_with("/p/7-abc"));
    CHECK(shown.sms_size.segments == 2);
    CHECK(sent.sms_size.segments == 2);
    CHECK(shown.hash == sent.hash);
}

TEST_CASE("deep nesting in a template ends, and does not end the program") {
    std::string deep;
    for (int i = 0; i < 5000; ++i)
        deep += "> ";
    CHECK_FALSE(composed(email({words(deep + "x")})).html.empty());
    CHECK_FALSE(composed(email({words(std::string(20000, '*') + "x" + std::string(20000, '*'))})).html.empty());
    CHECK_FALSE(composed(email({words(std::string(20000, '['))})).html.empty());
}

TEST_CASE("a text in another language says so, and its links are named in it") {
    dsl::Template text = email({words("Hola. "), value(MergeKind::unsubscribe_link)});
    text.language = "es";
    const auto message = composed(text, ana());
    CHECK_THAT(message.html, Contains("<html lang=\"es\">"));
    CHECK_THAT(message.html, Contains("Darse de baja</a>"));
}
