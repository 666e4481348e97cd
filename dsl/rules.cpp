// SPDX-License-Identifier: MIT
#include "dsl/rules.hpp"

#include "dsl/following.hpp"

#include <algorithm>

namespace nurture::dsl {
namespace {

template<class Ix, class Item>
std::optional<Ix> named(const std::vector<Item>& items, std::string_view name) {
    const auto at = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
    if (at == items.end()) {
        return std::nullopt;
    }
    return static_cast<Ix>(at - items.begin());
}

/// Follows `renamed` lines. They never go in a circle (the checker says so), but a chain is no longer than all of them.
template<class Renamed>
std::string_view today(const std::vector<Renamed>& renamed, std::string_view name) {
    for (std::size_t i = 0; i < renamed.size(); ++i) {
        const auto line = std::find_if(renamed.begin(), renamed.end(), [&](const auto& r) { return r.from == name; });
        if (line == renamed.end()) {
            break;
        }
        name = line->to;
    }
    return name;
}

template<class Item, class Name>
const Item* line_about(const std::vector<Item>& lines, Name Item::*member, std::string_view name) {
    const auto at = std::find_if(lines.begin(), lines.end(), [&](const Item& item) { return item.*member == name; });
    return at == lines.end() ? nullptr : &*at;
}

}  // namespace

std::chrono::sys_days add(std::chrono::sys_days today, DayOffset offset) {
    using namespace std::chrono;
    year_month_day day{today};
    day += months{offset.months};
    if (!day.ok()) {
        day = day.year() / day.month() / last;
    }
    return sys_days{day} + days{offset.days};
}

std::optional<StepIx> StepList::find(std::string_view step) const {
    return step.empty() ? std::nullopt : named<StepIx>(lines, step);
}

std::vector<bool> ahead(const StepList& steps, StepIx from) {
    std::vector<bool> reached(steps.lines.size());
    if (from < reached.size()) {
        reached[from] = true;
    }
    for (std::size_t i = from; i < reached.size(); ++i) {
        if (!reached[i]) {
            continue;
        }
        for (const StepIx to : following(steps, static_cast<StepIx>(i))) {
            reached[to] = true;
        }
    }
    return reached;
}

std::string_view Campaign::step_today(std::string_view step) const { return today(renamed, step); }
const RetiredStep* Campaign::retirement(std::string_view step) const {
    return line_about(retired, &RetiredStep::step, step);
}

bool Rules::holds_for(const std::string& directory, const Campaign& campaign) const {
    return directory.empty() || (policy_of(campaign).directory + '/').starts_with(directory + '/');
}
bool Rules::caps_days() const {
    const auto counts_days = [](const Policy& of) {
        return std::any_of(of.caps.begin(), of.caps.end(), [](const Cap& cap) { return cap.per != CapPer::candidate; });
    };
    return counts_days(policy) || std::any_of(below.begin(), below.end(), counts_days);
}
std::string_view Rules::campaign_today(std::string_view name) const { return today(renamed_campaigns, name); }
const RetiredCampaign* Rules::retirement(std::string_view campaign) const {
    return line_about(retired_campaigns, &RetiredCampaign::name, campaign);
}

std::int32_t Rules::free_priority(CampaignIx campaign) const {
    // Each campaign gets a suggestion of its own, or following one would lead to the next message.
    auto free = campaigns[campaign].priority + 1 + static_cast<std::int32_t>(campaign);
    while (std::any_of(campaigns.begin(), campaigns.end(), [&](const Campaign& c) { return c.priority == free; })) {
        ++free;
    }
    return free;
}

std::optional<SegmentIx> Rules::segment(std::string_view name) const { return named<SegmentIx>(segments, name); }
std::optional<CampaignIx> Rules::campaign(std::string_view name) const { return named<CampaignIx>(campaigns, name); }

std::optional<TemplateIx> Rules::find_template(Channel channel, std::string_view name) const {
    const auto at = std::find_if(templates.begin(), templates.end(),
                                 [&](const Template& item) { return item.channel == channel && item.name == name; });
    if (at == templates.end()) {
        return std::nullopt;
    }
    return static_cast<TemplateIx>(at - templates.begin());
}

std::optional<TemplateIx> Rules::find_template(Channel channel, std::string_view name,
                                               std::string_view language) const {
    const auto all = find_template(channel, name);
    const std::string wanted = language_code(language);
    if (!all || wanted.empty()) {
        return all;
    }
    for (std::size_t ix = *all + 1U; ix < templates.size(); ++ix) {
        if (templates[ix].channel != channel || templates[ix].name != name) {
            break;
        }
        if (templates[ix].language == wanted) {
            return static_cast<TemplateIx>(ix);
        }
    }
    return all;
}

}  // namespace nurture::dsl
