// SPDX-License-Identifier: MIT
#include "daemon/persist/rows.hpp"

#include "daemon/roster/load.hpp"

namespace nurture::persist {
namespace {

using engine::Minute;

std::optional<store::Instant> instant(Minute minute) {
    return minute == Minute{} || minute == base::k_never ? std::nullopt : std::optional<store::Instant>(minute);
}

Minute minute(const std::optional<store::Instant>& instant, Minute otherwise = Minute{}) {
    return instant ? base::floor_minute(*instant) : otherwise;
}

engine::ReasonCode reason(const std::string& code) {
    return engine::find_reason(code).value_or(engine::ReasonCode::none);
}

}  // namespace

store::Enrolment to_row(const engine::Enrolment& e) {
    store::Enrolment row;
    row.id = e.id;
    row.candidate = e.who;
    row.campaign = e.steps->campaign;
    row.step_list = e.steps->hash;
    row.round = e.round;
    row.entered_at = e.entered_at;
    row.event_value = e.event_value;
    row.event_at = instant(e.event_at);
    row.position = e.position;
    row.step = e.line().name;
    row.phase = static_cast<store::Phase>(e.phase);
    row.anchor = instant(e.anchor);
    row.months_anchor = instant(e.months_anchor);
    row.ready_since = instant(e.ready_since);
    row.due = instant(e.due);
    row.paused_until = instant(e.paused_until);
    row.held_since = instant(e.held_since);
    if (e.approval != engine::k_no_step)
        row.approval = e.approval;
    row.muted = e.muted;
    row.blocked = code(e.blocked);
    row.ended_at = instant(e.ended_at);
    row.end_reason = code(e.end_reason);
    return row;
}

engine::Enrolment from_row(const store::Enrolment& row, dsl::CampaignIx campaign,
                           std::shared_ptr<const dsl::StepList> steps) {
    engine::Enrolment e;
    e.id = row.id;
    e.who = row.candidate;
    e.campaign = campaign;
    e.steps = std::move(steps);
    e.position = static_cast<dsl::StepIx>(row.position);
    e.approval = row.approval ? static_cast<dsl::StepIx>(*row.approval) : engine::k_no_step;
    e.address = roster::address_number(row.addr_key ? &*row.addr_key : nullptr);
    e.round = static_cast<std::uint16_t>(row.round);
    e.phase = static_cast<engine::Phase>(row.phase);
    e.blocked = reason(row.blocked);
    e.end_reason = reason(row.end_reason);
    e.muted = row.muted;
    e.entered_at = base::floor_minute(row.entered_at);
    e.event_at = minute(row.event_at);
    e.anchor = minute(row.anchor);
    e.months_anchor = minute(row.months_anchor);
    e.ready_since = minute(row.ready_since);
    e.due = minute(row.due, base::k_never);
    e.paused_until = minute(row.paused_until);
    e.held_since = minute(row.held_since);
    e.ended_at = minute(row.ended_at);
    e.event_value = row.event_value;
    return e;
}

dsl::Channel channel(store::Channel channel) {
    return channel == store::Channel::sms ? dsl::Channel::sms : dsl::Channel::email;
}

store::Channel channel(dsl::Channel channel) {
    return channel == dsl::Channel::sms ? store::Channel::sms : store::Channel::email;
}

}  // namespace nurture::persist
