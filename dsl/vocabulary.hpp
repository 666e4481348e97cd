// SPDX-License-Identifier: MIT
//
// Every keyword and phrase of edition 2026, once, with its group and one line for the reference. Feeds the grammar's
// keywords, "what was wanted", suggestions and the formatter. The grammar names a phrase by its text: `phrase("is any
// of")` is looked up by the compiler, so a phrase that is not in the table does not compile. Constant data; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nurture::dsl {

enum class PhraseGroup : std::uint8_t {
    block,
    type,
    policy,
    group,
    test,
    clause,
    history,
    membership,
    consent,
    head,
    change,
    step,
    trial,
    unit,
    weekday,
    month,
    glue
};

struct Phrase {
    std::string_view text;
    PhraseGroup group;
    std::string_view doc;
};

enum class PhraseId : std::uint16_t {};

// clang-format off
inline constexpr std::array k_phrases = {
    // lines of a file
    Phrase{"edition", PhraseGroup::block, "the edition of the language, first line of every file"},
    Phrase{"fields", PhraseGroup::block, "opens the declaration of fields"},
    Phrase{"events", PhraseGroup::block, "opens the declaration of events"},
    Phrase{"policy", PhraseGroup::block, "opens what holds for every campaign"},
    Phrase{"segment", PhraseGroup::block, "opens a group of people: all of its lines must hold"},
    Phrase{"values", PhraseGroup::block, "names a list of values, or uses it"},
    Phrase{"are", PhraseGroup::block, "the values of a named list"},
    Phrase{"campaign", PhraseGroup::block, "opens a campaign"},
    Phrase{"template", PhraseGroup::block, "opens a message text"},
    Phrase{"test", PhraseGroup::block, "opens a test of the rules on a virtual clock"},
    Phrase{"end", PhraseGroup::block, "closes the innermost open block"},
    Phrase{"allow", PhraseGroup::block, "silences one warning on the next line"},
    Phrase{"because", PhraseGroup::block, "the reason of an allow"},
    Phrase{"retired campaign", PhraseGroup::block, "what happens to people in a campaign that is gone"},
    Phrase{"renamed campaign", PhraseGroup::block, "a campaign goes on under another name"},
    Phrase{"finish", PhraseGroup::block, "people inside go on to the end"},
    Phrase{"stop now", PhraseGroup::block, "people inside are taken out"},
    Phrase{"for email", PhraseGroup::block, "the template is an email"},
    Phrase{"for sms", PhraseGroup::block, "the template is a text message"},
    Phrase{"kind", PhraseGroup::block, "classifies a template for caps and reports"},
    Phrase{"subject", PhraseGroup::block, "the subject line of an email"},
    // fields and events
    Phrase{"text", PhraseGroup::type, "a field of words"},
    Phrase{"list of text", PhraseGroup::type, "a field of several entries"},
    Phrase{"number", PhraseGroup::type, "a field with a number"},
    Phrase{"date", PhraseGroup::type, "a field with a calendar day"},
    Phrase{"yes or no", PhraseGroup::type, "a field that is yes or no"},
    Phrase{"place", PhraseGroup::type, "a field with a place on the map"},
    Phrase{"say unknown", PhraseGroup::type, "each line that tests the field must say what unknown means"},
    Phrase{"with name", PhraseGroup::type, "the event carries a name"},
    // policy
    Phrase{"postal address", PhraseGroup::policy, "the sender's address, which every email must show"},
    Phrase{"time zone candidate", PhraseGroup::policy, "messages keep the candidate's clock"},
    Phrase{"holidays from", PhraseGroup::policy, "a calendar file of holidays"},
    Phrase{"quiet hours", PhraseGroup::policy, "no message between these times"},
    Phrase{"quiet days", PhraseGroup::policy, "no message on these weekdays"},
    Phrase{"quiet dates", PhraseGroup::policy, "no message on these days of the year"},
    Phrase{"requires consent", PhraseGroup::policy, "the channel needs this consent"},
    Phrase{"sms of at most", PhraseGroup::policy, "the longest text message; a longer one is not sent"},
    Phrase{"segments", PhraseGroup::policy, "the pieces in which a text message goes out, each paid for"},
    Phrase{"at most", PhraseGroup::policy, "a cap on messages"},
    Phrase{"at least", PhraseGroup::policy, "a floor, or the smallest count"},
    Phrase{"message", PhraseGroup::policy, "an email or a text message"},
    Phrase{"messages", PhraseGroup::policy, "emails and text messages together"},
    Phrase{"per candidate in", PhraseGroup::policy, "the cap counts each person over this time"},
    Phrase{"per day", PhraseGroup::policy, "the cap counts a calendar day"},
    Phrase{"per sender per day", PhraseGroup::policy, "the cap counts each sender's calendar day"},
    Phrase{"never contact list", PhraseGroup::policy, "people on the list never get anything"},
    Phrase{"never contact segment", PhraseGroup::policy, "people in the segment never get anything"},
    Phrase{"hold segment", PhraseGroup::policy, "clocks stop while people are in the segment"},
    // conditions
    Phrase{"any of", PhraseGroup::group, "opens a group: at least one line must hold"},
    Phrase{"all of", PhraseGroup::group, "opens a group: every line must hold"},
    Phrase{"none of", PhraseGroup::group, "opens a group: not one line may hold"},
    Phrase{"is", PhraseGroup::test, "equals the value"},
    Phrase{"is any of", PhraseGroup::test, "equals one of the values"},
    Phrase{"is not", PhraseGroup::test, "the exact opposite of `is`"},
    Phrase{"is none of", PhraseGroup::test, "the exact opposite of `is any of`"},
    Phrase{"includes", PhraseGroup::test, "the list has this entry"},
    Phrase{"includes any of", PhraseGroup::test, "the list has at least one of the entries"},
    Phrase{"includes all of", PhraseGroup::test, "the list has every one of the entries"},
    Phrase{"includes none of", PhraseGroup::test, "the list has not one of the entries"},
    Phrase{"contains", PhraseGroup::test, "the text has these words in it"},
    Phrase{"starts with", PhraseGroup::test, "the text begins with these words"},
    Phrase{"is at least", PhraseGroup::test, "this or more"},
    Phrase{"is at most", PhraseGroup::test, "this or less"},
    Phrase{"is more than", PhraseGroup::test, "more than this"},
    Phrase{"is less than", PhraseGroup::test, "less than this"},
    Phrase{"is between", PhraseGroup::test, "from the first to the last, ends included"},
    Phrase{"is today", PhraseGroup::test, "the date is today"},
    Phrase{"is before", PhraseGroup::test, "earlier than the date"},
    Phrase{"is after", PhraseGroup::test, "later than the date"},
    Phrase{"is on", PhraseGroup::test, "exactly the date"},
    Phrase{"is on or before", PhraseGroup::test, "the date or earlier"},
    Phrase{"is on or after", PhraseGroup::test, "the date or later"},
    Phrase{"has its anniversary today", PhraseGroup::test, "the day and month are today's"},
    Phrase{"has its anniversary in", PhraseGroup::test, "the day and month come in so many days"},
    Phrase{"is yes", PhraseGroup::test, "the field says yes"},
    Phrase{"is no", PhraseGroup::test, "the field says no"},
    Phrase{"is within", PhraseGroup::test, "not farther than so many miles or km"},
    Phrase{"is known", PhraseGroup::test, "the field has a value"},
    Phrase{"is unknown", PhraseGroup::test, "the field is blank"},
    Phrase{"or is unknown", PhraseGroup::clause, "an unknown value counts as yes"},
    Phrase{"if known", PhraseGroup::clause, "an unknown value counts as no"},
    Phrase{"ago", PhraseGroup::clause, "counted back from today"},
    Phrase{"away", PhraseGroup::clause, "counted forward from today"},
    Phrase{"has", PhraseGroup::history, "an event happened"},
    Phrase{"has not", PhraseGroup::history, "the exact opposite of `has`"},
    Phrase{"in the last", PhraseGroup::history, "only events of this time count"},
    Phrase{"time", PhraseGroup::history, "how often, once"},
    Phrase{"times", PhraseGroup::history, "how often"},
    Phrase{"is in segment", PhraseGroup::membership, "the person is in the segment"},
    Phrase{"is not in segment", PhraseGroup::membership, "the person is not in the segment"},
    Phrase{"is in list", PhraseGroup::membership, "the person is on the list"},
    Phrase{"is not in list", PhraseGroup::membership, "the person is not on the list"},
    Phrase{"is in campaign", PhraseGroup::membership, "the person is in the campaign now"},
    Phrase{"is not in campaign", PhraseGroup::membership, "the person is not in the campaign now"},
    Phrase{"has entered campaign", PhraseGroup::membership, "the person was or is in the campaign"},
    Phrase{"has not entered campaign", PhraseGroup::membership, "the person never was in the campaign"},
    Phrase{"has completed campaign", PhraseGroup::membership, "the person came to the end of the campaign"},
    Phrase{"has not completed campaign", PhraseGroup::membership, "the person never came to its end"},
    Phrase{"consent", PhraseGroup::consent, "tests a consent"},
    Phrase{"is given", PhraseGroup::consent, "the consent was given and not withdrawn"},
    Phrase{"is withdrawn", PhraseGroup::consent, "the consent was taken back"},
    Phrase{"was given", PhraseGroup::consent, "how long ago the consent was given"},
    Phrase{"more than", PhraseGroup::consent, "longer ago than this"},
    Phrase{"less than", PhraseGroup::consent, "not as long ago as this"},
    // campaigns
    Phrase{"owner", PhraseGroup::head, "who gets tasks and replies"},
    Phrase{"owner from candidate", PhraseGroup::head, "the owner that the candidate has in the ATS"},
    Phrase{"audience", PhraseGroup::head, "the segment that must hold on entering"},
    Phrase{"from owner", PhraseGroup::head, "the owner is the sender"},
    Phrase{"from", PhraseGroup::head, "the sender, or the file"},
    Phrase{"sms from", PhraseGroup::head, "the number or name that text messages come from"},
    Phrase{"check every day at", PhraseGroup::head, "the audience is looked at daily"},
    Phrase{"check every weekday at", PhraseGroup::head, "the audience is looked at Monday to Friday"},
    Phrase{"check every hour", PhraseGroup::head, "the audience is looked at each hour"},
    Phrase{"check every", PhraseGroup::head, "the audience is looked at on these weekdays"},
    Phrase{"check on the first business day of", PhraseGroup::head, "the audience is looked at once a month"},
    Phrase{"every month", PhraseGroup::head, "all twelve months"},
    Phrase{"start when", PhraseGroup::head, "a change makes people enter at once"},
    Phrase{"start", PhraseGroup::head, "people enter so long before or after a date of theirs"},
    Phrase{"start on the anniversary of", PhraseGroup::head, "people enter on this day of each year"},
    Phrase{"ignore events older than", PhraseGroup::head, "changes that are known too late start nothing"},
    Phrase{"enroll at most", PhraseGroup::head, "how many enter per day"},
    Phrase{"re-enter after", PhraseGroup::head, "when somebody may enter again"},
    Phrase{"re-enter never", PhraseGroup::head, "nobody enters twice"},
    Phrase{"send", PhraseGroup::head, "the weekdays and times of messages"},
    Phrase{"priority", PhraseGroup::head, "larger goes first"},
    Phrase{"expires on", PhraseGroup::head, "nobody enters any more from this day on, and no message goes out"},
    Phrase{"draft", PhraseGroup::head, "previewed, never sent"},
    Phrase{"stop when", PhraseGroup::head, "a change ends the campaign for this person"},
    Phrase{"pause", PhraseGroup::head, "a change stops the clock for so long"},
    Phrase{"when", PhraseGroup::head, "the change that pauses"},
    Phrase{"keep candidates who leave the audience", PhraseGroup::head, "leaving the audience ends nothing"},
    Phrase{"retired", PhraseGroup::head, "what happens to people on a step that is gone"},
    Phrase{"continue at", PhraseGroup::head, "they go on at this step"},
    Phrase{"renamed", PhraseGroup::head, "a step goes on under another name"},
    // changes
    Phrase{"candidate has", PhraseGroup::change, "an event happens"},
    Phrase{"candidate has joined list", PhraseGroup::change, "the person is put on the list"},
    Phrase{"candidate has entered campaign", PhraseGroup::change, "the person enters the other campaign"},
    Phrase{"candidate leaves the audience", PhraseGroup::change, "the audience does not hold any more"},
    Phrase{"becomes", PhraseGroup::change, "the field gets this value"},
    Phrase{"becomes any of", PhraseGroup::change, "the field gets one of the values"},
    Phrase{"gains", PhraseGroup::change, "the list gets this entry"},
    Phrase{"gains any of", PhraseGroup::change, "the list gets one of the entries"},
    Phrase{"changes", PhraseGroup::change, "the field gets another value"},
    // steps and waits
    Phrase{"step", PhraseGroup::step, "a step and its name"},
    Phrase{"email", PhraseGroup::step, "an email"},
    Phrase{"sms", PhraseGroup::step, "a text message"},
    Phrase{"next unsent of", PhraseGroup::step, "the first of these that the person never got"},
    Phrase{"in the thread of", PhraseGroup::step, "same conversation as that step"},
    Phrase{"with a personal note by", PhraseGroup::step, "held until a person wrote a paragraph"},
    Phrase{"within", PhraseGroup::step, "how late it may be"},
    Phrase{"skip step", PhraseGroup::step, "the next line follows"},
    Phrase{"stop", PhraseGroup::step, "ends the campaign for this person"},
    Phrase{"approval by", PhraseGroup::step, "a person decides over the next message"},
    Phrase{"task for", PhraseGroup::step, "work for a person"},
    Phrase{"add to list", PhraseGroup::step, "puts the person on a list"},
    Phrase{"remove from list", PhraseGroup::step, "takes the person off a list"},
    Phrase{"withdraw consent", PhraseGroup::step, "takes a consent back"},
    Phrase{"wait", PhraseGroup::step, "waits so long"},
    Phrase{"wait until", PhraseGroup::step, "waits for a weekday and time, or for a date"},
    Phrase{"wait up to", PhraseGroup::step, "waits so long, or until it happened"},
    Phrase{"until", PhraseGroup::step, "what ends the wait"},
    Phrase{"if", PhraseGroup::step, "opens a branch, decided when reached"},
    Phrase{"otherwise", PhraseGroup::step, "what happens else"},
    Phrase{"was", PhraseGroup::step, "what happened to a step"},
    Phrase{"sent", PhraseGroup::step, "the message went out"},
    Phrase{"clicked", PhraseGroup::step, "a link was followed"},
    Phrase{"opened", PhraseGroup::step, "the message was opened, as far as one can know"},
    Phrase{"replied to", PhraseGroup::step, "somebody answered the message"},
    Phrase{"split", PhraseGroup::step, "opens arms, stable per person"},
    Phrase{"percent", PhraseGroup::step, "the share of an arm"},
    Phrase{"nothing", PhraseGroup::step, "held out: gets nothing, is reported"},
    // test blocks
    Phrase{"now is", PhraseGroup::trial, "when the test begins"},
    Phrase{"given candidate", PhraseGroup::trial, "a person of the test"},
    Phrase{"with", PhraseGroup::trial, "opens the person's fields"},
    Phrase{"has joined list", PhraseGroup::trial, "the candidate is put on the list"},
    Phrase{"replies", PhraseGroup::trial, "the person answers"},
    Phrase{"clicks", PhraseGroup::trial, "the person follows a link of the step"},
    Phrase{"approves", PhraseGroup::trial, "the person says yes to the approval step"},
    Phrase{"refuses", PhraseGroup::trial, "the person says no to the approval step"},
    Phrase{"expect", PhraseGroup::trial, "what must happen"},
    Phrase{"expect no", PhraseGroup::trial, "what must not happen"},
    Phrase{"task", PhraseGroup::trial, "a task step"},
    Phrase{"in segment", PhraseGroup::trial, "the person is in the segment"},
    Phrase{"not in segment", PhraseGroup::trial, "the person is not in the segment"},
    // units and calendar
    Phrase{"minute", PhraseGroup::unit, "60 seconds"}, Phrase{"minutes", PhraseGroup::unit, "60 seconds each"},
    Phrase{"hour", PhraseGroup::unit, "60 minutes"}, Phrase{"hours", PhraseGroup::unit, "60 minutes each"},
    Phrase{"day", PhraseGroup::unit, "a calendar day"}, Phrase{"days", PhraseGroup::unit, "calendar days"},
    Phrase{"business day", PhraseGroup::unit, "a weekday that is no holiday"},
    Phrase{"business days", PhraseGroup::unit, "weekdays that are no holidays"},
    Phrase{"week", PhraseGroup::unit, "seven days"}, Phrase{"weeks", PhraseGroup::unit, "seven days each"},
    Phrase{"month", PhraseGroup::unit, "a calendar month"}, Phrase{"months", PhraseGroup::unit, "calendar months"},
    Phrase{"year", PhraseGroup::unit, "a calendar year"}, Phrase{"years", PhraseGroup::unit, "calendar years"},
    Phrase{"mile", PhraseGroup::unit, "1,609.344 metres"}, Phrase{"miles", PhraseGroup::unit, "1,609.344 metres each"},
    Phrase{"km", PhraseGroup::unit, "1,000 metres"},
    Phrase{"monday", PhraseGroup::weekday, ""}, Phrase{"tuesday", PhraseGroup::weekday, ""},
    Phrase{"wednesday", PhraseGroup::weekday, ""}, Phrase{"thursday", PhraseGroup::weekday, ""},
    Phrase{"friday", PhraseGroup::weekday, ""}, Phrase{"saturday", PhraseGroup::weekday, ""},
    Phrase{"sunday", PhraseGroup::weekday, ""},
    Phrase{"january", PhraseGroup::month, ""}, Phrase{"february", PhraseGroup::month, ""},
    Phrase{"march", PhraseGroup::month, ""}, Phrase{"april", PhraseGroup::month, ""},
    Phrase{"may", PhraseGroup::month, ""}, Phrase{"june", PhraseGroup::month, ""},
    Phrase{"july", PhraseGroup::month, ""}, Phrase{"august", PhraseGroup::month, ""},
    Phrase{"september", PhraseGroup::month, ""}, Phrase{"october", PhraseGroup::month, ""},
    Phrase{"november", PhraseGroup::month, ""}, Phrase{"december", PhraseGroup::month, ""},
    // small words
    Phrase{"and", PhraseGroup::glue, "between two numbers, times or dates"},
    Phrase{"or", PhraseGroup::glue, "between two things that end a wait"},
    Phrase{"to", PhraseGroup::glue, "from one to the other, ends included; or the new name"},
    Phrase{"of", PhraseGroup::glue, "the place that a distance is measured from"},
    Phrase{"in", PhraseGroup::glue, "the language or the time zone"},
    Phrase{"on", PhraseGroup::glue, "the day"},
    Phrase{"at", PhraseGroup::glue, "the time"},
    Phrase{"for", PhraseGroup::glue, "how long"},
    Phrase{"between", PhraseGroup::glue, "from one to the other"},
    Phrase{"before", PhraseGroup::glue, "earlier than"},
    Phrase{"after", PhraseGroup::glue, "later than"},
};
// clang-format on

/// The phrase of this text. Not in the table: does not compile.
consteval PhraseId phrase(std::string_view text) {
    for (std::size_t i = 0; i < k_phrases.size(); ++i)
        if (k_phrases[i].text == text)
            return static_cast<PhraseId>(i);
    throw "this phrase is not in k_phrases";
}

inline const Phrase& phrase_of(PhraseId id) { return k_phrases[static_cast<std::size_t>(id)]; }

/// The longest phrase that begins exactly at `at` (capitals do not matter, any blanks between its words) and ends at a
/// word's end, or nothing. `at` moves behind it.
std::optional<PhraseId> longest_phrase(const char*& at, const char* end);

/// Words that open and shape lines of conditions and steps: never read as the name of a field or an event.
bool is_structural(std::string_view word);

/// Structural, or kept for a later edition (`unless`, `goal`, `job` …): refused where a name is declared.
bool is_reserved(std::string_view word);

/// What people write who have used another program ("equals", "greater than"), and the phrase for it.
struct Synonym {
    std::string_view heard;
    PhraseId phrase;
};
std::span<const Synonym> synonyms();

}  // namespace nurture::dsl
