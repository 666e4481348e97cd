// SPDX-License-Identifier: MIT
#include "daemon/forecast/preview.hpp"

#include "daemon/engine/engine.hpp"
#include "daemon/engine/entry.hpp"
#include "daemon/forecast/people.hpp"
#include "daemon/forecast/tally.hpp"

#include <algorithm>

namespace nurture::forecast {
namespace {

using engine::ReasonCode;

/// A draft is previewed when it is asked for by name.
Inputs with_draft(Inputs inputs, const PreviewOptions& options) {
    inputs.settings.run_drafts = options.only && inputs.rules->campaigns[*options.only].draft;
    return inputs;
}

class PreviewMaker {
public:
    PreviewMaker(const Inputs& inputs, const PreviewOptions& options)
        : inputs_(with_draft(inputs, options)),
          options_(options),
          state_(load_state(inputs_)),
          zone_(state_.times->zone()),
          people_(inputs.store) {}

    Preview make() {
        Forecast forecast(inputs_, state_, {options_.person.value_or(0), options_.specimens, options_.messages, true});
        report_.from = std::max(inputs_.now, options_.from.value_or(inputs_.now));
        if (report_.from > inputs_.now)
            forecast.until(report_.from);
        begin();
        course_ = forecast.until(report_.until);
        for (dsl::CampaignIx ix = 0; ix < report_.campaigns.size(); ++ix)
            count(ix);
        count_days();
        if (options_.messages)
            list_messages();
        count_owners();
        show_specimens();
        show_course();
        if (options_.only)
            report_.campaigns = {report_.campaigns[*options_.only]};
        return std::move(report_);
    }

private:
    bool shown(dsl::CampaignIx ix) const { return !options_.only || *options_.only == ix; }
    Day day(Minute at) const { return base::local_day(zone_, at); }

    /// What has to be asked before the forecast moves the state on.
    void begin() {
        report_.as_of = inputs_.now;
        report_.until = report_.from + std::chrono::days(options_.days);
        report_.zone = zone_;
        report_.rules = state_.rules->hash;
        report_.assumptions = inputs_.assumptions;
        report_.test_mode = state_.settings.test_mode;
        report_.people = options_.people;
        report_.one_campaign = options_.only.has_value();
        report_.stopped = state_.stopped;
        report_.held = held(inputs_.store, *state_.rules,
                            options_.only ? state_.rules->campaigns[*options_.only].name : std::string());
        report_.store_people = state_.columns->people();
        report_.ways = inputs_.ways;
        const engine::Entrance entrance(state_);
        const auto inside = forecast::inside(state_);
        for (dsl::CampaignIx ix = 0; ix < state_.rules->campaigns.size(); ++ix) {
            const auto& rule = state_.rules->campaigns[ix];
            CampaignPreview campaign;
            campaign.name = rule.name;
            campaign.draft = rule.draft;
            campaign.audience = static_cast<std::int64_t>(state_.member.of(rule.audience).count());
            campaign.inside = inside[ix];
            outside_.push_back(refusals(entrance, ix));
            report_.campaigns.push_back(std::move(campaign));
        }
    }

    /// The audience that is not in the campaign yet, with what keeps each of them out now.
    std::map<base::CandidateId, ReasonCode> refusals(const engine::Entrance& entrance, dsl::CampaignIx ix) const {
        std::map<base::CandidateId, ReasonCode> refused;
        const auto closed = entrance.closed(ix);
        state_.member.of(state_.rules->campaigns[ix].audience).for_each([&](std::size_t row) {
            const auto who = state_.columns->id(static_cast<roster::Row>(row));
            const auto why = entrance.refusal(ix, static_cast<roster::Row>(row));
            if (!is_inside(state_, ix, who))
                refused[who] = why != ReasonCode::none ? why : closed;
        });
        return refused;
    }

    void count(dsl::CampaignIx ix) {
        auto& campaign = report_.campaigns[ix];
        campaign.days = days_of(course_, ix, zone_);
        for (const auto& [day, counts] : campaign.days)
            campaign.total += counts;
        Tally waits, skipped, ends;
        for (const auto& event : course_.events) {
            if (event.campaign != ix)
                continue;
            if (event.what == Event::What::waited && event.reason != ReasonCode::outside_window)
                waits.add(event.reason, event.who);
            else if (event.what == Event::What::skipped)
                skipped.add(event.reason, event.who);
            else if (event.what == Event::What::ended)
                ends.add(event.reason, event.who);
        }
        campaign.waits = reasons(waits);
        campaign.skipped = reasons(skipped);
        campaign.ends = reasons(ends);
        count_never(ix);
    }

