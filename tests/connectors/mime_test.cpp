// SPDX-License-Identifier: MIT
#include "connectors/mime.hpp"
#include "connectors/mime_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace nurture::connectors;
using Catch::Contains;

namespace {

EmailMessage sample() {
    return {.from = {"Dana Wu", "dana.wu@lonestar.example"},
            .to = {"Ana Ruiz", "ana.ruiz@mail.example"},
            .envelope_from = "",
            .subject = "Still looking at ICU work near Plano, Ana?",
            .plain = "Hi Ana,\n\nworth a look?\n",
            .html = "<!DOCTYPE html>\n<p>Hi Ana,</p>\n",
            .message_id = "<5f0c@lonestar.example>",
            .in_reply_to = "",
            .references = {},
            .unsubscribe_url = "https://talent.example.org/u/abc",
            .unsubscribe_mailto = "unsubscribe@lonestar.example",
            .date = 1772553600};
}

std::string why_not(const EmailMessage& message) {
    std::string why;
    return write_mime(message, &why) ? "written" : why;
}

std::vector<std::string> lines_of(const std::string& wire) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < wire.size();) {
        std::size_t end = wire.find("\r\n", at);
        lines.push_back(wire.substr(at, end - at));
        at = end == std::string::npos ? wire.size() : end + 2;
    }
    return lines;
}

std::string header(const EmailMessage& message, const std::string& name) {
    std::string wire = *write_mime(message);
    std::size_t at = wire.find("\r\n" + name + ": ");
    if (at == std::string::npos)
        return "none";
    std::size_t end = wire.find("\r\n", at + 2);
    while (wire[end + 2] == ' ')
        end = wire.find("\r\n", end + 2);
    return wire.substr(at + 2, end - at - 2);
}

}  // namespace

TEST_CASE("an address with letters outside ASCII stands in its header as it is, and nothing else leaves ASCII") {
    auto message = sample();
    message.to = {"José Núñez", "josé@mail.example"};
    message.unsubscribe_mailto = "señal@lonestar.example";
    message.plain = "¡Hola!\n";
    const auto wire = *write_mime(message);
    CHECK(header(message, "To") == "To: =?utf-8?b?Sm9zw6kgTsO6w7Fleg==?= <josé@mail.example>");
    CHECK_THAT(wire, Contains("<mailto:se%C3%B1al@lonestar.example?subject=unsubscribe>"));
    const auto eight_bits = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    CHECK(std::count_if(wire.begin(), wire.end(), eight_bits) == 2);  // the é of the address
}

