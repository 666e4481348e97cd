// SPDX-License-Identifier: MIT
#include "daemon/inbound/consents.hpp"

#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::inbound {
namespace {

/// The message, if the person is still there.
std::optional<store::Message> message_of(const store::Database& database, store::MessageId id) {
    auto message = store::message(database, id);
    if (!message)
        return std::nullopt;
    const auto person = store::read_candidate(database, message->candidate, {});
    return person && !person->erased_at ? message : std::nullopt;
}

bool is_unsubscribed(const store::Database& database, const store::Message& message, store::Instant now) {
    return store::suppression(database, message.addr_key, message.channel, now).has_value();
}

/// As the store compares them: ASCII capitals do not count.
bool same_name(std::string_view a, std::string_view b) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return small(x) == small(y); });
}

/// Every consent that the person has ever spoken of, once, whatever its capitals.
std::vector<std::string> consents_of(const store::Database& database, store::CandidateId who) {
    std::vector<std::string> names;
    store::ConsentRow row;
    for (store::ConsentScan scan(database, {who, who}); scan.next(row);)  // by name
        if (names.empty() || !same_name(names.back(), row.name))
            names.emplace_back(row.name);
    return names;
}

/// Two records with one address are one person; the one written to may have another address by now.
std::vector<store::CandidateId> people_of(const store::Database& database, const store::Message& message) {
    auto people = store::find_by_key(database, message.channel, message.addr_key);
    if (std::find(people.begin(), people.end(), message.candidate) == people.end())
        people.push_back(message.candidate);
    return people;
}

void say(store::Database& database, store::CandidateId who, store::Instant now) {
    store::InboxRow row;
    row.at = now;
    row.kind = store::InboxKind::changed;
    row.first = row.last = who;
    row.happened_at = now;
    row.by = "link";
    store::append(database, row);
}

void note(store::Database& database, const store::Message& message, const char* kind, std::string_view consent,
          store::Instant now) {
    store::append(database,
                  {now, kind, message.id, message.enrolment, store::JournalBody().add("consent", consent).text()});
}

}  // namespace

std::optional<Preferences> preferences(const store::Database& database, store::MessageId id, store::Instant now) {
    const auto message = message_of(database, id);
    if (!message)
        return std::nullopt;
    Preferences all;
    all.unsubscribed = is_unsubscribed(database, *message, now);
    for (const std::string& name : consents_of(database, message->candidate)) {
        const bool given = store::consent_status(database, message->candidate, name) == store::ConsentStatus::given;
        (given ? all.given : all.withdrawn).push_back(name);
    }
    return all;
}

bool withdraw_consent(store::Database& database, store::MessageId id, std::string_view consent, store::Instant now) {
    const auto message = message_of(database, id);
    if (!message)
        return false;
    const std::string source = fmt::format("preferences page, message {}", id);
    bool any = false;
    store::Transaction transaction(database);
    for (const auto who : people_of(database, *message)) {
        if (store::consent_status(database, who, consent) != store::ConsentStatus::given)
            continue;
        store::add_consent(database, {who, consent, now, false, source});
        say(database, who, now);
        any = true;
    }
    if (any)
        note(database, *message, "consent-withdrawn", consent, now);
    transaction.commit();
    return any;
}

std::optional<Renewal> renewal(const store::Database& database, store::MessageId id, std::string_view organisation,
                               store::Instant now) {
    const auto message = message_of(database, id);
    if (!message || message->consent.empty())
        return std::nullopt;
    const auto* channel = message->channel == store::Channel::sms ? "text message" : "email";
    return Renewal{message->consent,
                   fmt::format("Yes, {} may write to me by {} ({}).", organisation, channel, message->consent),
                   is_unsubscribed(database, *message, now)};
}

bool renew_consent(store::Database& database, store::MessageId id, std::string_view organisation, store::Instant now) {
    const auto asked = renewal(database, id, organisation, now);
    if (!asked)
        return false;
    const auto message = store::message(database, id);
    store::Transaction transaction(database);
    store::add_consent(database, {message->candidate, asked->consent, now, true,
                                  fmt::format("renewal page, message {}", id), asked->text});
    say(database, message->candidate, now);
    note(database, *message, "consent-given", asked->consent, now);
    transaction.commit();
    return true;
}

}  // namespace nurture::inbound
