// SPDX-License-Identifier: MIT
//
// Why the engine did what it did, or did not: one table of codes and sentences. The code word is what the store, the
// journal and --json hold and never changes its meaning; the sentence is for people (status, why, reports). Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nurture::engine {

enum class ReasonCode : std::uint8_t {
    none,
    // coming in
    entered_at_check,
    entered_on_change,
    entered_on_date,
    pending_change,
    pending_date,
    // going on
    wait_begins,
    wait_over,
    event_came,
    date_moved,
    date_is_past,
    branch_true,
    branch_false,
    approval_asked,
    approval_lapsed,
    approved,
    refused_go_on,
    approval_late_go_on,
    note_asked,
    note_written,
    note_late_go_on,
    task_made,
    put_on_list,
    taken_off_list,
    consent_withdrawn,
    arm_drawn,
    message_due,
    slot_given,
    new_slot,
    message_sent,
    message_in_doubt,
    paused_by_rule,
    hold_begins,
    hold_ends,
    check_ran,
    step_retired,
    // why something waits
    not_started,
    not_in_audience,
    campaign_draft,
    campaign_closing,
    quota_used_up,
    audience_grew,
    off_allow_list,
    same_mailbox,
    entered_before,
    outside_window,
    quiet_until_next_window,
    cap_reached,
    day_full,
    sender_day_full,
    pace,
    canary,
    breaker,
    step_held,
    no_way,
    stopped,
    held,
    paused,
    not_known_yet,
    // why a message is skipped
    no_consent,
    no_address,
    suppressed,
    rejected,
    never_sent_left,
    step_too_late,
    human_reply,
    // why an enrolment ends
    completed,
    stop_line,
    stop_rule,
    left_audience,
    never_contact,
    erased,
    refused_by_person,
    approval_too_late,
    note_too_late,
    held_out,
    may_not_go,
    message_expired,
    first_message_expired,
    render_failed,
    first_render_failed,
    text_too_long,
    first_text_too_long,
    not_fitted_in,
    campaign_expired,
    event_too_old,
    campaign_gone,
    step_retired_stop,
    campaign_retired,
};

/// As stored: "cap-reached".
std::string_view code(ReasonCode reason);
/// For people, without a full stop: "the person has had as many messages as the policy allows".
std::string_view sentence(ReasonCode reason);
std::optional<ReasonCode> find_reason(std::string_view code);

/// Whether it is a reason for which a message, or a person, waits.
bool says_waiting(ReasonCode reason);
/// Whether an enrolment that ended so counts for `re-enter after`: not when its first message never left.
bool uses_up_re_entry(ReasonCode end);

}  // namespace nurture::engine
