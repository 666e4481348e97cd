// SPDX-License-Identifier: MIT
// What a course of events holds about one person, as sentences.
#include "daemon/forecast/page.hpp"
#include "daemon/forecast/phrases.hpp"
#include "daemon/forecast/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

std::string what(const Event& event) {
    const auto why = engine::sentence(event.reason);
    switch (event.what) {
    case Event::What::entered: return "comes in";
    case Event::What::waited: return fmt::format("waits: {}", why);
    case Event::What::skipped: return fmt::format("a step is skipped: {}", why);
    case Event::What::replied: return "replies (assumed)";
    case Event::What::ended: return fmt::format("ends: {}", why);
    }
    return {};
}

std::string what(const Message& message) {
    if (message.problem)
        return fmt::format("{} `{}` cannot be made: {}", channel_word(message.channel), message.step,
                           render::to_text(*message.problem));
    return fmt::format("{} `{}`: {}", channel_word(message.channel), message.step, message.text);
}

std::string what(const HumanTask& task, base::ZoneId zone) {
    using Kind = engine::decision::Ask::Kind;
    if (task.kind == Kind::task)
        return fmt::format("task `{}` for {}", task.step, task.owner);
    const std::string_view kind = task.kind == Kind::approval ? "approval" : "personal note";
    return fmt::format("{} `{}` is asked of {}{}", kind, task.step, task.owner,
                       task.answered_at ? ", given " + short_time(*task.answered_at, zone, task.asked_at) : "");
}

}  // namespace

Timeline timeline(const Course& course, const engine::State& state, base::CandidateId who, People& people) {
    Timeline timeline{people[who].ref, people[who].name, state.times->zone(), {}};
    if (const auto row = state.columns->find(who))
        timeline.zone = state.columns->zone(*row);
    // Within a minute somebody comes in before anything is done, and an enrolment ends after all of it.
    std::vector<std::pair<std::pair<Minute, int>, Timeline::Line>> lines;
    const auto add = [&](Minute at, int order, dsl::CampaignIx campaign, std::string text) {
        lines.push_back({{at, order}, {at, state.rules->campaigns[campaign].name, std::move(text)}});
    };
    constexpr int k_task = 10, k_message = 20, k_end = 30;
    for (const auto& event : course.events)
        if (event.who == who)
            add(event.at, event.what == Event::What::ended ? k_end : static_cast<int>(event.what), event.campaign,
                what(event));
    for (const auto& task : course.tasks)
        if (task.who == who)
            add(task.asked_at, k_task, task.campaign, what(task, timeline.zone));
    for (const auto& message : course.messages)
        if (message.who == who)
            add(message.slot, k_message, message.campaign, what(message));
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [order, line] : lines)
        timeline.lines.push_back(std::move(line));
    return timeline;
}

}  // namespace nurture::forecast
