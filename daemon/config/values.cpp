// SPDX-License-Identifier: MIT
#include "daemon/config/values.hpp"

#include "dsl/template.hpp"

#include <algorithm>
#include <charconv>

namespace nurture::config {
namespace {

constexpr std::size_t k_longest_bounce_local = 18;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return out;
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};

/// HOST:PORT, with HOST a name, an IPv4 address, or [an IPv6 address].
std::optional<HostPort> host_port(std::string_view text, std::optional<std::uint16_t> default_port = std::nullopt) {
    const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    const auto from = bracket == std::string_view::npos ? 0 : bracket;
    const auto colon = text.find(':', from);
    const auto host = text.substr(0, colon);
    if (host.empty() || host.find_first_of(" /@\"") != std::string_view::npos)
        return std::nullopt;
    if (colon == std::string_view::npos)
        return default_port ? std::optional(HostPort{std::string(host), *default_port}) : std::nullopt;
    const auto port = whole(text.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535)
        return std::nullopt;
    return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

bool loopback(std::string_view host) { return host == "localhost" || host == "[::1]" || host.starts_with("127."); }

std::string_view after_scheme(std::string_view url) {
    const auto at = url.find("://");
    return at == std::string_view::npos ? url : url.substr(at + 3);
}

std::string_view authority(std::string_view url) {
    const auto rest = after_scheme(url);
    return rest.substr(0, rest.find('/'));
}

std::string host_of(std::string_view url) {
    const auto parsed = host_port(authority(url), 80);
    return parsed ? parsed->host : std::string();
}

bool looks_like_domain(std::string_view text) {
    return !text.empty() && text.find('.') != std::string_view::npos && text.front() != '.' && text.back() != '.' &&
           text.find_first_of(" @/:,;\"<>\r\n\t") == std::string_view::npos;
}

bool looks_like_address(std::string_view text) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && text.find('@', at + 1) == std::string_view::npos &&
           looks_like_domain(text.substr(at + 1)) &&
           text.substr(0, at).find_first_of(" ,;\"<>\r\n\t") == std::string_view::npos;
}

}  // namespace

std::filesystem::path absolute_from(const Config& config, const std::string& path) {
    return (config.path.parent_path() / path).lexically_normal();
}

std::string set_public_url(Config& config, std::string_view url) {
    while (url.ends_with('/'))
        url.remove_suffix(1);
    const auto host = host_of(url);
    if (host.empty() || (!url.starts_with("https://") && !url.starts_with("http://")))
        return "is a web address such as \"https://talent.example.org\"";
    if (url.starts_with("http://") && !loopback(host))
        return "must be https: mail programs refuse to unsubscribe over http";
    config.public_url = url;
    return {};
}

bool is_smtp_url(std::string_view url) {
    return (url.starts_with("smtp://") || url.starts_with("smtps://")) &&
           host_port(after_scheme(url), std::uint16_t{25});
}

std::string set_relay(Config& config, std::string_view relay) {
    if (relay.starts_with("file:") && relay.size() > 5) {
        config.relay = "file:" + absolute_from(config, std::string(relay.substr(5))).string();
        return {};
    }
    if (is_smtp_url(relay)) {
        config.relay = relay;
        return {};
    }
    return "is smtp://HOST:PORT, smtps://HOST:PORT or file:DIRECTORY";
}

std::string set_more_relay(Config& config, std::string_view url) {
    config.more_relays.back().url = url;
    return is_smtp_url(url) ? "" : "is smtp://HOST:PORT or smtps://HOST:PORT";
}

std::string set_starttls(Starttls& target, std::string_view word) {
    target = word == "never" ? Starttls::never : Starttls::required;
    return word == "never" || word == "required" ? "" : "is \"required\" or \"never\"";
}

std::string set_domains(Config& config, const std::vector<std::string>& domains) {
    for (const auto& domain : domains) {
        if (!looks_like_domain(domain))
            return "holds \"" + domain + "\", which is no domain: write it as \"lonestar.example\"";
        config.from_domains.push_back(lower(domain));
    }
    return config.from_domains.empty() ? "is empty: without a domain nobody can be the sender" : "";
}

std::string set_address(std::string& target, std::string_view address) {
    target = address;
    return looks_like_address(address) ? "" : "is an address such as \"unsubscribe@lonestar.example\"";
}

std::string set_bounce_mailbox(Config& config, std::string_view address) {
    // The token takes up to 44 of the 64 characters that may stand before an @ (RFC 5321, 4.5.3.1.1).
    if (address.find('@') > k_longest_bounce_local)
        return "has more than " + std::to_string(k_longest_bounce_local) +
               " characters before the @: a token is put behind them";
    return set_address(config.bounce_mailbox, address);
}

std::string set_sms_senders(Config& config, const std::vector<std::string>& senders) {
    for (const auto& sender : senders)
        if (!dsl::is_sms_sender(sender))
            return "holds \"" + sender +
                   "\", which is no number such as +15125550100, no short code, and no name of up to 11 letters and "
                   "digits";
    config.sms_senders = senders;
    return {};
}

std::string set_gateway(Config& config, std::string_view word) {
    config.gateway = word == "kannel"   ? Gateway::kannel
                     : word == "twilio" ? Gateway::twilio
                     : word == "file"   ? Gateway::file
                                        : Gateway::none;
    return config.gateway == Gateway::none ? "is \"kannel\", \"twilio\" or \"file\"" : "";
}

