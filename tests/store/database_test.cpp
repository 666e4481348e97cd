// SPDX-License-Identifier: MIT
#include "daemon/store/database.hpp"

#include "daemon/store/engine_lock.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/statement.hpp"
#include "tests/store/sample.hpp"
#include "tests/support/temp_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

using namespace nurture::store;
using namespace nurture::store::sample;
using nurture::base::StoreError;
using nurture::support::content_of;
using nurture::support::TempDirectory;

namespace {

/// Runs in a child process, which then dies without closing anything.
template<class Work>
void in_a_process_that_dies(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
}

void run_sql(const std::filesystem::path& path, const char* sql) {
    SQLite::Database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

}  // namespace

TEST_CASE("a new store is a WAL file that the group may write and that survives being opened again") {
    const TempDirectory folder;
    const auto path = folder / "nurtured.db";
    const mode_t before = ::umask(0007);
    std::string id;
    {
        auto database = Database::open(path);
        id = store_id(database);
        CHECK(id.size() == 32);
        CHECK(pepper(database).size() == 32);
    }
    ::umask(before);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0660);
    CHECK(SQLite::Database(path.string()).execAndGet("PRAGMA journal_mode").getString() == "wal");
    const auto again = Database::open(path);
    CHECK(store_id(again) == id);
    CHECK(purpose(again) == Purpose::live);
}

TEST_CASE("a store of a newer program is refused with what to do") {
    const TempDirectory folder;
    const auto path = folder / "nurtured.db";
    Database::open(path);
    run_sql(path, "PRAGMA user_version=99");
    CHECK_THROWS_AS(Database::open(path), NewerSchema);
    CHECK_THROWS_WITH(Database::open_read_only(path), Catch::Contains("newer version of nurtured (schema 99"));
}

TEST_CASE("what was tried under an older schema is still known after the store was brought up to date") {
    const TempDirectory folder;
    const auto path = folder / "nurtured.db";
    for (const auto* patch : schema_patches().first(2))
        run_sql(path, patch);
    run_sql(
        path,
        fmt::format(
            "PRAGMA application_id={}; PRAGMA user_version=2;"
            "INSERT INTO message(id,purpose,channel,addr_key,template,owner,recipient,slot,closes,"
            "expires,not_before,state,reason) SELECT value,'test','email',zeroblob(32),'','','',1,2,"
            "3,1,'READY','' FROM json_each('[1,2]');"
            "INSERT INTO attempt VALUES(x'000102030405060708090a0b0c0d0e0f',2,'north',5,6,'deferred',451,'4.3.0',''),"
            "(randomblob(16),1,'south',7,8,'accepted',250,'','queued'),"
            "(randomblob(16),2,'south',9,NULL,'',0,'','')",
            k_application_id)
            .c_str());
    const auto database = Database::open(path);
    const auto of_two = attempts_of(database, 2);
    REQUIRE(of_two.size() == 2);
    CHECK(of_two[0].relay == "north");
    CHECK(of_two[0].outcome == "deferred");
    CHECK(of_two[0].code == 451);
    CHECK(of_two[0].enhanced == "4.3.0");
    CHECK(nurture::base::hex(of_two[0].id) == "000102030405060708090a0b0c0d0e0f");
    CHECK(of_two[1].started_at == nurture::base::from_unix(9));
    CHECK_FALSE(of_two[1].ended_at);
    CHECK(attempts_of(database, 1).at(0).remote_id == "queued");
}

TEST_CASE("what is held, in flight or in doubt is found by an index, however many messages there have been") {
    const auto database = Database::in_memory();
    const auto plan_of = [&](const std::string& sql, const auto&... values) {
        Statement plan(database, "EXPLAIN QUERY PLAN " + sql, values...);
        REQUIRE(plan.step());
        return plan.at(3).text();
    };
    for (const auto* state : {"HELD", "INFLIGHT", "IN_DOUBT"})
        CHECK_THAT(plan_of("SELECT * FROM message WHERE state=? ORDER BY id", state), Catch::Contains("message_open"));
    CHECK_THAT(plan_of("SELECT * FROM message WHERE state='IN_DOUBT' AND closed_at IS NULL ORDER BY id"),
               Catch::Contains("message_open"));
    CHECK_THAT(plan_of("UPDATE message SET closed_at=1 WHERE state='IN_DOUBT' AND closed_at IS NULL AND (SELECT"
                       " max(started_at) FROM attempt WHERE attempt.message=message.id)<=1"),
               Catch::Contains("message_open"));
}

TEST_CASE("a database of another program is refused and not changed") {
    const TempDirectory folder;
    const auto path = folder / "other.db";
    run_sql(path, "CREATE TABLE bookmarks(url TEXT)");
    const auto before = content_of(path);
    CHECK_THROWS_WITH(Database::open(path), Catch::Contains("another program"));
    CHECK(content_of(path) == before);
    const auto text = folder.write("notes.txt", std::string(4096, 'x'));
    CHECK_THROWS_WITH(Database::open(text), Catch::Contains("is not a database"));
}

TEST_CASE("several programs may make one store at the same moment") {
    const TempDirectory folder;
    const auto path = folder / "nurtured.db";
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                auto database = Database::open(path);
                Transaction transaction(database);
                set_meta(database, "opened by " + std::to_string(i), "yes");
                transaction.commit();
                ::_exit(0);
            } catch (const StoreError& trouble) {
                std::fprintf(stderr, "%s\n", trouble.what());
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WEXITSTATUS(status) == 0);
    }
    const auto database = Database::open_read_only(path);
    for (int i = 0; i < 8; ++i) {
        CHECK(meta(database, "opened by " + std::to_string(i)) == "yes");
    }
}

