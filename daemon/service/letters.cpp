// SPDX-License-Identifier: MIT
#include "daemon/service/letters.hpp"

#include "connectors/address.hpp"
#include "daemon/base/hash.hpp"
#include "daemon/inbound/link_token.hpp"
#include "daemon/service/digest.hpp"
#include "dsl/template.hpp"

#include <algorithm>

namespace nurture::service {
namespace {

outbox::Unsendable unsendable(const render::Problem& problem) {
    using store::MessageState;
    const bool gone = problem.kind == render::Problem::no_candidate;
    const bool unreachable = problem.kind == render::Problem::no_address;
    return {gone          ? MessageState::cancelled
            : unreachable ? MessageState::suppressed
                          : MessageState::failed_render,
            render::to_text(problem)};
}

/// "bounces@x" with a token: "bounces+812-0f3c…@x". It names the message and nobody.
std::string return_address(const std::string& mailbox, const std::string& token) {
    const auto at = mailbox.rfind('@');
    return mailbox.substr(0, at) + '+' + token + mailbox.substr(at);
}

std::string domain_of(const std::string& address) { return address.substr(address.rfind('@') + 1); }

}  // namespace

std::string message_id(const store::Message& message, std::string_view domain) {
    std::string key = message.purpose == store::MessagePurpose::campaign
                          ? message.campaign + '\n' + message.step + '\n' + std::to_string(message.round) + '\n'
                          : "message " + std::to_string(message.id) + '\n';
    key.append(message.addr_key.begin(), message.addr_key.end());
    return "<" + base::hex(base::sha256(key)).substr(0, 32) + "@" + std::string(domain) + ">";
}

Letters::Letters(const store::Database& database, std::shared_ptr<const dsl::Rules> rules, render::House house,
                 Allowed allowed)
    : database_(database),
      pepper_(store::pepper(database)),
      allowed_(std::move(allowed)),
      renderer_(database, std::move(rules), std::move(house)) {}

void Letters::use(std::shared_ptr<const dsl::Rules> rules, render::House house, Allowed allowed) {
    allowed_ = std::move(allowed);
    renderer_ = render::Renderer(database_, std::move(rules), std::move(house));
}

std::variant<outbox::Letter, outbox::Unsendable> Letters::letter(const store::Message& message, store::Instant now) {
    if (message.purpose == store::MessagePurpose::digest)
        return digest_letter(message, now);
    const auto link = [&](std::string_view path, inbound::Link what) {
        return renderer_.house().public_url + std::string(path) + inbound::link_token(what, pepper_, message.id);
    };
    compose::Links links{link("/u/", inbound::Link::unsubscribe), link("/p/", inbound::Link::preferences),
                         link("/c/", inbound::Link::renew_consent)};
    auto made = renderer_.render(render::subject_of(database_, message), links);
    if (const auto* problem = std::get_if<render::Problem>(&made))
        return unsendable(*problem);
    auto& letter = std::get<render::Letter>(made);
    // Whoever is allowed by one address came in; that says nothing about the other.
    if (message.recipient.empty() && allowed_ && !allowed_(letter.to_address))
        return outbox::Unsendable{store::MessageState::suppressed, "not on the allow-list"};
    if (!message.recipient.empty()) {  // a test goes to the person who asked for it, not to the candidate
        letter.to_name.clear();
        letter.to_address = message.recipient;
    }
    return message.channel == store::Channel::email ? email(message, std::move(letter), std::move(links), now)
                                                    : sms(message, std::move(letter));
}

std::variant<outbox::Letter, outbox::Unsendable> Letters::digest_letter(const store::Message& message,
                                                                        store::Instant now) const {
    auto mail = digest(database_, message, renderer_.house(), renderer_.rules(), base::floor_minute(now));
    const auto to = connectors::EmailAddress::parse(message.recipient);
    if (!mail || !to)
        return outbox::Unsendable{store::MessageState::cancelled, "nothing waits any more"};
    outbox::Letter letter;
    letter.addr_key = connectors::address_key(pepper_, *to);
    letter.text_hash = base::sha256(mail->subject + '\n' + mail->plain);
    mail->message_id = message_id(message, domain_of(mail->from.address));
    mail->date = base::to_unix(now);
    letter.job.email = std::move(*mail);
    return letter;
}

std::variant<outbox::Letter, outbox::Unsendable> Letters::email(const store::Message& message, render::Letter made,
                                                                compose::Links links, store::Instant now) const {
    const auto to = connectors::EmailAddress::parse(made.to_address);
    if (!to)
        return outbox::Unsendable{store::MessageState::suppressed, "the address cannot be used"};
    outbox::Letter letter;
    letter.addr_key = connectors::address_key(pepper_, *to);
    letter.text_hash = made.text.hash;
    auto& email = letter.job.email;
    email.from = made.from;
    email.to = {made.to_name, to->wire()};
    email.subject = std::move(made.text.subject);
    email.plain = std::move(made.text.plain);
    email.html = std::move(made.text.html);
    const auto domain = domain_of(made.from.address);
    email.message_id = message_id(message, domain);
    // The message it answers, and what that one answered: the whole thread, oldest first (RFC 5322, 3.6.4).
    for (auto id = message.thread; id != 0;) {
        const auto earlier = store::message(database_, id);
        if (!earlier)
            break;
        email.references.insert(email.references.begin(), message_id(*earlier, domain));
        id = earlier->thread;
    }
    if (!email.references.empty())
        email.in_reply_to = email.references.back();
    email.unsubscribe_url = std::move(links.unsubscribe);
    email.unsubscribe_mailto = renderer_.house().unsubscribe_mailbox;
    if (const auto& mailbox = renderer_.house().bounce_mailbox; !mailbox.empty())
        email.envelope_from = return_address(mailbox, inbound::link_token(inbound::Link::bounce, pepper_, message.id));
    email.date = base::to_unix(now);
    return letter;
}

std::variant<outbox::Letter, outbox::Unsendable> Letters::sms(const store::Message& message,
                                                              render::Letter made) const {
    const auto to = connectors::PhoneNumber::parse(made.to_address);
    if (!to)
        return outbox::Unsendable{store::MessageState::suppressed, "the phone number cannot be used"};
    outbox::Letter letter;
    letter.addr_key = connectors::address_key(pepper_, *to);
    letter.text_hash = made.text.hash;
    const auto& house = renderer_.house();
    const bool ucs2 = dsl::sms_size(made.text.sms).ucs2;
    letter.job.sms = {std::move(made.from.address), to->canonical(), std::move(made.text.sms), ucs2};
    if (house.delivery_reports)
        letter.job.sms.report_url =
            house.public_url + "/r/" + inbound::link_token(inbound::Link::delivery_report, pepper_, message.id);
    return letter;
}

}  // namespace nurture::service
