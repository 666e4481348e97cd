// SPDX-License-Identifier: MIT
//
// The forecast of the next days as a report: how much goes out per campaign and day, the human work per owner, who is
// held back and why and behind whom, who is never reached, what relays and mailbox providers get, what text messages
// cost, and every planned message; or one person's days. Holds names only where asked for. The JSON is
// described in docs/preview-json.md. Throws base::StoreError. One thread.
#pragma once

#include "daemon/forecast/forecast.hpp"
#include "daemon/forecast/held.hpp"
#include "daemon/forecast/page.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nurture::forecast {

struct Place {
    std::string file;
    std::uint32_t line = 0;
};

struct PreviewOptions {
    std::int32_t days = 30;               // of 24 hours from `from` on, as `rehearse` counts them
    std::optional<dsl::CampaignIx> only;  // the report is about one campaign; the forecast always about all
    bool people = false;                  // names, and who stands behind every number
    bool specimens = false;               // messages in whole, for the report
    bool messages = true;                 // each with the hash of its text
    std::optional<Minute> from = {};      // the report begins later than now; what happens until then is foreseen too
    std::optional<base::CandidateId> person = {};  // with the days of this person
};

struct Counts {
    std::int64_t entered = 0, emails = 0, sms = 0, approvals = 0, tasks = 0, notes = 0;
    std::int64_t sms_segments = 0;
    std::int64_t messages() const { return emails + sms; }
    std::int64_t work() const { return approvals + notes + tasks; }
    bool nothing() const { return *this == Counts{}; }
    Counts& operator+=(const Counts& other);
    friend bool operator==(const Counts&, const Counts&) = default;
};
using Days = std::map<Day, Counts>;  // days on which nothing happens are missing

struct Hour {
    Minute begins{};
    std::int64_t messages = 0;
};

/// How many people (or enrolments) something is true of.
struct ReasonCount {
    engine::ReasonCode reason{};
    std::int64_t people = 0;
    std::vector<std::string> who;  // with `people`: their refs
};
using Reasons = std::vector<ReasonCount>;  // most first

struct CampaignPreview {
    std::string name;
    bool draft = false;
    std::int64_t audience = 0;  // as of now
    std::int64_t inside = 0;    // are mid-sequence now
    Days days;
    Counts total;
    Reasons waits;    // what held people back on the way; the campaign's own hours are no reason
    Reasons skipped;  // steps that were left out
    Reasons ends;
    std::int64_t never_reached = 0;  // in the audience now, and no message of the campaign in all these days
    Reasons never;                   // … and why
};

struct PlannedMessage {
    std::string ref;
    std::string name;  // with `people`
    std::string campaign, step;
    Minute slot{};
    base::ZoneId zone{};  // the recipient's
    dsl::Channel channel{};
    std::string message_template;
    std::string text_hash;      // hex; empty: it cannot be made …
    std::string problem;        // … because
    std::int32_t segments = 0;  // of an SMS that can be made
};

/// A message in whole, with names.
struct SpecimenMessage {
    Specimen::Chosen chosen{};
    std::string ref, campaign, step, message_template;
    dsl::Channel channel{};
    Minute slot{};
    render::Letter letter;
};

struct OwnerWork {
    std::string owner;
    std::map<Day, Counts> days;  // approvals, notes and tasks
    Counts total;
};

/// People who waited for room in a cap, by the line that says it and by whose message came first.
struct Loss {
    std::string campaign;
    std::string ahead;  // empty: everybody's messages of the day
    Place place;
    std::string cap;  // the line as written
    std::int64_t people = 0;
};

/// What one relay, gateway or mailbox domain gets.
struct Load {
    std::string name;
    std::int64_t messages = 0;
    Hour busiest;
};
struct WayLoad {
    dsl::Channel channel{};
    Load load;
    std::int32_t per_minute = 0;      // allowed; 0: no limit
    std::int64_t busiest_minute = 0;  // messages
    std::vector<Load> shares = {};    // of several relays, as their weights say
};
struct Loads {
    std::vector<WayLoad> ways;  // that get anything
    std::vector<Load> domains;  // of mailboxes, most first; the first ones only
    std::int64_t other_domains = 0, other_messages = 0;
};

/// What happens to one person, in order.
struct Timeline {
    struct Line {
        Minute at{};
        std::string campaign;
        std::string what;  // "email `hello`: Still nursing near Plano, Ana?"
    };
    std::string ref, name;
    base::ZoneId zone{};
    std::vector<Line> lines;
};

struct Preview {
    Minute as_of{}, from{}, until{};  // `from`: the forecast is stepped up to here and reported from here on
    base::ZoneId zone{};              // the policy's: days and hours are its
    dsl::Hash rules{};
    Assumptions assumptions;
    bool test_mode = false, people = false, one_campaign = false, stopped = false;
    std::vector<Held> held;
    std::int64_t store_people = 0;
    Days days;
    Counts total;
    std::optional<Day> busiest_day;
    Hour busiest_hour;
    std::int64_t replies = 0;  // assumed ones
    std::vector<OwnerWork> owners;
    std::vector<Loss> losses;  // most people first
    Loads loads;
    Ways ways;
    std::vector<std::string> replaced;  // rule files that others stand in for, or that were added
    std::optional<Timeline> person;
    std::vector<CampaignPreview> campaigns;
    std::vector<PlannedMessage> messages;    // by slot, campaign, step, ref
    std::vector<SpecimenMessage> specimens;  // by campaign, channel, text; only where asked for
    std::map<Deed, std::int64_t> deeds;
};

Preview preview(const Inputs& inputs, const PreviewOptions& options = {});

/// "12.34 USD" for so many segments; empty: the price is not known.
std::string cost(const Ways& ways, std::int64_t segments);

std::string to_text(const Preview& preview, Page page = {});
std::string to_json(const Preview& preview);

}  // namespace nurture::forecast
