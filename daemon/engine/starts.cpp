// SPDX-License-Identifier: MIT
//
// Changes and dates that start a campaign for somebody: a pending enrolment, one per person and campaign, which comes
// in when it may (entries.cpp).
#include "daemon/engine/contact.hpp"
#include "daemon/engine/steps.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace nurture::engine {
namespace {

bool takes_nobody(const Draft& draft, const dsl::Campaign& campaign) {
    return campaign.closing || (campaign.draft && !draft.state().settings.run_drafts) ||
           (campaign.expires_on && draft.today() >= *campaign.expires_on);
}

/// Several values at once make one enrolment: "CCRA, CCRP", in the order of the file.
bool joins_the_last(Draft& draft, dsl::CampaignIx campaign, const Happening& happened) {
    for (const EnrolmentId id : draft.of(happened.who)) {
        Enrolment e = *draft.find(id);
        if (e.campaign != campaign || e.phase != Phase::pending || e.event_at != happened.at ||
            draft.state().book.find(id) != nullptr)
            continue;
        if (!happened.value.empty())
            e.event_value += (e.event_value.empty() ? "" : ", ") + happened.value;
        draft.decide(decision::Enrol{{}, {ReasonCode::pending_change, {}}, e, {}});
        return true;
    }
    return false;
}

void start_on(Draft& draft, const Fact& fact, dsl::CampaignIx ix) {
    const auto* start = std::get_if<dsl::StartOnChange>(&draft.rules().campaigns[ix].entry);
    const auto happened = happening(fact);
    if (start == nullptr || !happened || !happened->live || !is_change(start->when, fact))
        return;
    if (!joins_the_last(draft, ix, *happened))
        start_pending(draft, ix, happened->who, ReasonCode::pending_change, start->span, happened->at, happened->value);
}

// --- dates ----------------------------------------------------------------------------------------------------------

/// 29 February has its day on the 28th of other years.
Day in_year(Day day, std::chrono::year year) {
    const std::chrono::year_month_day date{day};
    const std::chrono::year_month_day that{year, date.month(), date.day()};
    return that.ok() ? Day{that} : Day{year / date.month() / std::chrono::last};
}

/// The last start at or before `today` for a person with that date, if there is one.
std::optional<Day> start_day(const Draft& draft, const dsl::StartOnDate& start, Day date) {
    if (!start.anniversary)
        return dsl::add(date, start.offset);
    const auto year = std::chrono::year_month_day{draft.today()}.year();
    Day day = dsl::add(in_year(date, year), start.offset);
    if (day > draft.today())
        day = dsl::add(in_year(date, year - std::chrono::years{1}), start.offset);
    return day > date ? std::optional(day) : std::nullopt;  // the day itself is no anniversary
}

class DateStarts {
public:
    DateStarts(Draft& draft, dsl::CampaignIx ix, const dsl::StartOnDate& start)
        : draft_(draft),
          ix_(ix),
          start_(start),
          first_(first_day()) {}

    void everybody() {
        const auto days = draft_.columns().table().all(draft_.columns().field(start_.field).days);
        const std::vector<bool> comes = days_that_come(days);
        for (Row row = 0; row < days.size(); ++row)
            if (days[row] != roster::k_no_day && comes[static_cast<std::size_t>(days[row] - first_date_)])
                one(row);
        const Minute today = draft_.times().day_start(draft_.today());
        if (draft_.campaign(ix_).ran_for < today)
            draft_.decide(decision::RunMark{
                {}, {ReasonCode::check_ran, start_.span}, draft_.rules().campaigns[ix_].name, today, 0});
    }

