// SPDX-License-Identifier: MIT
#include "dsl/slips.hpp"

#include <array>

namespace nurture::dsl {
namespace {

constexpr std::string_view k_no_jobs = "people are not matched to jobs in this edition";
constexpr std::string_view k_say_the_job = "Say what the job asks for, a line each:   specialty includes \"ICU\"   /   "
                                           "home is within 40 miles of \"Dallas, TX\"";
constexpr std::string_view k_no_words = "the words of a reply are not read in this edition";
constexpr std::string_view k_a_person_reads =
    "A person reads it, and what they find can be put on a list:   is in list \"Interested\"";
constexpr std::string_view k_no_pairs = "one entry of a list has nothing more that could be asked";
constexpr std::string_view k_import_the_pair =
    "Pairs, such as the state of one of several licenses, are not in this edition. Import what you need as a field of "
    "its own:   tx_license_expires is less than 60 days away";
constexpr std::string_view k_no_links = "links between people are not followed in this edition";
constexpr std::string_view k_import_the_link =
    "Import what the link says as a field of the person:   referred_by is \"Ana Ruiz\"";
constexpr std::string_view k_opted_out = "whoever opted out is never written to: no line is needed for it";
constexpr std::string_view k_one_consent = "Who took back one consent:   consent \"job news\" is withdrawn";
constexpr std::string_view k_consent_is_theirs = "consent is given by the person, not by a campaign";
constexpr std::string_view k_ask_for_it = "Ask for it in a message:   | [Yes, keep me posted]({{renew_consent_link}})";
constexpr std::string_view k_date_counts = "a date is compared by `ago` and `away`";
constexpr std::string_view k_opposite = "the opposite of this test is a group";
constexpr std::string_view k_time_of_check = "this line does not say at what time";
constexpr std::string_view k_window = "the window of a campaign names its days, then its hours";
constexpr std::string_view k_stop_change = "a campaign stops when something happens to the candidate";
constexpr std::string_view k_ends_by_itself =
    "A campaign ends for each person after its last step. To end it for all on one day:   expires on 2027-12-31";
constexpr std::string_view k_branch = "a branch has lines of its own";
constexpr std::string_view k_wait_click = "a wait for a click says how long it lasts at most";
constexpr std::string_view k_when = "when a message goes out is said by a line above it";
constexpr std::string_view k_share = "shares are written with `percent`";
constexpr std::string_view k_group_if = "a branch has one condition; several are a segment";
constexpr std::string_view k_name_the_group =
    "Put the conditions into a segment, and name it here:   if is in segment \"Likely\"";

using enum Place;

// clang-format off
constexpr std::array k_slips = {
    // not in this edition
    Slip{conditions, "job …",                 k_no_jobs, "", k_say_the_job},
    Slip{conditions, "jobs …",                k_no_jobs, "", k_say_the_job},
    Slip{conditions, "matches job …",         k_no_jobs, "", k_say_the_job},
    Slip{conditions, "matches jobs …",        k_no_jobs, "", k_say_the_job},
    Slip{conditions, "matches a job …",       k_no_jobs, "", k_say_the_job},
    Slip{conditions, "fits job …",            k_no_jobs, "", k_say_the_job},
    Slip{conditions, "for job …",             k_no_jobs, "", k_say_the_job},
    Slip{campaign,   "for job …",             k_no_jobs, "", k_say_the_job},
    Slip{file,       "job …+",                k_no_jobs, "", k_say_the_job, false, "segment"},
    Slip{file,       "jobs …",                k_no_jobs, "", k_say_the_job, false, "segment"},
    Slip{conditions, "reply …+",              k_no_words, "has replied in the last 90 days", k_a_person_reads},
    Slip{conditions, "replied …+",            k_no_words, "has replied in the last 90 days", k_a_person_reads},
    Slip{conditions, "has replied yes",       k_no_words, "has replied in the last 90 days", k_a_person_reads},
    Slip{conditions, "has replied no",        k_no_words, "has replied in the last 90 days", k_a_person_reads},
    Slip{conditions, "has replied with …",    k_no_words, "has replied in the last 90 days", k_a_person_reads},
    Slip{campaign,   "if reply …+",           k_no_words, "if has replied", k_a_person_reads, false, "if"},
    Slip{campaign,   "stop when reply …+",    k_no_words, "stop when candidate has replied", k_a_person_reads},
    Slip{conditions, "@ includes \" expiring …", k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" expires …",  k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" valid …",    k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" until …",    k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" with …",     k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" that …",     k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" which …",    k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "@ includes \" for …",      k_no_pairs, "", k_import_the_pair},
    Slip{conditions, "is referred by …",      k_no_links, "", k_import_the_link},
    Slip{conditions, "was referred by …",     k_no_links, "", k_import_the_link},
    Slip{conditions, "referred by …",         k_no_links, "", k_import_the_link},
    Slip{conditions, "knows …",               k_no_links, "", k_import_the_link},
    Slip{conditions, "reports to …",          k_no_links, "", k_import_the_link},
    Slip{conditions, "works with …",          k_no_links, "", k_import_the_link},
    Slip{conditions, "worked with …",         k_no_links, "", k_import_the_link},
    Slip{conditions, "is a friend of …",      k_no_links, "", k_import_the_link},
    Slip{conditions, "is a colleague of …",   k_no_links, "", k_import_the_link},
    Slip{conditions, "has the same …",        k_no_links, "", k_import_the_link},

    // consent
    Slip{conditions, "has opted out …",       k_opted_out, "", k_one_consent},
    Slip{conditions, "has not opted out …",   k_opted_out, "", k_one_consent},
    Slip{conditions, "is unsubscribed",       k_opted_out, "", k_one_consent},
    Slip{conditions, "is not unsubscribed",   k_opted_out, "", k_one_consent},
    Slip{conditions, "is subscribed",         k_opted_out, "", k_one_consent},
    Slip{conditions, "is opted in",           "consents have names", "consent \"job news\" is given"},
    Slip{conditions, "has opted in …",        "consents have names", "consent \"job news\" is given"},
    Slip{conditions, "has given consent …",   "consents have names", "consent \"job news\" is given"},
    Slip{conditions, "consent \" was given in the last # %unit",     "the time is counted back from today", "consent $1 was given less than $2 $3 ago"},
    Slip{conditions, "consent \" was given within the last # %unit", "the time is counted back from today", "consent $1 was given less than $2 $3 ago"},
    Slip{conditions, "consent \" is older than # %unit",             "the time is counted back from today", "consent $1 was given more than $2 $3 ago"},
    Slip{campaign,   "give consent …",        k_consent_is_theirs, "", k_ask_for_it},
    Slip{campaign,   "grant consent …",       k_consent_is_theirs, "", k_ask_for_it},
    Slip{campaign,   "add consent …",         k_consent_is_theirs, "", k_ask_for_it},
    Slip{campaign,   "step @ give consent …", k_consent_is_theirs, "", k_ask_for_it},
    Slip{campaign,   "step @ grant consent …",k_consent_is_theirs, "", k_ask_for_it},

    // conditions
    Slip{conditions, "@ is older than # %unit",     k_date_counts, "$1 is more than $2 $3 ago", "", true, "", "N0202"},
    Slip{conditions, "@ is older than # %unit ago", k_date_counts, "$1 is more than $2 $3 ago", "", true, "", "N0202"},
    Slip{conditions, "@ older than # %unit",        k_date_counts, "$1 is more than $2 $3 ago", "", true, "", "N0202"},
    Slip{conditions, "@ is newer than # %unit",     k_date_counts, "$1 is less than $2 $3 ago", "", true, "", "N0202"},
    Slip{conditions, "@ is in the last # %unit",     k_date_counts, "$1 is less than $2 $3 ago", "", false, "", "N0202"},
    Slip{conditions, "@ is within the last # %unit", k_date_counts, "$1 is less than $2 $3 ago", "", false, "", "N0202"},
    Slip{conditions, "@ is in the next # %unit",     k_date_counts, "$1 is less than $2 $3 away", "", false, "", "N0202"},
    Slip{conditions, "@ is within the next # %unit", k_date_counts, "$1 is less than $2 $3 away", "", false, "", "N0202"},
    Slip{conditions, "@ expires in # %unit",         k_date_counts, "$1 is less than $2 $3 away", "", false, "", "N0202"},
    Slip{conditions, "@ is not in the last # %unit", k_date_counts, "$1 is at least $2 $3 ago", "", false, "", "N0202"},
    Slip{conditions, "@ is in the past",             k_date_counts, "$1 is at least 1 day ago", "", false, "", "N0202"},
    Slip{conditions, "@ is in the future",           k_date_counts, "$1 is at least 1 day away", "", false, "", "N0202"},
    Slip{conditions, "@ is expired",                 k_date_counts, "$1 is at least 1 day ago", "", false, "", "N0202"},
    Slip{conditions, "@ is not today",               k_opposite, "none of\n  $1 is today\nend", "", false, "", "N0202"},
    Slip{conditions, "@ is not within # %far of \"", k_opposite, "none of\n  $1 is within $2 $3 of $4\nend", "", false, "", "N0202"},
    Slip{conditions, "@ does not contain \"",        k_opposite, "none of\n  $1 contains $2\nend", "", false, "", "N0202"},
    Slip{conditions, "@ doesn't contain \"",         k_opposite, "none of\n  $1 contains $2\nend", "", false, "", "N0202"},
    Slip{conditions, "@ does not start with \"",     k_opposite, "none of\n  $1 starts with $2\nend", "", false, "", "N0202"},
    Slip{conditions, "@ does not include \"",        "a list is tested by `includes`", "$1 includes none of $2", "", true, "", "N0202"},
    Slip{conditions, "@ doesn't include \"",         "a list is tested by `includes`", "$1 includes none of $2", "", true, "", "N0202"},
    Slip{conditions, "@ isn't \"",                   "nothing is shortened with an apostrophe", "$1 is not $2", "", true, "", "N0202"},
    Slip{conditions, "@ is not yes",                 "a yes or no is tested by `is yes` and `is no`", "$1 is no, or is unknown", "Or without those of whom it is unknown:   $1 is no", false, "", "N0202"},
    Slip{conditions, "@ is not no",                  "a yes or no is tested by `is yes` and `is no`", "$1 is yes, or is unknown", "Or without those of whom it is unknown:   $1 is yes", false, "", "N0202"},
    Slip{conditions, "@ is near \"",                 "how near is said in miles or km", "$1 is within 30 miles of $2", "", false, "", "N0202"},
    Slip{conditions, "@ is close to \"",             "how near is said in miles or km", "$1 is within 30 miles of $2", "", false, "", "N0202"},
    Slip{conditions, "@ is in \"",                   "a value is tested by `is`, a place by how near it is", "$1 is $2", "For a place:   $1 is within 30 miles of $2", false, "", "N0202"},
    Slip{conditions, "has been contacted in the last # %unit",     "what we sent is tested by `received`", "has received in the last $1 $2", "", true, "", "N0202"},
    Slip{conditions, "has not been contacted in the last # %unit", "what we sent is tested by `received`", "has not received in the last $1 $2", "", true, "", "N0202"},
    Slip{conditions, "was contacted in the last # %unit",          "what we sent is tested by `received`", "has received in the last $1 $2", "", true, "", "N0202"},
    Slip{conditions, "was not contacted in the last # %unit",      "what we sent is tested by `received`", "has not received in the last $1 $2", "", true, "", "N0202"},

    // when a campaign looks
    Slip{campaign, "check daily",             k_time_of_check, "check every day at 07:00"},
    Slip{campaign, "check every day",         k_time_of_check, "check every day at 07:00"},
    Slip{campaign, "check every weekday",     k_time_of_check, "check every weekday at 07:00"},
    Slip{campaign, "check every business day",k_time_of_check, "check every weekday at 07:00"},
    Slip{campaign, "check every %day",        k_time_of_check, "check every $1 at 07:00"},
    Slip{campaign, "check weekly",            k_time_of_check, "check every monday at 07:00"},
    Slip{campaign, "check every week",        k_time_of_check, "check every monday at 07:00"},
    Slip{campaign, "check every week on %day",k_time_of_check, "check every $1 at 07:00"},
    Slip{campaign, "check monthly",           k_time_of_check, "check on the first business day of every month at 07:00"},
    Slip{campaign, "check every month",       k_time_of_check, "check on the first business day of every month at 07:00"},
    Slip{campaign, "check hourly",            "hours are written out", "check every hour", "", true},
    Slip{campaign, "start # %unit before the anniversary of @", "a campaign starts on an anniversary, not before it", "start on the anniversary of $3", "Or look every day for the people whose anniversary is near:   $3 has its anniversary in 7 days"},
    Slip{campaign, "start on @",              "a campaign starts some days before or after a date, or on its anniversary", "start 1 day after $1", "Each year anew:   start on the anniversary of $1"},
    Slip{campaign, "owner from candidate",    "this line does not say who stands in for a missing owner", "owner from candidate, otherwise \"first.last\""},
    Slip{campaign, "enroll at most # per week",  "enrolling is bounded per day", "", "For 40 a week:   enroll at most 8 per day"},
    Slip{campaign, "enroll at most # per month", "enrolling is bounded per day", "", "For 80 a month:   enroll at most 4 per day"},
    Slip{campaign, "enroll at most #",        "this line does not say in what time", "enroll at most $1 per day"},
    Slip{campaign, "enroll # per day",        "a bound says `at most`", "enroll at most $1 per day", "", true},
    Slip{campaign, "re-enter after #",        "this line does not say days or weeks", "re-enter after $1 days", "", false, "", "N0106"},
    Slip{campaign, "pause # when …+",         "this line does not say days or weeks", "pause $1 days when $2", "", false, "", "N0106"},
    Slip{campaign, "audience \" and \"",      "a campaign has one audience", "", "A segment says who is in both:   segment \"Both\"   /   is in segment $1   /   is in segment $2   /   end"},
    Slip{campaign, "audience \" or \"",       "a campaign has one audience", "", "A segment says who is in one of them:   segment \"Either\"   /   any of   /   is in segment $1   /   is in segment $2   /   end   /   end"},
    Slip{campaign, "expires after …+",        "a campaign expires on a date", "expires on 2027-12-31"},
    Slip{campaign, "expires in …+",           "a campaign expires on a date", "expires on 2027-12-31"},

    // the window
    Slip{campaign, "send every day between …+",     k_window, "send monday to sunday between $1"},
    Slip{campaign, "send daily between …+",         k_window, "send monday to sunday between $1"},
    Slip{campaign, "send weekdays between …+",      k_window, "send monday to friday between $1"},
    Slip{campaign, "send on weekdays between …+",   k_window, "send monday to friday between $1"},
    Slip{campaign, "send every weekday between …+", k_window, "send monday to friday between $1"},
    Slip{campaign, "send between …+",               k_window, "send monday to friday between $1"},
    Slip{campaign, "send email \"",           "a message is a step, and has a name", "step first: email $1"},
    Slip{campaign, "send sms \"",             "a message is a step, and has a name", "step first: sms $1"},
    Slip{campaign, "email \"",                "a message is a step, and has a name", "step first: email $1"},
    Slip{campaign, "sms \"",                  "a message is a step, and has a name", "step first: sms $1"},

    // stops
    Slip{campaign, "stop if replied",              k_stop_change, "stop when candidate has replied", "", true},
    Slip{campaign, "stop if has replied",          k_stop_change, "stop when candidate has replied", "", true},
    Slip{campaign, "stop if candidate has …+",     k_stop_change, "stop when candidate has $1", "", true},
    Slip{campaign, "stop if they reply",           k_stop_change, "stop when candidate has replied", "", true},
    Slip{campaign, "stop on reply",                k_stop_change, "stop when candidate has replied", "", true},
    Slip{campaign, "stop when replied",            k_stop_change, "stop when candidate has replied", "", true},
    Slip{campaign, "stop when they reply",         k_stop_change, "stop when candidate has replied", "", true},
    Slip{campaign, "stop when has …+",             k_stop_change, "stop when candidate has $1", "", true},
    Slip{campaign, "stop when candidate has not …+", "a stop is for what happens, not for what does not", "", "For what did not happen: a wait, then an `if`:   wait 30 days   /   if has not replied   /   stop   /   end"},
    Slip{campaign, "stop when @ is \"",            "a stop is for what changes", "stop when $1 becomes $2"},
    Slip{campaign, "stop after # %unit",           k_stop_change, "", k_ends_by_itself},
    Slip{campaign, "end after # %unit",            k_stop_change, "", k_ends_by_itself},

    // waits
    Slip{campaign, "wait until %day",              "this line does not say at what time", "wait until $1 at 10:00"},
    Slip{campaign, "wait until %date",             "a wait is not for a day of the calendar", "", "A wait is a length, the next weekday, or a date of the candidate:   wait 3 weeks   /   wait until tuesday at 10:00   /   wait until 7 days before license_expires"},
    Slip{campaign, "wait for # %unit",             "a wait has no `for`", "wait $1 $2", "", true},
    Slip{campaign, "wait tomorrow",                "a wait is a length", "wait 1 day"},
    Slip{campaign, "wait until tomorrow",          "a wait is a length", "wait 1 day"},
    Slip{campaign, "wait until the next business day", "a wait is a length", "wait 1 business day"},
    Slip{campaign, "wait # %unit before @",        "a wait for a date of the candidate says `until`", "wait until $1 $2 before $3", "", true},
    Slip{campaign, "wait until @ is clicked",      k_wait_click, "wait up to 5 days until $1 is clicked"},
    Slip{campaign, "wait until @ was clicked",     k_wait_click, "wait up to 5 days until $1 is clicked"},
    Slip{campaign, "wait up to # %unit until @ was clicked", "a wait looks ahead, and says `is`", "wait up to $1 $2 until $3 is clicked", "", true},
    Slip{campaign, "wait until reply",             "a reply needs no wait: no message follows one", "stop when candidate has replied"},

    // steps and branches
    Slip{campaign, "step @ email \" if …+",        k_branch, "if $3\n  step $1: email $2\nend"},
    Slip{campaign, "step @ sms \" if …+",          k_branch, "if $3\n  step $1: sms $2\nend"},
    Slip{campaign, "step @ email \" on %day",      k_when, "wait until $3 at 10:00\nstep $1: email $2"},
    Slip{campaign, "step @ email \" on %day at @", k_when, "wait until $3 at $4\nstep $1: email $2"},
    Slip{campaign, "step @ email \" at @",         k_when, "send monday to friday between 10:00 and 12:00\nstep $1: email $2"},
    Slip{campaign, "step @ email \" after # %unit",k_when, "wait $3 $4\nstep $1: email $2"},
    Slip{campaign, "if any of …",                  k_group_if, "", k_name_the_group, false, "if any of"},
    Slip{campaign, "if all of …",                  k_group_if, "", k_name_the_group, false, "if any of"},
    Slip{campaign, "if none of …",                 k_group_if, "", k_name_the_group, false, "if any of"},
    Slip{campaign, "if @ was not clicked",         "what did not happen is the other half of a branch", "if $1 was clicked\n  step call: task for owner \"Call {{first_name or them}}\"\notherwise\n  wait 3 days\nend", "What is to happen without a click stands behind `otherwise`.", false, "if"},
    Slip{campaign, "if candidate …+",              "a branch is about the candidate anyway", "if $1", "", true, "if"},
    Slip{campaign, "unless …+",                    "there is no `unless`: a branch says what holds", "", "What is to happen otherwise stands behind `otherwise`:   if has replied   /   otherwise   /   step …   /   end", false, "if"},
    Slip{split, "#% email \"",                     k_share, "$1 percent: email $2", "", true},
    Slip{split, "#% sms \"",                       k_share, "$1 percent: sms $2", "", true},
    Slip{split, "#% nothing",                      k_share, "$1 percent: nothing", "", true},
};
// clang-format on

}  // namespace

std::span<const Slip> slips() { return k_slips; }

}  // namespace nurture::dsl
