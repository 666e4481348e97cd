// SPDX-License-Identifier: MIT
//
// What the author wrote, line by line, before anybody asked whether it makes sense: names are unresolved, types
// unchecked. Every word that a message may have to point at carries its Span. A block that is `incomplete` holds a line
// that could not be read (already reported): check what is there, do not complain about what is missing.
// Depth is bounded (dsl/limits.hpp), so plain recursion is safe. Boost-free; built by dsl/parse. Any thread.
#pragma once

#include "dsl/source.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nurture::dsl::ast {

struct Word {  // a bare word: a field, an event, a step; always in small letters, however it was written
    std::string text;
    Span span;
};
struct Quoted {  // "…" without its quotes, escapes resolved
    std::string text;
    Span span;
};
struct Number {
    double value = 0;
    Span span;
};
struct Date {
    std::chrono::year_month_day value{};  // a real calendar day (N0311 and friends look at it later)
    Span span;
};
struct TimeOfDay {
    std::chrono::minutes value{};  // since midnight, 00:00 to 24:00
    Span span;
};
enum class Unit : std::uint8_t { minutes, hours, days, business_days, weeks, months, years };
struct Length {  // "4 business days"
    std::int32_t count = 0;
    Unit unit = Unit::days;
    Span span;
};
enum class Channel : std::uint8_t { email, sms };

// --- conditions ------------------------------------------------------------------------------------------------

using Value = std::variant<Quoted, Number, Date>;

enum class FieldOp : std::uint8_t {
    is,
    is_any_of,
    is_not,
    is_none_of,
    includes,
    includes_any_of,
    includes_all_of,
    includes_none_of,
    contains,
    starts_with,
    at_least,
    at_most,
    more_than,
    less_than,
    between,  // numbers
    ago_at_least,
    ago_at_most,
    ago_more_than,
    ago_less_than,
    ago_between,
    away_at_least,
    away_at_most,
    away_more_than,
    away_less_than,
    away_between,
    is_today,
    before,
    after,
    on,
    on_or_before,
    on_or_after,
    between_dates,
    anniversary_in,  // "today" is 0 days
    is_yes,
    is_no,
    within,  // "within 60 miles of …"
    is_known,
    is_unknown,
};
enum class UnknownClause : std::uint8_t { none, or_is_unknown, if_known };

struct FieldTest {
    Word field;
    FieldOp op{};
    Span op_span;
    std::vector<Value> values;          // what stands after the operator, numbers and dates included
    std::optional<Quoted> values_name;  // `any of values "Oncology and near"`
    std::optional<Length> length;       // days ago/away: the first number; anniversary: in how long
    std::optional<Length> length_to;    // `between 30 and 730 days ago`
    double distance_metres = 0;         // within
    std::optional<Quoted> place;        // within
    UnknownClause unknown = UnknownClause::none;
};
struct EventTest {  // `has [not] EVENT ["name"] …`, and `has [not] clicked email "x" …`
    bool negated = false;
    Word kind;                       // applied, replied, received, clicked, …
    std::optional<Quoted> name;      // attended "Spring Career Fair 2026"
    std::optional<Channel> channel;  // email or sms, with or without a template
    std::optional<Quoted> message;   // template of that channel
    std::optional<Number> at_least;  // at least N times
    std::optional<Length> in_the_last;
};
enum class Membership : std::uint8_t { in_segment, in_list, in_campaign, entered_campaign, completed_campaign };
struct MembershipTest {
    bool negated = false;
    Membership kind{};
    Quoted name;
};
enum class ConsentOp : std::uint8_t { given, withdrawn, unknown, given_ago };
struct ConsentTest {
    Quoted name;
    ConsentOp op{};
    std::optional<FieldOp> ago;  // given_ago: ago_more_than, …
    std::optional<Length> length;
    std::optional<Length> length_to;
};
enum class StepEvent : std::uint8_t { sent, clicked, opened, replied };
struct StepTest {  // `guide was clicked`, only after `if`
    Word step;
    StepEvent what{};
};
enum class GroupKind : std::uint8_t { any_of, all_of, none_of };
struct Condition;
struct Group {
    GroupKind kind{};
    std::vector<Condition> lines;
};
struct Condition {
    Span span;  // the whole logical line; of a group its opening line
    std::variant<FieldTest, EventTest, MembershipTest, ConsentTest, StepTest, Group> what;
};

// --- campaigns -------------------------------------------------------------------------------------------------

