// SPDX-License-Identifier: MIT
//
// One person: for each campaign in or out, at which line and with which value; what was sent and why; where they stand;
// what is planned for the next 30 days. Works for people who are in nothing. Holds personal data. Throws
// base::StoreError. One thread.
#pragma once

#include "daemon/forecast/plan.hpp"

namespace nurture::forecast {

struct WhyLine {
    std::uint32_t line = 0;
    std::string text;
    bool holds = false, unknown = false;
    std::vector<std::string> values;  // "stage: Offer out"
};
struct WhyMessage {  // past
    base::MessageId id = 0;
    std::string step, message_template;
    dsl::Channel channel{};
    std::string state, reason;  // "SENT", sentence
    Minute slot{};
    std::optional<Minute> accepted;
    std::string line;      // of the rule, "dormant-nurses.nurture:37", as it was then; empty: an earlier rule set's
    std::string rule_set;  // 6 hex digits
    std::vector<std::string> waited;  // what it waited for before it got its time: sentences
    std::string consent;              // that was asked for
    std::optional<std::string> approved_by;
};
/// One line of the journal: a decision, the rule line that made it, and the reason.
struct WhyDeed {
    Minute at{};
    std::string step, line, reason, sentence;  // "window", "outside the hours in which messages may go"
};
struct WhyEnrolment {
    Minute entered_at{};
    std::string step;   // it is at; empty: a wait or branch
    std::string where;  // a sentence
    std::optional<Minute> due;
    std::optional<Minute> ended_at;
    std::string end;  // a sentence
    std::vector<WhyMessage> messages;
    std::vector<WhyDeed> deeds;  // where one campaign was asked for
};
struct WhyWork {  // an approval, a note, a task that is planned
    Minute at{};
    std::string text;
};
/// What would stop what is planned: a rule line, or a sentence.
struct WhyStop {
    std::optional<Place> place;
    std::string text;
};
struct WhyCampaign {
    std::string name;
    Place place;
    std::string audience_name;
    Place audience_place;
    bool in_audience = false;
    std::vector<WhyLine> lines;  // of the audience
    std::string entry;           // a sentence: in it, may come in, or why not
    std::vector<WhyEnrolment> enrolments;
    std::vector<Sample> planned;
    std::vector<WhyWork> planned_work;
    std::vector<WhyStop> stops;  // where something is planned
};
struct Why {
    std::string ref, name;
    Minute as_of{};
    base::ZoneId zone{}, policy_zone{};
    roster::ZoneFrom zone_from{};
    bool erased = false, test_mode = false;
    Assumptions assumptions;
    std::vector<std::string> facts;  // consents, suppressions, lists that forbid: sentences
    std::vector<WhyCampaign> campaigns;
};

/// Of a row's body: its step, rule line and reason.
WhyDeed deed_of(std::string_view journal_body);

/// Of one campaign only, where given: then every line is told. The forecast is always about everybody.
Why why(const Inputs& inputs, base::CandidateId who, std::optional<dsl::CampaignIx> only = {});

std::string to_text(const Why& why, Page page = {});
std::string to_json(const Why& why);

}  // namespace nurture::forecast
