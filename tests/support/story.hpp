// SPDX-License-Identifier: MIT
//
// A rule set, a few people, what happens to them, and what the engine makes of it, on a stepped clock. What is
// delivered is accepted at its slot unless told otherwise. Times are wall clock in the policy's zone: "2026-03-02
// 07:00".
#pragma once

#include "daemon/engine/engine.hpp"
#include "daemon/engine/run.hpp"
#include "tests/support/people.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::support {

/// Aborts the test with the diagnostics if it does not compile.
std::shared_ptr<const dsl::Rules> compile_rules(std::string_view text);

class Story : public engine::World {
public:
    explicit Story(std::string_view rules, const engine::Settings& settings = {});

    const dsl::Rules& rules() const { return *rules_; }
    engine::State& state() { return *state_; }

    // --- people: known to the store before begin(), by their names, in this order -------------------------------

    struct Someone {
        Person person;
        std::string name, zone, owner;
        roster::AddressNumber mailbox = 0, phone = 0;
        bool email_suppressed = false, sms_suppressed = false;
        std::map<dsl::ListIx, base::Minute> on_lists;  // by a campaign, until then
    };
    /// With a mailbox, a phone and every consent of the rules.
    Someone& person(std::string_view name);
    /// Before begin(), or in a happening that tells the engine with changed().
    void set(std::string_view name, std::string_view field, std::string_view value);
    void consent(std::string_view name, std::string_view consent, bool given);

    // --- what happens -------------------------------------------------------------------------------------------

    using Happening = std::function<void(engine::Facts&, base::Minute)>;
    void at(std::string_view when, Happening what);
    void becomes(std::string_view when, std::string name, std::string field, std::string value, bool live = false);
    void gains(std::string_view when, std::string name, std::string field, std::string value, bool live = true);
    void happens(std::string_view when, std::string name, std::string event, std::string detail = "", bool live = true);
    void joins(std::string_view when, std::string name, std::string list);
    void clicks(std::string_view when, std::string name, std::string step);
    void replies(std::string_view when, std::string name);
    void decides(std::string_view when, std::string name, bool yes);
    /// People, rows: they are as they are now.
    engine::Fact changed(std::string_view name);

    /// What becomes of the messages of a step, in order, each once; afterwards they are accepted.
    void answer(std::string step, engine::fact::Outcome::Now now, bool approval_lapsed = false);

    bool relay_busy = false;  // nothing is handed over while it is

    // --- running ------------------------------------------------------------------------------------------------

    void begin(std::string_view now);
    /// Up to that minute, it included. Jumps from wake to wake, or goes minute by minute.
    void run_until(std::string_view until, bool minute_by_minute = false);

    /// "03-02 10:00 ana: hello" for messages, in the order of their release.
    std::vector<std::string> messages() const { return lines("message"); }
    std::vector<std::string> entries() const { return lines("enter"); }  // "03-02 07:00 ana: campaign"
    std::vector<std::string> ends() const { return lines("end"); }       // "03-09 07:00 ana: completed"
    std::vector<std::string> asked() const { return lines("ask"); }      // "03-02 07:00 ana: review by dana.wu"
    std::vector<std::string> acts() const { return lines("act"); }       // "03-02 07:00 ana: on Not now"
    /// Everything, in the words of the reasons.
    const std::vector<std::string>& journal() const { return journal_; }
    const engine::Decisions& decisions() const { return decisions_; }
    /// Called after each round, with the state as it is then.
    std::function<void(engine::State&)> after_round;
    std::function<void(std::span<const engine::Decision>)> committed;

    engine::Facts facts(base::InboxSeq cursor, base::Minute now) override;
    void commit(std::span<const engine::Decision> chunk) override;
    void deliver(base::Minute now) override;
    base::Minute sleep_until(base::Minute wake) override;

    base::Minute minute(std::string_view when) const;
    std::string wall(base::Minute instant) const;

private:
    struct Line {
        std::string kind, text;
    };
    struct Answer {
        engine::fact::Outcome::Now now{};
        bool approval_lapsed = false;
    };
    struct InHand {
        base::CandidateId who = 0;
        engine::EnrolmentId enrolment = 0;
        std::string campaign, step, message_template;
        dsl::Channel channel{};
        base::Minute slot;
    };

    Someone& find(std::string_view name);
    const std::string& name(base::CandidateId who) const { return people_[static_cast<std::size_t>(who - 1)].name; }
    void put_row(const Someone& someone);
    void note(const engine::Decision& decision);
    void hand_over(const InHand& message, base::Minute now);
    void enlist(const engine::decision::Enlist& d);
    std::vector<std::string> lines(std::string_view kind) const;

    std::shared_ptr<const dsl::Rules> rules_;
    std::shared_ptr<roster::Columns> columns_;
    std::unique_ptr<engine::State> state_;
    std::vector<Someone> people_;
    std::multimap<base::Minute, Happening> happenings_;
    std::map<std::string, std::vector<Answer>> answers_;
    std::map<std::pair<engine::EnrolmentId, std::string>, InHand> messages_;  // ever released
    std::vector<InHand> in_hand_;
    std::vector<engine::Fact> outcomes_;
    std::vector<Line> lines_;
    std::vector<std::string> journal_;
    engine::Decisions decisions_;
    base::Minute now_{}, until_{};
    bool minute_by_minute_ = false;
};

/// The beginning of most rule sets: fields, events, consents, a policy in Chicago; `lines` are more lines of the
/// policy.
std::string house(std::string_view policy_lines = "");
/// Templates that only have a name, as emails.
std::string templates(const std::vector<std::string>& names);

}  // namespace nurture::support
