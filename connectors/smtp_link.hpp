// SPDX-License-Identifier: MIT
//
// One connection to a relay. Resolving, TCP, TLS, EHLO and AUTH are libcurl's work, by its multi interface, so that
// nothing waits; after that the owner reads and writes (curl_easy_recv, curl_easy_send) what an SmtpDialogue asks for.
// Each link has a multi handle of its own: with a shared one libcurl, when it opens another connection, closes idle
// ones that have something to read, and a relay's answer is something to read (7.88, lib/url.c,
// prune_dead_connections). One thread. Throws only when libcurl cannot be used at all.
#pragma once

#include "connectors/smtp.hpp"
#include "connectors/smtp_dialogue.hpp"

#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace nurture::connectors {

class SmtpLink {
public:
    enum class State : std::uint8_t { connecting, open, failed };
    using Clock = std::chrono::steady_clock;

    /// Begins to connect.
    explicit SmtpLink(const SmtpConfig& config);
    /// Drops the connection without a word: a message that is half out gets no final dot.
    ~SmtpLink();
    SmtpLink(const SmtpLink&) = delete;
    SmtpLink& operator=(const SmtpLink&) = delete;

    State state() const;
    /// What to wait for while connecting, and until when.
    void wanted(std::vector<pollfd>& waiting) const;
    std::optional<Clock::time_point> timer() const;
    /// While connecting: what has happened on the sockets of wanted(), or that the timer has run out.
    void proceed(const pollfd* first, const pollfd* last);

    int socket() const;  // when open
    SmtpOffer offer() const;
    /// Of a failed or open connection: stage, last reply, and whether certificate, TLS or password were the trouble.
    SmtpFacts facts() const;

    /// How much could be written now; nothing: the relay has gone.
    std::optional<std::size_t> write(std::string_view bytes);
    /// What is there, empty when nothing is; nothing: the relay has gone. Valid until the next call.
    std::optional<std::string_view> read();
    /// QUIT; the answer is of no interest.
    void quit();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace nurture::connectors
