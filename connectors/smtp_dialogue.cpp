// SPDX-License-Identifier: MIT
#include "connectors/smtp_dialogue.hpp"

namespace nurture::connectors {

namespace {

// RFC 5321 4.5.3.1.5 asks for 512 octets in a reply line. Whoever sends this much without an end sends none.
constexpr std::size_t k_max_line = 65536;

constexpr const char* k_reset = "RSET\r\n";

/// RFC 5321 4.5.2: a dot at the start of a line is doubled, and one alone ends the message.
std::string with_final_dot(std::string text) {
    if (text.starts_with('.'))
        text.insert(0, 1, '.');
    for (std::size_t at = 0; (at = text.find("\r\n.", at)) != std::string::npos; at += 4)
        text.insert(at + 2, 1, '.');
    return std::move(text) + ".\r\n";
}

}  // namespace

SmtpDialogue::SmtpDialogue(const SmtpLetter& letter, bool pipelining, bool reset)
    : pipelining_(pipelining),
      text_(with_final_dot(letter.text)) {
    if (reset)
        commands_.emplace_back(SmtpStage::mail, k_reset);
    // Headers in UTF-8 are eight bits; who offers SMTPUTF8 offers 8BITMIME as well.
    commands_.emplace_back(SmtpStage::mail, "MAIL FROM:<" + letter.from +
                                                (letter.international ? "> BODY=8BITMIME SMTPUTF8\r\n" : ">\r\n"));
    commands_.emplace_back(SmtpStage::rcpt, "RCPT TO:<" + letter.to + ">\r\n");
    commands_.emplace_back(SmtpStage::data, "DATA\r\n");
    facts_.stage = SmtpStage::mail;
    for (const auto& [stage, command] : commands_)
        if (pipelining_ || out_.empty())
            out_ += command;
}

void SmtpDialogue::wrote(std::size_t size) {
    written_ += size;
    if (phase_ != Phase::text || written_ < out_.size())
        return;
    // The final dot is out: from here on the relay may have it. Before, it cannot: a text without its dot is nothing.
    facts_.body_ended = true;
    facts_.stage = SmtpStage::body;
    facts_.reply.reset();
    phase_ = Phase::answer;
    ++steps_;
}

void SmtpDialogue::read(std::string_view bytes) {
    const bool unasked = asks() && !bytes.empty();
    while (!bytes.empty() && !over()) {
        const auto end = bytes.find('\n');
        line_ += bytes.substr(0, end);
        bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
        if (line_.size() > k_max_line)
            return finish(false);
        if (end != bytes.npos)
            line(std::exchange(line_, {}));
    }
    if (unasked && !over())
        finish(false);  // whatever it is going to be: who talks does not listen
}

void SmtpDialogue::go() {
    phase_ = Phase::text;
    ++steps_;
    out_ = std::move(text_);
    written_ = 0;
}

void SmtpDialogue::line(std::string_view text) {
    if (replies_.line(text))
        reply(*replies_.last());
}

void SmtpDialogue::reply(const SmtpReply& reply) {
    ++steps_;
    if (phase_ == Phase::commands && due().empty())
        return command_answered(reply);
    facts_.reply = reply;
    // Only the reply to the final dot is one that we asked for. A relay that speaks at another time listens to no
    // message: it gets no final dot.
    const int kind = reply.code / 100;
    finish(phase_ == Phase::answer && reply.code != 421 && (kind == 2 || kind == 4 || kind == 5));
}

void SmtpDialogue::command_answered(const SmtpReply& reply) {
    const auto stage = commands_[answered_].first;
    const bool good = stage == SmtpStage::data ? reply.code == 354 : reply.code / 100 == 2;
    if (commands_[answered_++].second == k_reset && !good)
        return finish(false);  // no word about this message
    if (!refused_ && !good) {
        refused_ = true;
        facts_.stage = stage;
        facts_.reply = reply;
    }
    // RFC 2920 3.1: a relay may say 354 although it refused the recipient. It gets nothing, not even a dot.
    if (reply.code == 421 || (refused_ && reply.code / 100 < 4))
        return finish(false);
    if (refused_ && (!pipelining_ || answered_ == commands_.size()))
        return finish(true);
    if (refused_)
        return;
    facts_.stage = answered_ < commands_.size() ? commands_[answered_].first : SmtpStage::data;
    if (answered_ == commands_.size()) {
        phase_ = Phase::asks;
    } else if (!pipelining_) {
        out_ = commands_[answered_].second;
        written_ = 0;
    }
}

void SmtpDialogue::finish(bool usable) {
    phase_ = Phase::over;
    usable_ = usable;
}

}  // namespace nurture::connectors
