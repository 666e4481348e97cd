// SPDX-License-Identifier: MIT
//
// Where one test is played: a store in memory with its people, the rules applied to it, a clock that is moved by hand,
// and a temporary directory that the messages go to. Within daemon/trial only. One thread; errors as trial.hpp, and
// Problem for what the author has to mend.
#pragma once

#include "daemon/importer/import.hpp"
#include "daemon/service/stepped.hpp"
#include "daemon/trial/trial.hpp"
#include "dsl/ast.hpp"
#include "dsl/places.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace nurture::trial {

/// The test cannot go on as it is written.
struct Problem {
    dsl::Diagnostic diagnostic;
};

/// Gone with everything in it when the test is over.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

class Stage {
public:
    /// The clock stands at `now`, the rules are live, nobody is there yet.
    Stage(const Setting& setting, base::Minute now);

    /// A file of this text through the importer. A row that it refuses, or that changes nothing, is a Problem at
    /// `place`.
    void import(const std::string& csv, importer::What what, bool live, dsl::Span place, const std::string& list = {});
    /// The person with that ref is now known by it.
    void cast(const std::string& ref, dsl::Span place);
    /// Everybody is there: what was imported so far is history.
    void begin(service::Stepped::Decided decided, bool run_drafts);

    const Setting& setting() const { return setting_; }
    const dsl::Rules& rules() const { return *setting_.rules; }
    store::Database& database() { return database_; }
    service::Stepped& stepped() { return *stepped_; }
    const engine::State& state() const { return *stepped_->runner().state(); }

    base::Minute now() const { return now_; }
    bool begun() const { return stepped_.has_value(); }
    void settle();
    /// Up to that minute, and everything in it.
    void run_until(base::Minute until);
    /// The clock alone: settle() comes later.
    void step_to(base::Minute now) { now_ = std::max(now_, now); }

    /// The person that a line of the test means; without a name the only one.
    base::CandidateId person(const std::optional<dsl::ast::Quoted>& name) const;
    const std::map<std::string, base::CandidateId>& people() const { return people_; }
    std::string name(base::CandidateId who) const;
    base::ZoneId zone(base::CandidateId who) const;

private:
    const Setting& setting_;
    TemporaryDirectory directory_;
    dsl::Diagnostics said_before_;  // by the places table, when the rules were checked
    dsl::Places places_;
    store::Database database_;
    base::Minute now_;
    std::map<std::string, base::CandidateId> people_;
    std::optional<service::Stepped> stepped_;
};

// --- the parts of a test
// ----------------------------------------------------------------------------------------------

void bring_in(Stage& stage, const dsl::ast::Given& given);

/// Done; or why it cannot be done at this minute, which may be different once the engine has had its turn.
std::optional<Problem> perform(Stage& stage, const dsl::ast::Happening& happening);

/// Membership as it is now; everything else as it was.
std::optional<dsl::Diagnostic> judge(Stage& stage, const dsl::ast::Expect& expect);

/// The line is about a message or a task of that campaign.
bool names(const dsl::ast::Expect& line, const dsl::Campaign& campaign);
/// Whether the segment, of a campaign or not, has the person now.
bool is_member(Stage& stage, dsl::SegmentIx segment, roster::Row row);
/// The lines of a segment that do not hold, with what the person has.
std::vector<std::string> failing_lines(Stage& stage, dsl::SegmentIx segment, roster::Row row);
/// For each person who was never in a campaign that the line is about: a sentence why.
std::vector<std::string> why_nobody_came_in(Stage& stage, const dsl::ast::Expect& expect);

/// What the decisions of the engine and the messages of the store say, and what the test made happen.
class Timeline {
public:
    explicit Timeline(Stage& stage) : stage_(stage) {}
    void add(std::span<const engine::Decision> decisions);
    void add(const dsl::ast::Happening& happening);
    std::vector<Moment> take();

private:
    /// What happens within one minute is told in this order.
    enum class Turn : std::uint8_t { comes, sends, leaves };
    void note(base::Minute at, base::CandidateId who, std::string text, Turn turn = Turn::comes);
    void decision(const engine::Enrolment& e, const engine::decision::Enrol& enrol);
    void decision(const engine::Enrolment& e, const engine::decision::Move& move);
    void decision(const engine::Enrolment& e, const engine::decision::Ask& ask);
    void decision(const engine::Enrolment& e, const engine::decision::Pause& pause);
    void decision(const engine::Enrolment& e, const engine::decision::End& end);
    template<class Other>
    void decision(const engine::Enrolment&, const Other&) {}  // nothing that a reader of a test asks about
    void waiting(const engine::Enrolment& e);
    std::string campaign(const engine::Enrolment& e) const;
    static std::string step(const engine::Enrolment& e, dsl::StepIx ix);
    void messages();

    Stage& stage_;
    std::vector<std::pair<Turn, Moment>> moments_;
    std::map<base::EnrolmentId, engine::ReasonCode> waits_;  // the last reason that was told
};

}  // namespace nurture::trial
