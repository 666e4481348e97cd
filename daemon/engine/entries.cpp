// SPDX-License-Identifier: MIT
//
// Who comes in: campaign by campaign (priority, then name), in the order in which people came into the store, until the
// day's enrol quota is used. Each campaign sees who has just entered the ones before it.
#include "daemon/engine/contact.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/entry.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <numeric>

namespace nurture::engine {
namespace {

constexpr std::chrono::minutes k_minute{1};
/// As long as a message may wait for its slot.
constexpr std::chrono::days k_patience{30};

bool expired(const Draft& draft, const dsl::Campaign& campaign) {
    return campaign.expires_on && draft.today() >= *campaign.expires_on;
}

/// What keeps out everybody.
ReasonCode closed(const Draft& draft, dsl::CampaignIx ix) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    if (campaign.closing)
        return ReasonCode::campaign_closing;
    if (campaign.draft && !draft.state().settings.run_drafts)
        return ReasonCode::campaign_draft;
    if (expired(draft, campaign))
        return ReasonCode::campaign_expired;
    if (draft.state().stopped)
        return ReasonCode::stopped;
    const auto bound = draft.campaign(ix).bound;
    if (bound && static_cast<std::int64_t>(draft.members().count(campaign.audience)) > *bound)
        return ReasonCode::audience_grew;
    return ReasonCode::none;
}

/// What keeps out this person; `own` is the person's pending enrolment, if any.
ReasonCode refusal(const Draft& draft, dsl::CampaignIx ix, Row row, EnrolmentId own) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    if (draft.columns().flags(row).erased)
        return ReasonCode::erased;
    if (!draft.in(campaign.audience, row))
        return ReasonCode::not_in_audience;
    if (never_contact(draft, campaign, row))
        return ReasonCode::never_contact;
    if (on_hold(draft, campaign, row))
        return ReasonCode::held;
    const CandidateId who = draft.columns().id(row);
    if (draft.state().settings.test_mode && !draft.state().allowed.contains(who))
        return ReasonCode::off_allow_list;
    for (const EnrolmentId id : draft.of(who))
        if (id != own && draft.find(id)->campaign == ix)
            return ReasonCode::entered_before;
    if (draft.with_address(ix, first_address(draft, campaign, row)) != 0)
        return ReasonCode::same_mailbox;
    if (too_recent(draft, ix, row))
        return ReasonCode::entered_before;
    if (!campaign.has_message)
        return ReasonCode::none;
    const ReasonCode why = may_send(draft, campaign, row, campaign.first_channel);
    const bool by_other =
        campaign.first_other && may_send(draft, campaign, row, *campaign.first_other) == ReasonCode::none;
    return by_other ? ReasonCode::none : why;
}

bool full(const Draft& draft, dsl::CampaignIx ix) {
    return draft.campaign(ix).entered_today >= draft.rules().campaigns[ix].enroll_per_day;
}

void come_in(Draft& draft, dsl::CampaignIx ix, Row row, Enrolment e, Why why) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    e.who = draft.columns().id(row);
    e.campaign = ix;
    e.steps = campaign.steps;
    e.address = first_address(draft, campaign, row);
    e.round = static_cast<std::uint16_t>(
        1 + std::max(draft.of_person(ix, e.who).round, draft.of_address(ix, e.address).round));
    e.phase = Phase::waiting;
    e.blocked = ReasonCode::none;
    e.entered_at = e.anchor = e.due = draft.now();
    draft.decide(decision::Enrol{{}, why, e, draft.today()});
    begin(draft, e);
    entered(draft, e);
}

// --- at a check -----------------------------------------------------------------------------------------------------

/// Who may come in, but for those in `ask`, about whom the bits do not say it all.
struct Willing {
    Bitmap rows, ask;
};

Willing willing(const Draft& draft, dsl::CampaignIx ix) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    const Admission& admission = draft.state().admission;
    Willing willing{draft.members().of(campaign.audience) & admission.may(ix), {}};
    Bitmap changed(willing.rows.size());
    for (const Row row : draft.changed())
        changed.set(row, willing.rows.test(row));
    willing.rows -= admission.barred(ix);
    const auto& policy = draft.rules().policy_of(campaign);
    for (const auto* segments : {&policy.never_contact_segments, &policy.hold_segments})
        for (const dsl::SegmentIx segment : *segments)
            willing.rows -= draft.members().of(segment);
    willing.ask = (willing.rows & admission.doubtful()) | changed;
    willing.rows |= changed;
    return willing;
}

