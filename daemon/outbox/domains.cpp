// SPDX-License-Identifier: MIT
#include "daemon/outbox/domains.hpp"

#include "daemon/base/log.hpp"

#include <algorithm>
#include <utility>

namespace nurture::outbox {
namespace {

constexpr std::chrono::hours k_slow{1}, k_shut{1};

std::int64_t day_of(store::Instant now) { return base::to_unix(now) / 86'400; }

}  // namespace

int Domains::rate(const Domain& domain, store::Instant now) const {
    return now < domain.slow_until ? std::max(1, per_minute_ / 2) : per_minute_;
}

/// Whoever is forgotten would be treated the same if it were remembered.
void Domains::forget(store::Instant now) {
    if (const auto hour = base::to_unix(now) / 3600; std::exchange(tidied_, hour) == hour)
        return;
    std::erase_if(domains_, [&](const auto& entry) {
        const Domain& domain = entry.second;
        const bool waiting = std::max(domain.minute, domain.last) >= base::floor_minute(now);
        const bool counts = domain.day == day_of(now) && domain.today.ended > 0;
        return !waiting && !counts && now >= domain.slow_until && now >= domain.shut_until;
    });
}

std::optional<store::Instant> Domains::place(const std::string& name, store::Instant now) {
    forget(now);
    const auto known = domains_.find(name);
    if (per_minute_ <= 0 && (known == domains_.end() || now >= known->second.shut_until))
        return std::nullopt;
    Domain& domain = known == domains_.end() ? domains_[name] : known->second;
    if (now < domain.shut_until)
        return domain.shut_until;
    const int allowed = rate(domain, now);
    const auto minute = base::floor_minute(now);
    if (domain.minute != minute) {
        domain.minute = minute;
        domain.used = 0;
    }
    if (domain.used < allowed) {
        ++domain.used;
        return std::nullopt;
    }
    if (domain.last <= minute || domain.sent_there >= allowed) {
        domain.last = std::max(domain.last, minute) + std::chrono::minutes(1);
        domain.sent_there = 0;
    }
    ++domain.sent_there;
    return store::Instant(domain.last);
}

void Domains::ended(const std::string& name, const connectors::Outcome& outcome, store::Instant now) {
    const auto tally = store::tally_of(outcome);
    const bool slow = outcome.blame == connectors::Blame::rate_or_policy;
    if (tally.ended == 0 && !slow)
        return;
    Domain& domain = domains_[name];
    if (slow)
        domain.slow_until = now + k_slow;
    if (const auto day = day_of(now); day != domain.day) {
        domain.day = day;
        domain.today = {};
    }
    domain.today.ended += tally.ended;
    domain.today.bounced += tally.bounced;
    domain.today.doubted += tally.doubted;
    if (tally.bounced + tally.doubted == 0 || store::too_many(domain.today).empty())
        return;
    domain.today = {};
    domain.shut_until = now + k_shut;
    base::log(base::Level::warning, "too many messages to one recipient domain failed; it gets nothing for an hour",
              {});
}

}  // namespace nurture::outbox
