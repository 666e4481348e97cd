// SPDX-License-Identifier: MIT
// `send-test`: one message as a candidate would get it, to a colleague.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/render/render.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

namespace nurture::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto k_patience = 20s;  // a relay on this machine answers within one; a slow one may take a few
constexpr auto k_between = 100ms;
constexpr auto k_lifetime = 24h;  // as for every email

/// Test messages go to colleagues: never to whoever happens to be typed.
void must_be_allowed(const config::Config& config, const Address& to) {
    const bool colleague = std::any_of(config.people.begin(), config.people.end(), [&](const auto& person) {
        return person.email == to.canonical || person.phone == to.canonical;
    });
    if (!colleague && !config.allowed(to.canonical))
        throw Failure(fmt::format("{} belongs to nobody in [people] and is not in [delivery] allow of {}: tests go to "
                                  "colleagues only",
                                  to.canonical, config.path.string()));
}

dsl::Channel channel_of(const Address& to) {
    return to.channel == store::Channel::email ? dsl::Channel::email : dsl::Channel::sms;
}

void must_exist(const dsl::Rules& rules, dsl::Channel channel, const std::string& name) {
    if (rules.find_template(channel, name))
        return;
    std::vector<std::string> names;
    for (const auto& known : rules.templates)
        if (known.channel == channel)
            names.push_back(known.name);
    throw Failure(fmt::format("the live rules have no {} template \"{}\"{}; a new one is there after plan and apply",
                              channel == dsl::Channel::email ? "email" : "sms", name, did_you_mean(name, names)));
}

/// Whose values fill the text: the one asked for, else the first in the store for whom it can be made.
store::CandidateId whose(const store::Database& database, const std::string& given, const render::Subject& subject,
                         render::Renderer& renderer) {
    if (!given.empty())
        return need_person(database, given).id;
    const std::vector<std::string> none;
    auto filled = subject;
    for (store::CandidateScan scan(database, none); scan.next();) {
        filled.candidate = scan.id();
        if (std::holds_alternative<render::Letter>(renderer.render(filled)))
            return scan.id();
    }
    throw Failure("the text cannot be made for anybody in the store: name somebody with --person to see why");
}

/// The person of the live rules in whose name campaigns send this text; else the first of [people].
std::string owner_of(const dsl::Rules& rules, const config::Config& config, const std::string& name) {
    const auto sends = [&](const dsl::Campaign& campaign) {
        return std::any_of(campaign.steps->lines.begin(), campaign.steps->lines.end(), [&](const dsl::StepLine& line) {
            const auto* message = std::get_if<dsl::op::Message>(&line.op);
            return message != nullptr &&
                   std::find(message->templates.begin(), message->templates.end(), name) != message->templates.end();
        });
    };
    const auto found = std::find_if(rules.campaigns.begin(), rules.campaigns.end(), sends);
    if (found != rules.campaigns.end() && config.person(found->owner.name) != nullptr)
        return found->owner.name;
    return config.people.empty() ? std::string() : config.people.front().id;
}

int tell(Session& session, const store::Message& message) {
    using store::MessageState;
    switch (message.state) {
    case MessageState::sent:
        session.out << fmt::format("Accepted: message {} is with the relay.\n", message.id);
        return 0;
    case MessageState::in_doubt:
        session.out << "In doubt: the relay took it and did not answer. It is not sent again.\n";
        return 1;
    case MessageState::ready:
    case MessageState::held:
    case MessageState::inflight:
        session.out << fmt::format("Message {} still waits{}{}. See: nurture status\n", message.id,
                                   message.reason.empty() ? "" : ": ", message.reason);
        return 0;
    default: session.out << fmt::format("Not sent, {}: {}.\n", store::to_text(message.state), message.reason); return 1;
    }
}

/// The daemon commits what becomes of it; here it is only looked at.
store::Message wait_for_outcome(const config::Config& config, store::MessageId id) {
    const auto database = store::Database::open_read_only(config.store_path);
    auto message = *store::message(database, id);
    for (auto waited = 0ms; !store::is_final(message.state) && waited < k_patience; waited += k_between) {
        std::this_thread::sleep_for(k_between);
        message = *store::message(database, id);
    }
    return message;
}

}  // namespace

int send_test(Session& session, const SendTestOptions& options) {
    const auto config = load_config(session);
    auto database = write_store(session, config);
    const auto live = need_live_rules(session, database);
    const auto to = address(database, or_from_input(session, options.to));
    if (!to)
        throw Usage("--to is an email address, or a phone number with +");
    must_be_allowed(config, *to);
    must_exist(*live.rules, channel_of(*to), options.message_template);

    render::Subject subject;
    subject.channel = channel_of(*to);
    subject.message_template = options.message_template;
    subject.owner = owner_of(*live.rules, config, options.message_template);
    subject.slot = base::floor_minute(session.now());
    subject.note = render::k_note_to_come;
    render::Renderer renderer(database, live.rules, service::house(config));
    subject.candidate = whose(database, options.person, subject, renderer);
    if (const auto made = renderer.render(subject); const auto* problem = std::get_if<render::Problem>(&made))
        throw Failure(fmt::format("the text cannot be made for {}: {}", person(database, subject.candidate)->shown(),
                                  render::to_text(*problem)));

    store::Message message;
    message.purpose = store::MessagePurpose::test;
    message.channel = to->channel;
    message.candidate = subject.candidate;
    message.addr_key = to->key;
    message.message_template = options.message_template;
    message.owner = subject.owner;
    message.recipient = to->canonical;
    message.rule_set = live.set.id;
    message.slot = message.not_before = subject.slot;
    message.closes = message.expires = message.slot + k_lifetime;
    store::Transaction transaction(database);
    const auto id = store::insert_message(database, message);
    transaction.commit();
    if (!id)
        throw Failure("the same test message is on its way already");
    session.out << fmt::format("Test of \"{}\" to {}, with the values of {}.\n", options.message_template,
                               to->canonical, person(database, subject.candidate)->shown());
    if (store::stopped(database) || service::stop_file_present(config)) {
        session.out << "Sending is stopped: it goes after `nurture resume`, within 24 hours.\n";
        return 0;
    }
    if (!poke(config)) {
        session.out << fmt::format("No daemon is running: it goes when one does, within 24 hours (message {}).\n", *id);
        return 0;
    }
    return tell(session, wait_for_outcome(config, *id));
}

}  // namespace nurture::cli