TEST_CASE("a message on the wire has the headers that were asked for, in their order") {
    std::string wire = *write_mime(sample());
    CHECK(wire.substr(0, wire.find("Content-Type")) == "From: Dana Wu <dana.wu@lonestar.example>\r\n"
                                                       "To: Ana Ruiz <ana.ruiz@mail.example>\r\n"
                                                       "Subject: Still looking at ICU work near Plano, Ana?\r\n"
                                                       "Date: Tue, 03 Mar 2026 16:00:00 +0000\r\n"
                                                       "Message-ID: <5f0c@lonestar.example>\r\n"
                                                       "List-Unsubscribe: <https://talent.example.org/u/abc>,\r\n"
                                                       " <mailto:unsubscribe@lonestar.example?subject=unsubscribe>\r\n"
                                                       "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                                                       "MIME-Version: 1.0\r\n");
}

TEST_CASE("the same message is the same bytes, and another message has another boundary") {
    CHECK(*write_mime(sample()) == *write_mime(sample()));
    EmailMessage other = sample();
    other.message_id = "<other@lonestar.example>";
    CHECK(header(sample(), "Content-Type") != header(other, "Content-Type"));
}

TEST_CASE("a control character in any header is refused, not repaired") {
    std::string bad = GENERATE(as<std::string>{}, "a\r\nBcc: eve@mail.example", "a\nb", "a\rb", std::string("a\0b", 3),
                               "a\tb", "a\x7f",
                               "a\xc2\x85"
                               "b",
                               "a\xe2\x80\xa8"
                               "b",
                               "a\xff", "\xed\xa0\x80", "\xc0\x8a");
    CAPTURE(bad);
    for (auto change :
         {+[](EmailMessage&m, const std::string&text) { m.subject = text; },
          +[](EmailMessage&m, const std::string&text) { m.to.name = text; },
          +[](EmailMessage&m, const std::string&text) { m.from.name = text; },
          +[](EmailMessage&m, const std::string&text) { m.to.address = text + "@mail.example"; },
          +[](EmailMessage&m, const std::string&text) { m.message_id = '<' + text + "@lonestar.example>"; },
          +[](EmailMessage&m, const std::string&text) { m.in_reply_to = '<' + text + "@lonestar.example>"; },
          +[](EmailMessage&m, const std::string&text) { m.references = {'<' + text + "@lonestar.example>"}; },
          +[](EmailMessage&m, const std::string&text) { m.unsubscribe_url = "https://x.example/" + text; },
          +[](EmailMessage&m, const std::string&text) { m.unsubscribe_mailto = text + "@x.example"; }}) {
        EmailMessage message = sample();
        change(message, bad);
        CHECK(why_not(message) != "written");
    }
    EmailMessage body = sample();
    for (const auto& plain :
         {std::string("a\0b", 3), std::string(256, '\1'), std::string("a\xff"), std::string("\xc2\x85")}) {
        body.plain = plain;
        CHECK(why_not(body) == "a body has a control character or is not UTF-8");
    }
}

TEST_CASE("the reason for a refusal repeats nobody's data") {
    EmailMessage message = sample();
    message.to.name = "Ana\nRuiz";
    CHECK(why_not(message) == "a display name has a control character or is not UTF-8");
}

TEST_CASE("names that are more than words are quoted or encoded") {
    auto to = [](const std::string& name) {
        EmailMessage message = sample();
        message.to.name = name;
        return header(message, "To");
    };
    CHECK(to("") == "To: <ana.ruiz@mail.example>");
    CHECK(to("Ana Q. Ruiz") == "To: \"Ana Q. Ruiz\" <ana.ruiz@mail.example>");
    CHECK(to("Ruiz, Ana \"Nita\"") == "To: \"Ruiz, Ana \\\"Nita\\\"\" <ana.ruiz@mail.example>");
    CHECK(to("Iñés") == "To: =?utf-8?b?ScOxw6lz?= <ana.ruiz@mail.example>");
    CHECK(to("Ana María Castañeda-Ruiz") ==
          "To: =?utf-8?q?Ana_Mar=C3=ADa_Casta=C3=B1eda-Ruiz?= <ana.ruiz@mail.example>");
    CHECK(to("Юлия") == "To: =?utf-8?b?0K7Qu9C40Y8=?= <ana.ruiz@mail.example>");
    CHECK(to("=?utf-8?q?eve?=") == "To: =?utf-8?b?PT91dGYtOD9xP2V2ZT89?= <ana.ruiz@mail.example>");
}

TEST_CASE("encoded words are at most 75 characters and lines with them at most 76") {
    EmailMessage message = sample();
    message.subject = "Žluťoučký kůň úpěl ďábelské ódy, a pak ještě jednou: žluťoučký kůň úpěl ďábelské ódy 🏥🏥🏥🏥🏥🏥🏥🏥🏥";
    message.to.name = "Владислава Константиновна Преображенская-Воскресенская из города Екатеринбурга";
    for (const std::string& line : lines_of(*write_mime(message))) {
        if (line.find("=?") == std::string::npos)
            continue;
        CAPTURE(line);
        CHECK(line.size() <= 76);
        std::size_t open = line.find("=?");
        CHECK(line.find("?=", open + 10) + 2 - open <= 75);
    }
}

TEST_CASE("no line is longer than 998 octets, none has a bare CR or LF or an octet above 126") {
    EmailMessage message = sample();
    message.plain = std::string(5000, 'x') + "\n" + std::string(3000, ' ') + "\n.\n..\nFrom here\n\ttab\t\n€" +
                    std::string(2000, '=');
    message.html = "<p>" + std::string(4000, 'y') + "</p>";
    message.subject = std::string(400, 's') + " " + std::string(400, 't');
    message.to.name = std::string(300, 'n');
    message.references.assign(40, "<" + std::string(200, 'r') + "@lonestar.example>");
    std::string wire = *write_mime(message);
    for (const std::string& line : lines_of(wire)) {
        CHECK(line.size() <= 250);
        CHECK(line.find_first_of("\r\n") == std::string::npos);
        CHECK(line.find('.') != 0);
        CHECK(line.rfind("From ", 0) == std::string::npos);
        for (char c : line)
            REQUIRE((c == '\t' || (c >= ' ' && c <= '~')));
    }
    CHECK(wire.substr(wire.size() - 2) == "\r\n");
}

TEST_CASE("a text in a foreign script travels as base64, one with a few accents stays readable") {
    EmailMessage message = sample();
    message.plain = "Привет, Юлия! Посмотрите, пожалуйста.\n";
    CHECK_THAT(*write_mime(message), Contains("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"));
    message.plain = "Hola Inés, ¿vale la pena mirarlo? Nos vemos en Dallas el lunes que viene.\n";
    CHECK_THAT(*write_mime(message), Contains("Hola In=C3=A9s, =C2=BFvale la pena mirarlo?"));
}

TEST_CASE("one-click unsubscribing is promised for https only") {
    EmailMessage message = sample();
    message.unsubscribe_url = "http://127.0.0.1:8466/u/abc";
    CHECK(header(message, "List-Unsubscribe-Post") == "none");
    message.unsubscribe_url = "";
    message.unsubscribe_mailto = "";
    CHECK(header(message, "List-Unsubscribe") == "none");
    message.unsubscribe_mailto = "u+a%b&c@lonestar.example";
    CHECK(header(message, "List-Unsubscribe") ==
          "List-Unsubscribe: <mailto:u+a%25b%26c@lonestar.example?subject=unsubscribe>");
}

TEST_CASE("a step in a thread refers to the ones before it") {
    EmailMessage message = sample();
    message.in_reply_to = "<2@lonestar.example>";
    message.references = {"<1@lonestar.example>", "<2@lonestar.example>"};
    CHECK(header(message, "In-Reply-To") == "In-Reply-To: <2@lonestar.example>");
    CHECK(header(message, "References") == "References: <1@lonestar.example>\r\n <2@lonestar.example>");
}

TEST_CASE("the date is the message's own instant, leap days and centuries included") {
    EmailMessage message = sample();
    message.date = 0;
    CHECK(header(message, "Date") == "Date: Thu, 01 Jan 1970 00:00:00 +0000");
    message.date = 1709251199;
    CHECK(header(message, "Date") == "Date: Thu, 29 Feb 2024 23:59:59 +0000");
}

TEST_CASE("a message without HTML is plain text and nothing else") {
    EmailMessage message = sample();
    message.html = "";
    CHECK(header(message, "Content-Type") == "Content-Type: text/plain; charset=utf-8");
    CHECK_THAT(*write_mime(message), !Contains("multipart"));
}
