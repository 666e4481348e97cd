// SPDX-License-Identifier: MIT
#include "daemon/service/wiring.hpp"

#include "connectors/factory.hpp"
#include "connectors/relay_pool.hpp"
#include "daemon/base/calendar.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/files.hpp"

#include <algorithm>
#include <cstdlib>

namespace nurture::service {
namespace {

// A rule file of more than this is a slip (an export saved under the wrong name); the largest sensible one is 100 kB.
constexpr std::size_t k_most_bytes = 16u << 20;

connectors::ConnectorConfig mail_config(const config::Relay& relay) {
    auto mail = connectors::relay_config(relay.url);
    mail.starttls =
        relay.starttls == config::Starttls::never ? connectors::StartTls::never : connectors::StartTls::required;
    mail.user = relay.user;
    mail.password = relay.password.given() ? config::read_secret(relay.password) : std::string();
    mail.ca_file = relay.ca_file.string();
    mail.connections = relay.connections;
    return mail;
}

const char* gateway_word(config::Gateway gateway) {
    switch (gateway) {
    case config::Gateway::kannel: return "kannel";
    case config::Gateway::twilio: return "twilio";
    case config::Gateway::file: return "file";
    case config::Gateway::none: break;
    }
    return "";
}

connectors::ConnectorConfig sms_config(const config::Config& config) {
    connectors::ConnectorConfig sms;
    sms.kind = gateway_word(config.gateway);
    sms.url = config.sms_url;
    sms.directory = config.sms_directory;
    sms.user = config.sms_user;
    sms.password = config.sms_password.given() ? config::read_secret(config.sms_password) : std::string();
    return sms;
}

std::unique_ptr<connectors::Connector> make(connectors::Gate& gate, connectors::ConnectorConfig parts, bool durable) {
    parts.durable = durable;
    std::string problem;
    auto connector = connectors::make_connector(parts, gate, problem);
    if (!connector)
        throw base::ConfigError(problem);
    return connector;
}

std::unique_ptr<connectors::Connector> make_mail(connectors::Gate& gate, const config::Config& config, bool durable) {
    const auto relays = config.relays();
    if (relays.size() == 1)
        return make(gate, mail_config(relays.front()), durable);
    std::vector<connectors::RelayMember> members;
    for (const auto& relay : relays)
        members.push_back(
            {[parts = mail_config(relay), durable](connectors::Gate& to) { return make(to, parts, durable); },
             relay.weight});
    return connectors::make_relay_pool(members, gate);
}

/// Those that this directory says itself.
void add_caps(store::T2Policy& policy, const dsl::Rules& rules, const dsl::Policy& from,
              const std::vector<std::string>& campaigns) {
    const auto channel_of = [](bool sms) { return sms ? store::Channel::sms : store::Channel::email; };
    for (const auto& cap : from.caps) {
        if (cap.per != dsl::CapPer::candidate || cap.directory != from.directory)
            continue;  // days are counted by the engine alone, or it is said already
        store::CandidateCap to{cap.count, {}, cap.in, campaigns, {}};
        if (cap.of == dsl::CapOf::email || cap.of == dsl::CapOf::sms)
            to.channel = channel_of(cap.of == dsl::CapOf::sms);
        for (const auto& text : rules.templates)
            if (cap.of == dsl::CapOf::kind && text.kind == cap.kind)
                to.templates.emplace_back(channel_of(text.channel == dsl::Channel::sms), text.name);
        if (cap.of != dsl::CapOf::kind || !to.templates.empty())
            policy.caps.push_back(std::move(to));
    }
}

bool decides(const std::filesystem::path& path) {
    const auto extension = path.extension();
    return extension == ".nurture" || extension == ".ics" || path.filename() == "places.csv";
}

}  // namespace

std::optional<SmsGateway> sms_gateway(const config::Config& config) {
    const auto* kind = connectors::gateway_kind(gateway_word(config.gateway));
    if (kind == nullptr)
        return std::nullopt;
    auto parts = sms_config(config);
    return SmsGateway{kind, {.url = parts.url, .user = parts.user, .password = parts.password, .ca_file = {}}};
}

render::House house(const config::Config& config) {
    render::House house{config.organisation_name, config.public_url, config.unsubscribe_mailbox, config.sms_sender, {}};
    for (const auto& person : config.people)
        house.people[person.id] = {person.name, person.email, person.phone};
    house.bounce_mailbox = config.bounce_mailbox;
    // Nobody outside can call a page that only this machine reaches, and Twilio refuses the whole message for it. Every
    // other public_url is https (config).
    house.delivery_reports = connectors::gateway_kind(gateway_word(config.gateway)) != nullptr &&
                             (!connectors::loopback(config.public_url) || connectors::loopback(config.sms_url));
    return house;
}

dsl::World checker_world(const config::Config& config, base::Second now) {
    dsl::World world;
    world.today = std::chrono::floor<std::chrono::days>(now);
    for (const auto& person : config.people)
        world.people.push_back(person.id);
    world.from_domains = config.from_domains;
    world.sms_senders = config.all_sms_senders();
    world.zones = base::zone_names();
    return world;
}

void attach_connectors(outbox::Outbox& outbox, const config::Config& config, bool durable) {
    // All of them are made before one is attached: a reload changes everything or nothing.
    auto mail = make_mail(outbox, config, durable);
    std::unique_ptr<connectors::Connector> sms;
    if (config.gateway != config::Gateway::none)
        sms = make(outbox, sms_config(config), durable);
    // Files and a rehearsal's relay on this machine take whatever the engine lets go; all text messages are one domain,
    // the gateway's.
    const bool file = config.relay.starts_with("file:");
    outbox.attach(store::Channel::email, std::move(mail), durable && !file ? config.domain_per_minute : 0);
    if (!sms)
        outbox.detach(store::Channel::sms);
    else
        outbox.attach(store::Channel::sms, std::move(sms), durable ? config.sms_per_minute : 0);
}

store::T2Policy t2_policy(const dsl::Rules& rules, bool stop_file) {
    store::T2Policy policy;
    policy.stop_file = stop_file;
    for (const auto list : rules.policy.never_contact_lists)
        policy.never_contact_lists.push_back(rules.schema.lists[list]);
    add_caps(policy, rules, rules.policy, {});
    if (rules.caps_days())
        policy.days_of = base::find_zone(rules.policy.zone);
    for (const auto& below : rules.below) {
        std::vector<std::string> campaigns;
        for (const auto& campaign : rules.campaigns)
            if (rules.holds_for(below.directory, campaign))
                campaigns.push_back(campaign.name);
        if (campaigns.empty())
            continue;
        for (const auto list : below.never_contact_lists)
            policy.never_contact_below.push_back({rules.schema.lists[list], campaigns});
        add_caps(policy, rules, below, campaigns);
    }
    return policy;
}

dsl::SourceSet read_rules(const std::filesystem::path& directory) {
    std::error_code problem;
    if (!std::filesystem::is_directory(directory, problem))
        throw base::FileError("there is no rules directory at " + directory.string() + " ([rules] directory)");
    dsl::SourceSet set;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (entry.is_regular_file() && decides(entry.path()))
            set.files.push_back({entry.path().lexically_relative(directory).generic_string(),
                                 base::read_file(entry.path(), k_most_bytes)});
    }
    std::sort(set.files.begin(), set.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return set;
}

std::filesystem::path stop_file(const config::Config& config) { return config.state_directory / "STOP"; }

bool stop_file_present(const config::Config& config) {
    std::error_code unreadable;
    if (std::filesystem::exists(stop_file(config), unreadable) || unreadable)
        return true;  // a state directory that cannot be read is a reason to stop, not to go on
    const char* runtime = std::getenv("RUNTIME_DIRECTORY");
    return runtime != nullptr && std::filesystem::exists(std::filesystem::path(runtime) / "STOP", unreadable);
}

}  // namespace nurture::service
