// SPDX-License-Identifier: MIT
//
// The compiled rule set: flat, immutable, resolved, type-checked. What stands here works; a construct that this version
// cannot run never gets this far. Shared between threads as shared_ptr<const Rules>. The engine reads nothing else of
// the language. Days are policy-zone calendar days, minutes of a day are wall-clock.
//
// Conditions live in one pool in which equal conditions are one entry and children stand before their parents: one pass
// over the pool evaluates every segment, audience, branch and stop, each distinct condition once.
#pragma once

#include "dsl/schema.hpp"
#include "dsl/source.hpp"
#include "dsl/template.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nurture::dsl {

using ConditionIx = std::uint32_t;
using SegmentIx = std::uint16_t;
using CampaignIx = std::uint16_t;
using TemplateIx = std::uint16_t;
using StepIx = std::uint16_t;
using Hash = std::array<std::uint8_t, 32>;  // SHA-256

std::string hex(const Hash& hash);

// --- conditions ------------------------------------------------------------------------------------------------

/// A calendar distance from today; negative is the past. Months clamp to the month's end and are added first.
struct DayOffset {
    std::int32_t months = 0;
    std::int32_t days = 0;
    friend bool operator==(const DayOffset&, const DayOffset&) = default;
};
std::chrono::sys_days add(std::chrono::sys_days today, DayOffset offset);

/// Since when an event counts: nothing (ever), a calendar distance, or elapsed hours.
struct Since {
    std::optional<DayOffset> days;
    std::int32_t hours = 0;
    friend bool operator==(const Since&, const Since&) = default;
};

namespace cond {
struct And {
    std::vector<ConditionIx> of;
    friend bool operator==(const And&, const And&) = default;
};  // empty: true
struct Or {
    std::vector<ConditionIx> of;
    friend bool operator==(const Or&, const Or&) = default;
};  // empty: false
struct Not {
    ConditionIx of = 0;
    friend bool operator==(const Not&, const Not&) = default;
};
struct Known {
    FieldIx field = 0;
    friend bool operator==(const Known&, const Known&) = default;
};
/// Text fields. Values are folded and sorted. False on unknown.
struct TextIn {
    FieldIx field = 0;
    std::vector<std::string> values;
    friend bool operator==(const TextIn&, const TextIn&) = default;
};
struct TextContains {
    FieldIx field = 0;
    std::string text;
    bool prefix = false;
    friend bool operator==(const TextContains&, const TextContains&) = default;
};
/// List fields: at least one of / all of the values is an entry. Folded and sorted.
struct ListHas {
    FieldIx field = 0;
    std::vector<std::string> values;
    bool all = false;
    friend bool operator==(const ListHas&, const ListHas&) = default;
};
struct NumberRange {
    FieldIx field = 0;
    double low = 0, high = 0;
    bool low_open = false, high_open = false;  // ±infinity where unbounded
    friend bool operator==(const NumberRange&, const NumberRange&) = default;
};
struct YesNo {
    FieldIx field = 0;
    bool yes = true;
    friend bool operator==(const YesNo&, const YesNo&) = default;
};
/// Both ends included; a missing end is unbounded.
struct DateBetween {
    FieldIx field = 0;
    std::optional<std::chrono::sys_days> from, to;
    friend bool operator==(const DateBetween&, const DateBetween&) = default;
};
/// As DateBetween, with ends that move with today.
struct DateNear {
    FieldIx field = 0;
    std::optional<DayOffset> from, to;
    friend bool operator==(const DateNear&, const DateNear&) = default;
};
struct Anniversary {
    FieldIx field = 0;
    std::int32_t in_days = 0;
    friend bool operator==(const Anniversary&, const Anniversary&) = default;
};
struct Within {
    FieldIx field = 0;
    double lat = 0, lon = 0, metres = 0;
    friend bool operator==(const Within&, const Within&) = default;
};
/// At least `count` events of the kind (with that folded name, if given) since then. Message events (`received email
/// "x"`) name channel and template; they count this program's own messages as well as imported history.
struct Happened {
    EventIx event = 0;
    std::optional<std::string> name;
    std::optional<Channel> channel;
    std::optional<std::string> message_template;
    std::int32_t count = 1;
    Since since;
    friend bool operator==(const Happened&, const Happened&) = default;
};
struct InList {
    ListIx list = 0;
    friend bool operator==(const InList&, const InList&) = default;
};
enum class CampaignIs : std::uint8_t { live, entered, completed };
struct InCampaign {
    std::string campaign;
    CampaignIs is{};
    friend bool operator==(const InCampaign&, const InCampaign&) = default;
};
enum class ConsentIs : std::uint8_t { given, withdrawn, unknown };
struct Consent {
    ConsentIx consent = 0;
    ConsentIs is{};
    std::optional<DayOffset> from, to;  // given on a day in that range
    friend bool operator==(const Consent&, const Consent&) = default;
};
}  // namespace cond

