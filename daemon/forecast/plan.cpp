// SPDX-License-Identifier: MIT
#include "daemon/forecast/plan.hpp"

#include "daemon/engine/entry.hpp"
#include "daemon/forecast/apply.hpp"
#include "daemon/forecast/compare.hpp"
#include "daemon/forecast/evaluation.hpp"
#include "daemon/forecast/people.hpp"
#include "daemon/forecast/reach.hpp"
#include "daemon/forecast/tally.hpp"
#include "daemon/persist/edits.hpp"
#include "daemon/store/rule_sets.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::forecast {
namespace {

using engine::ReasonCode;

constexpr std::chrono::days k_days_shown{7};
constexpr std::chrono::hours k_next_day{24};

/// As in live mode, though who may be reached in test mode is known.
engine::State load_live_mode(const Inputs& inputs) {
    auto state = load_state(inputs);
    if (std::exchange(state.settings.test_mode, false))
        state.admission.look_again_at_everybody();
    return state;
}

/// The live rules, if there are any and they still compile.
struct Live {
    std::shared_ptr<const dsl::Rules> rules;
    std::optional<dsl::Hash> hash;
    dsl::SourceSet sources;
};

Live live_rules(const store::Database& store) {
    Live live;
    const auto set = store::live_rule_set(store);
    if (!set)
        return live;
    live.hash = set->hash;
    for (const auto& file : set->files)
        live.sources.files.push_back({file.path, file.text});
    live.rules = dsl::compile(live.sources).rules;
    return live;
}

class PlanMaker {
public:
    PlanMaker(const Inputs& inputs, std::size_t warnings)
        : inputs_(inputs),
          live_(live_rules(inputs.store)),
          state_(load_live_mode(inputs_)),
          zone_(state_.times->zone()),
          people_(inputs.store) {
        plan_.warnings = warnings;
    }

    Plan make() {
        head();
        floors();
        segments();
        for (dsl::CampaignIx ix = 0; ix < rules().campaigns.size(); ++ix)
            campaign_now(ix);
        people_in_flight();
        removed();
        obstacles();
        compare_with_live();
        set_guards();
        course_ = foresee(inputs_, state_, inputs_.now + k_days_shown);
        for (dsl::CampaignIx ix = 0; ix < rules().campaigns.size(); ++ix)
            campaign_then(ix);
        std::erase_if(plan_.campaigns, [](const auto& c) { return c.closing && c.inside == 0; });
        totals();
        plan_.hash = hash();
        for (std::size_t floor = 0; floor < below_.size(); ++floor)
            for (const auto who : below_[floor])
                plan_.floors[floor].refs.push_back(people_[who].ref);
        return std::move(plan_);
    }

private:
    const dsl::Rules& rules() const { return *state_.rules; }

    Place place(const dsl::Span& span) const {
        const auto& file = rules().sources.files[span.file];
        return {file.path, dsl::line_column(file, span.begin).line};
    }

    void head() {
        plan_.rules = rules().hash;
        plan_.live_rules = live_.hash;
        plan_.as_of = inputs_.now;
        plan_.zone = zone_;
        plan_.assumptions = inputs_.assumptions;
        plan_.test_mode = inputs_.settings.test_mode;
        plan_.stopped = state_.stopped;
        plan_.held = held(inputs_.store, rules());
        plan_.people = state_.columns->people();
        if (!live_.hash)
            return;
        std::map<std::string, std::string> then, now;
        for (const auto& file : live_.sources.files)
            then[file.path] = file.text;
        for (const auto& file : rules().sources.files)
            now[file.path] = file.text;
        for (const auto& [path, text] : now)
            if (const auto was = then.find(path); was == then.end() || was->second != text)
                plan_.changed_files.push_back(path);
        for (const auto& [path, text] : then)
            if (!now.contains(path))
                plan_.changed_files.push_back(path);
    }

    // --- as things stand -----------------------------------------------------------------------------------------

