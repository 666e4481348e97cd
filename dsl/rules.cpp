// SPDX-License-Identifier: MIT
#include "dsl/rules.hpp"

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
