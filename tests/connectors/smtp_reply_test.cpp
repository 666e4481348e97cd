// SPDX-License-Identifier: MIT
#include "connectors/smtp_reply.hpp"

#include "tests/connectors/names.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <tuple>

using namespace nurture::connectors;

namespace {

constexpr bool k_body_ended = true;

SmtpFacts facts(SmtpStage stage, std::string_view reply, bool body_ended = false) {
    SmtpReplyReader reader;
    reader.line(reply);
    return {.stage = stage, .body_ended = body_ended, .reply = reader.last()};
}

}  // namespace

TEST_CASE("after the whole body only a complete reply settles what became of the message") {
    auto [reply, answer] = GENERATE(table<std::string, Answer>({
        {"250 2.0.0 Ok: queued as 4XyZ\r\n", Answer::accepted},
        {"250\r\n", Answer::accepted},
        {"", Answer::in_doubt},
        {"25", Answer::in_doubt},
        {"250-2.0.0 more to come\r\n", Answer::in_doubt},
        {"354 go ahead\r\n", Answer::in_doubt},
        {"hello?\r\n", Answer::in_doubt},
        {"150 odd\r\n", Answer::in_doubt},
        {"999 odder\r\n", Answer::in_doubt},
        {"451 4.3.0 try later\r\n", Answer::deferred},
        {"421 4.3.2 shutting down\r\n", Answer::deferred},
        {"554 5.6.0 malformed\r\n", Answer::rejected},
    }));
    CAPTURE(reply);
    CHECK(classify(facts(SmtpStage::body, reply, k_body_ended)).answer == answer);
}

TEST_CASE("before the body has ended nothing is ever in doubt") {
    auto stage = GENERATE(SmtpStage::connect, SmtpStage::hello, SmtpStage::tls, SmtpStage::auth, SmtpStage::mail,
                          SmtpStage::rcpt, SmtpStage::data);
    for (std::string_view reply : {"", "250 ok\r\n", "354 go\r\n", "garbage\r\n", "2", "421 bye\r\n", "554 no\r\n"}) {
        Answer answer = classify(facts(stage, reply)).answer;
        CAPTURE(static_cast<int>(stage), reply);
        CHECK((answer == Answer::deferred || answer == Answer::rejected));
    }
}

TEST_CASE("whose fault a refusal of the recipient is") {
    auto [reply, answer, blame] = GENERATE(table<std::string, Answer, Blame>({
        {"550 5.1.1 no such user", Answer::rejected, Blame::address_dead},
        {"550 5.1.2 no such domain", Answer::rejected, Blame::address_dead},
        {"553 5.1.3 bad syntax", Answer::rejected, Blame::address_dead},
        {"551 5.1.6 moved", Answer::rejected, Blame::address_dead},
        {"550 5.1.10 null MX", Answer::rejected, Blame::address_dead},
        {"550 5.2.1 disabled", Answer::rejected, Blame::address_dead},
        {"550 no such user here", Answer::rejected, Blame::bare_550},
        {"550 5.0.0 no", Answer::rejected, Blame::bare_550},
        {"450 4.2.0 greylisted", Answer::deferred, Blame::mailbox_full},
        {"452 4.2.2 mailbox full", Answer::deferred, Blame::mailbox_full},
        {"552 5.2.2 over quota", Answer::deferred, Blame::mailbox_full},
        {"552 too much mail", Answer::deferred, Blame::mailbox_full},
        {"451 later", Answer::deferred, Blame::mailbox_full},
        {"451 4.3.0 disk", Answer::deferred, Blame::none},
        {"451 4.4.1 no answer from next hop", Answer::deferred, Blame::none},
        {"447 message too old", Answer::deferred, Blame::none},
        {"454 4.5.0 odd", Answer::deferred, Blame::none},
        {"421 too many connections", Answer::deferred, Blame::rate_or_policy},
        {"450 4.7.1 greylisted", Answer::deferred, Blame::rate_or_policy},
        {"554 5.7.1 spam", Answer::rejected, Blame::rate_or_policy},
        {"550 5.7.26 unauthenticated", Answer::rejected, Blame::rate_or_policy},
        {"552 5.2.3 too long for the mailbox", Answer::rejected, Blame::content},
        {"552 5.3.4 too big", Answer::rejected, Blame::content},
        {"554 5.6.1 media not supported", Answer::rejected, Blame::content},
        {"530 5.7.0 authentication required", Answer::deferred, Blame::credentials},
        {"535 no", Answer::deferred, Blame::credentials},
        {"554 5.7.8 bad credentials", Answer::deferred, Blame::credentials},
        {"554 transaction failed", Answer::rejected, Blame::none},
        {"503 5.5.1 need RCPT command", Answer::deferred, Blame::connection},
    }));
    auto stage = GENERATE(SmtpStage::rcpt, SmtpStage::data);
    Outcome before = classify(facts(stage, reply));
    CAPTURE(reply);
    CHECK(before.answer == answer);
    CHECK(before.blame == blame);
    // The same words after the final dot mean the same.
    Outcome after = classify(facts(SmtpStage::body, reply, k_body_ended));
    CHECK(after.answer == answer);
    CHECK(after.blame == blame);
}

