// SPDX-License-Identifier: MIT
//
// What a person says about consents on the pages behind {{preferences_link}} and {{renew_consent_link}}. Each change is
// one transaction with the engine's inbox row and the journal; when it returns true the disk has it. A consent that is
// given lifts no suppression. Loop thread. Throws base::StoreError: nothing was written.
#pragma once

#include "daemon/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::inbound {

/// Of the person to whom that message was written.
struct Preferences {
    std::vector<std::string> given;      // consents that hold
    std::vector<std::string> withdrawn;  // that the person took back
    bool unsubscribed = false;           // the address of that message is suppressed
};
/// None: there is no such message, or nobody to whom it was written any more.
std::optional<Preferences> preferences(const store::Database& database, store::MessageId message, store::Instant now);

/// Everybody with the message's address loses that consent. False: no such message, or nobody there had given it.
bool withdraw_consent(store::Database& database, store::MessageId message, std::string_view consent,
                      store::Instant now);

/// What the page asks: the consent that the message needed, and the words the person agrees to.
struct Renewal {
    std::string consent;
    std::string text;
    bool unsubscribed = false;
};
/// None: as above, or the message was a test, which needs no consent.
std::optional<Renewal> renewal(const store::Database& database, store::MessageId message, std::string_view organisation,
                               store::Instant now);
/// Given, with those words, by the person to whom the message was written.
bool renew_consent(store::Database& database, store::MessageId message, std::string_view organisation,
                   store::Instant now);

}  // namespace nurture::inbound