    void segments() {
        const Evaluation evaluation(state_);
        for (dsl::SegmentIx ix = 0; ix < rules().segments.size(); ++ix) {
            const auto& rule = rules().segments[ix];
            const auto funnel = engine::funnel(evaluation.evaluator(), evaluation.view(), ix);
            PlanSegment segment{rule.name,
                                place(rule.span),
                                static_cast<std::int64_t>(funnel.people),
                                static_cast<std::int64_t>(funnel.members()),
                                {}};
            for (std::size_t i = 0; i < rule.lines.size(); ++i) {
                const auto& counts = funnel.lines[i];
                segment.lines.push_back(
                    {place(rule.lines[i].span).line, rule.lines[i].text, static_cast<std::int64_t>(counts.before),
                     static_cast<std::int64_t>(counts.after), static_cast<std::int64_t>(counts.unknown_left_out),
                     static_cast<std::int64_t>(counts.unknown_kept)});
            }
            plan_.segments.push_back(std::move(segment));
        }
    }

    void campaign_now(dsl::CampaignIx ix) {
        const auto& rule = rules().campaigns[ix];
        PlanCampaign campaign;
        campaign.name = rule.name;
        campaign.place = place(rule.span);
        campaign.draft = rule.draft;
        campaign.closing = rule.closing;
        campaign.audience_name = rules().segments[rule.audience].name;
        campaign.audience = static_cast<std::int64_t>(state_.member.of(rule.audience).count());
        campaign.starts = static_cast<PlanCampaign::Starts>(rule.entry.index());
        campaign.quota = rule.enroll_per_day;
        campaign.quota_line = place(rule.enroll_span).line;
        const auto templates = templates_of(*rule.steps);
        for (const auto channel : {dsl::Channel::email, dsl::Channel::sms})
            if (std::any_of(templates.begin(), templates.end(), [&](const auto& t) { return t.first == channel; }))
                (channel == dsl::Channel::email ? campaign.email : campaign.sms) = reach(state_, rule, channel);
        if (const auto bound = state_.campaigns[ix].bound; bound && campaign.audience > *bound && !rule.closing)
            campaign.outgrown = bound;
        if (!rule.closing)
            who_may_enter(ix, campaign);
        plan_.campaigns.push_back(std::move(campaign));
    }

    void who_may_enter(dsl::CampaignIx ix, PlanCampaign& campaign) const {
        const engine::Entrance entrance(state_);
        Tally blocked;
        state_.member.of(rules().campaigns[ix].audience).for_each([&](std::size_t at) {
            const auto row = static_cast<roster::Row>(at);
            const auto who = state_.columns->id(row);
            const auto why = entrance.refusal(ix, row);
            if (why == ReasonCode::none) {
                ++campaign.may_enter;
                campaign.may_enter_test += state_.allowed.contains(who) ? 1 : 0;
            } else if (!is_inside(state_, ix, who)) {
                blocked.add(why, who);
            }
        });
        campaign.blocked = blocked.reasons();
    }

    /// People who began under another step list, and texts ahead of them that are not what they were: by step list and
    /// line, of which there are few.
    void people_in_flight() {
        std::map<std::tuple<dsl::CampaignIx, const dsl::StepList*, dsl::StepIx>, std::int64_t> standing;
        state_.book.for_each([&](const engine::Enrolment& e) {
            if (!e.inside())
                return;
            ++plan_.campaigns[e.campaign].inside;
            const dsl::Campaign& rule = rules().campaigns[e.campaign];
            const auto row = state_.columns->find(e.who);
            if (rule.stop_leavers && row && !state_.member.in(rule.audience, *row))
                ++plan_.campaigns[e.campaign].leaving;
            else
                ++standing[{e.campaign, e.steps.get(), e.position}];
        });
        std::vector<std::map<TemplateName, std::int64_t>> changed(plan_.campaigns.size());
        std::vector<std::map<std::string, std::int64_t>> edited(plan_.campaigns.size());
        for (const auto& [where, people] : standing) {
            const auto& [ix, steps, position] = where;
            const dsl::Campaign& rule = rules().campaigns[ix];
            if (steps->hash != rule.steps->hash) {
                plan_.campaigns[ix].on_older_steps[dsl::hex(steps->hash).substr(0, 6)] += people;
                const auto lines = dsl::ahead(*steps, position);
                for (std::size_t i = 0; i < lines.size(); ++i)
                    if (const auto& step = steps->lines[i].name; lines[i] && !step.empty() && !rule.steps->find(step))
                        edited[ix][step] += people;
            }
            for (const auto& name : templates_of(*steps, position))
                if (live_.rules && text_changed(*live_.rules, rules(), name))
                    changed[ix][name] += people;
        }
        for (dsl::CampaignIx ix = 0; ix < plan_.campaigns.size(); ++ix) {
            for (const auto& [name, people] : changed[ix])
                plan_.campaigns[ix].changed_texts.push_back({name.first, name.second, people});
            for (const auto& [step, people] : edited[ix])
                if (auto one = edited_step(rules().campaigns[ix], step))
                    plan_.campaigns[ix].edited_steps.push_back({step, one->first, one->second, people});
        }
    }

