// SPDX-License-Identifier: MIT
#include "daemon/store/journal.hpp"

#include "tests/store/sample.hpp"
#include "tests/support/temp_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <catch2/catch.hpp>

using namespace nurture::store;
using namespace nurture::store::sample;

namespace {

struct Written {
    nurture::support::TempDirectory folder;
    std::filesystem::path path = folder / "nurtured.db";
    std::int64_t rows = 0;
    JournalHead head;

    Written() {
        Store store(Database::open(path, birth()));
        store.commit([&] {
            for (int i = 0; i < 5; ++i) {
                append(store.database,
                       JournalEntry{k_now + minutes(i), "test", i, 0, JournalBody().add("i", i).text()});
            }
        });
        store.commit([&] { append(store.database, JournalEntry{k_now + hours(1), "later", 0, 0, "{}"}); });
        head = journal_head(store.database);
        rows = head.seq;
    }
    /// As somebody with sqlite3 and bad intent.
    void tamper(const std::string& sql) const {
        SQLite::Database sqlite(path.string(), SQLite::OPEN_READWRITE);
        sqlite.exec("DROP TRIGGER journal_kept; DROP TRIGGER journal_fixed");
        sqlite.exec(sql);
    }
    JournalCheck check(std::optional<JournalHead> noted = {}) const {
        return verify_journal(Database::open_read_only(path), noted);
    }
};

}  // namespace

TEST_CASE("an untouched journal verifies, over transactions and connections") {
    const Written journal;
    CHECK(journal.check().ok());
    CHECK(journal.check().rows == journal.rows);
    CHECK(journal.check().head == journal.head.hash);
    CHECK(journal.check(journal.head).ok());
}

TEST_CASE("verifying names the first row that was tampered with") {
    const Written journal;
    SECTION("another body") {
        journal.tamper("UPDATE journal SET body='{\"i\":9}' WHERE seq=4");
        CHECK(journal.check().broken_at == 4);
        CHECK(journal.check().problem == "row 4 was changed after it was written");
    }
    SECTION("another time") {
        journal.tamper("UPDATE journal SET at=at+60 WHERE seq=3");
        CHECK(journal.check().broken_at == 3);
    }
    SECTION("another message") {
        journal.tamper("UPDATE journal SET message=77 WHERE seq=5");
        CHECK(journal.check().broken_at == 5);
    }
    SECTION("a row taken out") {
        journal.tamper("DELETE FROM journal WHERE seq=3");
        CHECK(journal.check().broken_at == 3);
        CHECK(journal.check().problem == "row 3 is missing");
    }
    SECTION("two rows exchanged") {
        journal.tamper("UPDATE journal SET seq=-3 WHERE seq=3; UPDATE journal SET seq=3 WHERE seq=4;"
                       "UPDATE journal SET seq=4 WHERE seq=-3");
        CHECK(journal.check().broken_at == 3);
    }
}

TEST_CASE("a journal that was shortened is found out by a head that was noted elsewhere") {
    const Written journal;
    journal.tamper("DELETE FROM journal WHERE seq>3");
    CHECK(journal.check().ok());
    CHECK(journal.check(journal.head).broken_at == journal.rows);
}

TEST_CASE("a journal body is JSON whatever a campaign is called") {
    CHECK(JournalBody().add("campaign", "Say \"hi\"\n").add("slot", 5).text() ==
          R"({"campaign":"Say \"hi\"\n","slot":5})");
    CHECK(JournalBody().text() == "{}");
}
