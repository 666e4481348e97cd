// SPDX-License-Identifier: MIT
//
// What the program did, for ever: append-only rows, each holding the SHA-256 of itself and of the one before. Ids, keys
// and codes only: no name, no address, no text. The store refuses updates and deletes; a hand that gets around that is
// found by verify_journal. Threads and errors as in database.hpp; append wants a write transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

struct JournalEntry {
    Instant at{};
    std::string kind{};     // start, applied, enrol, release, handover, refused, outcome, end, stop, resume, lift …
    MessageId message = 0;  // 0: none
    EnrolmentId enrolment = 0;
    std::string body{};  // a JSON object with its keys in order
};
struct JournalRow : JournalEntry {
    std::int64_t seq = 0;  // from 1, without gaps
    Hash prev{}, hash{};
};

/// In the caller's write transaction; returns its seq.
std::int64_t append(Database& database, const JournalEntry& entry);

/// By seq, after `after`.
void scan_journal(const Database& database, std::int64_t after, const std::function<void(const JournalRow&)>& each);

/// What was done in one enrolment, in its order.
std::vector<JournalRow> journal_of(const Database& database, EnrolmentId enrolment);

struct JournalCheck {
    std::int64_t rows = 0;
    Hash head{};
    std::optional<std::int64_t> broken_at;  // the first seq that does not fit
    std::string problem;
    bool ok() const { return !broken_at; }
};
/// A head that was noted elsewhere (seq and hash) is looked for as well, so that a shortened journal is found too.
struct JournalHead {
    std::int64_t seq = 0;
    Hash hash{};
};
JournalHead journal_head(const Database& database);
/// Of the row `seq`; none: there is no such row.
std::optional<Hash> journal_hash(const Database& database, std::int64_t seq);
JournalCheck verify_journal(const Database& database, const std::optional<JournalHead>& noted = std::nullopt);

/// `{"a":1,"b":"x"}`: keys in the order given, strings escaped (RFC 8259).
class JournalBody {
public:
    JournalBody& add(std::string_view key, std::int64_t value);
    JournalBody& add(std::string_view key, std::string_view value);
    JournalBody& add(std::string_view key, const Hash& value);  // hexadecimal
    std::string text() const;

private:
    void begin(std::string_view key);
    std::string text_;
};

}  // namespace nurture::store
