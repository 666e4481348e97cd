// SPDX-License-Identifier: MIT
//
// The pages that candidates see, as HTML: one small document each, without scripts. Whatever comes from outside (names
// of consents, the organisation) is escaped here. Pure; any thread.
#pragma once

#include <string>
#include <vector>

namespace nurture::service {

/// Behind {{preferences_link}}.
struct PreferencesPage {
    std::vector<std::string> given, withdrawn;  // consents
    bool unsubscribed = false;
    std::string unsubscribe_path;  // of the page that stops everything: "/u/…"
};
/// Behind {{renew_consent_link}}.
struct RenewalPage {
    std::string text;  // what the person agrees to
    bool unsubscribed = false;
};

class Pages {
public:
    explicit Pages(std::string organisation) : organisation_(std::move(organisation)) {}

    std::string ask_to_stop() const;
    std::string stopped() const;
    std::string preferences(const PreferencesPage& page) const;
    std::string withdrawn(const std::string& consent) const;
    std::string renewal(const RenewalPage& page) const;
    std::string renewed(bool unsubscribed) const;
    std::string incomplete_link() const;
    std::string try_again() const;
    std::string nothing_here() const;

private:
    std::string page(const std::string& title, const std::string& body) const;

    std::string organisation_;
};

}  // namespace nurture::service