TEST_CASE("a relay that refuses us uses up nobody's message, and slows down nobody's domain") {
    auto [stage, reply, blame] = GENERATE(table<SmtpStage, std::string, Blame>({
        {SmtpStage::connect, "554 5.7.1 your network is not welcome", Blame::connection},
        {SmtpStage::connect, "421 busy", Blame::connection},
        {SmtpStage::hello, "550 who are you", Blame::connection},
        {SmtpStage::hello, "421 4.7.0 too many connections", Blame::connection},
        {SmtpStage::tls, "502 5.5.1 not here", Blame::credentials},
        {SmtpStage::tls, "454 4.7.0 TLS not available", Blame::connection},
        {SmtpStage::auth, "535 5.7.8 wrong password", Blame::credentials},
        {SmtpStage::auth, "454 temporary trouble", Blame::connection},
        {SmtpStage::mail, "530 5.7.0 must issue STARTTLS", Blame::credentials},
        {SmtpStage::mail, "553 5.7.1 sender not owned by user", Blame::credentials},
        {SmtpStage::mail, "550 5.1.8 sender's domain not found", Blame::content},
        {SmtpStage::mail, "550 5.1.1 no", Blame::credentials},
        {SmtpStage::mail, "452 4.3.1 disk full", Blame::connection},
        {SmtpStage::mail, "421 4.7.0 enough for today", Blame::connection},
    }));
    Outcome outcome = classify(facts(stage, reply));
    CAPTURE(reply);
    CHECK(outcome.answer == Answer::deferred);
    CHECK(outcome.blame == blame);
}

TEST_CASE("what the library finds wrong with certificate or password holds the relay") {
    SmtpFacts untrusted{.stage = SmtpStage::tls, .credentials_wrong = true, .reply = {}};
    CHECK(classify(untrusted).answer == Answer::deferred);
    CHECK(classify(untrusted).blame == Blame::credentials);
    // Without AUTH the relay refuses every recipient: not their fault.
    SmtpFacts skipped = facts(SmtpStage::rcpt, "554 5.7.1 relay access denied");
    skipped.credentials_wrong = true;
    CHECK(classify(skipped).answer == Answer::deferred);
    CHECK(classify(skipped).blame == Blame::credentials);
}

TEST_CASE("our own refusal is told from the relay's") {
    SmtpFacts refused = facts(SmtpStage::data, "354 go");
    refused.gate_refused = true;
    CHECK(classify(refused).answer == Answer::refused);
    CHECK(classify(refused).code == 0);
}

TEST_CASE("code, enhanced code and queue id are kept, and no word of the relay's text") {
    Outcome outcome =
        classify(facts(SmtpStage::body, "250 2.6.0 Ok: queued as 4Xy-Z9 for <ana@mail.example>\r\n", k_body_ended));
    CHECK(outcome.code == 250);
    CHECK(outcome.enhanced == "2.6.0");
    CHECK(outcome.remote_id == "4Xy-Z9");
    CHECK(classify(facts(SmtpStage::body, "250 OK id=1rXk2B-0003Qe-2a\r\n", k_body_ended)).remote_id ==
          "1rXk2B-0003Qe-2a");
    CHECK(classify(facts(SmtpStage::body, "250 queued as <ana@mail.example>\r\n", k_body_ended)).remote_id.empty());
}

TEST_CASE("a reply of several lines counts when its last one has come") {
    SmtpReplyReader reader;
    reader.line("550-5.1.1 The address does not exist.\r\n");
    CHECK_FALSE(reader.last());
    reader.line("550 see our help pages\r\n");
    REQUIRE(reader.last());
    CHECK(reader.last()->code == 550);
    CHECK(reader.last()->enhanced == "5.1.1");
    reader.line("250 fine\r\n");
    CHECK(reader.last()->enhanced.empty());
}

TEST_CASE("an enhanced code of another class than its reply is not believed") {
    SmtpReplyReader reader;
    reader.line("450 5.1.1 confused\r\n");
    CHECK(reader.last()->enhanced.empty());
    reader.line("550 5.1 short\r\n");
    CHECK(reader.last()->enhanced.empty());
    reader.line("550 5..1 hole\r\n");
    CHECK(reader.last()->enhanced.empty());
}
