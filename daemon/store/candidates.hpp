// SPDX-License-Identifier: MIT
//
// People: one row each, one real column per field, entries of lists beside it. CandidateWriter updates by `ref` and
// tells the inbox what changed; nothing changed, nothing written. CandidateScan is the roster's way in: one pass,
// values as views. Personal data never leaves through errors. Threads and errors as in database.hpp; writers want an
// open write transaction, a scan that must agree with others an open read transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

struct CandidateRecord {
    std::string ref;                   // the ATS's own id
    std::optional<AddrKey> email_key;  // looked at only where the writer's columns have `email` / `phone`
    std::optional<AddrKey> phone_key;
    std::vector<Value> values;  // parallel to the writer's columns; unknown clears
};

class CandidateWriter {
public:
    struct Options {
        bool live = false;  // changes start campaigns (`import --live`)
        std::string by;     // who, for the inbox
        /// Values that are equal after folding did not become anything new (dsl::fold); none: compared as they are.
        std::string (*fold)(std::string_view) = nullptr;
        /// For a large file while no daemon runs: if nobody is in the store yet, the indices of the keys, which come in
        /// no order, are made when the first batch is over. The caller's transaction brings them back where it fails.
        bool in_bulk = false;
    };
    enum class Result : std::uint8_t { added, changed, unchanged };

    /// The columns must exist (ensure_columns). Fields that are not among them keep what they have.
    CandidateWriter(Database& database, std::vector<ColumnDef> columns, Options options);
    CandidateWriter(const CandidateWriter&) = delete;
    CandidateWriter& operator=(const CandidateWriter&) = delete;
    ~CandidateWriter();

    struct Put {
        Result result{};
        CandidateId id = 0;
        int changes = 0;  // became, gained and lost rows written
    };
    /// Row, list entries, keys and the inbox rows of a changed person, all in the caller's transaction.
    Put put(const CandidateRecord& record, Instant now);
    /// Before each commit: one inbox row for all people who were new since the last time.
    void finish_batch(Instant now);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// People in the order in which they came into the store. Erased people are left out of a scan over everybody, and are
/// there (with nothing in them) when the range asks for exactly one.
class CandidateScan {
public:
    /// `fields`: names of columns that are not lists, in the order in which the accessors number them.
    CandidateScan(const Database& database, std::span<const std::string> fields, IdRange range = {});
    CandidateScan(const CandidateScan&) = delete;
    CandidateScan& operator=(const CandidateScan&) = delete;
    ~CandidateScan();

    bool next();

    CandidateId id() const;
    std::string_view ref() const;
    Instant joined_at() const;  // came into the store
    bool erased() const;
    const AddrKey* email_key() const;  // null: no usable address
    const AddrKey* phone_key() const;

    bool known(std::size_t field) const;
    std::string_view text(std::size_t field) const;  // until next()
    double number(std::size_t field) const;
    bool yes(std::size_t field) const;
    // None: unknown, or written past the program and no date, no place.
    std::optional<base::Day> date(std::size_t field) const;
    std::optional<Place> place(std::size_t field) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

std::int64_t candidate_count(const Database& database);  // without erased ones; reads all of them
bool has_candidates(const Database& database);           // likewise
CandidateId last_candidate(const Database& database);    // the largest id; 0: nobody

struct CandidateRow {
    CandidateId id = 0;
    std::string ref;
    Instant joined_at;
    std::optional<Instant> erased_at;
    std::optional<AddrKey> email_key, phone_key;
    std::vector<Value> values;  // parallel to the columns asked for, lists included
};
/// All values of one person, for compose and `export`.
std::optional<CandidateRow> read_candidate(const Database& database, CandidateId id,
                                           const std::vector<ColumnDef>& columns);

std::optional<CandidateId> find_by_ref(const Database& database, std::string_view ref);
/// Everybody with that mailbox or phone, in store order.
std::vector<CandidateId> find_by_key(const Database& database, Channel channel, const AddrKey& key);
/// Refs that begin so, for "did you mean".
std::vector<std::string> refs_like(const Database& database, std::string_view prefix, int limit);

/// Forgets a person: every field, list, event, note, task text, old and new values in the inbox; the ref becomes
/// "erased-ID". Suppresses the addresses first, so that a later import of the same address stays silent. What was sent
/// stays, by id. Journal and inbox get a row.
void erase_candidate(Database& database, CandidateId id, Instant at, std::string_view by);

}  // namespace nurture::store
