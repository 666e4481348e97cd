// SPDX-License-Identifier: MIT
// What the store knows about itself (database.hpp).
#include "daemon/store/database.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/statement.hpp"

#include <fmt/format.h>

#include <charconv>

namespace nurture::store {
namespace {

void put(Database& database, std::string_view key, const auto& value) {
    Statement(database, "INSERT INTO meta VALUES(?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value", key, value)
        .run();
}

std::optional<std::int64_t> integer(const Database& database, std::string_view key) {
    Statement query(database, "SELECT value FROM meta WHERE key=?", key);
    return query.step() ? query.maybe_integer() : std::nullopt;
}

}  // namespace

std::optional<std::string> meta(const Database& database, std::string_view key) {
    Statement query(database, "SELECT value FROM meta WHERE key=?", key);
    return query.step() ? query.maybe_text() : std::nullopt;
}
void set_meta(Database& database, std::string_view key, std::string_view value) { put(database, key, value); }

std::string store_id(const Database& database) { return meta(database, "store_id").value_or(""); }
Purpose purpose(const Database& database) {
    return meta(database, "purpose") == "rehearsal" ? Purpose::rehearsal : Purpose::live;
}

std::string pepper(const Database& database) {
    Statement query(database, "SELECT value FROM meta WHERE key='pepper'");
    if (!query.step()) {
        throw base::StoreError("the store has lost its pepper, without which no address can be compared");
    }
    const auto bytes = query.bytes();
    return {bytes.begin(), bytes.end()};
}

std::string instance(const Database& database) { return meta(database, "instance").value_or(""); }
void set_instance(Database& database, std::string_view instance) { put(database, "instance", instance); }

std::optional<Instant> clock_max(const Database& database) {
    const auto seconds = integer(database, "clock_max");
    return seconds ? std::optional(base::from_unix(*seconds)) : std::nullopt;
}
void raise_clock_max(Database& database, Instant now) {
    Statement(database,
              "INSERT INTO meta VALUES('clock_max',?) ON CONFLICT(key) DO UPDATE SET value=max(value,excluded.value)",
              now)
        .run();
}

InboxSeq inbox_cursor(const Database& database) { return integer(database, "inbox_cursor").value_or(0); }
void set_inbox_cursor(Database& database, InboxSeq cursor) { put(database, "inbox_cursor", cursor); }

namespace {

// Stored as "SECONDS\nBY\nWHY": one value, so that it cannot be half there.
std::optional<Stopped> read_stop(const Database& database, std::string_view key) {
    const auto text = meta(database, key);
    if (!text) {
        return std::nullopt;
    }
    const auto first = text->find('\n');
    const auto second = text->find('\n', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
        return Stopped{Instant{}, "somebody", *text};  // set by hand with sqlite3: still a stop
    }
    std::int64_t seconds = 0;
    std::from_chars(text->data(), text->data() + first, seconds);
    return Stopped{base::from_unix(seconds), text->substr(first + 1, second - first - 1), text->substr(second + 1)};
}

std::string_view key_of(Guard guard) { return guard == Guard::store ? "hold_store" : "hold_clock"; }
std::string_view name_of(Guard guard) { return guard == Guard::store ? "the store guard" : "the clock guard"; }

/// The engine hears of the first reason to stop and of the end of the last.
void set(Database& database, std::string_view key, std::string_view kind, Instant at, std::string_view by,
         std::string_view why) {
    const bool news = !stopped(database);
    put(database, key, fmt::format("{}\n{}\n{}", base::to_unix(at), by, why));
    if (news) {
        append(database, InboxRow{.at = at, .kind = InboxKind::stopped, .by = std::string(by)});
    }
    append(
        database,
        JournalEntry{.at = at, .kind = std::string(kind), .body = JournalBody().add("by", by).add("why", why).text()});
}

void lift(Database& database, std::string_view key, std::string_view kind, Instant at, std::string_view by,
          std::string_view why) {
    Statement(database, "DELETE FROM meta WHERE key=?", key).run();
    if (!stopped(database)) {
        append(database, InboxRow{.at = at, .kind = InboxKind::resumed, .by = std::string(by)});
    }
    append(
        database,
        JournalEntry{.at = at, .kind = std::string(kind), .body = JournalBody().add("by", by).add("why", why).text()});
}

}  // namespace

std::optional<Stopped> hold(const Database& database, Guard guard) { return read_stop(database, key_of(guard)); }

std::optional<Stopped> stopped(const Database& database) {
    auto found = read_stop(database, "stopped");
    for (const Guard guard : {Guard::store, Guard::clock}) {
        found = found ? found : hold(database, guard);
    }
    return found;
}

std::optional<Stopped> stop_said(const Database& database) { return read_stop(database, "stopped"); }

void stop(Database& database, Instant at, std::string_view by, std::string_view why) {
    if (!read_stop(database, "stopped")) {
        set(database, "stopped", "stop", at, by, why);
    }
}

void resume(Database& database, Instant at, std::string_view by, std::string_view why) {
    if (read_stop(database, "stopped")) {
        lift(database, "stopped", "resume", at, by, why);
    }
}

void put_on_hold(Database& database, Guard guard, Instant at, std::string_view why) {
    if (!hold(database, guard)) {
        set(database, key_of(guard), "guard", at, name_of(guard), why);
    }
}

void release_hold(Database& database, Guard guard, Instant at, std::string_view by, std::string_view why) {
    if (hold(database, guard)) {
        lift(database, key_of(guard), "reconcile", at, by, why);
    }
}

void set_clock_max(Database& database, Instant now) { put(database, "clock_max", now); }

}  // namespace nurture::store
