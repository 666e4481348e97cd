// SPDX-License-Identifier: MIT
#include "daemon/forecast/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nurture::forecast {
namespace {

// A share of a large audience is a large mailing, of a small one it tells nothing.
constexpr std::int32_t k_least_canary = 10, k_most_canary = 100;

void check_growth(const std::string& campaign, std::string_view what, std::int64_t now, std::int64_t agreed,
                  const Guard& guard, std::vector<std::string>& refusals) {
    if (const auto limit = growth_limit(agreed, guard); now > limit)
        refusals.push_back(
            fmt::format("campaign \"{}\": {} {} now, the plan said {}. That is {} more; [guard] allows {}.", campaign,
                        what, thousands(now), thousands(agreed), thousands(now - agreed), thousands(limit - agreed)));
}

}  // namespace

std::int64_t growth_limit(std::int64_t agreed, const Guard& guard) {
    return agreed + std::max<std::int64_t>(agreed * guard.growth_percent / 100, guard.growth_people);
}

std::int32_t canary_size(std::int64_t audience, const Guard& guard) {
    if (guard.canary_percent <= 0)
        return 0;
    const auto share = std::ceil(static_cast<double>(audience) * guard.canary_percent / 100);
    return static_cast<std::int32_t>(std::clamp(share, double{k_least_canary}, double{k_most_canary}));
}

Record record(const Plan& plan) {
    Record record{plan.hash, dsl::hex(plan.rules), plan.as_of, {}};
    for (const auto& campaign : plan.campaigns)
        record.campaigns[campaign.name] = {campaign.audience, campaign.messages_next_day};
    return record;
}

Verdict check_apply(const Plan& fresh, const Record& agreed, const Guard& guard) {
    Verdict verdict;
    auto& refusals = verdict.refusals;
    if (dsl::hex(fresh.rules) != agreed.rules)
        refusals.push_back("the rule files are not those of this plan any more. Look at them again: nurture plan");
    for (const auto& campaign : fresh.campaigns) {
        if (campaign.closing)
            continue;
        verdict.bounds[campaign.name] = campaign.audience;
        if (campaign.changed)
            verdict.changed.insert(campaign.name);
        if (campaign.canary > 0)
            verdict.canaries[campaign.name] = campaign.canary;
        const auto then = agreed.campaigns.find(campaign.name);
        if (then == agreed.campaigns.end())
            continue;  // other rule files, which is said already
        check_growth(campaign.name, "people in the audience:", campaign.audience, then->second.audience, guard,
                     refusals);
        check_growth(campaign.name, "messages within 24 hours:", campaign.messages_next_day,
                     then->second.messages_next_day, guard, refusals);
    }
    return verdict;
}

}  // namespace nurture::forecast
