// SPDX-License-Identifier: MIT
#include "connectors/smtp_dialogue.hpp"

#include "tests/connectors/names.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace nurture::connectors;

namespace {

constexpr bool k_pipelining = true, k_one_by_one = false, k_reset = true;
const std::string k_all = "MAIL FROM:<dana@lonestar.example>\r\nRCPT TO:<ana@mail.example>\r\nDATA\r\n";

SmtpDialogue dialogue(bool pipelining, bool reset = false, const std::string& text = "Subject: Hi\r\n\r\nHi\r\n") {
    return {{"dana@lonestar.example", "ana@mail.example", text}, pipelining, reset};
}

/// What it says now, all of it at once.
std::string says(SmtpDialogue& dialogue) {
    std::string said(dialogue.due());
    dialogue.wrote(said.size());
    return said;
}

SmtpDialogue after_354(const std::string& text = "Hi\r\n") {
    auto talk = dialogue(k_pipelining, false, text);
    says(talk);
    talk.read("250 ok\r\n250 ok\r\n354 go\r\n");
    return talk;
}

}  // namespace

TEST_CASE("a relay that offers PIPELINING is told sender, recipient and DATA in one go, and the text after go") {
    auto talk = dialogue(k_pipelining);
    CHECK(says(talk) == k_all);
    talk.read("250 ok\r\n250 ok\r\n");
    CHECK_FALSE(talk.asks());
    talk.read("354 go\r\n");
    CHECK(talk.asks());
    CHECK(says(talk).empty());
    talk.go();
    CHECK(says(talk) == "Subject: Hi\r\n\r\nHi\r\n.\r\n");
    CHECK_FALSE(talk.over());
    talk.read("250 2.0.0 Ok: queued as 4Xy\r\n");
    CHECK(talk.over());
    CHECK(talk.usable());
    CHECK(classify(talk.facts()).answer == Answer::accepted);
    CHECK(classify(talk.facts()).remote_id == "4Xy");
}

TEST_CASE("a relay without PIPELINING is told one thing after the other") {
    auto talk = dialogue(k_one_by_one);
    CHECK(says(talk) == "MAIL FROM:<dana@lonestar.example>\r\n");
    talk.read("250 ok\r\n");
    CHECK(says(talk) == "RCPT TO:<ana@mail.example>\r\n");
    talk.read("250 ok\r\n");
    CHECK(says(talk) == "DATA\r\n");
    talk.read("354 go\r\n");
    CHECK(talk.asks());
}

TEST_CASE("an address with letters outside ASCII is announced as such") {
    SmtpDialogue talk({"dana@lonestar.example", "jörg@mail.example", "Hi\r\n", true}, k_one_by_one, false);
    CHECK(says(talk) == "MAIL FROM:<dana@lonestar.example> BODY=8BITMIME SMTPUTF8\r\n");
    talk.read("250 ok\r\n");
    CHECK(says(talk) == "RCPT TO:<jörg@mail.example>\r\n");
}

