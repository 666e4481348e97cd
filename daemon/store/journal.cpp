// SPDX-License-Identifier: MIT
#include "daemon/store/journal.hpp"

#include "daemon/store/connection.hpp"
#include "daemon/store/statement.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>

namespace nurture::store {
namespace {

constexpr std::string_view k_columns = "seq,at,kind,message,enrolment,body,prev,hash";

JournalRow read(Statement& row) {
    JournalRow entry;
    entry.seq = row.integer();
    entry.at = row.instant();
    entry.kind = row.text();
    entry.message = row.integer();  // NULL reads as 0
    entry.enrolment = row.integer();
    entry.body = row.text();
    entry.prev = row.array<Hash>();
    entry.hash = row.array<Hash>();
    return entry;
}

/// Everything that a row says, in a form that no two different rows share: numbers, and texts that begin with their
/// length.
Hash hash_of(const Hash& prev, std::int64_t seq, const JournalEntry& entry) {
    std::string text(prev.begin(), prev.end());
    fmt::format_to(std::back_inserter(text), "{}\n{}\n{}\n{}\n{}:{}\n{}:{}", seq, base::to_unix(entry.at),
                   entry.message, entry.enrolment, entry.kind.size(), entry.kind, entry.body.size(), entry.body);
    return base::sha256(text);
}

}  // namespace

JournalHead journal_head(const Database& database) {
    Statement query(database, "SELECT seq,hash FROM journal WHERE part=0 ORDER BY seq DESC LIMIT 1");
    JournalHead head;
    if (query.step()) {
        head.seq = query.integer();
        head.hash = query.array<Hash>();
    }
    return head;
}

std::optional<Hash> journal_hash(const Database& database, std::int64_t seq) {
    Statement query(database, "SELECT hash FROM journal WHERE part=0 AND seq=?", seq);
    return query.step() ? std::optional(query.array<Hash>()) : std::nullopt;
}

std::int64_t append(Database& database, const JournalEntry& entry) {
    assert(database.in_transaction());
    auto& head = database.impl().journal_head;
    if (!head) {
        head = journal_head(database);
    }
    const std::int64_t seq = head->seq + 1;
    const Hash hash = hash_of(head->hash, seq, entry);
    Statement(database,
              "INSERT INTO journal(part,seq,at,kind,message,enrolment,body,prev,hash) VALUES(0,?,?,?,?,?,?,?,?)", seq,
              entry.at, entry.kind, unless_zero(entry.message), unless_zero(entry.enrolment), entry.body, head->hash,
              hash)
        .run();
    head = JournalHead{seq, hash};
    return seq;
}

void scan_journal(const Database& database, std::int64_t after, const std::function<void(const JournalRow&)>& each) {
    Statement query(database, fmt::format("SELECT {} FROM journal WHERE part=0 AND seq>? ORDER BY seq", k_columns),
                    after);
    while (query.step()) {
        each(read(query));
    }
}

std::vector<JournalRow> journal_of(const Database& database, EnrolmentId enrolment) {
    std::vector<JournalRow> rows;
    Statement query(database,
                    fmt::format("SELECT {} FROM journal WHERE enrolment=? AND part=0 ORDER BY seq", k_columns),
                    enrolment);
    while (query.step())
        rows.push_back(read(query));
    return rows;
}

JournalCheck verify_journal(const Database& database, const std::optional<JournalHead>& noted) {
    JournalCheck check;
    const auto broken = [&](std::int64_t seq, std::string problem) {
        if (!check.broken_at) {
            check.broken_at = seq;
            check.problem = std::move(problem);
        }
    };
    bool noted_seen = !noted || noted->seq == 0;
    scan_journal(database, 0, [&](const JournalRow& row) {
        const std::int64_t expected = check.rows + 1;
        if (row.seq != expected) {
            broken(expected, fmt::format("row {} is missing", expected));
        } else if (row.prev != check.head) {
            broken(row.seq, fmt::format("row {} does not continue the row before it", row.seq));
        } else if (row.hash != hash_of(row.prev, row.seq, row)) {
            broken(row.seq, fmt::format("row {} was changed after it was written", row.seq));
        }
        if (noted && row.seq == noted->seq) {
            noted_seen = true;
            if (row.hash != noted->hash) {
                broken(row.seq, fmt::format("row {} is not the one that was noted elsewhere", row.seq));
            }
        }
        check.head = row.hash;
        ++check.rows;
    });
    if (!noted_seen) {
        broken(noted->seq,
               fmt::format("the journal ends at row {}, but row {} was noted elsewhere", check.rows, noted->seq));
    }
    return check;
}

void JournalBody::begin(std::string_view key) { text_.append(text_.empty() ? "\"" : ",\"").append(key).append("\":"); }
JournalBody& JournalBody::add(std::string_view key, std::int64_t value) {
    begin(key);
    text_ += std::to_string(value);
    return *this;
}
JournalBody& JournalBody::add(std::string_view key, std::string_view value) {
    // Two rows per message: what needs no escape, which is nearly everything, is not sent through a JSON library.
    const bool plain =
        std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    begin(key);
    if (plain)
        text_.append("\"").append(value).append("\"");
    else  // replaced, not thrown: a journal row must not fail over a byte
        text_ += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return *this;
}
JournalBody& JournalBody::add(std::string_view key, const Hash& value) { return add(key, base::hex(value)); }
std::string JournalBody::text() const { return '{' + text_ + '}'; }

}  // namespace nurture::store
