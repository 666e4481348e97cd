// SPDX-License-Identifier: MIT
//
// The engine over a real store in memory, on a stepped clock: decisions are committed, messages are handed over through
// T2 and T3 at their slot, what happens to people is written as others write it. After each commit it compares what the
// engine knows with what load() makes of the store.
#pragma once

#include "connectors/outcome.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/run.hpp"
#include "daemon/persist/commit.hpp"
#include "daemon/persist/inbox_facts.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/store/database.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::persist::test {

using base::Minute;

class LivingStore : public engine::World {
public:
    explicit LivingStore(std::string_view rules, Setup setup = {});

    store::Database& database() { return database_; }
    engine::State& state() { return *state_; }
    Minute minute(std::string_view when) const;

    /// Fields by name as text; lists separated by ';'. An empty email: no address. Writes the inbox as an import does.
    void put(const std::string& ref, const std::map<std::string, std::string>& fields, bool live = false);
    store::CandidateId id(const std::string& ref) const;

    void at(std::string_view when, std::function<void(Minute)> what) {
        happenings_.emplace(minute(when), std::move(what));
    }
    void event(const std::string& ref, const std::string& kind, const std::string& name, Minute now);
    void feedback(const std::string& ref, const std::string& step, const std::string& kind, Minute now);
    void decide_all(bool yes, Minute now);
    void withdraw_consent(const std::string& ref, Minute now);
    void apply(std::string_view rules, Minute now);

    /// Answers that the relay gives, in order; afterwards it accepts.
    std::vector<connectors::Answer> answers;
    store::Hash text_hash{7};                     // of whatever is shown or goes
    std::function<void(Minute)> before_handover;  // of each message, between T0 and T2
    bool restart_at_every_wake = false;           // memory is thrown away and loaded again
    bool check_after_commit = true;
    int compared = 0;
    engine::Decisions decisions;

    void begin(std::string_view when);
    void run_until(std::string_view when);

    engine::Facts facts(base::InboxSeq cursor, Minute now) override;
    void commit(std::span<const engine::Decision> chunk) override;
    void deliver(Minute now) override;
    Minute sleep_until(Minute wake) override;

private:
    void compare(const char* when);
    void load();
    void tell(store::CandidateId who, Minute now);

    Setup setup_;
    store::Database database_;
    std::shared_ptr<const dsl::Rules> rules_;
    std::shared_ptr<engine::State> state_;
    std::unique_ptr<Committer> committer_;
    std::unique_ptr<InboxFacts> facts_;
    std::multimap<Minute, std::function<void(Minute)>> happenings_;
    Minute now_{}, until_{};
    std::uint8_t attempts_ = 0;
    std::uint64_t attempt_ = 0;
};

}  // namespace nurture::persist::test