    void one(Row row) {
        const auto date = draft_.columns().date(start_.field, row);
        const auto day = date ? start_day(draft_, start_, *date) : std::nullopt;
        if (!day || !in_time(*day))
            return;
        const CandidateId who = draft_.columns().id(row);
        const Minute at = draft_.times().day_start(*day);
        if (draft_.of_person(ix_, who).started_at < at)  // not taken up yet
            start_pending(draft_, ix_, who, ReasonCode::pending_date, start_.span, at, {});
    }

private:
    /// A date alone says whether its day has come, and there are far fewer dates than people: by day from the first
    /// date that anybody has to the last.
    std::vector<bool> days_that_come(const std::vector<std::int32_t>& days) {
        std::int32_t last = roster::k_no_day;
        first_date_ = std::numeric_limits<std::int32_t>::max();
        for (const std::int32_t day : days) {
            last = std::max(last, day);
            first_date_ = std::min(first_date_, day == roster::k_no_day ? first_date_ : day);
        }
        std::vector<bool> comes;
        for (std::int32_t day = first_date_; day <= last; ++day) {
            const auto starts = start_day(draft_, start_, base::from_day_number(day));
            comes.push_back(starts && in_time(*starts));
        }
        return comes;
    }

    bool in_time(Day day) const { return day >= first_ && day <= draft_.today(); }

    /// Who passed the day within `ignore events older than` still starts; without that line, only who passed it while
    /// nobody looked.
    Day first_day() const {
        if (start_.ignore_older_than) {
            const auto& older = *start_.ignore_older_than;
            Day first = draft_.today();
            while (first > draft_.today() - std::chrono::days{3660} &&
                   draft_.times().add(draft_.times().zone(), draft_.times().day_start(first - std::chrono::days{1}),
                                      older) >= draft_.times().day_start(draft_.today()))
                first -= std::chrono::days{1};
            return first;
        }
        const Minute ran_for = draft_.campaign(ix_).ran_for;
        return ran_for == Minute{} ? draft_.today()
                                   : std::min(draft_.today(), draft_.times().day(ran_for) + std::chrono::days{1});
    }

    Draft& draft_;
    dsl::CampaignIx ix_;
    const dsl::StartOnDate& start_;
    Day first_;
    std::int32_t first_date_ = 0;
};

void start_on_date(Draft& draft, dsl::CampaignIx ix) {
    const auto* start = std::get_if<dsl::StartOnDate>(&draft.rules().campaigns[ix].entry);
    if (start == nullptr || takes_nobody(draft, draft.rules().campaigns[ix]))
        return;
    DateStarts starts(draft, ix, *start);
    if (draft.campaign(ix).ran_for < draft.times().day_start(draft.today()))
        return starts.everybody();
    for (const Row row : draft.state().touched)
        starts.one(row);
}

}  // namespace

void start_pending(Draft& draft, dsl::CampaignIx ix, CandidateId who, ReasonCode reason, dsl::Span line, Minute at,
                   const std::string& value) {
    const dsl::Campaign& campaign = draft.rules().campaigns[ix];
    const auto row = draft.columns().find(who);
    if (takes_nobody(draft, campaign) || !row || draft.columns().flags(*row).erased || too_recent(draft, ix, *row))
        return;
    for (const EnrolmentId id : draft.of(who))
        if (draft.find(id)->campaign == ix)
            return;  // one live enrolment per person and campaign
    Enrolment e;
    e.id = draft.new_id();
    e.who = who;
    e.campaign = ix;
    e.steps = campaign.steps;
    e.entered_at = draft.now();
    e.event_at = at;
    e.event_value = value;
    e.due = draft.now();
    if (too_old(draft, e))
        return;
    draft.decide(decision::Enrol{{}, {reason, line}, e, {}});
}

void start(Draft& draft) {
    const auto campaigns = static_cast<dsl::CampaignIx>(draft.rules().campaigns.size());
    for (const Fact& fact : draft.state().arrived)
        for (dsl::CampaignIx ix = 0; ix < campaigns; ++ix)
            start_on(draft, fact, ix);
    for (dsl::CampaignIx ix = 0; ix < campaigns; ++ix)
        start_on_date(draft, ix);
}

}  // namespace nurture::engine