/// A change of one person, for start when / stop when / pause when.
enum class ChangeKind : std::uint8_t { event, joined_list, entered_campaign, leaves_audience, becomes, gains, changes };
struct Change {
    ChangeKind kind{};
    Word word;                          // the event kind, or the field
    std::optional<Quoted> name;         // event's name, list, campaign
    std::optional<Channel> channel;     // `candidate has clicked email "x"`
    std::optional<Quoted> message;      // template of that channel
    std::vector<Quoted> values;         // becomes, gains (`any of`)
    std::optional<Quoted> values_name;  // `any of values "…"`
    Span span;
};
struct Person {  // "dana.wu" | owner | candidate, otherwise "lee.ortiz"
    bool owner = false;
    bool from_candidate = false;
    std::optional<Quoted> name;  // the person, or the one after `otherwise`
    Span span;
};
using Weekdays = std::uint8_t;  // bit 0 = Monday … bit 6 = Sunday
enum class CheckEvery : std::uint8_t { day, weekday, weekdays, hour, first_business_day };
struct CheckSchedule {
    CheckEvery every{};
    Weekdays days = 0;         // weekdays
    std::uint16_t months = 0;  // first_business_day: bit 0 = January; `every month` is all twelve
    TimeOfDay at;              // not for hour
    Span span;
};
struct StartOnDate {  // start 60 days before F | 12 months after F | on the anniversary of F
    Word field;
    Length offset;  // count < 0 is before
    bool anniversary = false;
    Span span;
};
enum class OtherwiseKind : std::uint8_t { none, stop, skip_step, message };
struct Otherwise {
    OtherwiseKind kind = OtherwiseKind::none;
    std::optional<Channel> channel;
    std::optional<Quoted> message;
};
struct MessageStep {
    Channel channel{};
    std::vector<Quoted> templates;  // more than one: next unsent of
    bool next_unsent = false;
    std::optional<Word> thread_of;
    std::optional<Length> within;  // how late it may be; with a note: how long the owner has
    std::optional<Person> personal_note_by;
    Otherwise otherwise;
};
struct ApprovalStep {
    Person by;
    Length within;
    Otherwise otherwise;
};
struct TaskStep {
    Person owner;
    Quoted text;  // may hold merge fields
};
struct ListStep {
    bool add = true;
    Quoted list;
    std::optional<Length> for_length;
};
struct WithdrawStep {
    Quoted consent;
};
struct SplitArm {
    Number percent;
    std::optional<Channel> channel;  // none: `nothing`
    std::optional<Quoted> message;
    Span span;
};
struct SplitStep {
    std::vector<SplitArm> arms;
};
struct WaitFor {
    Length length;
};
struct WaitUntilTime {
    Weekdays days = 0;
    TimeOfDay at;
};
struct WaitUntilDate {
    Length offset;  // count < 0 is before
    Word field;
};
struct WaitUpTo {
    Length length;
    Word step;
    std::vector<StepEvent> any_of;
};
struct StopStep {};
struct Step;
struct Branch {
    Condition condition;
    std::vector<Step> then;
    std::vector<Step> otherwise;
};
struct Step {
    std::optional<Word> name;  // only waits, branches, splits and `stop` may go without
    Span span;                 // the logical line
    std::variant<MessageStep, ApprovalStep, TaskStep, ListStep, WithdrawStep, SplitStep, WaitFor, WaitUntilTime,
                 WaitUntilDate, WaitUpTo, StopStep, Branch>
        what;
};
struct Stop {
    Change when;
    Span span;
};
struct Pause {
    Length length;
    Change when;
    Span span;
};
struct Window {
    Weekdays days = 0;
    TimeOfDay from, to;
    Span span;
};
struct Retired {  // `retired guide, continue at last_note` | `retired guide, stop`
    Word step;
    std::optional<Word> continue_at;
    Span span;
};
struct Renamed {
    Word from, to;
    Span span;
};
struct ReEnter {
    std::optional<Length> after;  // none: never
    Span span;
};
struct Sender {
    bool owner = false;
    std::optional<Quoted> address;
    Span span;
};
struct SmsSender {  // sms from "+15125550100"
    Quoted from;
    Span span;
};
struct SmsLimit {  // sms of at most 2 segments; in a policy as well
    Number segments;
    Span span;
};

/// One line above the steps. Twice the same line is a diagnostic, so each keeps its place.
template<class T>
struct At {
    T value{};
    Span span;
};
struct Campaign {
    Quoted name;
    Span span;  // the opening line
    std::vector<At<Person>> owner;
    std::vector<At<Quoted>> audience;
    std::vector<Sender> from;
    std::vector<SmsSender> sms_from;
    std::vector<SmsLimit> sms_limit;
    std::vector<CheckSchedule> check;
    std::vector<At<Change>> start_when;
    std::vector<StartOnDate> start_on;
    std::vector<At<Length>> ignore_older_than;
    std::vector<At<Number>> enroll_per_day;
    std::vector<ReEnter> re_enter;
    std::vector<Window> send;
    std::vector<At<Number>> priority;
    std::vector<At<Date>> expires_on;
    std::vector<Span> draft;
    std::vector<Stop> stops;
    std::vector<Pause> pauses;
    std::vector<Span> keep_leavers;
    std::vector<Retired> retired;
    std::vector<Renamed> renamed;
    std::vector<Step> steps;
    bool incomplete = false;
};

// --- the other blocks ------------------------------------------------------------------------------------------

enum class FieldType : std::uint8_t { text, list_of_text, number, date, yes_no, place };
struct FieldDeclaration {
    Word name;
    FieldType type{};
    bool say_unknown = false;
    Span span;
};
struct EventDeclaration {
    Word name;
    Quoted label;
    bool with_name = false;
    Span span;
};

