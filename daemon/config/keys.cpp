// SPDX-License-Identifier: MIT
#include "daemon/config/keys.hpp"

#include "daemon/config/values.hpp"

#include <array>

namespace nurture::config {
namespace {

const std::string& text(const KeyValue& value) { return std::get<std::string>(value); }

std::string set_path(std::filesystem::path& target, const Config& config, const KeyValue& value) {
    if (text(value).empty())
        return "is empty: name a path";
    target = absolute_from(config, text(value));
    return {};
}

/// Limits keep a slip of the hand (6000000) from becoming a flood; none of them is a promise about speed.
std::string set_number(std::int32_t& target, const KeyValue& value, std::int64_t low, std::int64_t high) {
    const auto number = std::get<std::int64_t>(value);
    if (number < low || number > high)
        return "must be between " + std::to_string(low) + " and " + std::to_string(high);
    target = static_cast<std::int32_t>(number);
    return {};
}

constexpr Section k_sections[] = {
    {"store", "Where candidates, enrolments and messages live."},
    {"rules", "Where the recruiters' rule files lie."},
    {"organisation", "Who writes, and where unsubscribe links lead."},
    {"email", "The relay that gets the mail."},
    {"relay",
     "A further relay, one section for each: mail is dealt out among them and the one of [email] by weight. When one "
     "cannot be "
     "reached, or refuses our password, the others carry on.",
     true},
    {"sms", "The gateway that gets the text messages. Leave the section out to send none."},
    {"delivery", "Who may be reached."},
    {"guard", "What stops a mass mail."},
    {"listen", "The pages behind the links of messages, and /healthz."},
};

const std::array k_keys = {
    Key{"store", "path", KeyType::text, true, "\"nurtured.db\"", "",
        "The SQLite file. Relative paths count from this file.",
        [](Config& c, const KeyValue& v) {
            auto problem = set_path(c.store_path, c, v);
            c.state_directory = c.store_path.parent_path();
            return problem;
        }},
    Key{"rules", "directory", KeyType::text, true, "\"rules\"", "", "The directory of *.nurture files.",
        [](Config& c, const KeyValue& v) { return set_path(c.rules_directory, c, v); }},
    Key{"organisation", "name", KeyType::text, true, "\"Lone Star Staffing\"", "",
        "The name that {{organisation}} prints.",
        [](Config& c, const KeyValue& v) {
            c.organisation_name = text(v);
            return std::string(text(v).empty() ? "is empty" : "");
        }},
    Key{"organisation", "public_url", KeyType::text, true, "\"http://127.0.0.1:8466\"", "",
        "Where candidates reach the listener below: https, or http on this machine. Unsubscribe links start with it.",
        [](Config& c, const KeyValue& v) { return set_public_url(c, text(v)); }},
    Key{"email", "relay", KeyType::text, true, "\"file:outbox\"", "",
        "smtp://HOST:PORT, smtps://HOST:PORT, or file:DIRECTORY (one .eml file per message, nothing is sent).",
        [](Config& c, const KeyValue& v) { return set_relay(c, text(v)); }},
    Key{"email", "starttls", KeyType::text, false, "", "\"required\"",
        "\"required\", or \"never\" for a relay on this machine.",
        [](Config& c, const KeyValue& v) { return set_starttls(c.starttls, text(v)); }},
    Key{"email", "ca_file", KeyType::text, false, "", "\"/etc/ssl/relay-ca.pem\"",
        "The certificate authority of the relay. Default: the system's.",
        [](Config& c, const KeyValue& v) { return set_path(c.relay_ca, c, v); }},
    Key{"email", "user", KeyType::text, false, "", "\"nurtured\"", "The name to log in with. Default: no login.",
        [](Config& c, const KeyValue& v) {
            c.email_user = text(v);
            return std::string();
        }},
    Key{"email", "password", KeyType::secret, false, "", "{ credential = \"smtp-password\" }",
        "A systemd credential, or { file = \"…\" }. Never the password itself.",
        [](Config& c, const KeyValue& v) {
            c.email_password = std::get<Secret>(v);
            return std::string();
        }},
    Key{"email", "from_domains", KeyType::text_list, true, "[\"lonestar.example\"]", "",
        "The domains that senders in rule files may use.",
        [](Config& c, const KeyValue& v) { return set_domains(c, std::get<std::vector<std::string>>(v)); }},
    Key{"email", "connections", KeyType::whole_number, false, "", "8", "Connections to the relay at once, 1 to 100.",
        [](Config& c, const KeyValue& v) { return set_number(c.connections, v, 1, 100); }},
    Key{"email", "weight", KeyType::whole_number, false, "", "1",
        "With further relays: the share of the mail that this one gets, 1 to 100.",
        [](Config& c, const KeyValue& v) { return set_number(c.relay_weight, v, 1, 100); }},
    Key{"email", "per_minute", KeyType::whole_number, false, "", "600",
        "The engine plans no more emails than this for one minute.",
        [](Config& c, const KeyValue& v) { return set_number(c.email_per_minute, v, 1, 100'000); }},
    Key{"email", "domain_per_minute", KeyType::whole_number, false, "", "300",
        "No more emails than this go to one recipient domain in a minute, and half of it for an hour after the domain "
        "asked to slow down (421, 4.7.x, 5.7.x). Half of per_minute: one large provider may have half of what goes out.",
        [](Config& c, const KeyValue& v) { return set_number(c.domain_per_minute, v, 1, 100'000); }},
    Key{"email", "unsubscribe_mailbox", KeyType::text, false, "", "\"unsubscribe@lonestar.example\"",
        "A mailbox that somebody reads, for the mailto form of List-Unsubscribe. Default: links only.",
        [](Config& c, const KeyValue& v) { return set_address(c.unsubscribe_mailbox, text(v)); }},
    Key{"email", "bounce_mailbox", KeyType::text, false, "", "\"bounces@lonestar.example\"",
        "A mailbox that takes extensions (bounces+TOKEN@…): each message gets a return address of its own, which names the "
        "message and nobody. Default: bounces go to the sender.",
        [](Config& c, const KeyValue& v) { return set_bounce_mailbox(c, text(v)); }},
    Key{"relay", "url", KeyType::text, true, "", "\"smtp://mx2.lonestar.example:587\"",
        "smtp://HOST:PORT or smtps://HOST:PORT.",
        [](Config& c, const KeyValue& v) { return set_more_relay(c, text(v)); }},
    Key{"relay", "weight", KeyType::whole_number, false, "", "1", "Its share of the mail, 1 to 100.",
        [](Config& c, const KeyValue& v) { return set_number(c.more_relays.back().weight, v, 1, 100); }},
    Key{"relay", "starttls", KeyType::text, false, "", "\"required\"", "As for [email].",
        [](Config& c, const KeyValue& v) { return set_starttls(c.more_relays.back().starttls, text(v)); }},
    Key{"relay", "ca_file", KeyType::text, false, "", "\"/etc/ssl/relay-ca.pem\"", "As for [email].",
        [](Config& c, const KeyValue& v) { return set_path(c.more_relays.back().ca_file, c, v); }},
    Key{"relay", "user", KeyType::text, false, "", "\"nurtured\"", "As for [email].",
        [](Config& c, const KeyValue& v) {
            c.more_relays.back().user = text(v);
            return std::string();
        }},
    Key{"relay", "password", KeyType::secret, false, "", "{ credential = \"mx2-password\" }", "As for [email].",
        [](Config& c, const KeyValue& v) {
            c.more_relays.back().password = std::get<Secret>(v);
            return std::string();
        }},
    Key{"relay", "connections", KeyType::whole_number, false, "", "8", "As for [email].",
        [](Config& c, const KeyValue& v) { return set_number(c.more_relays.back().connections, v, 1, 100); }},
    Key{"sms", "gateway", KeyType::text, true, "\"file\"", "", "\"kannel\", \"twilio\" (and what speaks like it), or \"file\" (one text file per message).",
        [](Config& c, const KeyValue& v) { return set_gateway(c, text(v)); }},
    Key{"sms", "url", KeyType::text, false, "\"outbox\"", "",
        "kannel: the address of sendsms, http://HOST:PORT/cgi-bin/sendsms. twilio: https://api.twilio.com. file: the directory.",
        [](Config& c, const KeyValue& v) {
            c.sms_url = text(v);
            c.sms_directory = absolute_from(c, text(v));
            return std::string();
        }},
    Key{"sms", "sender", KeyType::text, true, "\"+15125550100\"", "",
        "The number or name that text messages come from.",
        [](Config& c, const KeyValue& v) {
            c.sms_sender = text(v);
            return std::string(text(v).empty() ? "is empty" : "");
        }},
    Key{"sms", "senders", KeyType::text_list, false, "", "[\"+15125550111\", \"77007\", \"LoneStar\"]",
        "Further ones that a campaign may name by `sms from`: numbers, short codes, names of up to 11 letters and "
        "digits. Default: `sender` alone.",
        [](Config& c, const KeyValue& v) { return set_sms_senders(c, std::get<std::vector<std::string>>(v)); }},
    Key{"sms", "user", KeyType::text, false, "", "\"nurtured\"", "The gateway's user name; twilio: the account's SID.",
        [](Config& c, const KeyValue& v) {
            c.sms_user = text(v);
            return std::string();
        }},
    Key{"sms", "password", KeyType::secret, false, "", "{ credential = \"sms-password\" }",
        "As for email; twilio: the auth token, which also proves its delivery reports.",
        [](Config& c, const KeyValue& v) {
            c.sms_password = std::get<Secret>(v);
            return std::string();
        }},
    Key{"sms", "per_minute", KeyType::whole_number, false, "", "60",
        "The engine plans no more text messages than this for one minute.",
        [](Config& c, const KeyValue& v) { return set_number(c.sms_per_minute, v, 1, 10'000); }},
    Key{"sms", "price_per_segment", KeyType::text, false, "", "\"0.0079\"",
        "What the gateway asks for one segment: then `nurture preview` says what the text messages will cost.",
        [](Config& c, const KeyValue& v) { return set_price(c, text(v)); }},
    Key{"sms", "currency", KeyType::text, false, "", "\"USD\"", "Of that price.",
        [](Config& c, const KeyValue& v) { return set_currency(c, text(v)); }},
    Key{"delivery", "mode", KeyType::text, true, "\"test\"", "",
        "\"test\": only addresses in `allow` are reached, nobody else enters a campaign. \"live\": everybody the rules "
        "reach.",
        [](Config& c, const KeyValue& v) {
            c.live = text(v) == "live";
            return std::string(c.live || text(v) == "test" ? "" : "is \"test\" or \"live\"");
        }},
    Key{"delivery", "allow", KeyType::text_list, false, "[\"*@lonestar.example\"]", "",
        "Who may be reached in test mode: addresses, whole domains as *@DOMAIN, or phone numbers.",
        [](Config& c, const KeyValue& v) { return set_allow(c, std::get<std::vector<std::string>>(v)); }},
    Key{"guard", "growth_percent", KeyType::whole_number, false, "", "20",
        "An audience that grows by more than this over what was applied stops taking people in,",
        [](Config& c, const KeyValue& v) { return set_number(c.growth_percent, v, 0, 1000); }},
    Key{"guard", "growth_people", KeyType::whole_number, false, "", "50", "unless it grew by no more people than this.",
        [](Config& c, const KeyValue& v) { return set_number(c.growth_people, v, 0, 1'000'000); }},
    Key{"guard", "canary", KeyType::share, false, "", "\"1%\"",
        "The share of a changed campaign's messages that goes out first; \"0%\" switches it off.",
        [](Config& c, const KeyValue& v) { return set_canary(c, text(v)); }},
    Key{"guard", "canary_wait", KeyType::text, false, "", "\"30 minutes\"", "How long to wait before the rest follows.",
        [](Config& c, const KeyValue& v) { return set_canary_wait(c, text(v)); }},
    Key{"listen", "address", KeyType::text, false, "\"127.0.0.1:8466\"", "",
        "HOST:PORT. Put a web server with TLS before it; candidates reach it as public_url.",
        [](Config& c, const KeyValue& v) { return set_listen(c, text(v)); }},
};

}  // namespace

std::span<const Key> keys() { return k_keys; }
std::span<const Section> sections() { return k_sections; }

}  // namespace nurture::config
