// SPDX-License-Identifier: MIT
//
// Addresses that are safe to hand to a relay or a gateway: a value of these types holds no control character, no space
// and nothing that could end a command or a header. There is no other way to make one than parse(). Limits: RFC 5321
// 4.5.3.1, host names RFC 1123, international domains IDNA 2008 (kept as A-labels), letters of the whole world before
// the @ RFC 6531 (kept as typed), numbers ITU E.164.
// Pure, any thread. Who is refused learns why in a sentence that can be shown to a recruiter.
#pragma once

#include "connectors/message.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace nurture::connectors {

class EmailAddress {
public:
    /// `why` gets the reason when there is no value. The text must be the address alone: callers trim.
    static std::optional<EmailAddress> parse(std::string_view text, std::string* why = nullptr);

    const std::string& local() const { return local_; }    // as written: relays may tell capitals apart
    const std::string& domain() const { return domain_; }  // lower case, A-labels
    std::string wire() const { return local_ + '@' + domain_; }
    /// Letters outside ASCII before the @: only a relay with SMTPUTF8 takes it.
    bool international() const;
    /// What keys are made of: capitals do not count anywhere, nor in how many code points a letter was typed. Bob@ and
    /// bob@ are one mailbox wherever people get mail; taking them for two would mail somebody who has opted out.
    std::string canonical() const;

private:
    EmailAddress(std::string local, std::string domain);
    std::string local_;
    std::string domain_;
};

class PhoneNumber {
public:
    /// "+1 (214) 555-0142": a plus, then digits; blanks, dots, hyphens and parentheses between them are dropped, and
    /// "00" counts as a plus. A number without either is national and needs `country_code` ("1", "49").
    static std::optional<PhoneNumber> parse(std::string_view text, std::string* why = nullptr,
                                            std::string_view country_code = {});

    const std::string& canonical() const { return e164_; }  // "+12145550142"

private:
    explicit PhoneNumber(std::string e164);
    std::string e164_;
};

using AddressKey = std::array<unsigned char, 32>;

/// HMAC-SHA-256(pepper, channel + canonical address): the name of a mailbox or phone in suppressions, keys and journal,
/// from which the address cannot be read back. `pepper` is the store's own secret, at least 16 bytes.
AddressKey address_key(std::string_view pepper, const EmailAddress& address);
AddressKey address_key(std::string_view pepper, const PhoneNumber& number);

}  // namespace nurture::connectors
