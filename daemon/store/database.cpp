// SPDX-License-Identifier: MIT
#include "daemon/store/database.hpp"

#include "daemon/store/connection.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/statement.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace nurture::store {
namespace {

// Commits of the daemon take a millisecond or two: a waiter that looks often gets its turn soon. SQLite's own handler
// backs off to 100 ms, and would let a hand-over miss every gap between an import's batches.
constexpr std::chrono::microseconds k_poll{500};
constexpr int k_polls = 10'000;  // 5 s: longer than any batch of ours; who waits longer must be told

int wait_for_writer(void*, int polls) {
    if (polls >= k_polls) {
        return 0;
    }
    std::this_thread::sleep_for(k_poll);
    return 1;
}

// Pages after which a commit copies the -wal back, 16 MB: that waits for the disk twice, and the pages that every
// hand-over changes are copied once instead of many times.
constexpr int k_checkpoint_pages = 4'000, k_bulk_checkpoint_pages = 50'000;

/// Of two who do this to the same new file SQLite refuses one at once, without asking the handler: they would wait for
/// each other. Its next try finds what the other has made.
void turn_into_wal(SQLite::Database& sqlite) {
    for (int polls = 0;; ++polls) {
        try {
            sqlite.exec("PRAGMA journal_mode=WAL");
            return;
        } catch (const SQLite::Exception& trouble) {
            if (trouble.getErrorCode() != SQLITE_BUSY || wait_for_writer(nullptr, polls) == 0) {
                throw;
            }
        }
    }
}

template<class Action>
auto guarded(const std::filesystem::path& path, Action action) {
    try {
        return action();
    } catch (const SQLite::Exception& trouble) {
        raise(trouble, path);
    }
}

/// SQLite would make the file 0644: the group that may use the store must be able to write it. Its -wal and -shm
/// follow.
void make_file(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (file < 0) {
        throw base::StoreError(
            fmt::format("cannot open the store {}: {}", path.string(), std::generic_category().message(errno)));
    }
    ::close(file);
}

/// Nobody asks SQLite how much memory it has, and to keep count it would take a lock for every piece. Before the first
/// connection, or it is refused and nothing is different.
void do_not_count_memory() {
    static const int asked = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)asked;
}

std::unique_ptr<SQLite::Database> connect(const std::filesystem::path& path, int flags) {
    do_not_count_memory();
    return guarded(path, [&] {
        auto sqlite = std::make_unique<SQLite::Database>(path.string(), flags | SQLite::OPEN_NOMUTEX);
        sqlite3_busy_handler(sqlite->getHandle(), wait_for_writer, nullptr);
        // Small pieces from a place of its own, 600 kB in place of 48: the statements of T2 fit (5 % of its time).
        sqlite3_db_config(sqlite->getHandle(), SQLITE_DBCONFIG_LOOKASIDE, nullptr, 1200, 500);
        sqlite->exec("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF");
        return sqlite;
    });
}

int number(SQLite::Database& sqlite, const char* sql) { return sqlite.execAndGet(sql).getInt(); }

void set_checkpoints(SQLite::Database& sqlite, int pages) { sqlite3_wal_autocheckpoint(sqlite.getHandle(), pages); }

/// The version of the schema, 0 for an empty file. Throws for files that are not ours or come from the future.
int schema_version(SQLite::Database& sqlite, const std::filesystem::path& path) {
    const int version = number(sqlite, "PRAGMA user_version");
    const int known = static_cast<int>(schema_patches().size());
    const bool empty = number(sqlite, "SELECT count(*) FROM sqlite_master") == 0;
    if (!empty && number(sqlite, "PRAGMA application_id") != k_application_id) {
        throw base::StoreError(
            fmt::format("{} is a database of another program, not a store of nurtured", path.string()));
    }
    if (version > known) {
        throw NewerSchema(
            fmt::format("the store {} was written by a newer version of nurtured (schema {}, this program "
                        "knows up to {}): install that version",
                        path.string(), version, known));
    }
    return version;
}

void be_born(SQLite::Database& sqlite, const std::optional<Birth>& given) {
    Birth birth;
    if (given) {
        birth = *given;
    } else {
        auto ids = base::IdSource::random();
        birth = make_birth(ids);
    }
    SQLite::Statement insert(sqlite, "INSERT INTO meta VALUES('store_id',?1),('pepper',?2),('purpose','live')");
    insert.bind(1, birth.store_id);
    insert.bind(2, birth.pepper.data(), static_cast<int>(birth.pepper.size()));
    insert.exec();
}

void bring_up_to_date(SQLite::Database& sqlite, const std::filesystem::path& path, const std::optional<Birth>& birth) {
    const auto patches = schema_patches();
    if (schema_version(sqlite, path) == static_cast<int>(patches.size())) {
        return;
    }
    sqlite.exec("BEGIN IMMEDIATE");
    // Asked again under the lock: two programs may have come at once.
    const int version = schema_version(sqlite, path);
    for (int i = version; i < static_cast<int>(patches.size()); ++i) {
        sqlite.exec(patches[static_cast<std::size_t>(i)]);
    }
    if (version == 0) {
        be_born(sqlite, birth);
    }
    sqlite.exec(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", k_application_id, patches.size()));
    sqlite.exec("COMMIT");
}

}  // namespace

