// SPDX-License-Identifier: MIT
//
// A start in the middle of a campaign of everybody: enrolments, messages and what came back for them, from the store to
// what the engine knows, beside one bare SELECT per table. Usage: restart_bench DIRECTORY [PEOPLE]; the directory is
// for the store, which is removed again.
#include "daemon/engine/engine.hpp"
#include "daemon/engine/run.hpp"
#include "daemon/persist/commit.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/store/messages.hpp"
#include "tests/bench/bare_select.hpp"
#include "tests/bench/crowd.hpp"
#include "tests/bench/frame.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <cstdlib>

using namespace nurture;

namespace {

/// What the loader asks for, as one SELECT per table.
const std::vector<std::string> k_queries = {
    "SELECT id,ref,joined_at,erased_at,email_key,phone_key,time_zone,state,created,stage,owner FROM candidate"
    " WHERE erased_at IS NULL ORDER BY id",
    "SELECT candidate,name,at,status FROM consent ORDER BY candidate,name,at,status",
    "SELECT id,candidate,campaign,step_list,round,addr_key,entered_at,event_value,event_at,position,step,phase,anchor,"
    "months_anchor,ready_since,due,paused_until,held_since,approval,muted,blocked,ended_at,end_reason FROM enrolment"
    " ORDER BY id",
    "SELECT candidate,id,enrolment,campaign,step,template,channel,state,slot,counted_at FROM message"
    " WHERE purpose='campaign' ORDER BY id",
    "SELECT message,kind,at FROM feedback ORDER BY message,kind"};

/// Decisions go to the store, and nothing is sent.
class Writing : public engine::World {
public:
    explicit Writing(persist::Committer& committer) : committer_(committer) {}
    engine::Facts facts(base::InboxSeq, base::Minute) override { return {}; }
    void commit(std::span<const engine::Decision> chunk) override { committer_.commit(chunk); }
    void deliver(base::Minute) override {}
    base::Minute sleep_until(base::Minute) override { return base::k_never; }

private:
    persist::Committer& committer_;
};

class Restart {
public:
    Restart(std::filesystem::path store, std::size_t people)
        : store_(std::move(store)),
          people_(people),
          rules_(bench::crowd_rules("", people)) {
        {
            auto database = store::Database::open(store_);
            store::ensure_columns(database, {{"stage", store::ColumnType::text}});
        }
        fill();
        enrol();
        send();
    }

    void measure() {
        const auto database = store::Database::open_read_only(store_);
        const std::size_t before = bench::allocated();
        const auto state = load(database);
        const auto bytes = static_cast<double>(bench::allocated() - before) / static_cast<double>(people_);
        bench::demand(state->book.size() == people_, "everybody is in the campaign");
        for (std::size_t who = 1; who <= people_; ++who)
            bench::demand(state->ledger.of(static_cast<store::CandidateId>(who)).size() == 1,
                          "everybody got a message");
        std::uint64_t sum = bench::bare_select(store_, k_queries);
        const auto times = bench::by_turns(
            5, [&] { sum += load(database)->book.size(); }, [&] { sum += bench::bare_select(store_, k_queries); });
        bench::demand(sum != 0, "something was read");
        bench::print({"restart", static_cast<std::int64_t>(people_), times.ours, times.floor, "s",
                      fmt::format("for each person, enrolment and message {:.0f} bytes", bytes)});
    }

private:
    std::shared_ptr<engine::State> load(const store::Database& database) const {
        return persist::load_live(database, rules_, {}, now_);
    }

    void fill() {
        SQLite::Database db(store_.string(), SQLite::OPEN_READWRITE);
        SQLite::Transaction transaction(db);
        const std::string numbers =
            fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<{}) ", people_);
        db.exec(numbers + "INSERT INTO candidate(id,ref,joined_at,email_key,email,stage,owner) SELECT i,'ats-'||i,0,"
                          "randomblob(32),'person'||i||'@candidates.example','Open','recruiter.'||(i%50) FROM n");
        db.exec(numbers + "INSERT INTO consent SELECT i,'job news',0,'given','import','' FROM n");
        transaction.commit();
    }

    void enrol() {
        auto database = store::Database::open(store_);
        store::RuleSetId set = 0;
        {
            store::Transaction transaction(database);
            set = persist::make_live(database, *rules_, {});
            transaction.commit();
        }
        const auto state = persist::load(database, rules_, {}, bench::k_check);
        persist::Committer committer(database, state->rules, set, {});
        Writing writing(committer);
        engine::settle(*state, writing, bench::k_check);
        engine::settle(*state, writing, engine::next_wake(*state));
    }

    /// The first message went at its slot, was delivered, and one in ten clicked.
    void send() {
        SQLite::Database db(store_.string(), SQLite::OPEN_READWRITE);
        SQLite::Transaction transaction(db);
        db.exec("UPDATE message SET state='INFLIGHT'");
        db.exec("UPDATE message SET state='SENT',counted_at=slot,accepted_at=slot");
        db.exec("INSERT INTO feedback SELECT id,'delivered',slot+60 FROM message");
        db.exec("INSERT INTO feedback SELECT id,'clicked',slot+600 FROM message WHERE id%10=0");
        transaction.commit();
    }

    std::filesystem::path store_;
    std::size_t people_;
    std::shared_ptr<const dsl::Rules> rules_;
    base::Minute now_ = bench::k_check + std::chrono::days{1};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("Usage: restart_bench DIRECTORY [PEOPLE]\n", stderr);
        return 2;
    }
    const std::filesystem::path store = std::filesystem::path(argv[1]) / "restart.db";
    const auto remove = [&] {
        for (const char* ending : {"", "-wal", "-shm"})
            std::filesystem::remove(store.string() + ending);
    };
    remove();
    Restart(store, argc > 2 ? static_cast<std::size_t>(std::atoll(argv[2])) : 100'000).measure();
    remove();
    return 0;
}
