// SPDX-License-Identifier: MIT
#include "daemon/store/breakers.hpp"

#include "daemon/store/handover_parts.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/statement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::store {
namespace {

// Below this a share says nothing: two dead addresses among twenty are an ordinary Monday.
constexpr std::int64_t k_least = 100;
constexpr int k_hours = 24;

std::int64_t hour_of(Instant now) { return base::to_unix(now) / 3600; }

/// More than so many of a thousand.
bool over(std::int64_t part, std::int64_t whole, std::int64_t per_mille) { return part * 1000 > whole * per_mille; }

Tally last_day(const Database& database, std::string_view scope, std::string_view name, Instant now) {
    Statement row(database,
                  "SELECT coalesce(sum(ended),0),coalesce(sum(bounced),0),coalesce(sum(complained),0),"
                  "coalesce(sum(doubted),0) FROM tally WHERE scope=? AND name=? AND hour>?",
                  scope, name, hour_of(now) - k_hours);
    row.step();
    const auto ended = row.integer(), bounced = row.integer(), complained = row.integer();
    return {ended, bounced, complained, row.integer()};
}

void tell(Database& database, std::string_view kind, std::string_view name, bool shut, std::string_view by,
          std::string_view why, Instant now) {
    append(database, InboxRow{.at = now,
                              .kind = InboxKind::gate,
                              .field = std::string(kind),
                              .now = std::string(name),
                              .by = std::string(by)});
    append(
        database,
        JournalEntry{.at = now,
                     .kind = shut ? "hold" : "go-on",
                     .body = JournalBody().add("gate", kind).add("name", name).add("by", by).add("why", why).text()});
}

/// What was released goes back to the engine, which gives it another slot when the gate lets go on; as READY it would
/// expire. Mail to colleagues, which nobody re-slots, waits as it is.
void withhold(Database& database, const Gate& gate, Instant now) {
    for (const auto& m : messages_in(database, MessageState::ready)) {
        if (m.purpose == MessagePurpose::campaign && holds_back({gate}, m)) {
            move(database, m, MessageState::held, to_text(Refusal::held_back), now);
        }
    }
}

}  // namespace

std::string step_gate_name(std::string_view campaign, std::string_view step) {
    return std::string(campaign).append("/").append(step);
}

std::pair<std::string_view, std::string_view> step_of_gate(std::string_view name) {
    const auto slash = name.rfind('/');
    return slash == std::string_view::npos ? std::pair{name, std::string_view()}
                                           : std::pair{name.substr(0, slash), name.substr(slash + 1)};
}

std::string too_many(const Tally& tally) {
    if (tally.ended < k_least) {
        return {};
    }
    if (over(tally.bounced, tally.ended, 50)) {
        return fmt::format("{} of {} messages bounced (the limit is 5 %)", tally.bounced, tally.ended);
    }
    if (over(tally.complained, tally.ended, 3)) {
        return fmt::format("{} of {} messages were complained about (the limit is 0.3 %)", tally.complained,
                           tally.ended);
    }
    if (over(tally.doubted, tally.ended, 10)) {
        return fmt::format("{} of {} messages are in doubt (the limit is 1 %)", tally.doubted, tally.ended);
    }
    return {};
}

Tally tally_of(const connectors::Outcome& outcome) {
    using connectors::Answer, connectors::Blame;
    const bool ended =
        outcome.answer == Answer::accepted || outcome.answer == Answer::rejected || outcome.answer == Answer::in_doubt;
    const bool bounced = outcome.blame == Blame::address_dead || outcome.blame == Blame::bare_550;
    return {ended ? 1 : 0, ended && bounced ? 1 : 0, 0, outcome.answer == Answer::in_doubt ? 1 : 0};
}

void Tallies::add(const Message& message, const Tally& tally) {
    const auto into = [&](std::string_view kind, std::string_view name) {
        Tally& sum = by_gate_[{std::string(kind), std::string(name)}];
        sum.ended += tally.ended;
        sum.bounced += tally.bounced;
        sum.complained += tally.complained;
        sum.doubted += tally.doubted;
    };
    if (tally.ended == 0 && tally.complained == 0 && tally.bounced == 0) {
        return;
    }
    into(k_hold_gate, to_text(message.channel));
    if (message.purpose == MessagePurpose::campaign) {
        into(k_breaker_gate, message.campaign);
    }
}

void Tallies::write(Database& database, Instant now) {
    for (const auto& [gate, tally] : by_gate_) {
        const auto& [kind, name] = gate;
        Statement(database,
                  "INSERT INTO tally VALUES(?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET ended=ended+excluded.ended,"
                  "bounced=bounced+excluded.bounced,complained=complained+excluded.complained,"
                  "doubted=doubted+excluded.doubted",
                  kind, name, hour_of(now), tally.ended, tally.bounced, tally.complained, tally.doubted)
            .run();
        Statement(database, "DELETE FROM tally WHERE scope=? AND name=? AND hour<=?", kind, name,
                  hour_of(now) - k_hours)
            .run();
        if (tally.bounced + tally.complained + tally.doubted == 0) {
            continue;  // good news opens no breaker
        }
        if (const auto why = too_many(last_day(database, kind, name, now)); !why.empty()) {
            hold_back(database, kind, name, why, now);
        }
    }
    by_gate_.clear();
}

bool hold_back(Database& database, std::string_view kind, std::string_view name, std::string_view why, Instant now) {
    const auto all = gates(database);
    if (std::any_of(all.begin(), all.end(), [&](const Gate& gate) { return gate.kind == kind && gate.name == name; })) {
        return false;
    }
    const Gate gate{std::string(kind), std::string(name), now, {}, 0, std::string(why)};
    put_gate(database, gate);
    tell(database, kind, name, true, "", why, now);
    withhold(database, gate, now);
    return true;
}

bool let_go_on(Database& database, std::string_view kind, std::string_view name, std::string_view by,
               std::string_view why, Instant now) {
    if (!remove_gate(database, kind, name)) {
        return false;
    }
    Statement(database, "DELETE FROM tally WHERE scope=? AND name=?", kind, name).run();
    tell(database, kind, name, false, by, why, now);
    return true;
}

bool holds_channel(const std::vector<Gate>& gates, Channel channel) {
    return std::any_of(gates.begin(), gates.end(), [&](const Gate& gate) {
        return (gate.kind == k_hold_gate || gate.kind == k_way_gate) && gate.name == to_text(channel);
    });
}

bool holds_back(const std::vector<Gate>& gates, const Message& message) {
    if (holds_channel(gates, message.channel)) {
        return true;
    }
    return std::any_of(gates.begin(), gates.end(), [&](const Gate& gate) {
        return (gate.kind == k_breaker_gate && gate.name == message.campaign) ||
               (gate.kind == k_step_gate && step_of_gate(gate.name) == std::pair<std::string_view, std::string_view>(
                                                                           message.campaign, message.step));
    });
}

}  // namespace nurture::store
