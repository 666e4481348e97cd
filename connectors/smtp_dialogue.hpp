// SPDX-License-Identifier: MIT
//
// One message through an open SMTP session: MAIL, RCPT and DATA, in one go where the relay offers PIPELINING; a halt
// after 354, at which nothing of the message is out; the text and its final dot; the reply. Knows no sockets: the owner
// writes what is due and feeds what comes. Pure; one thread. Addresses and text have been checked by who makes it.
// RFC 5321 3.3 and 4.5.2, RFC 2920, RFC 6531 3.4.
#pragma once

#include "connectors/smtp_reply.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nurture::connectors {

/// What the relay said in answer to EHLO.
struct SmtpOffer {
    bool pipelining = false;
    bool smtputf8 = false;
};

/// One message as it is handed over. `text` ends with CRLF; `international`: addresses or headers are UTF-8 (RFC 6531).
struct SmtpLetter {
    std::string from, to, text;
    bool international = false;
};

class SmtpDialogue {
public:
    /// `reset` ends what an earlier message left behind in the session.
    SmtpDialogue(const SmtpLetter& letter, bool pipelining, bool reset);

    /// To be written now. Empty: it is the relay's turn, or ours after 354.
    std::string_view due() const { return std::string_view(out_).substr(written_); }
    void wrote(std::size_t size);
    /// What came, however it was cut.
    void read(std::string_view bytes);
    /// After 354: the text follows when the owner says so.
    void go();
    /// The connection is gone, or too slow: no more will come.
    void cut() { finish(false); }

    bool asks() const { return phase_ == Phase::asks; }
    bool over() const { return phase_ == Phase::over; }
    /// When it is over: can the session carry another message (after a reset, where this one was refused)?
    bool usable() const { return usable_; }
    bool refused() const { return refused_; }
    /// Another number when something else is waited for than before: the next reply, the outbox, the end of the text.
    /// Octets that come or go in between change nothing, so that whoever dribbles wins no time.
    std::size_t steps() const { return steps_; }
    /// What is known so far; the owner adds what the connection itself tells.
    const SmtpFacts& facts() const { return facts_; }

private:
    enum class Phase : std::uint8_t { commands, asks, text, answer, over };

    void line(std::string_view text);
    void reply(const SmtpReply& reply);
    void command_answered(const SmtpReply& reply);
    void finish(bool usable);

    std::vector<std::pair<SmtpStage, std::string>> commands_;
    std::size_t answered_ = 0;  // commands
    bool pipelining_;
    std::string text_;
    std::string out_;
    std::size_t written_ = 0;  // of out_
    std::string line_;         // not complete yet
    Phase phase_ = Phase::commands;
    std::size_t steps_ = 1;
    bool refused_ = false;
    bool usable_ = false;
    SmtpReplyReader replies_;
    SmtpFacts facts_;
};

}  // namespace nurture::connectors
