// SPDX-License-Identifier: MIT
//
// The times of a rule set: when each campaign looks at its audience and when its messages may go, waits and deadlines.
// Made once per rule set; immutable, any thread. Never fails: the checker has refused what has no time at all.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/base/opening.hpp"
#include "daemon/base/schedule.hpp"
#include "dsl/rules.hpp"

#include <optional>
#include <span>
#include <vector>

namespace nurture::engine {

using base::Day;
using base::Minute;

class Timetable {
public:
    explicit Timetable(const dsl::Rules& rules);

    base::ZoneId zone() const { return zone_; }  // the policy's
    base::Holidays holidays() const { return holidays_; }

    Day day(Minute instant) const { return base::local_day(zone_, instant); }
    Minute day_start(Day day) const { return base::day_start(zone_, day); }
    /// The beginning of the first business day after `day`.
    Minute next_business_morning(Day day) const;

    const base::OpeningHours& opening(dsl::CampaignIx campaign, dsl::Channel channel) const;

    /// Null for campaigns that start on a change or a date.
    const base::Schedule* schedule(dsl::CampaignIx campaign) const;
    /// The next look at the audience after the one for `ran_for` (Minute{}: there was none; then as of `today`). With
    /// people left over, also the same time of day on the next business day.
    Minute next_check(dsl::CampaignIx campaign, Minute ran_for, bool left_over, Day today) const;
    /// Which check is to run now, if one is due: missed ones run once.
    std::optional<Minute> check_due(dsl::CampaignIx campaign, Minute ran_for, bool left_over, Minute now) const;

    /// By the policy's wall clock.
    Minute deadline(Minute asked, dsl::Length within) const { return add(zone_, asked, within); }
    /// By a person's wall clock; business days are the policy's.
    Minute add(base::ZoneId zone, Minute from, dsl::Length length) const;

private:
    struct OfCampaign {
        base::OpeningHours email, sms;
        std::optional<base::Schedule> schedule;
    };

    Minute continuation(const base::Schedule& schedule, Minute ran_for) const;

    base::ZoneId zone_;
    std::vector<Day> holidays_;
    std::vector<OfCampaign> campaigns_;
};

/// The first `at` o'clock on one of `days` that is not before `from`.
Minute next_time(base::ZoneId zone, base::Weekdays days, std::chrono::minutes at, Minute from);
/// As much later by the wall clock as `to` is after `from`.
Minute shift(base::ZoneId zone, Minute instant, Minute from, Minute to);

}  // namespace nurture::engine