    void count_never(dsl::CampaignIx ix) {
        std::map<base::CandidateId, ReasonCode> never = outside_[ix];
        for (const auto& event : course_.events) {
            const auto found = event.campaign == ix ? never.find(event.who) : never.end();
            if (found != never.end() && event.what != Event::What::entered && event.what != Event::What::replied)
                found->second = event.reason;
        }
        for (const auto& message : course_.messages)
            if (message.campaign == ix && !message.problem)
                never.erase(message.who);
        Tally tally;
        for (const auto& [who, reason] : never)
            tally.add(reason == ReasonCode::none ? standing(state_, ix, who) : reason, who);
        auto& campaign = report_.campaigns[ix];
        campaign.never_reached = static_cast<std::int64_t>(never.size());
        campaign.never = reasons(tally);
    }

    Reasons reasons(const Tally& tally) { return tally.reasons(options_.people ? &people_ : nullptr); }

    void count_days() {
        for (dsl::CampaignIx ix = 0; ix < report_.campaigns.size(); ++ix) {
            if (!shown(ix))
                continue;
            for (const auto& [day, counts] : report_.campaigns[ix].days) {
                report_.days[day] += counts;
                report_.total += counts;
            }
        }
        for (const auto& [day, counts] : report_.days)
            if (counts.messages() > 0 &&
                (!report_.busiest_day || counts.messages() > report_.days[*report_.busiest_day].messages()))
                report_.busiest_day = day;
        report_.busiest_hour =
            busiest_hour(course_, zone_, report_.until, [&](const Message& m) { return shown(m.campaign); });
    }

    void list_messages() {
        for (const auto& m : course_.messages) {
            if (!shown(m.campaign))
                continue;
            const auto& who = people_[m.who];
            const auto row = state_.columns->find(m.who);
            report_.messages.push_back({who.ref, options_.people ? who.name : std::string(),
                                        state_.rules->campaigns[m.campaign].name, m.step, m.slot,
                                        row ? state_.columns->zone(*row) : zone_, m.channel, m.message_template,
                                        m.problem ? std::string() : base::hex(m.text_hash),
                                        m.problem ? render::to_text(*m.problem) : std::string(), m.sms_segments});
        }
        std::sort(report_.messages.begin(), report_.messages.end(), [](const auto& a, const auto& b) {
            return std::tie(a.slot, a.campaign, a.step, a.ref) < std::tie(b.slot, b.campaign, b.step, b.ref);
        });
    }

    void count_owners() {
        std::map<std::string, OwnerWork> owners;
        for (const auto& task : course_.tasks) {
            if (!shown(task.campaign))
                continue;
            const Counts one = counts_of(task);
            auto& owner = owners[task.owner];
            owner.owner = task.owner;
            owner.days[day(task.asked_at)] += one;
            owner.total += one;
        }
        for (auto& [name, owner] : owners)
            report_.owners.push_back(std::move(owner));
    }

    void show_course() {
        const auto shown_here = [this](dsl::CampaignIx ix) { return shown(ix); };
        report_.deeds = course_.deeds;
        report_.losses = losses(course_, *state_.rules, shown_here);
        report_.loads = loads(course_, zone_, inputs_, shown_here);
        report_.replies = std::count_if(course_.events.begin(), course_.events.end(), [&](const Event& event) {
            return event.what == Event::What::replied && shown(event.campaign);
        });
        if (options_.person)
            report_.person = timeline(course_, state_, *options_.person, people_);
    }

    void show_specimens() {
        for (const auto& one : course_.specimens) {
            const auto& m = course_.messages[one.message];
            if (shown(m.campaign))
                report_.specimens.push_back({one.chosen, people_[m.who].ref, state_.rules->campaigns[m.campaign].name,
                                             m.step, m.message_template, m.channel, m.slot, one.letter});
        }
        std::stable_sort(report_.specimens.begin(), report_.specimens.end(), [](const auto& a, const auto& b) {
            return std::tie(a.campaign, a.channel, a.message_template, a.chosen) <
                   std::tie(b.campaign, b.channel, b.message_template, b.chosen);
        });
    }

    const Inputs inputs_;
    const PreviewOptions& options_;
    engine::State state_;
    base::ZoneId zone_;
    People people_;
    std::vector<std::map<base::CandidateId, ReasonCode>> outside_;  // by campaign
    Course course_;
    Preview report_;
};

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
    entered += other.entered;
    emails += other.emails;
    sms += other.sms;
    approvals += other.approvals;
    notes += other.notes;
    tasks += other.tasks;
    sms_segments += other.sms_segments;
    return *this;
}

Preview preview(const Inputs& inputs, const PreviewOptions& options) { return PreviewMaker(inputs, options).make(); }

}  // namespace nurture::forecast