void raise(const SQLite::Exception& trouble, const std::filesystem::path& path) {
    const std::string where = path.empty() ? std::string("the store") : "the store " + path.string();
    switch (trouble.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw Busy(where + " is busy: another program has been writing to it for more than 5 seconds");
    case SQLITE_FULL: throw base::StoreError("the disk is full: " + where + " cannot be written");
    case SQLITE_IOERR:  // a full disk can show as this one, too: some file systems find room only when they flush
        throw base::StoreError(
            fmt::format("the disk under {} does not take or give data any more ({}): is it full (`df`), "
                        "or broken (`dmesg`)? What was committed is kept",
                        where, trouble.what()));
    case SQLITE_READONLY: throw base::StoreError(where + " cannot be written: it is read-only for this user");
    case SQLITE_CANTOPEN:
        throw base::StoreError("cannot open " + where +
                               ": check that the file and its directory exist and may be read");
    case SQLITE_NOTADB: throw base::StoreError(where + " is not a database");
    case SQLITE_CORRUPT:
        throw base::StoreError(where + " is damaged: " + trouble.what() + "; restore it from a backup");
    default: throw base::StoreError(where + ": " + trouble.what());
    }
}

Birth make_birth(base::IdSource& ids) {
    Birth birth{base::hex(ids.next()), {}};
    for (int half = 0; half < 2; ++half) {
        const auto id = ids.next();
        birth.pepper.append(id.bytes.begin(), id.bytes.end());
    }
    return birth;
}

Database::Impl::Impl(std::unique_ptr<SQLite::Database> opened, std::filesystem::path file)
    : sqlite(std::move(opened)),
      path(std::move(file)) {}
Database::Impl::~Impl() = default;

void Database::Impl::run(const char* sql) {
    guarded(path, [&] { sqlite->exec(sql); });
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Database Database::open(const std::filesystem::path& path, const std::optional<Birth>& birth) {
    make_file(path);
    auto sqlite = connect(path, SQLite::OPEN_READWRITE);
    guarded(path, [&] {
        schema_version(*sqlite, path);  // before anything is changed in a file that may not be ours
        turn_into_wal(*sqlite);
        set_checkpoints(*sqlite, k_checkpoint_pages);
        bring_up_to_date(*sqlite, path, birth);
    });
    return Database(std::make_unique<Impl>(std::move(sqlite), path));
}

Database Database::open_read_only(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) {
        throw base::StoreError(fmt::format("there is no store at {}: `nurture import` makes one", path.string()));
    }
    auto sqlite = connect(path, SQLite::OPEN_READONLY);
    const int version = guarded(path, [&] { return schema_version(*sqlite, path); });
    if (version != static_cast<int>(schema_patches().size())) {
        throw base::StoreError(fmt::format("the store {} is of an older version of nurtured: start the daemon or run "
                                           "`nurture import` once, which bring it up to date",
                                           path.string()));
    }
    return Database(std::make_unique<Impl>(std::move(sqlite), path));
}

Database Database::in_memory(const std::optional<Birth>& birth) {
    auto sqlite = connect(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    guarded({}, [&] { bring_up_to_date(*sqlite, {}, birth); });
    return Database(std::make_unique<Impl>(std::move(sqlite), std::filesystem::path()));
}

const std::filesystem::path& Database::path() const { return impl_->path; }

bool Database::in_transaction() const { return sqlite3_get_autocommit(impl_->sqlite->getHandle()) == 0; }

Database Database::copy_to(const std::filesystem::path& path, Purpose purpose, const std::string& store_id) const {
    if (std::filesystem::exists(path)) {
        throw base::StoreError(fmt::format("{} exists already: a copy of the store needs a new file", path.string()));
    }
    make_file(path);
    guarded(path, [&] {
        SQLite::Database target(path.string(), SQLite::OPEN_READWRITE);
        SQLite::Backup(target, *impl_->sqlite).executeStep(-1);
    });
    Database copy = open(path);
    Transaction transaction(copy);
    // A copy is another store: it belongs to no installation yet, its clock may be stepped from any instant, and the
    // original's kill switch and holds are not its own.
    Statement(copy, "DELETE FROM meta WHERE key IN ('instance','clock_max','stopped','hold_store','hold_clock')").run();
    set_meta(copy, "store_id", store_id);
    set_meta(copy, "purpose", purpose == Purpose::live ? "live" : "rehearsal");
    transaction.commit();
    return copy;
}

void Database::write_in_bulk(bool bulk) {
    // In KiB where negative: 200 MB, room for indices whose keys come in no order.
    impl_->run(bulk ? "PRAGMA cache_size=-200000" : "PRAGMA cache_size=-2000");
    set_checkpoints(*impl_->sqlite, bulk ? k_bulk_checkpoint_pages : k_checkpoint_pages);
}

void Database::checkpoint() { impl_->run("PRAGMA wal_checkpoint(TRUNCATE)"); }

Transaction::Transaction(Database& database, For what) : database_(database) {
    assert(!database.in_transaction());
    database.impl().journal_head.reset();
    Statement(database, what == For::write ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

Transaction::~Transaction() {
    database_.impl().journal_head.reset();
    if (done_ || !database_.in_transaction()) {
        return;
    }
    try {
        Statement(database_, "ROLLBACK").run();
    } catch (const base::StoreError&) {
        // Nothing was committed, which is all that this promises; SQLite rolls back when the connection closes.
    }
}

void Transaction::commit() {
    Statement(database_, "COMMIT").run();
    done_ = true;
}

}  // namespace nurture::store
