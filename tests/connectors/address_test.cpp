// SPDX-License-Identifier: MIT
#include "connectors/address.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <tuple>

using namespace nurture::connectors;

namespace {

std::string refusal(std::string_view text) {
    std::string why;
    return EmailAddress::parse(text, &why) ? "accepted" : why;
}

std::string phone_refusal(std::string_view text) {
    std::string why;
    return PhoneNumber::parse(text, &why) ? "accepted" : why;
}

std::string canonical(std::string_view text) {
    auto address = EmailAddress::parse(text);
    return address ? address->canonical() : "refused";
}

}  // namespace

TEST_CASE("an address cannot carry a second SMTP command or a header") {
    for (std::string bad :
         {"ana@mail.example\r\nRCPT TO:<eve@mail.example>", "ana@mail.example\n", "ana\r@mail.example",
          "ana@mail.example\rDATA", "\tana@mail.example", "ana@mail\x7f.example"})
        CHECK(refusal(bad) == "it has a control character");
    CHECK(refusal(std::string("ana@mail.example\0x", 18)) == "it has a control character");
    CHECK(refusal("ana ruiz@mail.example") == "it has a space");
    CHECK(refusal("ana>@mail.example") == "the part before the @ has a >");
    CHECK(refusal("<ana@mail.example>") == "the part before the @ has a <");
    CHECK(refusal("ana@mail.example>") == "the domain has a >");
    CHECK(refusal("ana@mail.example\xc2\x85") != "accepted");
    CHECK(refusal("ana@mail.example\xe2\x80\xa8") != "accepted");
}

TEST_CASE("what is wrong with an address is said in words a recruiter understands") {
    CHECK(refusal("") == "it has no @");
    CHECK(refusal("ana.mail.example") == "it has no @");
    CHECK(refusal("@mail.example") == "nothing stands before the @");
    CHECK(refusal("ana@") == "nothing stands after the @");
    CHECK(refusal("ana@@mail.example") == "the part before the @ has a @");
    CHECK(refusal("ana.@mail.example") == "a dot stands first, last or twice in a row before the @");
    CHECK(refusal("ana..ruiz@mail.example") == "a dot stands first, last or twice in a row before the @");
    CHECK(refusal("ana@localhost") == "the domain has no dot");
    CHECK(refusal("ana@mail..example") == "the domain has a dot too many");
    CHECK(refusal("ana@mail.example.") == "the domain has a dot too many");
    CHECK(refusal("ana@.example") == "the domain has a dot too many");
    CHECK(refusal("ana@-mail.example") == "a part of the domain begins or ends with a hyphen");
    CHECK(refusal("ana@192.0.2.7") == "the domain is a number");
    CHECK(refusal("ana@[192.0.2.7]") == "the domain has a [");
    CHECK(refusal("ana@ma_il.example") == "the domain has a _");
    CHECK(refusal("\"ana\"@mail.example") == "the part before the @ is in quotes");
}

TEST_CASE("letters of the whole world may stand before the @, and nothing that cannot be seen for what it is") {
    for (const char* good : {"josé@mail.example", "юлия@mail.example", "田中@mail.example", "अनु@mail.example",
                             "ana.núñez+jobs@mail.example", "jose\u0301@mail.example"})
        CHECK(refusal(good) == "accepted");
    for (const char* bad :
         {"an\u202ea@mail.example", "an\u2066a@mail.example", "an\u200ba@mail.example", "an\u200da@mail.example",
          "an\ufeffa@mail.example", "an\u00ada@mail.example", "an\u0085a@mail.example", "an\u2028a@mail.example",
          "an\u00a0a@mail.example", "an\u3000a@mail.example", "an\ue000a@mail.example", "an\U000e0001a@mail.example",
          "an\u3164a@mail.example", "an\ufe0fa@mail.example", "an\u034fa@mail.example"})
        CHECK(refusal(bad) == "there is a character before the @ that nobody can see");
    CHECK(refusal("ana＞é@mail.example") == "there is a character before the @ that looks like a >");
    CHECK(refusal("eve＠mail@mail.example") == "there is a character before the @ that looks like a @");
    CHECK(refusal("an\xc3@mail.example") == "the part before the @ is not UTF-8");
    CHECK(refusal("an\xed\xa0\x80@mail.example") == "the part before the @ is not UTF-8");
    CHECK(refusal("é<@mail.example") == "the part before the @ has a <");
    std::string longest;
    for (int i = 0; i < 32; ++i)
        longest += "é";
    CHECK(refusal(longest + "@mail.example") == "accepted");
    CHECK(refusal(longest + "e@mail.example") ==
          "more than 64 octets stand before the @ (a letter outside a-z takes two to four)");
}

TEST_CASE("a mailbox is one however its letters were typed, and goes over the wire as they were") {
    const auto address = EmailAddress::parse("JOSE\u0301@Bücher.example");
    REQUIRE(address);
    CHECK(address->international());
    CHECK(address->wire() == "JOSE\u0301@xn--bcher-kva.example");
    CHECK(address->canonical() == canonical("josé@bücher.example"));
    CHECK(canonical("josé@mail.example") != canonical("jose@mail.example"));
    CHECK_FALSE(EmailAddress::parse("ana@bücher.example")->international());
}

