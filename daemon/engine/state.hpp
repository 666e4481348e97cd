// SPDX-License-Identifier: MIT
//
// Everything the engine knows, and nothing the store does not: State == load(store) after every tick. Filled in by
// load() (daemon/persist) or by a forecast, then only by absorb() and apply(). Copying it copies all but the columns.
// One thread.
#pragma once

#include "daemon/engine/admission.hpp"
#include "daemon/engine/book.hpp"
#include "daemon/engine/facts.hpp"
#include "daemon/engine/ledger.hpp"
#include "daemon/engine/members.hpp"
#include "daemon/engine/timetable.hpp"
#include "daemon/roster/columns.hpp"
#include "dsl/rules.hpp"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nurture::engine {

/// What the sysadmin sets (nurtured.toml). The defaults are those of a language test: no bounds at all.
struct Settings {
    std::array<std::int32_t, 2> per_minute{0, 0};  // by dsl::Channel; 0: any number
    std::chrono::minutes canary_wait{30};
    bool test_mode = false;   // only people on the allow-list come in
    bool run_drafts = false;  // a preview shows drafts as if they were live
    friend bool operator==(const Settings&, const Settings&) = default;
};

/// The first messages of a campaign that was changed go out, then nothing until its results are known.
struct Canary {
    std::int32_t left = 0;
    std::optional<Minute> until;  // set when the last of them goes out
    friend bool operator==(const Canary&, const Canary&) = default;
};

struct CampaignState {
    Minute ran_for{};            // the check, or the start of the day of a date start; Minute{}: never
    std::int32_t left_over = 0;  // who found the enrol quota used up then
    std::int32_t entered_today = 0;
    std::optional<std::int64_t> bound;  // an audience larger than this lets nobody in
    std::optional<Canary> canary;
    bool breaker = false;
    std::set<std::string> held_steps;  // whose text was refused
    friend bool operator==(const CampaignState&, const CampaignState&) = default;
};

/// Slots given in one minute.
struct Pace {
    Minute minute{};
    std::array<std::int32_t, 2> used{};  // by dsl::Channel
    void give_back(Minute slot, dsl::Channel channel) {
        if (slot == minute)
            --used[static_cast<std::size_t>(channel)];
    }
    friend bool operator==(const Pace&, const Pace&) = default;
};

struct State {
    State(std::shared_ptr<const dsl::Rules> rules, std::shared_ptr<roster::Columns> columns, const Settings& settings);

    std::shared_ptr<const dsl::Rules> rules;
    std::shared_ptr<const Timetable> times;
    std::shared_ptr<roster::Columns> columns;  // shared with the World, which keeps it up to date
    Settings settings;
    bool caps_senders;  // one of the rules' caps is per sender

    Minute now{};  // of the last absorb()
    Day today{};   // in the policy's zone
    base::InboxSeq cursor = 0;
    EnrolmentId next_enrolment = 1;

    Members member;
    Book book;
    Past past;
    Ledger ledger;
    std::vector<CampaignState> campaigns;  // by dsl::CampaignIx
    Admission admission;
    Pace pace;
    bool stopped = false;
    std::array<bool, 2> channel_held{};  // by dsl::Channel
    std::array<bool, 2> no_way{};        // likewise: no gateway, or the relay refuses us
    std::set<CandidateId> allowed;       // test mode

    // --- between absorb() and apply(): what the next tick is to look at; empty when it is quiet ---------------------

    std::vector<Fact> arrived;
    base::InboxSeq arrived_until = 0;
    std::vector<roster::Row> touched;  // people about whom something is different: ascending, each once
    bool everybody = false;            // just loaded
    bool new_day = false;
    bool gates_moved = false;

    bool quiet() const {
        return arrived.empty() && touched.empty() && !everybody && !new_day && !gates_moved && arrived_until <= cursor;
    }
};

/// Under whose name the ledger counts what went to them today: their owner's, where a cap asks for the sender; else 0.
roster::Code charged_owner(const State& state, CandidateId who);

/// Ascending, each once.
void sort_out(std::vector<roster::Row>& rows);

/// The same is known: the same State would have come from the same store.
bool same(const State& a, const State& b);

}  // namespace nurture::engine
