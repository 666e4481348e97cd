// SPDX-License-Identifier: MIT
#include "connectors/factory.hpp"

#include "connectors/file_drop.hpp"
#include "connectors/sms/kannel.hpp"
#include "connectors/sms/twilio.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace nurture::connectors {

namespace {

std::string_view host_of(std::string_view url) {
    if (std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
        url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('/'));
    if (url.starts_with('['))
        return url.substr(0, url.find(']') + 1);
    return url.substr(0, url.find(':'));
}

/// Credentials in a URL would end up in logs.
std::string url_problem(const std::string& url, std::string_view plain, std::string_view secure) {
    if (url.find('@') != std::string::npos)
        return "a URL with a user name in it is not accepted: write `user` and `password` on lines of their own";
    if (!url.starts_with(plain) && !url.starts_with(secure))
        return "`" + url + "` must begin with " + std::string(plain) + " or " + std::string(secure);
    if (host_of(url).empty())
        return "`" + url + "` names no host";
    return {};
}

std::string smtp_problem(const ConnectorConfig& c) {
    if (std::string problem = url_problem(c.url, "smtp://", "smtps://"); !problem.empty())
        return problem;
    if (c.url.starts_with("smtp://") && c.starttls == StartTls::never && !loopback(c.url))
        return "starttls = \"never\" is for a relay on this machine only: " + std::string(host_of(c.url)) +
               " would get names and addresses in clear text";
    return {};
}

std::string gateway_problem(const ConnectorConfig& c) {
    if (std::string problem = url_problem(c.url, "http://", "https://"); !problem.empty())
        return problem;
    if (c.url.starts_with("http://") && !loopback(c.url))
        return "a gateway on another machine needs https://: " + std::string(host_of(c.url)) +
               " would get the password in clear text";
    return {};
}

std::string twilio_problem(const ConnectorConfig& c) {
    const bool sid = c.user.size() >= 3 && std::all_of(c.user.begin(), c.user.end(), [](char x) {
                         return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z');
                     });
    return sid ? gateway_problem(c) : "`user` is the account's SID, such as AC followed by 32 letters and digits";
}

std::string file_problem(const ConnectorConfig& c) {
    return c.directory.empty() ? "a file connector needs a directory" : "";
}

std::unique_ptr<Connector> smtp(const ConnectorConfig& c, Gate& gate) {
    return make_smtp({.url = c.url,
                      .starttls = c.starttls,
                      .user = c.user,
                      .password = c.password,
                      .ca_file = c.ca_file,
                      .connections = c.connections,
                      .connect_timeout = c.connect_timeout,
                      .reply_timeout = c.reply_timeout},
                     gate);
}

std::unique_ptr<Connector> file(const ConnectorConfig& c, Gate& gate) {
    return make_file_drop({.directory = c.directory, .durable = c.durable}, gate);
}

template<const GatewayKind& kind>
std::unique_ptr<Connector> gateway(const ConnectorConfig& c, Gate& gate) {
    return make_gateway(kind, {.url = c.url, .user = c.user, .password = c.password, .ca_file = c.ca_file}, gate);
}

/// Adding a connector: its file, and a row here.
struct Row {
    std::string_view kind;
    bool email;
    bool sms;
    std::string (*problem)(const ConnectorConfig&);
    std::unique_ptr<Connector> (*make)(const ConnectorConfig&, Gate&);
    const GatewayKind* gateway = nullptr;  // of HTTP gateways
};
constexpr std::array k_connectors{
    Row{"smtp", true, false, smtp_problem, smtp},
    Row{"file", true, true, file_problem, file},
    Row{"kannel", false, true, gateway_problem, gateway<k_kannel>, &k_kannel},
    Row{"twilio", false, true, twilio_problem, gateway<k_twilio>, &k_twilio},
};

}  // namespace

ConnectorConfig relay_config(const std::string& relay) {
    ConnectorConfig config;
    if (relay.starts_with("file:")) {
        config.kind = "file";
        config.directory = relay.substr(5);
    } else if (relay.starts_with("smtp://") || relay.starts_with("smtps://")) {
        config.kind = "smtp";
        config.url = relay;
    }
    return config;
}

std::unique_ptr<Connector> make_connector(const ConnectorConfig& config, Gate& gate, std::string& problem) {
    for (const Row& row : k_connectors) {
        if (row.kind != config.kind)
            continue;
        problem = row.problem(config);
        return problem.empty() ? row.make(config, gate) : nullptr;
    }
    problem = "there is no connector `" + config.kind + "`";
    return nullptr;
}

const GatewayKind* gateway_kind(std::string_view kind) {
    for (const Row& row : k_connectors)
        if (row.kind == kind)
            return row.gateway;
    return nullptr;
}

bool loopback(std::string_view url) {
    std::string_view host = host_of(url);
    bool number = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
    return host == "localhost" || host == "[::1]" || number;
}

std::vector<std::string> connector_kinds(Channel channel) {
    std::vector<std::string> kinds;
    for (const Row& row : k_connectors)
        if (channel == Channel::email ? row.email : row.sms)
            kinds.emplace_back(row.kind);
    return kinds;
}

}  // namespace nurture::connectors