TEST_CASE("addresses keep the limits of RFC 5321") {
    std::string local(64, 'a');
    std::string label(63, 'b');
    CHECK(refusal(local + "@mail.example") == "accepted");
    CHECK(refusal(local + "a@mail.example") == "more than 64 characters stand before the @");
    CHECK(refusal("a@" + label + ".example") == "accepted");
    CHECK(refusal("a@" + label + "b.example") == "a part of the domain has more than 63 characters");
    std::string domain = label + '.' + label + '.' + std::string(61, 'c');
    CHECK(refusal(local + '@' + domain) == "accepted");  // 64 + 1 + 189 = 254
    CHECK(refusal(local + '@' + domain + "c") == "it has more than 254 characters");
}

TEST_CASE("an address goes over the wire as written and is known by its canonical form") {
    auto address = EmailAddress::parse("Ana.Ruiz+Jobs@Mail.Example");
    REQUIRE(address);
    CHECK(address->wire() == "Ana.Ruiz+Jobs@mail.example");
    CHECK(address->canonical() == "ana.ruiz+jobs@mail.example");
}

TEST_CASE("an international domain is the same domain in every spelling") {
    CHECK(canonical("ana@bücher.example") == "ana@xn--bcher-kva.example");
    CHECK(canonical("ana@BÜCHER.example") == "ana@xn--bcher-kva.example");
    CHECK(canonical("ana@bu\u0308cher.example") == "ana@xn--bcher-kva.example");
    CHECK(canonical("ana@straße.example") == "ana@xn--strae-oqa.example");
    CHECK(canonical("ana@例え。example") == "ana@xn--r8jz45g.example");
    CHECK(refusal("ana@exa\xffmple.example") == "the domain is not a valid international domain name");
    CHECK(refusal("ana@mail.\u2024.example") != "accepted");
}

TEST_CASE("a phone number becomes E.164 however it was typed") {
    auto [text, country, e164] = GENERATE(table<std::string, std::string, std::string>({
        {"+1 (214) 555-0142", "", "+12145550142"},
        {"+12145550142", "", "+12145550142"},
        {"001.214.555.0142", "", "+12145550142"},
        {"214-555-0142", "1", "+12145550142"},
        {"1 214 555 0142", "1", "+12145550142"},
        {"+44 (0)20 7946 0958", "", "+442079460958"},
        {"020 7946 0958", "44", "+442079460958"},
        {"+49 30 901820", "1", "+4930901820"},
    }));
    auto number = PhoneNumber::parse(text, nullptr, country);
    REQUIRE(number);
    CHECK(number->canonical() == e164);
}

TEST_CASE("what is no phone number is refused with the reason") {
    CHECK(phone_refusal("") == "it has no digits");
    CHECK(phone_refusal("+") == "it has no digits");
    CHECK(phone_refusal("214-555-0142") == "it has no country code: write it as +1 214 555 0142");
    CHECK(phone_refusal("+1 214 555 0142 x12") ==
          "it has something else than digits, blanks, dots, hyphens and parentheses");
    CHECK(phone_refusal("+1 214 555 0142\r\n") != "accepted");
    CHECK(phone_refusal("+0 214 555 0142") == "its country code begins with a zero");
    CHECK(phone_refusal("+49 123") == "it has too few digits");
    CHECK(phone_refusal("+4912345678901234") == "it has more than 15 digits");
    CHECK(phone_refusal("+1 214 555 01421") != "accepted");
    CHECK(phone_refusal("+1 114 555 0142") != "accepted");
}

TEST_CASE("the key of a mailbox does not depend on capitals, and no key tells the channel of another") {
    const std::string pepper = "0123456789abcdef";
    auto key = [&](const char* text) { return address_key(pepper, *EmailAddress::parse(text)); };
    CHECK(key("Ana@Mail.example") == key("ana@mail.EXAMPLE"));
    CHECK(key("ana@mail.example") != key("ann@mail.example"));
    CHECK(key("ana@mail.example") != address_key("another pepper 0", *EmailAddress::parse("ana@mail.example")));
    auto phone = address_key(pepper, *PhoneNumber::parse("+1 214 555 0142"));
    CHECK(phone == address_key(pepper, *PhoneNumber::parse("(214) 555-0142", nullptr, "1")));
    CHECK(phone != key("ana@mail.example"));
}

TEST_CASE("the key is an HMAC that another program can compute") {
    // printf 'eana@mail.example' | openssl dgst -sha256 -hmac 0123456789abcdef
    auto key = address_key("0123456789abcdef", *EmailAddress::parse("ana@mail.example"));
    std::string hex;
    for (unsigned char byte : key) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    CHECK(hex == "b77ce5c0a5593261184b1e408196778530f64b43e703c645b7595610f0d8a526");
}
