// SPDX-License-Identifier: MIT
//
// The program under test: store, engine, outbox, put together as the daemon does it, with the disk and the peers of the
// simulation around it. It can be killed at any point and begins again from its store. What people, colleagues and
// other programs do to it is here too, in the ways in which the daemon and the commands do it: only this part knows the
// product's interfaces. Whatever the store throws comes through.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/service/runner.hpp"
#include "daemon/store/database.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/peers.hpp"
#include "tests/simulation/rulebook.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nurture::simulation {

/// From when on a change of a message's state is known.
struct Edge {
    base::MessageId message = 0;
    std::string was, state;
};

class House {
public:
    House(const std::filesystem::path& directory, const Traits& traits, std::uint64_t seed, Disk& disk, Peers& peers,
          Record& record);
    ~House();

    std::string store_path() const { return config_.store_path.string(); }
    bool up() const { return runner_.has_value(); }
    /// Throws what a start can throw; then it is not up.
    void start(Second now);
    /// The process ends without a word. The power too, perhaps.
    void die(bool power_cut, Dice& dice);
    void kill_after_next_commit() { kill_after_commit_ = true; }
    /// One turn of the daemon's loop.
    void turn(Second now);
    Second next(Second now) const;
    void stop_in_order(Second now);

    /// Works on the store whether or not the program runs, as a command does.
    void with_store(const std::function<void(store::Database&)>& work);

    void allow(std::string address) { config_.allow.push_back(std::move(address)); }
    bool allows(const std::string& address) const { return config_.allowed(address); }
    /// 0: nobody.
    std::vector<base::CandidateId> ids_of(const std::vector<std::string>& refs);
    /// The end of the message's opening; from when on it may go.
    Second closes(base::MessageId message) const;
    Second due(base::MessageId message) const;
    /// What the next days would bring. False: it changed a file.
    bool preview(Second now);
    /// Rows that only grow: of the journal, the inbox, suppressions and events together.
    std::int64_t written();
    /// Notes the head of the journal in the record, if it moved.
    void note_journal();

    // --- what others do; `false`: it could not be done
    void import(const std::string& csv, bool events, bool live, Second now);
    static std::string hash_of(const Rulebook& book);
    /// Makes a rule set live that does not compile.
    base::RuleSetId apply_broken(Second now);
    base::RuleSetId apply(const Rulebook& book, std::int64_t audience, int canary, Second now);
    bool unsubscribe(base::MessageId message, Second now);
    bool reply(base::MessageId message, Second now);
    bool consent(base::MessageId message, bool given, Second now);
    void put_off_limits(const std::string& ref, Second now);
    bool erase(const std::string& ref, Second now);
    void stop(bool by_file, Second now);
    void resume(Second now);
    /// Colleagues answer some of what waits for them.
    int answer(Dice& dice, Second now);

    std::vector<Edge> edges;
    std::map<std::string, Rulebook> books;  // all that were ever to be applied, by the hash of their text

private:
    void open();
    void collect_edges();

    std::filesystem::path directory_;
    config::Config config_;
    std::uint64_t seed_;
    Disk& disk_;
    Peers& peers_;
    Record& record_;
    int starts_ = 0;
    std::int64_t noted_ = 0;
    bool kill_after_commit_ = false;
    bool spoilt_ = false;  // what is live may not compile
    std::string text_;     // of the rules that were applied last, and do
    std::optional<store::Database> database_;
    std::optional<service::Runner> runner_;
};

}  // namespace nurture::simulation