enum class CapOf : std::uint8_t { messages, email, sms, kind };
enum class CapPer : std::uint8_t { candidate, day, sender_day };
struct Cap {                // at most N messages|email|sms|"pitch" per candidate in D | per day | per sender per day
    bool at_least = false;  // a floor: lint and report only
    Number count;
    CapOf of{};
    std::optional<Quoted> kind;
    CapPer per{};
    std::optional<Length> in;
    Span span;
};
struct PostalAddress {
    Quoted text;
    Span span;
};
struct TimeZone {
    Quoted fallback;
    Span span;
};
struct Holidays {
    Quoted file;
    Span span;
};
struct QuietHours {
    TimeOfDay from, to;
    Span span;
};
struct QuietDays {
    Weekdays days = 0;
    Span span;
};
struct QuietDates {
    std::chrono::month_day from, to;
    Span span;
};
struct RequiresConsent {
    Channel channel{};
    Quoted consent;
    Span span;
};
struct NeverContact {
    bool list = true;
    Quoted name;
    Span span;
};
struct Hold {
    Quoted segment;
    Span span;
};
using PolicyLine = std::variant<PostalAddress, TimeZone, Holidays, QuietHours, QuietDays, QuietDates, RequiresConsent,
                                SmsLimit, Cap, NeverContact, Hold>;
struct Policy {
    Quoted name;
    Span span;
    std::vector<PolicyLine> lines;
    bool incomplete = false;
};

struct Segment {
    Quoted name;
    Span span;
    std::vector<Condition> lines;
    bool incomplete = false;
};
struct Values {
    Quoted name;
    std::vector<Quoted> values;
    Span span;
};
struct Template {
    Quoted name;
    Channel channel{};
    std::optional<Quoted> language;  // in "es"
    std::optional<Quoted> kind;      // kind "pitch"
    std::optional<At<Quoted>> subject;
    /// The body: per physical line its text after "| " and where that text stands. Merge fields are read by
    /// dsl/template_text, which is why the places are kept.
    struct BodyLine {
        std::string text;
        Span span;
    };
    std::vector<BodyLine> body;
    Span span;
    bool incomplete = false;
};
enum class RetiredCampaignKind : std::uint8_t { finish, stop_now };
struct RetiredCampaign {
    Quoted name;
    RetiredCampaignKind kind{};
    Span span;
};
struct RenamedCampaign {
    Quoted from, to;
    Span span;
};
struct Allow {
    Word code;  // "N0402", in capitals
    Quoted because;
    Span span;
    std::optional<Span> next;  // the logical line right below it, which it silences; none: nothing is below it
};

// --- tests -----------------------------------------------------------------------------------------------------

struct LocalInstant {
    Date date;
    TimeOfDay time;
};
struct GivenField {
    Word field;
    std::vector<Value> values;
    std::optional<bool> yes;
    Span span;
};
struct Given {
    Quoted candidate;
    std::optional<Quoted> file;
    std::vector<GivenField> fields;
    std::vector<ConsentTest> consents;  // `consent "job news" is given` or `is withdrawn`
    std::vector<MembershipTest> lists;  // `is in list "Not now"`
    Span span;
};
struct Happening {  // at 2026-03-03 10:00 …
    LocalInstant at;
    std::optional<Quoted> who;  // none: the only candidate
    std::variant<Change, EventTest, StepTest /* clicks guide */, Word /* replies */,
                 std::pair<bool, Word> /* approves (true) or refuses step */>
        what;
    Span span;
};
enum class ExpectKind : std::uint8_t { email, sms, message, task };
struct Expect {
    ExpectKind kind{};
    bool no = false;
    std::optional<Quoted> name;  // template
    std::optional<Word> step;    // task
    std::optional<Quoted> who;
    std::optional<Date> on, before, after;
    std::optional<TimeOfDay> from, to;
    std::optional<Quoted> segment;  // expect "x" in | not in segment "y"
    Span span;
};
struct Test {
    Quoted name;
    std::optional<LocalInstant> now;
    std::optional<Quoted> zone;
    std::vector<Given> given;
    std::vector<Happening> happenings;
    std::vector<Expect> expects;
    Span span;
    bool incomplete = false;
};

struct File {
    std::uint32_t file = 0;  // index in the SourceSet
    bool edition_given = false;
    std::vector<FieldDeclaration> fields;
    std::vector<EventDeclaration> events;
    std::vector<Policy> policies;
    std::vector<Values> values;
    std::vector<Segment> segments;
    std::vector<Campaign> campaigns;
    std::vector<Template> templates;
    std::vector<Test> tests;
    std::vector<RetiredCampaign> retired_campaigns;
    std::vector<RenamedCampaign> renamed_campaigns;
    std::vector<Allow> allows;
    /// Names whose declaration could not be read (already reported): known, but of unknown type.
    std::vector<Word> unread_fields;
    std::vector<Word> unread_events;
    /// A whole block could not be read, so names that seem to be missing may have stood in it.
    bool incomplete = false;
};

}  // namespace nurture::dsl::ast
