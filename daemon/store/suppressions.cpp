// SPDX-License-Identifier: MIT
#include "daemon/store/suppressions.hpp"

#include "daemon/store/candidates.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/statement.hpp"

#include <cassert>

namespace nurture::store {
namespace {

constexpr std::string_view k_select = "SELECT id,key,channel,reason,at,until,lifted_at,lifted_by,why FROM suppression ";

Suppression read(Statement& row) {
    Suppression entry;
    entry.id = row.integer();
    entry.key = row.array<AddrKey>();
    entry.channel = row.view() == "email" ? Channel::email : Channel::sms;
    entry.reason = row.text();
    entry.at = row.instant();
    entry.until = row.maybe_instant();
    entry.lifted_at = row.maybe_instant();
    entry.lifted_by = row.text();
    entry.why = row.text();
    return entry;
}

std::string select(std::string_view where) { return std::string(k_select).append(where); }

void tell(Database& database, InboxKind kind, const AddrKey& key, Channel channel, std::string_view reason, Instant at,
          std::string_view by) {
    for (const CandidateId candidate : find_by_key(database, channel, key)) {
        append(database, InboxRow{.at = at,
                                  .kind = kind,
                                  .first = candidate,
                                  .field = std::string(to_text(channel)),
                                  .now = std::string(reason),
                                  .by = std::string(by)});
    }
    append(database, JournalEntry{.at = at,
                                  .kind = std::string(to_text(kind)),
                                  .body = JournalBody()
                                              .add("key", key)
                                              .add("channel", to_text(channel))
                                              .add("reason", reason)
                                              .add("by", by)
                                              .text()});
}

}  // namespace

bool suppress(Database& database, const AddrKey& key, Channel channel, std::string_view reason, Instant at,
              std::optional<Instant> until) {
    // What is there for good stays as it is, with its first reason; a suspension may be prolonged.
    const int rows = Statement(database,
                               "INSERT INTO suppression(key,channel,reason,at,until) VALUES(?,?,?,?,?)"
                               " ON CONFLICT(key,channel) WHERE lifted_at IS NULL"
                               " DO UPDATE SET until=excluded.until, reason=excluded.reason"
                               " WHERE until IS NOT NULL AND (excluded.until IS NULL OR excluded.until>until)",
                               key, channel, reason, at, until)
                         .run();
    if (rows > 0) {
        tell(database, InboxKind::suppressed, key, channel, reason, at, "");
    }
    return rows > 0;
}

bool strike(Database& database, const AddrKey& key, Channel channel, const Strike& strike, Instant at) {
    if (strike.within) {
        Statement(database, "DELETE FROM strike WHERE key=? AND channel=? AND reason=? AND at<=?", key, channel,
                  strike.reason, at - *strike.within)
            .run();
    }
    Statement seen(database, "SELECT count(*),max(at) FROM strike WHERE key=? AND channel=? AND reason=?", key, channel,
                   strike.reason);
    seen.step();
    const auto times = seen.integer();
    const auto last = seen.maybe_instant();
    if (last && at < *last + strike.apart) {
        return false;
    }
    if (times + 1 < strike.times) {
        Statement(database, "INSERT INTO strike VALUES(?,?,?,?) ON CONFLICT DO NOTHING", key, channel, strike.reason,
                  at)
            .run();
        return false;
    }
    Statement(database, "DELETE FROM strike WHERE key=? AND channel=? AND reason=?", key, channel, strike.reason).run();
    suppress(database, key, channel, strike.reason, at,
             strike.lasts ? std::optional(at + *strike.lasts) : std::nullopt);
    return true;
}

bool lift_suppression(Database& database, const AddrKey& key, Channel channel, Instant at, std::string_view by,
                      std::string_view why) {
    assert(!by.empty() && !why.empty());
    const int rows = Statement(database,
                               "UPDATE suppression SET lifted_at=?,lifted_by=?,why=?"
                               " WHERE key=? AND channel=? AND lifted_at IS NULL",
                               at, by, why, key, channel)
                         .run();
    if (rows > 0) {
        tell(database, InboxKind::lifted, key, channel, why, at, by);
    }
    return rows > 0;
}

std::optional<Suppression> suppression(const Database& database, const AddrKey& key, Channel channel, Instant now) {
    Statement query(database, select("WHERE key=? AND channel=? AND lifted_at IS NULL AND (until IS NULL OR until>?)"),
                    key, channel, now);
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

std::vector<Suppression> suppression_history(const Database& database, const AddrKey& key) {
    std::vector<Suppression> all;
    Statement query(database, select("WHERE key=? ORDER BY id"), key);
    while (query.step()) {
        all.push_back(read(query));
    }
    return all;
}

std::vector<Suppression> suppressions(const Database& database, Instant now) {
    std::vector<Suppression> all;
    Statement query(database, select("WHERE lifted_at IS NULL AND (until IS NULL OR until>?) ORDER BY id"), now);
    while (query.step()) {
        all.push_back(read(query));
    }
    return all;
}

}  // namespace nurture::store
