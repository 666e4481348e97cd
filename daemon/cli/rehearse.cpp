// SPDX-License-Identifier: MIT
#include "daemon/service/rehearsal.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/cli/people.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;
using forecast::thousands;

constexpr std::int32_t k_longest = 400;  // days; as for preview

struct Counts {
    std::int64_t entered = 0, emails = 0, sms = 0, in_doubt = 0, not_sent = 0;
};
struct Tally {
    std::map<std::string, Counts> campaigns;
    std::map<base::Day, Counts> days;
    Counts all;
};

void add(Counts& counts, const store::Message& message) {
    if (message.state == store::MessageState::in_doubt)
        ++counts.in_doubt;
    if (!store::counts(message.state))
        ++counts.not_sent;
    else if (message.channel == store::Channel::email)
        ++counts.emails;
    else
        ++counts.sms;
}

/// `from`: what the store held before is not part of the rehearsal.
Tally tally(const store::Database& database, const service::Rehearsed& done, base::ZoneId zone) {
    Tally all;
    store::scan_messages(database, [&](const store::Message& message) {
        if (message.purpose != store::MessagePurpose::campaign || message.slot < done.from)
            return;
        add(all.campaigns[message.campaign], message);
        add(all.all, message);
        if (store::counts(message.state))
            add(all.days[base::local_day(zone, base::floor_minute(message.slot))], message);
    });
    store::scan_enrolments(database, [&](const store::Enrolment& enrolment) {
        if (enrolment.phase != store::Phase::pending && enrolment.entered_at >= done.from)
            ++all.campaigns[enrolment.campaign].entered;
    });
    return all;
}

void print_text(Session& session, const Tally& all, const service::Rehearsed& done, const RehearseOptions& options,
                const forecast::Assumptions& assumed, base::ZoneId zone) {
    session.out << fmt::format("Rehearsed {} to {}{}: {}, {}.\nAssumed: {}.\n\n",
                               base::format_for_people(done.from, zone), base::format_for_people(done.until, zone),
                               done.continued ? " (continued where it had stopped)" : "",
                               counted(all.all.emails, "email", "emails"),
                               counted(all.all.sms, "text message", "text messages"), forecast::sentence(assumed));
    std::vector<std::vector<std::string>> by_campaign{{"campaign", "people in", "emails", "sms", "not sent"}};
    for (const auto& [campaign, c] : all.campaigns)
        by_campaign.push_back(
            {campaign, thousands(c.entered), thousands(c.emails), thousands(c.sms), thousands(c.not_sent)});
    std::vector<std::vector<std::string>> by_day{{"day", "emails", "sms"}};
    for (const auto& [day, counts] : all.days)
        by_day.push_back({base::format_day_for_people(day), thousands(counts.emails), thousands(counts.sms)});
    forecast::Writer writer(session.page());
    writer.table(by_campaign);
    writer.blank();
    writer.table(by_day);
    writer.blank();
    session.out << writer.take();
    if (options.relay.empty())
        session.out << fmt::format("The messages: {}\n", (options.into / "messages").string());
    session.out << fmt::format("Why somebody got what: nurture --store {} why PERSON\n", done.store.string());
}

nlohmann::ordered_json messages_json(const store::Database& database, const service::Rehearsed& done) {
    auto all = nlohmann::ordered_json::array();
    store::scan_messages(database, [&](const store::Message& message) {
        if (message.purpose != store::MessagePurpose::campaign || message.slot < done.from)
            return;
        const auto who = person(database, message.candidate);
        all.push_back({{"candidate", who ? who->ref : ""},
                       {"campaign", message.campaign},
                       {"step", message.step},
                       {"slot", base::format_instant(message.slot)},
                       {"channel", store::to_text(message.channel)},
                       {"template", message.message_template},
                       {"text_hash", message.text_hash ? base::hex(*message.text_hash) : ""},
                       {"state", store::to_text(message.state)},
                       {"reason", message.reason}});
    });
    return all;
}

void print_json(Session& session, const store::Database& database, const Tally& all, const service::Rehearsed& done,
                const forecast::Assumptions& assumed) {
    const auto counts = [](const Counts& c) {
        return nlohmann::ordered_json{{"entered", c.entered},
                                      {"emails", c.emails},
                                      {"sms", c.sms},
                                      {"in_doubt", c.in_doubt},
                                      {"not_sent", c.not_sent}};
    };
    nlohmann::ordered_json document = {{"from", base::format_instant(done.from)},
                                       {"until", base::format_instant(done.until)},
                                       {"continued", done.continued},
                                       {"store", done.store.string()},
                                       {"assumptions", forecast::sentence(assumed)},
                                       {"total", counts(all.all)}};
    for (const auto& [campaign, c] : all.campaigns)
        document["campaigns"][campaign] = counts(c);
    for (const auto& [day, c] : all.days)
        document["days"][base::format_day(day)] = counts(c);
    document["messages"] = messages_json(database, done);
    session.out << document.dump(2) << '\n';
}

}  // namespace

int rehearse(Session& session, const RehearseOptions& options) {
    if (options.days < 1 || options.days > k_longest)
        throw Usage(fmt::format("--days is from 1 to {}", k_longest));
    const auto config = load_config(session);
    service::RehearsalOptions wanted;
    base::ZoneId zone{};
    {
        const auto database = read_store(session, config);
        const auto live = need_live_rules(session, database);
        zone = policy_zone(*live.rules);
        wanted.from = as_of(session, database, options.from, *live.rules);
    }
    wanted.days = options.days;
    wanted.into = options.into;
    wanted.relay = options.relay;
    wanted.assumptions = assumptions(options.assume);
    wanted.test_mode = options.test_mode;

    service::Rehearsed done;
    {
        Progress progress(session, "rehearsing");
        wanted.progress = [&](base::Minute now, base::Minute until) {
            progress.show(static_cast<std::uint64_t>((now - wanted.from).count()),
                          static_cast<std::uint64_t>((until - wanted.from).count()),
                          base::format_day_for_people(base::local_day(zone, now)));
        };
        done = service::rehearse(config, wanted);
    }
    const auto database = store::Database::open_read_only(done.store);
    const auto all = tally(database, done, zone);
    if (options.json)
        print_json(session, database, all, done, wanted.assumptions);
    else
        print_text(session, all, done, options, wanted.assumptions, zone);
    return 0;
}

}  // namespace nurture::cli