    /// What is said about a step that is gone, and the line that says it.
    std::optional<std::pair<std::string, std::uint32_t>> edited_step(const dsl::Campaign& rule,
                                                                     const std::string& step) const {
        const auto name = rule.step_today(step);
        if (const auto* retired = rule.retirement(name)) {
            const auto fate = retired->continue_at ? fmt::format("retired: they go on at `{}`", *retired->continue_at)
                                                   : std::string("retired: the campaign ends there for them");
            return std::pair(fate, place(retired->span).line);
        }
        const auto renamed =
            std::find_if(rule.renamed.begin(), rule.renamed.end(), [&](const auto& r) { return r.from == step; });
        if (renamed == rule.renamed.end())
            return std::nullopt;
        return std::pair(fmt::format("called `{}` now: they get it as it was when they started", name),
                         place(renamed->span).line);
    }

    void removed() {
        std::map<std::string, std::int64_t> gone;
        if (live_.rules)
            for (const auto& campaign : live_.rules->campaigns)
                gone[campaign.name] = 0;
        for (const auto& [name, people] : store::people_in_campaigns(inputs_.store))
            gone[name] = people;
        for (const auto& [name, inside] : gone)
            if (!rules().campaign(name) || rules().campaigns[*rules().campaign(name)].closing)
                plan_.removed.push_back({name, inside, fate(name)});
    }

    std::string fate(const std::string& campaign) const {
        const std::string today(rules().campaign_today(campaign));
        if (const auto* retired = rules().retirement(today))
            return retired->stop_now ? "they stop at once" : "they finish";
        return today == campaign ? std::string() : fmt::format("it is called \"{}\" now, and they go on", today);
    }

    void obstacles() {
        for (const auto& problem : persist::edit_problems(inputs_.store, *inputs_.rules))
            plan_.obstacles.push_back(
                {problem.code, problem.title + '.', place(problem.labels.front().span), problem.notes});
    }

    void floors() {
        for (auto& floor : forecast::floors(state_, inputs_.now)) {
            plan_.floors.push_back({place(floor.promise->span),
                                    floor.promise->text,
                                    floor.reachable,
                                    static_cast<std::int64_t>(floor.below.size()),
                                    {}});
            below_.push_back(std::move(floor.below));
        }
    }

    // --- against the live rules ----------------------------------------------------------------------------------

    void compare_with_live() {
        using Against = PlanCampaign::Against;
        const bool same = live_.hash && *live_.hash == rules().hash;
        for (auto& campaign : plan_.campaigns)
            campaign.against = same ? Against::unchanged : live_.rules ? Against::added : Against::nothing_live;
        if (same || !live_.rules)
            return;
        auto inputs = inputs_;
        inputs.rules = live_.rules;
        auto state = load_live_mode(inputs);
        std::map<std::string, std::int64_t> audiences;
        for (const auto& rule : live_.rules->campaigns)
            audiences[rule.name] = static_cast<std::int64_t>(state.member.of(rule.audience).count());
        const auto course = foresee(inputs, state, inputs.now + k_next_day);
        for (auto& campaign : plan_.campaigns) {
            const auto then = live_campaign(campaign.name);
            if (!then)
                continue;
            auto differences = compare(*live_.rules, live_.rules->campaigns[*then], rules(),
                                       rules().campaigns[*rules().campaign(campaign.name)]);
            if (live_.rules->campaigns[*then].name != campaign.name)
                differences.words.insert(differences.words.begin(),
                                         fmt::format("its name, which was \"{}\"", live_.rules->campaigns[*then].name));
            campaign.against = differences.any() ? Against::changed : Against::unchanged;
            campaign.changes = differences.words;
            campaign.live_audience = audiences[campaign.name];
            campaign.live_next_day = messages(course, *then, inputs.now + k_next_day);
            if (!differences.of_what_is_sent)
                kept_.insert(campaign.name);
        }
    }