void check(Draft& draft, dsl::CampaignIx ix, ReasonCode shut, std::vector<Row>& came) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    const CampaignState& is = draft.campaign(ix);
    const auto ran_for = draft.times().check_due(ix, is.ran_for, is.left_over > 0, draft.now());
    if (!ran_for || (shut != ReasonCode::none && shut != ReasonCode::audience_grew))
        return;
    decision::RunMark mark{{}, {ReasonCode::check_ran, campaign.entry_span}, campaign.name, *ran_for, 0};
    if (shut == ReasonCode::audience_grew) {
        mark.why = {shut, campaign.audience_span};
        return draft.decide(std::move(mark));
    }
    const Willing all = willing(draft, ix);
    all.rows.for_each([&](std::size_t i) {
        const Row row = static_cast<Row>(i);
        if (all.ask.test(row) && refusal(draft, ix, row, 0) != ReasonCode::none)
            return;
        assert(refusal(draft, ix, row, 0) == ReasonCode::none);
        if (full(draft, ix)) {
            ++mark.left_over;
            return;
        }
        Enrolment e;
        e.id = draft.new_id();
        come_in(draft, ix, row, std::move(e), {ReasonCode::entered_at_check, campaign.entry_span});
        came.push_back(row);
    });
    draft.decide(std::move(mark));
}

// --- after a change or on a date ------------------------------------------------------------------------------------

/// The last minute at which it may still come in.
Minute last_minute(const Draft& draft, const Enrolment& e) {
    const Timetable& times = draft.times();
    const auto& entry = draft.rule(e).entry;
    const auto after = [&](const dsl::Length& length) { return times.add(times.zone(), e.event_at, length); };
    if (const auto* change = std::get_if<dsl::StartOnChange>(&entry))
        return after(change->ignore_older_than);
    const auto* date = std::get_if<dsl::StartOnDate>(&entry);
    if (date != nullptr && date->ignore_older_than)
        return after(*date->ignore_older_than);
    // On that day, or never; but nobody loses the place to a limit of ours.
    const bool ours = e.blocked == ReasonCode::quota_used_up || e.blocked == ReasonCode::stopped ||
                      e.blocked == ReasonCode::audience_grew;
    return ours ? e.entered_at + k_patience
                : times.day_start(times.day(e.entered_at) + std::chrono::days{1}) - k_minute;
}

void stay_out(Draft& draft, Enrolment e, ReasonCode why) {
    const ReasonCode was = e.blocked;
    const Minute was_due = e.due;
    e.blocked = why;
    if (why == ReasonCode::campaign_expired || why == ReasonCode::campaign_closing)
        return end(draft, e, {why, draft.rule(e).span});
    if (too_old(draft, e))
        return end(draft, e, {ReasonCode::event_too_old, draft.rule(e).entry_span});
    e.due = last_minute(draft, e) + k_minute;
    if (why == ReasonCode::quota_used_up)
        e.due = std::min(e.due, draft.times().next_business_morning(draft.today()));
    if (e.blocked != was || e.due != was_due)
        draft.decide(decision::Move{{}, {why, draft.rule(e).enroll_span}, e, {}});
}

void try_to_enter(Draft& draft, const Enrolment& e, Row row, ReasonCode shut, std::vector<Row>& came) {
    const dsl::CampaignIx ix = e.campaign;
    ReasonCode why = shut;
    if (why == ReasonCode::none)
        why = refusal(draft, ix, row, e.id);
    if (why == ReasonCode::none && full(draft, ix))
        why = ReasonCode::quota_used_up;
    if (why != ReasonCode::none || too_old(draft, e))
        return stay_out(draft, e, why);
    const bool on_date = std::holds_alternative<dsl::StartOnDate>(draft.rule(e).entry);
    come_in(draft, ix, row, e,
            {on_date ? ReasonCode::entered_on_date : ReasonCode::entered_on_change, draft.rule(e).entry_span});
    came.push_back(row);
}

/// By campaign, then row. What waits for the quota waits for its day; the rest tries again whenever the person changes.
using Pending = std::map<dsl::CampaignIx, std::map<Row, EnrolmentId>>;

