// SPDX-License-Identifier: MIT
#include "tests/simulation/checker.hpp"

#include "daemon/store/rule_sets.hpp"
#include "tests/simulation/judge.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ctime>

namespace nurture::simulation {

std::string_view name(What what) {
    static constexpr std::string_view names[] = {"lets go",
                                                 "accepted",
                                                 "is told",
                                                 "opted out, answered 200",
                                                 "wanted out, was not answered",
                                                 "is dead",
                                                 "took consent back",
                                                 "gave consent",
                                                 "put off limits",
                                                 "erased",
                                                 "replied",
                                                 "reply was read",
                                                 "STOP",
                                                 "resume",
                                                 "rules are being applied",
                                                 "rules applied",
                                                 "rules applied that do not compile",
                                                 "previewed",
                                                 "the same once more; rows",
                                                 "asked",
                                                 "answers",
                                                 "imported",
                                                 "happened",
                                                 "KILLED",
                                                 "started",
                                                 "disk trouble",
                                                 "clock is wrong by (s)",
                                                 "journal head"};
    return names[static_cast<std::size_t>(what)];
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

WallTime wall_time(const std::string& zone, Second at) {
    static std::string current;
    if (current != zone) {
        ::setenv("TZ", zone.c_str(), 1);
        ::tzset();
        current = zone;
    }
    const std::time_t seconds = base::to_unix(at);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    const std::int64_t midnight = (seconds + local.tm_gmtoff) / 86400;
    return {(local.tm_wday + 6) % 7, local.tm_hour, local.tm_min, midnight};
}

Judge::Judge(const Evidence& evidence) : e_(evidence) {
    store::scan_messages(e_.database, [&](const store::Message& m) { messages_.emplace(m.id, m); });
    store::scan_enrolments(e_.database, [&](const store::Enrolment& e) { enrolments_.emplace(e.id, e); });
    for (const auto& set : store::rule_set_history(e_.database))
        if (const auto book = e_.house.books.find(base::hex(set.hash)); book != e_.house.books.end())
            books_[set.id] = &book->second;
    for (const auto& person : e_.people)
        people_[person.id] = &person;
    store::scan_journal(e_.database, 0, [&](const store::JournalRow& row) {
        journal_.push_back({row, nlohmann::json::parse(row.body), 0});
    });
    std::size_t at = 0, before = 0;
    for (std::size_t i = 0; i < e_.record.lines.size(); ++i) {
        const auto& line = e_.record.lines[i];
        if (line.what != What::journal)
            continue;
        for (; at < journal_.size() && journal_[at].row.seq <= line.number; ++at) {
            journal_[at].before = before;
            journal_[at].after = i;
        }
        before = i;
    }
    for (; at < journal_.size(); ++at) {
        journal_[at].before = before;
        journal_[at].after = e_.record.lines.size();
    }
}

std::vector<const Rulebook*> Judge::books_between(std::size_t from, std::size_t to) const {
    std::vector<const Rulebook*> live;
    for (std::size_t i = 0; i < to && i < e_.record.lines.size(); ++i) {
        const auto& line = e_.record.lines[i];
        if (line.what == What::applying)
            live.push_back(&e_.house.books.at(line.key));
        if (line.what == What::applied && i < from)
            live.erase(live.begin(), std::prev(live.end()));
    }
    return live;
}

void Judge::blame(const char* promise, std::string what, base::MessageId message, std::string who) {
    violations.push_back({promise, std::move(what), message, std::move(who)});
}

const store::Message* Judge::message(base::MessageId id) const {
    const auto found = messages_.find(id);
    return found == messages_.end() ? nullptr : &found->second;
}

const Campaign* Judge::plan(const store::Message& message) const {
    const auto book = books_.find(message.rule_set);
    return book == books_.end() ? nullptr : book->second->campaign(message.campaign);
}

const Person* Judge::person(base::CandidateId id) const {
    const auto found = people_.find(id);
    return found == people_.end() ? nullptr : found->second;
}

std::vector<Violation> check(const Evidence& evidence) {
    Judge judge(evidence);
    judge.no_key_is_accepted_twice();
    judge.no_step_is_accepted_twice();
    judge.nothing_starts_after_a_suppression();
    judge.nothing_starts_outside_the_window();
    judge.sent_is_what_was_accepted();
    judge.nothing_starts_while_stopped();
    judge.nothing_is_too_late();
    judge.only_legal_edges();
    judge.nothing_is_left_behind();
    judge.a_clock_that_went_back_starts_nothing();
    judge.headers_are_as_intended();
    judge.doubts_of_a_crash();
    judge.everything_was_approved();
    judge.audiences_stay_in_their_bounds();
    judge.canaries_are_waited_for();
    judge.caps_hold();
    judge.entries_keep_their_distance();
    judge.entries_keep_to_their_quota();
    judge.steps_come_in_order();
    judge.nothing_after_a_reply();
    judge.rules_that_fail_change_nothing();
    judge.the_same_twice_is_once();
    judge.previews_touch_nothing();
    judge.the_journal_holds();
    judge.opt_outs_survive();
    judge.no_personal_data();
    return std::move(judge.violations);
}

void tally(const store::Database& database, std::string& journal, std::int64_t& messages, std::int64_t& sent,
           std::int64_t& in_doubt) {
    journal = base::hex(store::journal_head(database).hash);
    for (const auto& count : store::message_counts(database)) {
        messages += count.messages;
        sent += count.state == store::MessageState::sent ? count.messages : 0;
        in_doubt += count.state == store::MessageState::in_doubt ? count.messages : 0;
    }
}

}  // namespace nurture::simulation