using Condition =
    std::variant<cond::And, cond::Or, cond::Not, cond::Known, cond::TextIn, cond::TextContains, cond::ListHas,
                 cond::NumberRange, cond::YesNo, cond::DateBetween, cond::DateNear, cond::Anniversary, cond::Within,
                 cond::Happened, cond::InList, cond::InCampaign, cond::Consent>;

/// One source line of a segment. Lines must all hold, in this order in every funnel.
struct SegmentLine {
    Span span;         // of the logical line; of a group, of its opening line
    std::string text;  // as the author wrote it, one line
    ConditionIx condition = 0;
    std::optional<ConditionIx> unknown;  // true for people whose tested value is unknown
};
struct Segment {
    std::string name;
    Span span;
    std::vector<SegmentLine> lines;
    ConditionIx whole = 0;
};

// --- time ------------------------------------------------------------------------------------------------------

using Weekdays = std::uint8_t;  // bit 0 = Monday … bit 6 = Sunday
using MinuteOfDay = std::chrono::minutes;

/// Half-open, may wrap midnight (then a minute after midnight belongs to the day before).
struct Window {
    Weekdays days = 0b0011111;
    MinuteOfDay from{9 * 60};
    MinuteOfDay to{17 * 60};
};
enum class Unit : std::uint8_t { minutes, hours, days, business_days, weeks, months, years };
struct Length {
    std::int32_t count = 0;
    Unit unit = Unit::days;
    friend bool operator==(const Length&, const Length&) = default;
};

// --- policy ----------------------------------------------------------------------------------------------------

enum class CapOf : std::uint8_t { messages, email, sms, kind };
enum class CapPer : std::uint8_t { candidate, day, sender_day };
struct Cap {
    std::int32_t count = 0;
    CapOf of{};
    std::string kind;  // CapOf::kind
    CapPer per{};
    std::chrono::minutes in{};  // per candidate: rolling, (t - in, t]
    std::string directory;      // where it is said; below the root a cap per day counts that directory's campaigns only
    Span span;
};
/// `at least N messages per candidate in D`: only ever reported, nothing is sent to fill it.
struct Floor {
    std::int32_t count = 0;
    CapOf of{};
    std::string kind;  // CapOf::kind
    std::chrono::minutes in{};
    Span span;
    std::string text;  // as written
};
/// A text message of more segments is not sent.
struct SmsLimit {
    std::int32_t segments = 0;
    Span span;
};
struct Policy {
    std::string directory;  // "" is the root; everything that holds there holds here as well
    std::string organisation;
    std::string postal_address;
    std::string zone = "UTC";                             // the policy's zone, an IANA name
    std::vector<std::chrono::sys_days> holidays;          // sorted; quiet days, and no business days
    std::optional<std::chrono::sys_days> holidays_until;  // last day of the last year that has entries
    std::optional<Window> quiet_hours;                    // days unused
    Weekdays quiet_days = 0;
    struct QuietDates {
        std::chrono::month_day from, to;
    };  // both included, may wrap the year's end
    std::vector<QuietDates> quiet_dates;
    std::optional<ConsentIx> email_consent, sms_consent;
    std::optional<SmsLimit> sms_limit;
    std::vector<Cap> caps;
    std::vector<Floor> floors;  // of the root
    std::vector<ListIx> never_contact_lists;
    std::vector<SegmentIx> never_contact_segments;
    std::vector<SegmentIx> hold_segments;
};

// --- campaigns -------------------------------------------------------------------------------------------------

/// Who: the candidate's owner if from_candidate and known, else `name`. In a step, `owner` means the campaign's owner
/// of the live rule set, whatever it was when the enrolment began.
struct PersonRef {
    bool campaign_owner = false;  // steps only; the rest is then unused
    bool from_candidate = false;
    std::string name;  // a person of [people]
};
namespace change {
/// A message event may name the channel, and the template of the message that it is about.
struct Event {
    EventIx event = 0;
    std::optional<std::string> name;
    std::optional<Channel> channel;
    std::optional<std::string> message_template;
};
struct JoinedList {
    ListIx list = 0;
};
struct EnteredCampaign {
    std::string campaign;
};
struct LeavesAudience {};
struct Becomes {
    FieldIx field = 0;
    std::vector<std::string> values;
};  // folded, sorted
struct Gains {
    FieldIx field = 0;
    std::vector<std::string> values;
};  // folded, sorted
struct Changes {
    FieldIx field = 0;
};
}  // namespace change
using Change = std::variant<change::Event, change::JoinedList, change::EnteredCampaign, change::LeavesAudience,
                            change::Becomes, change::Gains, change::Changes>;