std::string set_allow(Config& config, const std::vector<std::string>& entries) {
    for (const auto& entry : entries) {
        const bool domain = entry.starts_with("*@") && looks_like_domain(std::string_view(entry).substr(2));
        const bool phone = entry.starts_with('+') && entry.find_first_not_of("0123456789", 1) == std::string::npos;
        if (!domain && !phone && !looks_like_address(entry))
            return "holds \"" + entry + "\", which is no address, no *@DOMAIN and no phone number such as +15125550100";
        config.allow.push_back(lower(entry));
    }
    return {};
}

/// Kept as a whole number, so that a million segments cost exactly a million times one.
std::string set_price(Config& config, std::string_view amount) {
    constexpr std::size_t k_digits = 6;  // behind the point
    constexpr std::int64_t k_million = 1'000'000;
    const auto point = std::min(amount.find('.'), amount.size());
    const auto units = whole(amount.substr(0, point));
    std::string behind(amount.substr(std::min(point + 1, amount.size())));
    const bool ends = point + 1 == amount.size();  // "1."
    const auto size = behind.size();
    behind.append(k_digits - std::min(size, k_digits), '0');
    const auto millionths = whole(behind);
    if (!units || !millionths || ends || size > k_digits || *units < 0 || *units > 1000 || *millionths < 0)
        return "is the price of one segment, such as \"0.0079\"";
    config.sms_price = *units * k_million + *millionths;
    return {};
}

std::string set_currency(Config& config, std::string_view code) {
    const bool letters = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    config.sms_currency = code;
    return letters && code.size() == 3 ? "" : "is the code of a currency, such as \"USD\"";
}

std::string set_canary(Config& config, std::string_view percent) {
    if (percent.ends_with('%'))
        percent.remove_suffix(1);
    const auto value = whole(percent);
    if (!value || *value < 0 || *value > 100)
        return "is a share such as \"1%\"; \"0%\" switches it off";
    config.canary_percent = static_cast<double>(*value);
    return {};
}

std::string set_canary_wait(Config& config, std::string_view length) {
    const auto blank = length.find(' ');
    const auto count = whole(length.substr(0, blank));
    const auto unit = blank == std::string_view::npos ? std::string_view() : length.substr(blank + 1);
    const bool hours = unit == "hours" || unit == "hour";
    if (!count || *count < 0 || *count > 10'000 || (!hours && unit != "minutes" && unit != "minute"))
        return "is a length such as \"30 minutes\" or \"2 hours\"";
    config.canary_wait = std::chrono::minutes(*count * (hours ? 60 : 1));
    return {};
}

std::string set_listen(Config& config, std::string_view address) {
    const auto parsed = host_port(address);
    if (!parsed)
        return "is HOST:PORT, such as \"127.0.0.1:8466\"";
    config.listen_host = parsed->host;
    config.listen_port = parsed->port;
    return {};
}

std::vector<CrossProblem> cross_check(const Config& config) {
    std::vector<CrossProblem> problems;
    const auto relays = config.relays();
    for (const auto& relay : relays) {
        const auto section = &relay == &relays.front() ? "email" : "relay";
        if (relay.url.starts_with("smtp") && relay.starttls == Starttls::never && !loopback(host_of(relay.url)))
            problems.push_back(
                {section, "starttls", "is \"never\", which is only for a relay on this machine: write \"required\""});
        if (!relay.user.empty() && !relay.password.given())
            problems.push_back(
                {section, "user", "needs a password: add `password = { credential = \"smtp-password\" }`"});
    }
    if (relays.size() > 1 && !relays.front().url.starts_with("smtp"))
        problems.push_back(
            {"email", "relay", "is a directory: with [[relay]] sections it is smtp://HOST:PORT as well"});
    if (config.gateway == Gateway::kannel && !config.sms_url.starts_with("http://") &&
        !config.sms_url.starts_with("https://"))
        problems.push_back({"sms", "gateway", "is \"kannel\": add `url = \"http://127.0.0.1:13013/cgi-bin/sendsms\"`"});
    if (config.gateway == Gateway::twilio &&
        (!config.sms_url.starts_with("https://") && !loopback(host_of(config.sms_url))))
        problems.push_back({"sms", "gateway", "is \"twilio\": add `url = \"https://api.twilio.com\"`"});
    if (config.gateway == Gateway::twilio && (config.sms_user.empty() || !config.sms_password.given()))
        problems.push_back(
            {"sms", "gateway", "is \"twilio\": add `user`, the account's SID, and `password`, its auth token"});
    if (config.gateway == Gateway::file && config.sms_url.empty())
        problems.push_back({"sms", "gateway", "is \"file\": add `url = \"outbox\"`, the directory for the files"});
    for (const auto& person : config.people) {
        if (!person.stand_in.empty() && config.person(person.stand_in) == nullptr)
            problems.push_back(
                {"people", person.id, "names the stand-in \"" + person.stand_in + "\", who is not in [people]"});
        const auto domain = lower(person.email.substr(person.email.rfind('@') + 1));
        if (std::find(config.from_domains.begin(), config.from_domains.end(), domain) == config.from_domains.end())
            problems.push_back(
                {"people", person.id, "writes from " + domain + ", which is not in from_domains of [email]"});
    }
    return problems;
}

}  // namespace nurture::config