TEST_CASE("a missing store or directory is named") {
    const TempDirectory folder;
    CHECK_THROWS_WITH(Database::open_read_only(folder / "nurtured.db"), Catch::Contains("there is no store at"));
    CHECK_THROWS_WITH(Database::open(folder / "nowhere/nurtured.db"), Catch::Contains("No such file or directory"));
}

TEST_CASE("opening for reading leaves the store byte for byte as it is, after a crash too") {
    const TempDirectory folder;
    const auto path = folder / "nurtured.db";
    in_a_process_that_dies([&] { new Store(Database::open(path, birth())); });
    const auto file = content_of(path);
    const auto wal = content_of(folder / "nurtured.db-wal");
    REQUIRE(!wal.empty());
    {
        const auto database = Database::open_read_only(path);
        CHECK(candidate_count(database) == 1);
        CHECK(inbox_end(database) > 0);
    }
    CHECK(content_of(path) == file);
    CHECK(content_of(folder / "nurtured.db-wal") == wal);
}

TEST_CASE("a reader cannot write") {
    const TempDirectory folder;
    const auto path = folder / "nurtured.db";
    Database::open(path);
    auto database = Database::open_read_only(path);
    CHECK_THROWS_AS(set_meta(database, "colour", "blue"), StoreError);
}

TEST_CASE("what is not committed never happened") {
    Store store;
    {
        Transaction transaction(store.database);
        set_meta(store.database, "colour", "blue");
        append(store.database, JournalEntry{k_now, "test", 0, 0, "{}"});
    }
    CHECK_FALSE(meta(store.database, "colour"));
    store.commit([&] { append(store.database, JournalEntry{k_now, "test", 0, 0, "{}"}); });
    CHECK(verify_journal(store.database).ok());
}

TEST_CASE("a copy is a store of its own with the same people") {
    const TempDirectory folder;
    Store store(Database::open(folder / "nurtured.db", birth()));
    store.commit([&] {
        set_instance(store.database, "this machine");
        raise_clock_max(store.database, k_now);
        stop(store.database, k_now, "lee.ortiz", "test");
    });
    const auto copy = store.database.copy_to(folder / "copy.db", Purpose::rehearsal, std::string(32, '2'));
    CHECK(purpose(copy) == Purpose::rehearsal);
    CHECK(store_id(copy) == std::string(32, '2'));
    CHECK(store_id(store.database) == std::string(32, '1'));
    CHECK(pepper(copy) == pepper(store.database));
    CHECK(instance(copy).empty());
    CHECK_FALSE(clock_max(copy));
    CHECK_FALSE(stopped(copy));
    CHECK(stopped(store.database));
    CHECK(find_by_ref(copy, "ana.ruiz") == store.person);
    CHECK_THROWS_WITH(store.database.copy_to(folder / "copy.db", Purpose::rehearsal, "x"),
                      Catch::Contains("exists already"));
}

TEST_CASE("the clock that a store remembers only goes forward") {
    auto database = Database::in_memory(birth());
    raise_clock_max(database, k_now);
    raise_clock_max(database, k_now - hours(1));
    CHECK(clock_max(database) == k_now);
}

TEST_CASE("the kill switch remembers who and why, and tells engine and journal once") {
    Store store;
    const auto before = inbox_end(store.database);
    store.commit([&] { stop(store.database, k_now, "lee.ortiz", "wrong text\nin two mails"); });
    store.commit([&] { stop(store.database, k_now + hours(1), "dana.wu", "again"); });
    const auto now = stopped(store.database);
    REQUIRE(now);
    CHECK(now->by == "lee.ortiz");
    CHECK(now->why == "wrong text\nin two mails");
    CHECK(now->at == k_now);
    store.commit([&] { resume(store.database, k_now + hours(2), "lee.ortiz", "mended"); });
    CHECK_FALSE(stopped(store.database));
    CHECK(store.told(before) == std::vector<std::string>{"stopped", "resumed"});
}

TEST_CASE("declared fields become columns once, and a changed type is named instead of converted") {
    auto database = Database::in_memory(birth());
    const std::vector<ColumnDef> wanted = {{"profession", ColumnType::text},
                                           {"specialty", ColumnType::list},
                                           {"license_expires", ColumnType::date},
                                           {"part", ColumnType::number}};  // the name of one of the table's own columns
    CHECK(ensure_columns(database, wanted).added ==
          std::vector<std::string>{"profession", "specialty", "license_expires", "part"});
    CHECK(ensure_columns(database, wanted).added.empty());
    const auto result =
        ensure_columns(database, {{"years", ColumnType::number}, {"license_expires", ColumnType::text}});
    REQUIRE(result.clashes.size() == 1);
    CHECK(result.clashes[0].name == "license_expires");
    CHECK(result.clashes[0].stored == ColumnType::date);
    CHECK(result.added.empty());
    CHECK(columns(database).size() == 11 + 4);
}

TEST_CASE("a second daemon on one store is refused and told who holds it") {
    const TempDirectory folder;
    const auto store = folder / "nurtured.db";
    const EngineLock first(store, k_now);
    CHECK_THROWS_WITH(EngineLock(store, k_now + hours(1)), Catch::Contains("pid " + std::to_string(::getpid())) &&
                                                               Catch::Contains("since 2026-03-03T16:00:00Z"));
    const auto holder = lock_holder(store);
    REQUIRE(holder);
    CHECK(holder->pid == ::getpid());
    CHECK(holder->since == k_now);
}

TEST_CASE("the lock of a daemon that was killed is free") {
    const TempDirectory folder;
    const auto store = folder / "nurtured.db";
    in_a_process_that_dies([&] { new EngineLock(store, k_now); });
    CHECK_FALSE(lock_holder(store));
    CHECK_NOTHROW(EngineLock(store, k_now));
    CHECK_FALSE(lock_holder(store));
}
