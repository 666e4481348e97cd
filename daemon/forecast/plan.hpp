// SPDX-License-Identifier: MIT
//
// What would change if these rules were applied now: the report people decide by. It has a hash over the rule files and
// the figures shown, and a record of what was agreed to, which the caller keeps in plans/HASH.json and `apply` is
// checked against (apply.hpp). Figures are those of live mode; what test mode makes of them is said beside them. The
// same store, rules and minute give the same plan. Throws base::StoreError. One thread.
#pragma once

#include "daemon/forecast/preview.hpp"

namespace nurture::forecast {

struct PlanLine {
    std::uint32_t line = 0;
    std::string text;  // as the author wrote it
    std::int64_t before = 0, after = 0, unknown_left_out = 0, unknown_kept = 0;
};
struct PlanSegment {
    std::string name;
    Place place;
    std::int64_t people = 0, members = 0;  // in the store, in the segment
    std::vector<PlanLine> lines;
};

/// Who of an audience may be written to on a channel, everybody else counted once.
struct Reach {
    std::int64_t reachable = 0, no_address = 0, suppressed = 0, never_contact = 0, withdrawn = 0, unknown = 0;
    std::string consent;  // the kind that is needed; empty: none
};

/// A person's message as it would go out.
struct Sample {
    std::string ref, name;
    Minute slot{};
    base::ZoneId zone{};
    dsl::Channel channel{};
    std::string message_template;
    std::string text;  // the subject, or the SMS
};

/// A text that people in flight have ahead of them and that is not what it was.
struct ChangedText {
    dsl::Channel channel{};
    std::string message_template;
    std::int64_t people = 0;
};

/// A step that the rules have retired, or call by another name, while people still have it ahead.
struct EditedStep {
    std::string step;
    std::string fate;  // "they go on at `last_note`"
    std::uint32_t line = 0;
    std::int64_t people = 0;
};

struct PlanCampaign {
    enum class Against : std::uint8_t { nothing_live, added, changed, unchanged };
    std::string name;
    Place place;
    bool draft = false;
    bool closing = false;  // retired: nobody enters, people inside finish
    Against against{};
    std::vector<std::string> changes;  // what is different from the live rules, in words
    std::string audience_name;
    std::int64_t audience = 0;
    std::optional<std::int64_t> outgrown;            // the approved bound, where the audience is larger than that
    std::optional<std::int64_t> live_audience;       // of the same campaign under the live rules
    std::optional<std::int64_t> live_next_day;       // likewise: messages in 24 hours
    std::optional<Reach> email, sms;                 // of the channels it uses
    std::int64_t may_enter = 0, may_enter_test = 0;  // now, leaving the daily quota aside
    enum class Starts : std::uint8_t { at_checks, on_change, on_date };
    Starts starts{};
    std::uint32_t quota_line = 0;
    std::int32_t quota = 0;
    std::int64_t left_to_enter = 0;  // may enter at checks, and will not have within the days shown
    Days days;                       // the next 7
    std::int64_t entering_next_day = 0, messages_next_day = 0;  // in 24 hours
    std::int64_t inside = 0;
    std::map<std::string, std::int64_t> on_older_steps;  // people by version (6 hex digits) other than this one
    std::vector<ChangedText> changed_texts;
    std::vector<EditedStep> edited_steps;
    std::int64_t leaving = 0;  // of those inside: no longer in the audience, which stops them
    bool changed = false;      // its steps or texts are not those that are live
    std::int32_t canary = 0;   // messages to go out first, before the rest, once applied; 0: none
    Reasons blocked;           // in the audience, and may not come in
    Reasons waits;             // of the next 24 hours
    std::optional<Sample> sample;
};

struct RemovedCampaign {
    std::string name;
    std::int64_t inside = 0;
    std::string fate;  // "they finish"; empty: nothing says so
};

/// Why these rules cannot be applied, whatever the figures: a diagnostic's code, place and sentence, and what to write.
struct Obstacle {
    std::string code, sentence;
    Place place;
    std::vector<std::string> write;
};

/// `at least 1 message per candidate in 120 days`, and who had less.
struct PlanFloor {
    Place place;
    std::string text;
    std::int64_t reachable = 0;  // people who may be written to at all
    std::int64_t below = 0;
    std::vector<std::string> refs;  // of those below
};

struct Plan {
    std::string hash;  // 64 hex digits; people see and type the first 6
    std::string id() const { return hash.substr(0, 6); }
    dsl::Hash rules{};
    std::optional<dsl::Hash> live_rules;
    Minute as_of{};
    base::ZoneId zone{};
    Assumptions assumptions;
    bool test_mode = false;  // the installation's
    bool stopped = false;    // the kill switch
    std::vector<Held> held;
    std::int64_t people = 0;
    std::size_t warnings = 0;
    std::vector<PlanSegment> segments;
    std::vector<PlanCampaign> campaigns;
    std::vector<RemovedCampaign> removed;
    std::vector<Obstacle> obstacles;
    std::vector<PlanFloor> floors;
    Days days;  // the next 7, all campaigns
    std::int64_t entering_next_day = 0, messages_next_day = 0;
    Hour busiest_hour;                       // of the next 24 hours
    std::vector<std::string> changed_files;  // against the live rules

    /// Applying it changes what runs.
    bool changes() const { return !live_rules || *live_rules != rules; }
};

/// `warnings`: how many the checker had. The settings' test mode is reported, not applied: figures are those of live
/// mode.
Plan plan(const Inputs& inputs, std::size_t warnings = 0);

/// `names`: who is meant where people are counted that something should be done for.
std::string to_text(const Plan& plan, Page page = {}, bool names = false);
std::string to_json(const Plan& plan, bool names = false);

}  // namespace nurture::forecast
