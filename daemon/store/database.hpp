// SPDX-License-Identifier: MIT
//
// One connection to the store: a SQLite file in WAL mode, synchronous=FULL, STRICT tables, foreign keys on. Opening for
// writing creates the file or brings its schema up to date; opening for reading changes neither the file nor its -wal.
// A connection belongs to one thread at a time; several connections (and processes) may share a file: a writer waits up
// to 5 s for another, then Busy is thrown. Everything here throws base::StoreError when disk or file fail.
#pragma once

#include "daemon/base/error.hpp"
#include "daemon/store/types.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

/// Another writer held the store for more than 5 s. What was to be committed is not.
struct Busy : base::StoreError {
    using StoreError::StoreError;
};
/// The file was written by a newer program.
struct NewerSchema : base::StoreError {
    using StoreError::StoreError;
};

enum class Purpose : std::uint8_t { live, rehearsal };

/// What a store is born with. Tests and rehearsals give their own, so that runs can be compared byte for byte.
struct Birth {
    std::string store_id;  // 32 hexadecimal digits
    std::string pepper;    // 32 bytes, key of every AddrKey; leaves the machine only in a copy of the store
};
Birth make_birth(base::IdSource& ids);

class Database {
public:
    /// Creates the file when it is missing (without `birth`, born of the system's entropy), patches an older schema,
    /// refuses a newer one.
    static Database open(const std::filesystem::path& path, const std::optional<Birth>& birth = std::nullopt);
    /// The file must exist and have the current schema.
    static Database open_read_only(const std::filesystem::path& path);
    static Database in_memory(const std::optional<Birth>& birth = std::nullopt);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    const std::filesystem::path& path() const;  // empty in memory
    bool in_transaction() const;

    /// A consistent copy into a new file, with an id and a purpose of its own. The file must not exist yet.
    Database copy_to(const std::filesystem::path& path, Purpose purpose, const std::string& store_id) const;

    /// For a long import that has the store to itself: a cache in which indices of keys in no order find room, and a
    /// -wal that may grow before a commit copies it back. False: as it was.
    void write_in_bulk(bool bulk);
    /// Copies the -wal back and empties it, as far as readers allow.
    void checkpoint();

    struct Impl;
    Impl& impl() const { return *impl_; }

private:
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Everything between construction and commit() happens, or nothing does. `write` takes the write lock at once, so
/// that it cannot fail half-way; `read` gives one consistent picture. Never two at a time on one connection. Leaving
/// the scope without commit() rolls back. commit() returns after the disk has it.
class Transaction {
public:
    enum class For : std::uint8_t { write, read };
    explicit Transaction(Database& database, For what = For::write);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

private:
    Database& database_;
    bool done_ = false;
};

// --- meta: what the store knows about itself --------------------------------------------------------------------

std::string store_id(const Database& database);
Purpose purpose(const Database& database);
std::string pepper(const Database& database);

/// H(machine-id, inode) of the installation that owns this file (clone guard); empty until the first start.
std::string instance(const Database& database);
void set_instance(Database& database, std::string_view instance);

/// The latest instant at which anything was handed over (clock guard). Only grows.
std::optional<Instant> clock_max(const Database& database);
void raise_clock_max(Database& database, Instant now);

/// How far the engine has read the inbox; set in T0.
InboxSeq inbox_cursor(const Database& database);
void set_inbox_cursor(Database& database, InboxSeq cursor);

/// The kill switch as the store knows it. The STOP files beside the store are the service's business.
struct Stopped {
    Instant at;
    std::string by, why;
};
/// Also while a guard holds everything: then `by` is the guard.
std::optional<Stopped> stopped(const Database& database);
/// Only what a person or a STOP file said.
std::optional<Stopped> stop_said(const Database& database);
/// Both write meta, inbox and journal in the caller's transaction, and do nothing when it is so already.
void stop(Database& database, Instant at, std::string_view by, std::string_view why);
void resume(Database& database, Instant at, std::string_view by, std::string_view why);

/// A guard found that this may not be the store, or the time, that it seems to be: nothing leaves until a person
/// reconciles, or until the clock is right again.
enum class Guard : std::uint8_t { store, clock };
std::optional<Stopped> hold(const Database& database, Guard guard);
/// As stop() and resume(): inbox and journal, in the caller's transaction, nothing when it is so already.
void put_on_hold(Database& database, Guard guard, Instant at, std::string_view why);
void release_hold(Database& database, Guard guard, Instant at, std::string_view by, std::string_view why);
/// A person says that the clock is right although the store remembers a later instant.
void set_clock_max(Database& database, Instant now);

/// Anything else, by key; for the folders above.
std::optional<std::string> meta(const Database& database, std::string_view key);
void set_meta(Database& database, std::string_view key, std::string_view value);

// --- columns: one per field -------------------------------------------------------------------------------------

/// Built-in and declared fields that the store has, by name.
std::vector<ColumnDef> columns(const Database& database);

struct ColumnClash {
    std::string name;
    ColumnType stored, wanted;
};
/// Fields that the store holds as something else.
std::vector<ColumnClash> column_clashes(const Database& database, const std::vector<ColumnDef>& wanted);
struct ColumnsAdded {
    std::vector<std::string> added;
    std::vector<ColumnClash> clashes;  // not empty: nothing was added
};
/// Adds what is missing; a running daemon does not notice. Takes its own transaction unless one is open.
ColumnsAdded ensure_columns(Database& database, const std::vector<ColumnDef>& wanted);

}  // namespace nurture::store
