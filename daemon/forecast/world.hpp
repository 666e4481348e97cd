// SPDX-License-Identifier: MIT
//
// The world of a forecast: what was released is accepted at its slot, what was asked is answered as assumed, what was
// committed goes into the course. It has the outbox's checks that depend on time and text (closes, expires, the text
// that was approved), so that it foretells what they will say. Within daemon/forecast only. One thread.
#pragma once

#include "daemon/engine/run.hpp"
#include "daemon/forecast/forecast.hpp"
#include "daemon/persist/inbox_facts.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace nurture::forecast {

class World final : public engine::World {
public:
    World(const Inputs& inputs, engine::State& state, Keep keep);

    /// What happens from here on goes into a new course.
    void begin_leg(Minute from, Minute until);
    Course take() { return std::move(course_); }

    engine::Facts facts(base::InboxSeq cursor, Minute now) override;
    void commit(std::span<const engine::Decision> chunk) override;
    void deliver(Minute) override {}  // facts() of the next round does it, and of rows that wait for a later minute
    Minute sleep_until(Minute wake) override;

private:
    using Key = std::pair<base::EnrolmentId, std::string>;  // a message: enrolment, step

    struct Outgoing {
        render::Subject subject;
        std::optional<Minute> thread_at;  // when the first message of its thread went out, if its text was not made
        dsl::CampaignIx campaign = 0;
        bool approved = false;               // goes by an approval …
        std::optional<compose::Hash> shown;  // … of this very text; none: of an earlier message, which is enough
        Minute slot{}, closes{}, expires{}, not_before{};
    };
    struct Question {
        engine::decision::Ask::Kind kind{};
        base::CandidateId who = 0;
        base::EnrolmentId enrolment = 0;
        std::string step;
        Minute asked_at{};
        render::Subject shown;  // of the message that is approved, or that the note is for
        std::optional<Minute> thread_at;
        std::optional<std::size_t> in_course;  // its place in Course::tasks; none: asked before this leg
    };
    /// What was approved, and whether a message has gone by it: the text of only the first one was shown.
    struct Approved {
        std::optional<compose::Hash> shown;
        bool used = false;
    };

    void take_over_messages();
    void take_over_doubt(const store::Message& m);
    void take_over_questions();
    engine::Facts waiting(base::InboxSeq cursor, Minute now);
    void answer(Minute now, engine::Facts& facts);
    void approve(Question& question, Minute now);
    void reply(Minute now, engine::Facts& facts);
    void expect_reply(const Outgoing& out, const engine::fact::Outcome& told);
    void hand_over(Minute now, engine::Facts& facts);
    engine::fact::Outcome outcome(const Key& key, const Outgoing& out, Minute now);
    Approved* approved(base::EnrolmentId enrolment);
    bool begins_thread(const Key& key) const;
    bool needs_text(const Key& key, const Outgoing& out);
    bool has_mailbox(base::CandidateId who) const;
    void keep(const Key& key, const Outgoing& out, const render::Letter& letter);
    render::Subject with_thread(render::Subject subject, std::optional<Minute> thread_at);
    void received(const Outgoing& out, Minute at);
    bool key_used(const engine::decision::Release& d);
    std::string note(base::EnrolmentId enrolment, const std::string& step) const;
    render::Subject subject(const engine::Enrolment& e, const std::string& thread_of,
                            std::optional<Minute>& thread_at) const;

    void add(const engine::decision::Enrol& d);
    void add(const engine::decision::Move& d);
    void add(const engine::decision::Ask& d);
    void add(const engine::decision::Withdraw& d);
    void add(const engine::decision::Release& d);
    void add(const engine::decision::Reslot& d);
    void add(const engine::decision::Cancel& d);
    void add(const engine::decision::End& d);
    void add(const engine::decision::Enlist& d);
    void add(const engine::decision::WithdrawConsent& d);
    void add(const engine::decision::Pause&) {}
    void add(const engine::decision::RunMark&) {}
    void add(const engine::decision::Cursor&) {}
    void note(Event::What what, const engine::Enrolment& e, Minute at, engine::ReasonCode reason);
    std::uint32_t domain(base::CandidateId who);
    void read_people();
    bool wants_specimen(const Outgoing& out);
    void did(const engine::Decision& decision);
    void keep_specimen(const render::Letter& letter);

    const Inputs& inputs_;
    engine::State& state_;
    Minute until_{};
    Keep keep_;
    std::set<std::pair<dsl::CampaignIx, std::string>> shown_;  // of which a text is kept
    /// Of each campaign and text: where in Course::specimens its early ones and its odd ones are.
    struct Kept {
        int early = 0;
        std::optional<std::size_t> no_name, blank, long_name, right_to_left;
        std::size_t longest = 0;
        int looked_at = 0;
    };
    std::map<std::tuple<dsl::CampaignIx, dsl::Channel, std::string>, Kept> kept_;
    render::Renderer renderer_;
    persist::InboxFacts inbox_;
    bool inbox_is_empty_ = false;
    std::optional<base::ZoneId> days_of_;  // T2Policy::days_of
    Answers answers_;
    std::multimap<Minute, engine::fact::Happened> replies_;
    Course course_;
    std::vector<std::string> domains_;
    std::vector<std::uint32_t> domain_of_;    // by row; empty: not read yet
    std::vector<std::uint8_t> name_of_;       // likewise, what is odd about the name; of reports only
    base::EnrolmentId first_new_;             // enrolments from here on are not in the store
    std::map<Key, std::string> subjects_;     // of messages that later ones answer
    std::map<Key, Outgoing> rows_;            // not final yet
    std::set<std::pair<Minute, Key>> ready_;  // those that may go, by not_before
    std::map<std::int64_t, Question> questions_;
    std::map<Key, std::int64_t> open_question_;
    std::int64_t last_question_ = 0;
    std::map<base::EnrolmentId, std::optional<Approved>> approved_;
    /// Address, campaign, round, step: what the store's unique key holds.
    boost::unordered_flat_set<std::tuple<roster::AddressNumber, dsl::CampaignIx, std::uint16_t, std::string>> used_;
    std::map<dsl::CampaignIx, bool> has_history_;  // campaigns that may have messages in the store
    std::vector<engine::Fact> own_facts_;          // of what the campaigns did to people
    boost::unordered_flat_set<std::tuple<base::EnrolmentId, dsl::StepIx, engine::ReasonCode>> waited_;
};

persist::Setup setup_of(const Inputs& inputs);

}  // namespace nurture::forecast
