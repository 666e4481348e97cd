// SPDX-License-Identifier: MIT
// Who waits behind whom, and what relays and mailbox providers get.
#include "daemon/forecast/page.hpp"
#include "daemon/forecast/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace nurture::forecast {
namespace {

constexpr std::size_t k_domains = 12;  // named one by one
constexpr std::int64_t k_million = 1'000'000;

using Shown = std::function<bool(dsl::CampaignIx)>;

/// How many messages fall on each minute or hour.
class Counted {
public:
    void add(Minute when) {
        ++times_[when];
        ++all_;
    }
    Hour busiest() const {
        Hour most;
        for (const auto& [begins, messages] : times_)
            if (messages > most.messages)
                most = {begins, messages};
        return most;
    }
    Load load(std::string name) const { return {std::move(name), all_, busiest()}; }

private:
    std::map<Minute, std::int64_t> times_;
    std::int64_t all_ = 0;
};

Minute hour_of(Minute at, base::ZoneId zone) { return at - base::local(zone, at).minute % std::chrono::hours{1}; }

/// What falls to each when all of them work.
std::vector<Load> shares(const Load& load, const std::vector<Ways::Share>& relays) {
    std::vector<Load> all;
    std::int64_t weights = 0, before = 0;
    for (const auto& relay : relays)
        weights += relay.weight;
    for (const auto& relay : relays) {
        const auto part = [&](std::int64_t of) {
            return of * (before + relay.weight) / weights - of * before / weights;
        };
        all.push_back({relay.name, part(load.messages), {load.busiest.begins, part(load.busiest.messages)}});
        before += relay.weight;
    }
    return all;
}

WayLoad way(const Course& course, base::ZoneId zone, const Inputs& inputs, const Shown& shown, dsl::Channel channel) {
    Counted hours, minutes;
    for (const auto& message : course.messages)
        if (message.channel == channel && !message.problem && shown(message.campaign)) {
            hours.add(hour_of(message.slot, zone));
            minutes.add(message.slot);
        }
    const bool sms = channel == dsl::Channel::sms;
    WayLoad way{channel, hours.load(sms ? inputs.ways.gateway : inputs.ways.relay),
                inputs.settings.per_minute[static_cast<std::size_t>(channel)], minutes.busiest().messages};
    if (!sms)
        way.shares = shares(way.load, inputs.ways.relays);
    return way;
}

std::vector<Load> domains(const Course& course, base::ZoneId zone, const Shown& shown) {
    std::vector<Counted> counted(course.domains.size());
    for (const auto& message : course.messages)
        if (message.channel == dsl::Channel::email && !message.problem && shown(message.campaign))
            counted[message.domain].add(hour_of(message.slot, zone));
    std::vector<Load> all;
    for (std::size_t i = 0; i < counted.size(); ++i)
        if (auto load = counted[i].load(course.domains[i]); load.messages > 0)
            all.push_back(std::move(load));
    std::sort(all.begin(), all.end(),
              [](const Load& a, const Load& b) { return std::tie(b.messages, a.name) < std::tie(a.messages, b.name); });
    return all;
}

std::string trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(" \t");
    return first == line.npos ? std::string() : std::string(line.substr(first));
}

}  // namespace

Loads loads(const Course& course, base::ZoneId zone, const Inputs& inputs, const Shown& shown) {
    Loads loads;
    for (const auto channel : {dsl::Channel::email, dsl::Channel::sms})
        if (auto load = way(course, zone, inputs, shown, channel); load.load.messages > 0)
            loads.ways.push_back(std::move(load));
    loads.domains = domains(course, zone, shown);
    for (std::size_t i = k_domains; i < loads.domains.size(); ++i) {
        ++loads.other_domains;
        loads.other_messages += loads.domains[i].messages;
    }
    loads.domains.resize(std::min(loads.domains.size(), k_domains));
    return loads;
}

std::vector<Loss> losses(const Course& course, const dsl::Rules& rules, const Shown& shown) {
    using Key = std::tuple<dsl::CampaignIx, dsl::CampaignIx, std::uint32_t, std::uint32_t>;
    std::map<Key, std::set<base::CandidateId>> people;
    for (const auto& event : course.events)
        if (event.full && shown(event.campaign))
            people[{event.campaign, event.full->ahead, event.full->line.file, event.full->line.begin}].insert(
                event.who);
    std::vector<Loss> losses;
    for (const auto& [key, who] : people) {
        const auto& [campaign, ahead, file, begin] = key;
        const auto& source = rules.sources.files[file];
        losses.push_back({rules.campaigns[campaign].name,
                          ahead == engine::k_no_campaign ? std::string() : rules.campaigns[ahead].name,
                          {source.path, dsl::line_column(source, begin).line},
                          trimmed(dsl::line_at(source, begin)),
                          static_cast<std::int64_t>(who.size())});
    }
    std::stable_sort(losses.begin(), losses.end(), [](const Loss& a, const Loss& b) { return a.people > b.people; });
    return losses;
}

std::string cost(const Ways& ways, std::int64_t segments) {
    if (ways.price_per_segment == 0)
        return {};
    const auto cents = (segments * ways.price_per_segment + k_million / 200) / (k_million / 100);
    return fmt::format("{}.{:02} {}", thousands(cents / 100), cents % 100, ways.currency);
}

}  // namespace nurture::forecast