TEST_CASE("a refused recipient costs no connection, and the next message begins with a reset") {
    auto talk = dialogue(k_pipelining);
    says(talk);
    talk.read("250 ok\r\n550 5.1.1 no such user\r\n");
    CHECK_FALSE(talk.over());
    talk.read("554 5.5.1 no valid recipients\r\n");
    CHECK(talk.over());
    CHECK(talk.usable());
    CHECK(talk.refused());
    CHECK(classify(talk.facts()).blame == Blame::address_dead);

    auto next = dialogue(k_pipelining, k_reset);
    CHECK(says(next) == "RSET\r\n" + k_all);
    next.read("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    CHECK(next.asks());
}

TEST_CASE("a relay that would take a text for a recipient whom it refused gets no text, not even its dot") {
    auto talk = dialogue(k_pipelining);
    says(talk);
    talk.read("250 ok\r\n550 5.1.1 no such user\r\n354 go\r\n");
    CHECK(talk.over());
    CHECK_FALSE(talk.usable());
    CHECK(says(talk).empty());
    CHECK(classify(talk.facts()).blame == Blame::address_dead);
}

TEST_CASE("a reset that fails says nothing about the message") {
    auto talk = dialogue(k_pipelining, k_reset);
    says(talk);
    talk.read("502 what\r\n");
    CHECK(talk.over());
    CHECK_FALSE(talk.usable());
    CHECK_FALSE(talk.facts().reply);
}

TEST_CASE("a relay that speaks when nobody asked it is not listening, and has certainly not got the message") {
    const std::string words = GENERATE("421 4.3.2 shutting down\r\n", "250 ok\r\n", "half a l");
    CAPTURE(words);
    auto talk = after_354();
    talk.read(words);
    CHECK(talk.over());
    CHECK_FALSE(talk.usable());
    CHECK(classify(talk.facts()).answer == Answer::deferred);

    auto early = dialogue(k_pipelining);  // before a word of ours
    early.read("250 ok\r\n250 ok\r\n354 go\r\n");
    CHECK(early.over());
    CHECK_FALSE(early.asks());
}

TEST_CASE("a message is in doubt from the octet that ends its final dot on") {
    auto before = after_354();
    before.go();
    before.wrote(before.due().size() - 1);
    before.cut();
    CHECK(classify(before.facts()).answer == Answer::deferred);

    auto after = after_354();
    after.go();
    after.wrote(after.due().size());
    after.cut();
    CHECK(classify(after.facts()).answer == Answer::in_doubt);
}

TEST_CASE("a dot at the start of a line is doubled on the wire") {
    const auto [text, wire] = GENERATE(table<std::string, std::string>({
        {".\r\n", "..\r\n.\r\n"},
        {"a\r\n.\r\n..\r\nb.\r\n", "a\r\n..\r\n...\r\nb.\r\n.\r\n"},
        {"a\r\n\r\n", "a\r\n\r\n.\r\n"},
    }));
    auto talk = after_354(text);
    talk.go();
    CHECK(says(talk) == wire);
}

TEST_CASE("replies mean the same wherever the network cuts them") {
    const std::string replies = "250-first\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go\r\n";
    for (std::size_t cut = 0; cut <= replies.size(); ++cut) {
        auto talk = dialogue(k_pipelining);
        says(talk);
        talk.read(replies.substr(0, cut));
        CHECK(talk.asks() == (cut == replies.size()));
        talk.read(replies.substr(cut));
        CHECK(talk.asks());
    }
}

TEST_CASE("a relay that dribbles, or takes a text octet by octet, wins no time") {
    auto talk = dialogue(k_pipelining);
    says(talk);
    auto waited_for = talk.steps();
    for (const char* octets : {"2", "5", "0-and\r\n", "250-so on\r\n", "25"})
        talk.read(octets);
    CHECK(talk.steps() == waited_for);
    talk.read("0 ok\r\n");
    CHECK(talk.steps() > waited_for);  // the next reply has a time of its own
    talk.read("250 ok\r\n354 go\r\n");
    waited_for = talk.steps();
    talk.go();
    CHECK(talk.steps() > waited_for);
    waited_for = talk.steps();
    while (talk.due().size() > 1)
        talk.wrote(1);
    CHECK(talk.steps() == waited_for);
    talk.wrote(1);
    CHECK(talk.steps() > waited_for);
    waited_for = talk.steps();
    for (const char* octets : {"250-a\r\n", "250-b\r\n", "2"})
        talk.read(octets);
    CHECK(talk.steps() == waited_for);
}

TEST_CASE("a reply line without an end is cut off") {
    auto talk = after_354();
    talk.go();
    says(talk);
    talk.read(std::string(70'000, 'x'));
    CHECK(talk.over());
    CHECK(classify(talk.facts()).answer == Answer::in_doubt);
}
