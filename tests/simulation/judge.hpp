// SPDX-License-Identifier: MIT
//
// What all checks of the judge need, read once. Within tests/simulation only.
#pragma once

#include "daemon/store/enrolments.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/simulation.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace nurture::simulation {

struct JournalLine {
    store::JournalRow row;
    nlohmann::json body;
    std::size_t before = 0, after = 0;  // it was written between these lines of the record
};

class Judge {
public:
    explicit Judge(const Evidence& evidence);

    // checks_messages.cpp: about single messages
    void no_key_is_accepted_twice();
    void no_step_is_accepted_twice();
    void nothing_starts_after_a_suppression();
    void nothing_starts_outside_the_window();
    void sent_is_what_was_accepted();
    void nothing_starts_while_stopped();
    void nothing_is_too_late();
    void only_legal_edges();
    void nothing_is_left_behind();
    void a_clock_that_went_back_starts_nothing();

    // checks_wire.cpp: about what the relay got
    void headers_are_as_intended();

    // checks_people.cpp: about people, campaigns and the whole
    void doubts_of_a_crash();
    void everything_was_approved();
    void audiences_stay_in_their_bounds();
    void canaries_are_waited_for();
    void caps_hold();
    void entries_keep_their_distance();
    void entries_keep_to_their_quota();
    void steps_come_in_order();
    void nothing_after_a_reply();
    void rules_that_fail_change_nothing();
    void the_same_twice_is_once();
    void previews_touch_nothing();
    void the_journal_holds();
    void opt_outs_survive();
    void no_personal_data();

    std::vector<Violation> violations;

private:
    void blame(const char* promise, std::string what, base::MessageId message = 0, std::string who = {});
    const store::Message* message(base::MessageId id) const;
    const Campaign* plan(const store::Message& message) const;
    const Person* person(base::CandidateId id) const;
    template<class Get>
    int most(Get get) const;  // over all rulebooks that were ever applied
    /// Those that may have been live between two lines of the record: an apply that broke off may have been done.
    std::vector<const Rulebook*> books_between(std::size_t from, std::size_t to) const;

    const Evidence& e_;
    std::map<base::MessageId, store::Message> messages_;
    std::map<base::EnrolmentId, store::Enrolment> enrolments_;
    std::map<base::CandidateId, const Person*> people_;
    std::map<base::RuleSetId, const Rulebook*> books_;
    std::vector<JournalLine> journal_;
};

template<class Get>
int Judge::most(Get get) const {
    int most = 0;
    for (const auto& [id, book] : e_.house.books)
        most = std::max(most, static_cast<int>(get(book)));
    return most;
}

/// Day of the week (0: Monday), hour and day number on the wall there, by the C library.
struct WallTime {
    int weekday = 0, hour = 0, minute = 0;
    std::int64_t day = 0;
};
WallTime wall_time(const std::string& zone, Second at);

std::string lower(std::string text);

}  // namespace nurture::simulation
