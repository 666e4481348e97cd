// SPDX-License-Identifier: MIT
#include "daemon/service/pages.hpp"

#include <fmt/format.h>

namespace nurture::service {
namespace {

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

constexpr const char* k_unsubscribed_before =
    "<p>You have unsubscribed before, so nothing is sent to this address. To undo that, please write to us.</p>";

}  // namespace

std::string Pages::page(const std::string& title, const std::string& body) const {
    return fmt::format(R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{1} – {0}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1.5rem; text-align: center }}
button {{ font: inherit; padding: .7rem 1.6rem; border: 0; border-radius: .5rem; background: #1a56b0; color: #fff; cursor: pointer }}
button:focus-visible {{ outline: 3px solid #f5a623; outline-offset: 2px }}
ul {{ list-style: none; padding: 0; text-align: left }}
li {{ display: flex; gap: 1rem; align-items: center; justify-content: space-between; padding: .6rem 0; border-top: 1px solid #8885 }}
p.from {{ opacity: .7; font-size: .9rem; margin-top: 3rem }}
</style></head><body><main><h1>{1}</h1>{2}</main><p class="from">{0}</p></body></html>
)",
                       escaped(organisation_), escaped(title), body);
}

std::string Pages::ask_to_stop() const {
    return page("Stop these emails?", "<p>You will get no more emails of this kind from us.</p>"
                                      "<form method=\"post\"><button type=\"submit\">Yes, stop them</button></form>");
}

std::string Pages::stopped() const {
    return page("Done", "<p>You are unsubscribed. Nothing more will be sent to this address.</p>");
}

std::string Pages::preferences(const PreferencesPage& p) const {
    std::string body = p.given.empty() && p.withdrawn.empty() ? "<p>You have not agreed to any messages.</p>" : "<ul>";
    for (const auto& consent : p.given)
        body += fmt::format("<li><span>{0}</span><form method=\"post\"><button type=\"submit\" name=\"consent\" "
                            "value=\"{0}\">Withdraw</button></form></li>",
                            escaped(consent));
    for (const auto& consent : p.withdrawn)
        body += fmt::format("<li><span>{}</span><span>withdrawn</span></li>", escaped(consent));
    if (!p.given.empty() || !p.withdrawn.empty())
        body += "</ul>";
    if (p.unsubscribed)
        body += k_unsubscribed_before;
    else
        body +=
            fmt::format("<form method=\"post\" action=\"{}\"><p>Or</p><button type=\"submit\">Stop all emails to this "
                        "address</button></form>",
                        escaped(p.unsubscribe_path));
    return page("What you agreed to", body);
}

std::string Pages::withdrawn(const std::string& consent) const {
    return page("Done", fmt::format("<p>You have withdrawn your consent: {}.</p>", escaped(consent)));
}

std::string Pages::renewal(const RenewalPage& p) const {
    return page("Shall we keep in touch?",
                fmt::format("<p>{}</p><form method=\"post\"><button type=\"submit\">I agree</button></form>{}",
                            escaped(p.text), p.unsubscribed ? k_unsubscribed_before : ""));
}

std::string Pages::renewed(bool unsubscribed) const {
    return page("Thank you", std::string("<p>We have noted that you agree. You can withdraw it at any time.</p>") +
                                 (unsubscribed ? k_unsubscribed_before : ""));
}

std::string Pages::incomplete_link() const {
    return page("This link is not complete",
                "<p>Please copy the whole link from the email, or answer the email with the word “unsubscribe”.</p>");
}

std::string Pages::try_again() const {
    return page("Please try again", "<p>We could not record this just now. Please try again in a minute.</p>");
}

std::string Pages::nothing_here() const { return page("There is nothing here", ""); }

}  // namespace nurture::service
