// SPDX-License-Identifier: MIT
//
// Where every person stands in every campaign, what humans were asked, and the counters that bound it all. Only the
// holder of the engine lock writes these rows, in T0. Ended enrolments stay: rounds, re-entry and `has completed` count
// them. Threads and errors as in database.hpp; writers want a write transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

enum class Phase : std::uint8_t { pending, waiting, asked, ready, released, ended };
std::string_view to_text(Phase phase);

struct Enrolment {
    EnrolmentId id = 0;  // 0: given at insert
    CandidateId candidate = 0;
    std::string campaign;
    Hash step_list{};
    int round = 1;                    // 1 + earlier enrolments of this mailbox or phone in the campaign
    std::optional<AddrKey> addr_key;  // that mailbox or phone; none: the campaign has no message
    Instant entered_at;               // pending: since when
    std::string event_value;          // for {{event_value}}
    std::optional<Instant> event_at;  // for {{event_date}} and `ignore events older than`
    int position = 0;                 // line of the step list it is at
    std::string step;                 // that line's name; empty for waits and branches
    Phase phase = Phase::pending;
    std::optional<Instant> anchor;         // what the running wait counts from
    std::optional<Instant> months_anchor;  // what the first of several month waits in a row counted from
    std::optional<Instant> ready_since;    // the message is due since
    std::optional<Instant> due;
    std::optional<Instant> paused_until;
    std::optional<Instant> held_since;  // in a hold segment: its clock stands still
    std::optional<int> approval;        // line of the approval that is open, or was given and still covers what follows
    bool muted = false;                 // a human reply came: no message any more
    std::string blocked;                // why it waits, a reason code
    std::optional<Instant> ended_at;
    std::string end_reason;
};

/// `pending` becomes an entry when it may; a second live enrolment of a person, or of a mailbox, in one campaign is
/// refused with base::StoreError (the engine has asked before).
EnrolmentId insert_enrolment(Database& database, const Enrolment& enrolment);
/// The row with that id, new or as it is now. Errors as above.
void put_enrolment(Database& database, const Enrolment& enrolment);
std::optional<Enrolment> enrolment(const Database& database, EnrolmentId id);
std::vector<Enrolment> enrolments_of(const Database& database, CandidateId candidate);
/// 1 + earlier enrolments of that mailbox or phone, or of the candidate where there is none; pending ones not counted.
int next_round(const Database& database, std::string_view campaign, CandidateId candidate,
               const std::optional<AddrKey>& key);
/// All of them by id, ended ones too.
void scan_enrolments(const Database& database, const std::function<void(const Enrolment&)>& each);
EnrolmentId last_enrolment(const Database& database);  // the largest id; 0: none
/// Of people in a campaign or waiting to come in, by id.
std::vector<Enrolment> live_enrolments_in(const Database& database, std::string_view campaign);
/// Of people who were erased, and whose campaigns nobody has ended yet.
std::vector<Enrolment> live_enrolments_of_erased(const Database& database);

// --- what humans are asked ----------------------------------------------------------------------------------------

enum class HumanKind : std::uint8_t { approval, note, task, reply };  // reply: an answer that somebody should read
std::string_view to_text(HumanKind kind);
/// The campaign waits for the answer.
inline bool waits(HumanKind kind) { return kind == HumanKind::approval || kind == HumanKind::note; }

struct HumanStep {
    HumanStepId id = 0;
    EnrolmentId enrolment = 0;  // 0: none (a reply outside every campaign)
    CandidateId candidate = 0;
    std::string campaign, step;
    HumanKind kind{};
    std::string owner;             // a person of [people]
    std::string text;              // of a task; cleared by erase
    Channel channel{};             // of the message that an approval or a note is for …
    std::string message_template;  // … and its template; empty: not known, or none
    std::int64_t thread = 0;       // … and the message that it answers; 0: none
    Instant asked_at;
    std::optional<Instant> deadline;
    std::optional<Hash> shown;  // approval: hash of what was shown
    std::string note;           // the personal paragraph; cleared by erase
    std::optional<Instant> decided_at;
    std::string decision;  // approved noted refused done too-late cancelled
    std::string by, why;
};
HumanStepId insert_human_step(Database& database, const HumanStep& step);
std::optional<HumanStep> human_step(const Database& database, HumanStepId id);
/// Undecided, by deadline then id; of one owner where given.
std::vector<HumanStep> open_human_steps(const Database& database, std::string_view owner = {});
std::vector<HumanStep> human_steps_of(const Database& database, EnrolmentId enrolment);
/// What the person is looking at: the hash of the text that an approval will be for. False: decided already.
bool show_human_step(Database& database, HumanStepId id, const Hash& shown);
/// False: decided already, by somebody else or by time. Writes only the row.
bool decide_human_step(Database& database, HumanStepId id, std::string_view decision, Instant at, std::string_view by,
                       std::string_view why, std::string_view note = {});

// --- counters -----------------------------------------------------------------------------------------------------

/// A share of a limit that belongs to one part (0 today). period: a day number, a rule set id …, as the scope says.
struct Quota {
    std::string scope, name;
    std::int64_t period = 0;
    std::optional<std::int64_t> granted;  // none: no limit, only counted
    std::int64_t used = 0;
};
void put_quota(Database& database, const Quota& quota);
std::vector<Quota> quotas(const Database& database);  // by scope, name, period
void prune_quotas(Database& database, std::string_view scope, std::int64_t before_period);

struct CheckRun {
    std::string campaign;
    Instant ran_for;             // the minute of the check that was due, not the one at which it ran
    std::int64_t left_over = 0;  // who could not come in because of the enrol quota
};
void put_check_run(Database& database, const CheckRun& run);
std::vector<CheckRun> check_runs(const Database& database);

/// Something that holds messages back and is not a person's rule: an open breaker, a relay hold, a running canary.
struct Gate {
    std::string kind, name;  // breaker/campaign, relay/hold, canary/campaign …
    Instant since;
    std::optional<Instant> until;  // opens again by itself
    std::int64_t value = 0;
    std::string why;
};
void put_gate(Database& database, const Gate& gate);
bool remove_gate(Database& database, std::string_view kind, std::string_view name);
std::vector<Gate> gates(const Database& database);

}  // namespace nurture::store