    /// By its name then.
    std::optional<dsl::CampaignIx> live_campaign(const std::string& today) const {
        for (dsl::CampaignIx ix = 0; ix < live_.rules->campaigns.size(); ++ix)
            if (rules().campaign_today(live_.rules->campaigns[ix].name) == today)
                return ix;
        return std::nullopt;
    }

    /// What `apply` would set: bounds, and canaries for whatever is sent differently.
    void set_guards() {
        if (live_.hash && *live_.hash == rules().hash)
            return;
        for (dsl::CampaignIx ix = 0; ix < rules().campaigns.size(); ++ix) {
            auto& campaign = plan_.campaigns[ix];
            if (campaign.closing)
                continue;
            state_.campaigns[ix].bound = growth_limit(campaign.audience, inputs_.guard);
            if (kept_.contains(campaign.name) || !rules().campaigns[ix].has_message)
                continue;
            campaign.changed = true;
            campaign.canary = canary_size(campaign.audience, inputs_.guard);
            state_.campaigns[ix].canary.reset();
            if (campaign.canary > 0)
                state_.campaigns[ix].canary = engine::Canary{campaign.canary, std::nullopt};
        }
    }

    // --- what will happen ----------------------------------------------------------------------------------------

    static std::int64_t messages(const Course& course, dsl::CampaignIx ix, Minute until) {
        return std::count_if(course.messages.begin(), course.messages.end(),
                             [&](const Message& m) { return m.campaign == ix && m.slot < until && !m.problem; });
    }

    void campaign_then(dsl::CampaignIx ix) {
        auto& campaign = plan_.campaigns[ix];
        const auto tomorrow = inputs_.now + k_next_day;
        campaign.days = days_of(course_, ix, zone_);
        campaign.messages_next_day = messages(course_, ix, tomorrow);
        Tally waits;
        std::int64_t entering = 0;
        for (const auto& event : course_.events) {
            if (event.campaign != ix)
                continue;
            if (event.what == Event::What::entered) {
                ++entering;
                campaign.entering_next_day += event.at < tomorrow ? 1 : 0;
            } else if (event.what == Event::What::waited && event.at < tomorrow &&
                       event.reason != ReasonCode::outside_window) {
                waits.add(event.reason, event.who);
            }
        }
        if (campaign.starts == PlanCampaign::Starts::at_checks)
            campaign.left_to_enter = std::max<std::int64_t>(0, campaign.may_enter - entering);
        campaign.waits = waits.reasons();
        const auto first = std::find_if(course_.messages.begin(), course_.messages.end(),
                                        [&](const Message& m) { return m.campaign == ix && !m.text.empty(); });
        if (first != course_.messages.end())
            campaign.sample = sample(*first);
    }

    Sample sample(const Message& m) {
        const auto& who = people_[m.who];
        const auto row = state_.columns->find(m.who);
        return {who.ref,   who.name,           m.slot, row ? state_.columns->zone(*row) : zone_,
                m.channel, m.message_template, m.text};
    }

    void totals() {
        for (const auto& campaign : plan_.campaigns) {
            for (const auto& [day, counts] : campaign.days)
                plan_.days[day] += counts;
            plan_.entering_next_day += campaign.entering_next_day;
            plan_.messages_next_day += campaign.messages_next_day;
        }
        plan_.busiest_hour =
            busiest_hour(course_, zone_, inputs_.now + k_next_day, [](const Message&) { return true; });
    }

    /// Over the rule files and the figures; not over the minute at which they were taken.
    std::string hash() const {
        Plan figures = plan_;
        figures.as_of = Minute{};
        return base::hex(base::sha256(dsl::hex(plan_.rules) + '\n' + to_json(figures)));
    }

    const Inputs& inputs_;
    Live live_;
    engine::State state_;
    base::ZoneId zone_;
    People people_;
    Course course_;
    std::vector<std::vector<base::CandidateId>> below_;  // by floor
    std::set<std::string> kept_;                         // campaigns that send what they sent
    Plan plan_;
};

}  // namespace

Plan plan(const Inputs& inputs, std::size_t warnings) { return PlanMaker(inputs, warnings).make(); }

}  // namespace nurture::forecast
