// SPDX-License-Identifier: MIT
//
// A message row becomes a letter: the text from daemon/render, and around it what the wire needs, which is the address
// as a checked type, a Message-ID that stays the same over all attempts, the thread, the unsubscribe link. Loop thread.
#pragma once

#include "daemon/outbox/outbox.hpp"
#include "daemon/render/render.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace nurture::service {

class Letters final : public outbox::Composer {
public:
    /// `allowed`: whether a candidate's address may be written to at all (test mode); empty: every one may.
    using Allowed = std::function<bool(std::string_view address)>;
    Letters(const store::Database& database, std::shared_ptr<const dsl::Rules> rules, render::House house,
            Allowed allowed);

    std::variant<outbox::Letter, outbox::Unsendable> letter(const store::Message& message, store::Instant now) override;

    /// Another rule set, or another nurtured.toml.
    void use(std::shared_ptr<const dsl::Rules> rules, render::House house, Allowed allowed);
    render::Renderer& renderer() { return renderer_; }

private:
    std::variant<outbox::Letter, outbox::Unsendable> email(const store::Message& message, render::Letter made,
                                                           compose::Links links, store::Instant now) const;
    std::variant<outbox::Letter, outbox::Unsendable> digest_letter(const store::Message& message,
                                                                   store::Instant now) const;
    std::variant<outbox::Letter, outbox::Unsendable> sms(const store::Message& message, render::Letter made) const;

    const store::Database& database_;
    std::string pepper_;
    Allowed allowed_;
    render::Renderer renderer_;
};

/// Stable over attempts and restarts: a hash of what makes the message unique, at the sender's domain.
std::string message_id(const store::Message& message, std::string_view domain);

}  // namespace nurture::service