enum class CheckEvery : std::uint8_t { days, hour, first_business_day };
struct Check {  // in the policy's zone
    CheckEvery every{};
    Weekdays days = 0b1111111;        // days
    bool business_days_only = false;  // `every weekday` is Monday to Friday, holidays included: false
    std::uint16_t months = 0xfff;     // first_business_day: bit 0 = January
    MinuteOfDay at{};
};
struct StartOnChange {
    Change when;
    Length ignore_older_than;
    Span span;
};
struct StartOnDate {
    FieldIx field = 0;
    DayOffset offset;
    bool anniversary = false;
    std::optional<Length> ignore_older_than;
    Span span;
};

struct Sender {
    bool owner = true;
    std::string name, address;  // when not the owner
};
struct Stop {
    Change when;
    Span span;
    std::string text;
};
struct Pause {
    std::int32_t days = 0;
    Change when;
    Span span;
    std::string text;
};

enum class StepEvent : std::uint8_t { sent, clicked, opened, replied };

namespace op {
enum class Miss : std::uint8_t { go_on, stop, other_message };  // what happens when a message may not go
struct Message {
    Channel channel{};
    std::vector<std::string> templates;  // more than one: the first that this person never got
    bool next_unsent = false;
    std::optional<StepIx> thread_of;
    Length within{30, Unit::days};  // from the minute it became due; later it is not sent any more …
    bool late_skips = false;        // … and then: skip this step; else the enrolment ends
    Miss miss = Miss::go_on;
    std::optional<Channel> other_channel;
    std::string other_template;
    bool with_note = false;  // the line before it is its Note
};
/// Somebody is asked, and everything waits for the answer. No, and too late, do the same.
struct Question {
    PersonRef by;
    Length within;
    bool otherwise_stop = true;
    StepIx otherwise = 0;  // where it goes on when it does not stop
};
struct Approval : Question {};
/// For the paragraph at {{personal_note}}. Its message is the next line and has the same name.
struct Note : Question {};
struct Task {
    PersonRef owner;
    Pieces text;
};
struct OnList {
    ListIx list = 0;
    bool add = true;  // else: off the list
    std::optional<Length> lasts;
};
struct WithdrawConsent {
    ConsentIx consent = 0;
};
/// Each person has one arm, always the same. The messages of all arms have the split's name; it is part of what draws
/// the lot, and the split itself has none.
struct Split {
    struct Arm {
        std::int32_t percent = 0;
        StepIx to = 0;
    };
    std::string name;
    std::vector<Arm> arms;  // together 100
};
/// Months (and years) are counted from the start of the first of several such waits in a row: `months_before` is the
/// sum of the earlier ones, 0 for the first. Other units: 0.
struct WaitFor {
    Length length;
    bool first_of_months = true;
    std::int32_t months_before = 0;
};
struct WaitUntilTime {
    Weekdays days = 0;
    MinuteOfDay at{};
};
struct WaitUntilDate {
    FieldIx field = 0;
    DayOffset offset;
    StepIx past = 0;
};  // already past: continue at `past`
struct WaitUpTo {
    Length length;
    StepIx step = 0;
    std::uint8_t events = 0;
};  // bit per StepEvent
struct If {
    std::optional<ConditionIx> condition;
    StepIx step = 0;
    StepEvent what{};
    StepIx otherwise = 0;
};  // false: continue there
struct Jump {
    StepIx to = 0;
};
/// In an older list: today's rules have retired this step. Whoever comes to it goes on at `to`, or ends here.
struct Retired {
    std::optional<StepIx> to;
};
struct HeldOut {};  // the arm of a split that gets nothing
struct Stop {};     // `stop`
struct End {};      // always the last: completed
}  // namespace op

using Op = std::variant<op::Message, op::Approval, op::Note, op::Task, op::OnList, op::WithdrawConsent, op::WaitFor,
                        op::WaitUntilTime, op::WaitUntilDate, op::WaitUpTo, op::If, op::Split, op::Jump, op::Retired,
                        op::HeldOut, op::Stop, op::End>;