Pending pending(const Draft& draft) {
    Pending pending;
    const auto note = [&](EnrolmentId id, bool is_due) {
        const Enrolment& e = *draft.find(id);
        if (e.phase == Phase::pending && (is_due || e.blocked != ReasonCode::quota_used_up))
            pending[e.campaign][draft.row(e)] = id;
    };
    for (const auto& [due, id] : draft.due())
        note(id, true);
    const State& state = draft.state();
    if (state.everybody || state.new_day || state.gates_moved)
        for (const EnrolmentId id : draft.pending())
            note(id, false);
    else
        for (const Row row : state.touched)
            for (const EnrolmentId id : draft.of(draft.columns().id(row)))
                note(id, false);
    return pending;
}

std::vector<dsl::CampaignIx> by_priority(const dsl::Rules& rules) {
    std::vector<dsl::CampaignIx> order(rules.campaigns.size());
    std::iota(order.begin(), order.end(), dsl::CampaignIx{0});
    std::stable_sort(order.begin(), order.end(), [&](dsl::CampaignIx a, dsl::CampaignIx b) {
        return rules.campaigns[a].priority > rules.campaigns[b].priority;  // the rules stand by name
    });
    return order;
}

}  // namespace

bool too_old(const Draft& draft, const Enrolment& e) { return draft.now() > last_minute(draft, e); }

bool too_recent(const Draft& draft, dsl::CampaignIx ix, Row row) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    const Minute person = draft.of_person(ix, draft.columns().id(row)).counts_from;
    const Minute mailbox = draft.of_address(ix, first_address(draft, campaign, row)).counts_from;
    const Minute last = std::max(person, mailbox);
    if (last == Minute{})
        return false;
    return !campaign.re_enter_after || draft.today() < dsl::add(draft.times().day(last), *campaign.re_enter_after);
}

void entered(Draft& draft, const Enrolment& in) {
    const auto is_this = [&](const dsl::Change& change) {
        const auto* campaign = std::get_if<dsl::change::EnteredCampaign>(&change);
        return campaign != nullptr && campaign->campaign == in.steps->campaign;
    };
    for (const EnrolmentId id : draft.of(in.who)) {
        const Enrolment other = *draft.find(id);
        if (!other.inside() || other.campaign == in.campaign)
            continue;
        const auto& rule = draft.rule(other);
        const auto stop =
            std::find_if(rule.stops.begin(), rule.stops.end(), [&](const auto& s) { return is_this(s.when); });
        if (stop != rule.stops.end()) {
            end(draft, other, {ReasonCode::stop_rule, stop->span});
            continue;
        }
        for (const dsl::Pause& pause : rule.pauses)
            if (is_this(pause.when))
                pause_by(draft, *draft.find(id), pause, draft.now());
    }
    for (dsl::CampaignIx ix = 0; ix < draft.rules().campaigns.size(); ++ix) {
        const auto* start = std::get_if<dsl::StartOnChange>(&draft.rules().campaigns[ix].entry);
        if (start != nullptr && is_this(start->when))
            start_pending(draft, ix, in.who, ReasonCode::pending_change, start->span, draft.now(), in.steps->campaign);
    }
}

void enter(Draft& draft) {
    const Pending waiting = pending(draft);
    const bool checks = next_check(draft.state()) <= draft.now();
    for (const dsl::CampaignIx ix : by_priority(draft.rules())) {
        const auto of_campaign = waiting.find(ix);
        if (!checks && of_campaign == waiting.end())
            continue;
        std::vector<Row> came;
        const ReasonCode shut = closed(draft, ix);
        if (checks)
            check(draft, ix, shut, came);
        if (of_campaign != waiting.end())
            for (const auto& [row, id] : of_campaign->second)
                if (const Enrolment* e = draft.find(id))
                    try_to_enter(draft, Enrolment(*e), row, shut, came);
        draft.look_again_at(came);
    }
}

// --- for reports ----------------------------------------------------------------------------------------------------

Entrance::Entrance(const State& state) : draft_(std::make_unique<const Draft>(state)) {}
Entrance::~Entrance() = default;

ReasonCode Entrance::closed(dsl::CampaignIx campaign) const { return engine::closed(*draft_, campaign); }

ReasonCode Entrance::refusal(dsl::CampaignIx campaign, Row row) const {
    return engine::refusal(*draft_, campaign, row, 0);
}

}  // namespace nurture::engine
