// SPDX-License-Identifier: MIT
#include "daemon/service/digest.hpp"

#include "connectors/address.hpp"
#include "daemon/base/calendar.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::service {
namespace {

using base::Day;
using base::Minute;
using store::HumanKind;
using store::HumanStep;

constexpr std::chrono::minutes k_morning{8 * 60};   // before the hour at which people are assumed to answer
constexpr std::chrono::minutes k_evening{18 * 60};  // a mail about this day is of no use after it
constexpr const char* k_decided = "digest_day";     // in the meta table: the last day that is done
constexpr std::size_t k_most_lines = 30;

base::ZoneId zone(const dsl::Policy& policy) { return base::find_zone(policy.zone).value_or(base::ZoneId::utc); }

/// What has waited since yesterday's mail as well as what is new: everything that is open.
std::vector<HumanStep> waiting(const store::Database& database, std::string_view owner) {
    return store::open_human_steps(database, owner);
}

std::string_view noun(HumanKind kind, bool one) {
    switch (kind) {
    case HumanKind::approval: return one ? "approval" : "approvals";
    case HumanKind::note: return one ? "personal note" : "personal notes";
    case HumanKind::reply: return one ? "answer of a candidate" : "answers of candidates";
    case HumanKind::task: break;
    }
    return one ? "task" : "tasks";
}

/// "2 approvals, 1 task".
std::string summary(const std::vector<HumanStep>& steps) {
    std::string text;
    for (const auto kind : {HumanKind::approval, HumanKind::note, HumanKind::reply, HumanKind::task}) {
        const auto count = std::count_if(steps.begin(), steps.end(), [&](const auto& s) { return s.kind == kind; });
        if (count > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, noun(kind, count == 1));
    }
    return text;
}

std::string line(const store::Database& database, const HumanStep& step, const dsl::Rules& rules) {
    const auto who = store::read_candidate(database, step.candidate, {});
    auto text = fmt::format("{:>6}  {} for {}, \"{}\", step {}\n", step.id, noun(step.kind, true),
                            who ? who->ref : "somebody who is gone", step.campaign, step.step);
    if (!step.deadline)
        return text;
    const auto then = at_deadline(rules, step);
    return text + fmt::format("        until {}{}{}\n",
                              base::format_for_people(base::floor_minute(*step.deadline), zone(rules.policy)),
                              then.empty() ? "" : ", ", then);
}

std::string body(const store::Database& database, const std::string& owner, const std::vector<HumanStep>& steps,
                 const dsl::Rules& rules) {
    auto text = fmt::format("This waits for you, the most urgent first: {}.\n\n", summary(steps));
    for (std::size_t i = 0; i < std::min(steps.size(), k_most_lines); ++i)
        text += line(database, steps[i], rules);
    if (steps.size() > k_most_lines)
        text += fmt::format("        and {} more\n", steps.size() - k_most_lines);
    return text + fmt::format("\nTo see each with its message, and to answer:\n\n"
                              "    nurture tasks --owner {}\n"
                              "    nurture approve ID, nurture note ID, nurture refuse ID, nurture done ID\n\n"
                              "This mail comes on the morning of a business day, when something waits.\n",
                              owner);
}

}  // namespace

Minute next_digest(const dsl::Policy& policy, Minute now) {
    for (Day day = base::local_day(zone(policy), now);; day += std::chrono::days{1}) {
        day = base::next_business_day(policy.holidays, day);
        if (const Minute morning = base::to_instant(zone(policy), day, k_morning); morning > now)
            return morning;
    }
}

int decide_digests(store::Database& database, const config::Config& config, const dsl::Policy& policy, Minute now) {
    const Day today = base::local_day(zone(policy), now);
    const Minute evening = base::to_instant(zone(policy), today, k_evening);
    if (!base::is_business_day(policy.holidays, today) || now < base::to_instant(zone(policy), today, k_morning) ||
        now >= evening || store::meta(database, k_decided) == base::format_day(today))
        return 0;
    store::Transaction transaction(database);
    store::set_meta(database, k_decided, base::format_day(today));
    const auto pepper = store::pepper(database);
    int mails = 0;
    for (const auto& person : config.people) {
        const auto to = connectors::EmailAddress::parse(person.email);
        if (!to || (!config.live && !config.allowed(person.email)) || waiting(database, person.id).empty())
            continue;
        store::Message message;
        message.purpose = store::MessagePurpose::digest;
        message.channel = store::Channel::email;
        message.addr_key = connectors::address_key(pepper, *to);
        message.owner = person.id;
        message.recipient = person.email;
        message.slot = message.not_before = now;
        message.closes = message.expires = evening;
        mails += store::insert_message(database, message) ? 1 : 0;
    }
    store::append(database, {now, "digest", 0, 0, store::JournalBody().add("mails", std::int64_t{mails}).text()});
    transaction.commit();
    return mails;
}

std::optional<connectors::EmailMessage> digest(const store::Database& database, const store::Message& message,
                                               const render::House& house, const dsl::Rules& rules, Minute now) {
    const auto steps = waiting(database, message.owner);
    const auto person = house.people.find(message.owner);
    if (steps.empty() || person == house.people.end())
        return std::nullopt;
    connectors::EmailMessage mail;
    // From their own address: the one that the relay takes from us and their mail program trusts.
    mail.from = {house.organisation + ", nurtured", message.recipient};
    mail.to = {person->second.name, message.recipient};
    mail.subject = fmt::format("Waiting for you on {}: {}",
                               base::format_day_for_people(base::local_day(zone(rules.policy), now)), summary(steps));
    mail.plain = body(database, message.owner, steps, rules);
    return mail;
}

std::string_view at_deadline(const dsl::Rules& rules, const HumanStep& step) {
    const auto campaign = rules.campaign(rules.campaign_today(step.campaign));
    if (!campaign)
        return {};
    const auto& lines = rules.campaigns[*campaign].steps->lines;
    for (const auto& line : lines) {
        const dsl::op::Question* asked = std::get_if<dsl::op::Approval>(&line.op);
        if (asked == nullptr)
            asked = std::get_if<dsl::op::Note>(&line.op);
        if (asked != nullptr && line.name == rules.campaigns[*campaign].step_today(step.step))
            return asked->otherwise_stop ? "then the campaign ends for this person"
                                         : "then the message is left out and the campaign goes on";
    }
    return {};
}

}  // namespace nurture::service
