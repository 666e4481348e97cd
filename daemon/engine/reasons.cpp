// SPDX-License-Identifier: MIT
#include "daemon/engine/reasons.hpp"

#include <array>
#include <cassert>
#include <cstddef>

namespace nurture::engine {
namespace {

struct Row {
    ReasonCode reason;
    std::string_view code, sentence;
};

using enum ReasonCode;

// In the order of the enumeration.
constexpr std::array k_table{
    Row{none, "", ""},
    Row{entered_at_check, "entered", "came in at a check of the audience"},
    Row{entered_on_change, "entered-on-change", "came in because something about the person changed"},
    Row{entered_on_date, "entered-on-date", "came in because the day had come"},
    Row{pending_change, "change-seen", "something about the person changed; waits to come in"},
    Row{pending_date, "date-reached", "the day has come; waits to come in"},
    Row{wait_begins, "waits", "a wait begins"},
    Row{wait_over, "wait-over", "the wait is over"},
    Row{event_came, "event-came", "what the wait was for has happened"},
    Row{date_moved, "date-moved", "the date that the wait is for has changed"},
    Row{date_is_past, "date-past", "the date that the wait is for is past or unknown"},
    Row{branch_true, "branch-true", "the condition of the branch holds"},
    Row{branch_false, "branch-false", "the condition of the branch does not hold"},
    Row{approval_asked, "approval-asked", "a person is asked to approve the message"},
    Row{approval_lapsed, "approval-lapsed", "the message is no longer the one that was approved; asked again"},
    Row{approved, "approved", "a person approved the message"},
    Row{refused_go_on, "refused-go-on", "a person refused the message; the campaign goes on after it"},
    Row{approval_late_go_on, "approval-late-go-on", "nobody approved in time; the campaign goes on after the message"},
    Row{note_asked, "note-asked", "a person is asked for a personal note"},
    Row{note_written, "note-written", "the personal note is written"},
    Row{note_late_go_on, "note-late-go-on",
        "nobody wrote the personal note in time; the campaign goes on after the message"},
    Row{task_made, "task", "a task was made for a person"},
    Row{put_on_list, "list-joined", "the campaign put the person on a list"},
    Row{taken_off_list, "list-left", "the campaign took the person off a list"},
    Row{consent_withdrawn, "consent-withdrawn", "the campaign withdrew a consent of the person"},
    Row{arm_drawn, "split", "the person's share of the split"},
    Row{message_due, "message-due", "the message is due"},
    Row{slot_given, "slot", "the message may go now"},
    Row{new_slot, "new-slot", "the message gets a new time"},
    Row{message_sent, "sent", "the message was accepted"},
    Row{message_in_doubt, "in-doubt", "the message may have been accepted; it counts as sent and is not sent again"},
    Row{paused_by_rule, "paused-by-rule", "a `pause` line of the campaign holds"},
    Row{hold_begins, "hold-begins", "the person is in a segment on hold; the clock stops"},
    Row{hold_ends, "hold-ends", "the hold is over; the clock goes on"},
    Row{check_ran, "check", "the audience was looked at"},
    Row{step_retired, "step-retired", "the rules have retired the step; the campaign goes on after it"},
    Row{not_started, "not-started", "nothing has started the campaign for the person yet"},
    Row{not_in_audience, "not-in-audience", "the person is not in the audience"},
    Row{campaign_draft, "draft", "the campaign is a draft: nobody enters, nothing is sent, and the clock stands still"},
    Row{campaign_closing, "closing", "the campaign is retired; people inside finish"},
    Row{quota_used_up, "enrol-quota", "as many people as allowed have come in today"},
    Row{audience_grew, "audience-grew",
        "the audience has outgrown what was approved; nobody comes in until it is applied again"},
    Row{off_allow_list, "test-mode", "test mode: the address is not on the allow-list"},
    Row{same_mailbox, "same-address", "another record with the same address is in the campaign"},
    Row{entered_before, "entered-before", "the person, or the address, was in the campaign too recently"},
    Row{outside_window, "window", "outside the hours in which messages may go"},
    Row{quiet_until_next_window, "late-one-per-window", "the message is late and another one goes in this window"},
    Row{cap_reached, "cap-reached", "the person has had as many messages as the policy allows"},
    Row{day_full, "day-full", "as many messages as the policy allows have gone out today"},
    Row{sender_day_full, "sender-day-full",
        "as many messages as the policy allows have gone out today under this sender"},
    Row{pace, "pace", "as many messages as allowed go out in this minute"},
    Row{canary, "canary", "the first messages of a changed campaign are out; the rest waits for their results"},
    Row{breaker, "breaker", "messages are held back after too many failures"},
    Row{step_held, "step-held", "the relay refused the text of this step; it waits for another text, or for a person"},
    Row{no_way, "no-way", "the channel has no gateway, or its relay does not let us in; `nurture status` says which"},
    Row{stopped, "stopped", "everything is stopped (`nurture stop`)"},
    Row{held, "hold", "the person is in a segment on hold"},
    Row{paused, "paused", "the enrolment is paused"},
    Row{not_known_yet, "no-slot", "no time can be found yet"},
    Row{no_consent, "no-consent", "the person has not given consent for this channel"},
    Row{no_address, "no-address", "the person has no address for this channel"},
    Row{suppressed, "suppressed", "the address must not be written to"},
    Row{rejected, "rejected", "the message was refused for good"},
    Row{never_sent_left, "nothing-unsent", "the person has had every one of the messages to choose from"},
    Row{step_too_late, "step-too-late", "the step is later than it may be"},
    Row{human_reply, "human-reply", "the person has answered; no further message of this campaign"},
    Row{completed, "completed", "reached the end"},
    Row{stop_line, "stop", "reached a `stop`"},
    Row{stop_rule, "stop-when", "a `stop when` line of the campaign holds"},
    Row{left_audience, "left-audience", "the person has left the audience"},
    Row{never_contact, "never-contact", "the person must never be contacted"},
    Row{erased, "erased", "the person was erased"},
    Row{refused_by_person, "refused", "a person refused the message"},
    Row{approval_too_late, "approval-too-late", "nobody approved the message in time"},
    Row{note_too_late, "note-too-late", "nobody wrote the personal note in time"},
    Row{held_out, "held-out", "held out: this share of the split gets nothing"},
    Row{may_not_go, "may-not-go", "the message may not go to this person, and the step says stop"},
    Row{message_expired, "message-expired", "the message was too late to be sent"},
    Row{first_message_expired, "first-message-expired",
        "the first message was too late to be sent; re-entry is not used up"},
    Row{render_failed, "render-failed", "the message could not be made"},
    Row{first_render_failed, "first-render-failed", "the first message could not be made; re-entry is not used up"},
    Row{text_too_long, "text-too-long", "the text has more segments than the rules allow"},
    Row{first_text_too_long, "first-text-too-long",
        "the first text has more segments than the rules allow; re-entry is not used up"},
    Row{not_fitted_in, "not-fitted-in", "could not be fitted in"},
    Row{campaign_expired, "campaign-expired", "the campaign has expired"},
    Row{event_too_old, "event-too-old", "could not come in before the event was too old"},
    Row{campaign_gone, "campaign-gone", "the campaign is no longer in the rules"},
    Row{step_retired_stop, "step-retired-stop", "the rules have retired the step and say stop"},
    Row{campaign_retired, "campaign-retired", "the rules have retired the campaign and say stop now"},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < k_table.size(); ++i)
        if (k_table[i].reason != static_cast<ReasonCode>(i))
            return false;
    return true;
}
static_assert(in_order());
static_assert(k_table.size() == static_cast<std::size_t>(campaign_retired) + 1);

const Row& row(ReasonCode reason) {
    assert(static_cast<std::size_t>(reason) < k_table.size());
    return k_table[static_cast<std::size_t>(reason)];
}

}  // namespace

std::string_view code(ReasonCode reason) { return row(reason).code; }

std::string_view sentence(ReasonCode reason) { return row(reason).sentence; }

std::optional<ReasonCode> find_reason(std::string_view code) {
    for (const Row& row : k_table)
        if (row.code == code)
            return row.reason;
    return {};
}

bool says_waiting(ReasonCode reason) { return reason >= not_started && reason <= not_known_yet; }

bool uses_up_re_entry(ReasonCode end) {
    return end != first_message_expired && end != first_render_failed && end != first_text_too_long;
}

}  // namespace nurture::engine
