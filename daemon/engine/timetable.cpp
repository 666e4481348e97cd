// SPDX-License-Identifier: MIT
#include "daemon/engine/timetable.hpp"

#include <algorithm>
#include <cassert>

namespace nurture::engine {
namespace {

base::Window window(const dsl::Window& from) { return {from.days, from.from, from.to}; }

base::OpeningRules opening_rules(const dsl::Policy& policy, const dsl::Campaign& campaign, dsl::Channel channel) {
    base::OpeningRules rules;
    rules.window = window(campaign.window);
    if (policy.quiet_hours)
        rules.quiet_hours = base::Window{base::k_every_day, policy.quiet_hours->from, policy.quiet_hours->to};
    rules.quiet_days = policy.quiet_days;
    rules.holidays = policy.holidays;
    for (const auto& dates : policy.quiet_dates)
        rules.quiet_dates.push_back({dates.from, dates.to});
    rules.sms_hours = channel == dsl::Channel::sms;
    return rules;
}

base::Schedule schedule_of(const dsl::Check& check) {
    base::Schedule schedule;
    switch (check.every) {
    case dsl::CheckEvery::days: schedule.every = base::Every::days; break;
    case dsl::CheckEvery::hour: schedule.every = base::Every::hour; break;
    case dsl::CheckEvery::first_business_day: schedule.every = base::Every::first_business_day; break;
    }
    schedule.days = check.days;
    schedule.business_days_only = check.business_days_only;
    schedule.months = check.months;
    schedule.at = check.at;
    return schedule;
}

base::LengthUnit unit(dsl::Unit from) {
    switch (from) {
    case dsl::Unit::minutes: return base::LengthUnit::minutes;
    case dsl::Unit::hours: return base::LengthUnit::hours;
    case dsl::Unit::days: return base::LengthUnit::days;
    case dsl::Unit::business_days: return base::LengthUnit::business_days;
    case dsl::Unit::weeks: return base::LengthUnit::weeks;
    case dsl::Unit::months: return base::LengthUnit::months;
    case dsl::Unit::years: return base::LengthUnit::years;
    }
    assert(false);
    return base::LengthUnit::days;
}

constexpr std::chrono::minutes k_minute{1};

}  // namespace

Timetable::Timetable(const dsl::Rules& rules)
    : zone_(base::find_zone(rules.policy.zone).value_or(base::ZoneId::utc)),
      holidays_(rules.policy.holidays) {
    campaigns_.reserve(rules.campaigns.size());
    for (const dsl::Campaign& campaign : rules.campaigns) {
        std::optional<base::Schedule> schedule;
        if (const auto* check = std::get_if<dsl::Check>(&campaign.entry))
            schedule = schedule_of(*check);
        campaigns_.push_back(
            {base::OpeningHours(opening_rules(rules.policy_of(campaign), campaign, dsl::Channel::email)),
             base::OpeningHours(opening_rules(rules.policy_of(campaign), campaign, dsl::Channel::sms)), schedule});
    }
}

Minute Timetable::next_business_morning(Day day) const {
    return day_start(base::next_business_day(holidays_, day + std::chrono::days{1}));
}

const base::OpeningHours& Timetable::opening(dsl::CampaignIx campaign, dsl::Channel channel) const {
    return channel == dsl::Channel::sms ? campaigns_[campaign].sms : campaigns_[campaign].email;
}

const base::Schedule* Timetable::schedule(dsl::CampaignIx campaign) const {
    const auto& schedule = campaigns_[campaign].schedule;
    return schedule ? &*schedule : nullptr;
}

/// Who was left over comes in on the next business day, also when the check itself is rare.
Minute Timetable::continuation(const base::Schedule& schedule, Minute ran_for) const {
    const Day next = base::next_business_day(holidays_, day(ran_for) + std::chrono::days{1});
    return base::to_instant(zone_, next, schedule.every == base::Every::hour ? std::chrono::minutes{0} : schedule.at);
}

Minute Timetable::next_check(dsl::CampaignIx campaign, Minute ran_for, bool left_over, Day today) const {
    const base::Schedule* schedule = this->schedule(campaign);
    if (schedule == nullptr)
        return base::k_never;
    // Never run: a check that lies earlier on the day of the first apply still runs, earlier days do not.
    const Minute after = ran_for == Minute{} ? day_start(today) - k_minute : ran_for;
    const Minute next = base::next_run(*schedule, zone_, holidays_, after);
    return left_over ? std::min(next, continuation(*schedule, ran_for)) : next;
}

std::optional<Minute> Timetable::check_due(dsl::CampaignIx campaign, Minute ran_for, bool left_over, Minute now) const {
    const Minute next = next_check(campaign, ran_for, left_over, day(now));
    if (next > now)
        return {};
    const auto last = base::last_run(*schedule(campaign), zone_, holidays_, now);
    return last ? std::max(next, *last) : next;
}

Minute Timetable::add(base::ZoneId zone, Minute from, dsl::Length length) const {
    return base::add_length(zone, holidays_, from, {length.count, unit(length.unit)});
}

Minute next_time(base::ZoneId zone, base::Weekdays days, std::chrono::minutes at, Minute from) {
    Day day = base::local_day(zone, from);
    // Eight days: today may be too late. No day at all cannot be written.
    for (int i = 0; i <= 7; ++i, day += std::chrono::days{1}) {
        if ((days >> base::weekday_index(day) & 1) == 0)
            continue;
        if (const Minute time = base::to_instant(zone, day, at); time >= from)
            return time;
    }
    return from;
}

Minute shift(base::ZoneId zone, Minute instant, Minute from, Minute to) {
    const auto wall = [&](Minute minute) {
        const base::Local local = base::local(zone, minute);
        return Minute{local.day} + local.minute;
    };
    const Minute shifted = wall(instant) + (wall(to) - wall(from));
    const Day day = std::chrono::floor<std::chrono::days>(shifted);
    return base::to_instant(zone, day, shifted - Minute{day});
}

}  // namespace nurture::engine