/// Steps, waits and branches as a small program: execution starts at 0 and runs forward, except for jumps (which only
/// go forward too, so every enrolment ends). Its hash is the campaign's version; an enrolment keeps the list it began.
struct StepLine {
    std::string name;  // empty for waits, branches, stop
    Op op;
    Span span;
    std::string text;  // as written
};
struct StepList {
    Hash hash{};
    std::string campaign;
    std::vector<StepLine> lines;
    std::optional<StepIx> find(std::string_view step) const;
};
/// Lines that somebody who stands at `from`, with that line still to do, can come to; `from` included.
std::vector<bool> ahead(const StepList& steps, StepIx from);

/// `retired guide, continue at last_note` or `, stop`: for people on older lists, which still have that step.
struct RetiredStep {
    std::string step;
    std::optional<std::string> continue_at;  // by its name today
    Span span;
    std::string text;
};
struct RenamedStep {
    std::string from, to;
    Span span;
};

struct Campaign {
    std::string name;
    Span span;
    PersonRef owner;
    Sender from;
    std::string sms_from;               // a number or a name; empty: the installation's
    std::optional<SmsLimit> sms_limit;  // its own, else its policy's
    SegmentIx audience = 0;
    Span audience_span;
    std::variant<Check, StartOnChange, StartOnDate> entry;
    Span entry_span;
    std::int32_t enroll_per_day = 0;
    Span enroll_span;
    std::optional<DayOffset> re_enter_after;  // none: never
    Window window;
    std::int32_t priority = 50;
    std::optional<std::chrono::sys_days> expires_on;
    bool draft = false;
    bool stop_leavers = false;  // else `keep candidates who leave the audience`; never also in `stops`
    Span leavers_span;
    std::vector<Stop> stops;
    std::vector<Pause> pauses;
    std::shared_ptr<const StepList> steps;
    Channel first_channel = Channel::email;  // of the first message, whose consent entering needs …
    std::optional<Channel> first_other;      // … or the consent of the other that it names after `otherwise`
    bool has_message = true;
    std::vector<RetiredStep> retired;
    std::vector<RenamedStep> renamed;
    std::size_t policy = 0;  // Rules::policy_of
    bool closing = false;    // gone from the files: nobody enters, people inside finish

    /// What a step of an older list is called today; its own name where nothing says otherwise.
    std::string_view step_today(std::string_view step) const;
    const RetiredStep* retirement(std::string_view step_today) const;
};

/// `retired campaign "Old": finish` or `: stop now`; `renamed campaign "Old" to "New"`.
struct RetiredCampaign {
    std::string name;
    bool stop_now = false;
    Span span;
};
struct RenamedCampaign {
    std::string from, to;
    Span span;
};

struct Rules {
    Hash hash{};  // of the normalised text of every rule file, calendars and places
    Schema schema;
    Policy policy;              // the root's
    std::vector<Policy> below;  // of sub-directories, each with everything that holds above it; sorted by directory
    std::vector<Condition> conditions;  // the pool
    std::vector<Segment> segments;      // sorted by name
    std::vector<Campaign> campaigns;    // sorted by name; then those that are closing
    std::vector<Template> templates;    // sorted by channel, name, language; the one for everybody first
    std::vector<RetiredCampaign> retired_campaigns;
    std::vector<RenamedCampaign> renamed_campaigns;
    SourceSet sources;  // what it was compiled from, for reports that quote lines

    const Policy& policy_of(const Campaign& campaign) const {
        return campaign.policy == 0 ? policy : below[campaign.policy - 1];
    }
    /// Whether a cap that is said in `directory` speaks of the campaign.
    bool holds_for(const std::string& directory, const Campaign& campaign) const;
    /// Whether some cap counts calendar days.
    bool caps_days() const;
    /// What a campaign of an earlier rule set is called today; its own name where nothing says otherwise.
    std::string_view campaign_today(std::string_view name) const;
    const RetiredCampaign* retirement(std::string_view campaign) const;

    /// A number that no campaign has, for the campaign that shares its own with another.
    std::int32_t free_priority(CampaignIx campaign) const;

    std::optional<SegmentIx> segment(std::string_view name) const;
    std::optional<CampaignIx> campaign(std::string_view name) const;
    /// The text of that name for everybody.
    std::optional<TemplateIx> find_template(Channel channel, std::string_view name) const;
    /// The text for somebody who reads that language, as the person's field has it ("es", "es-MX"): in it if there is
    /// one, else the one for everybody.
    std::optional<TemplateIx> find_template(Channel channel, std::string_view name, std::string_view language) const;
};

}  // namespace nurture::dsl
