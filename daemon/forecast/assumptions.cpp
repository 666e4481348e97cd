// SPDX-License-Identifier: MIT
#include "daemon/forecast/assumptions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

constexpr std::chrono::minutes k_morning{9 * 60};

}  // namespace

std::string_view to_text(Approvals approvals) {
    switch (approvals) {
    case Approvals::next_morning: return "next-morning";
    case Approvals::at_once: return "at-once";
    case Approvals::never: return "never";
    }
    return {};
}

std::optional<std::string> assume(Assumptions& assumptions, std::string_view option) {
    const auto equals = option.find('=');
    const auto name = option.substr(0, equals);
    const auto value = equals == option.npos ? std::string_view{} : option.substr(equals + 1);
    if (name == "replies")
        return "assuming that people reply does not work in this version yet: leave `replies` out, nobody replies then";
    if (name != "approvals")
        return fmt::format("there is nothing called `{}` to assume: write approvals=next-morning, approvals=at-once or "
                           "approvals=never",
                           name);
    for (const auto approvals : {Approvals::next_morning, Approvals::at_once, Approvals::never}) {
        if (value == to_text(approvals)) {
            assumptions.approvals = approvals;
            return std::nullopt;
        }
    }
    return fmt::format("approvals cannot come `{}`: write next-morning, at-once or never", value);
}

std::string sentence(const Assumptions& assumptions) {
    std::string_view approvals;
    switch (assumptions.approvals) {
    case Approvals::next_morning:
        approvals = "approvals and notes come on the next business day at 09:00, or just before their deadline";
        break;
    case Approvals::at_once: approvals = "approvals and notes come at once"; break;
    case Approvals::never: approvals = "nobody approves anything or writes a note"; break;
    }
    return fmt::format("{}; nobody replies, clicks, opts out or bounces", approvals);
}

std::optional<Minute> decision_minute(const Assumptions& assumptions, Minute asked, Minute deadline, base::ZoneId zone,
                                      base::Holidays holidays) {
    switch (assumptions.approvals) {
    case Approvals::never: return std::nullopt;
    case Approvals::at_once: return asked;
    case Approvals::next_morning: break;
    }
    const Day tomorrow = base::local_day(zone, asked) + std::chrono::days{1};
    const Minute morning = base::to_instant(zone, base::next_business_day(holidays, tomorrow), k_morning);
    return std::max(asked, std::min(morning, deadline - std::chrono::minutes{1}));
}

Answers::Answers(const Assumptions& assumptions, const dsl::Policy& policy, Minute start)
    : assumptions_(assumptions),
      zone_(base::find_zone(policy.zone).value_or(base::ZoneId::utc)),
      holidays_(policy.holidays.begin(), policy.holidays.end()),
      start_(start) {}

void Answers::asked(std::int64_t question, Minute at, Minute deadline) {
    withdrawn(question);
    if (const auto when = decision_minute(assumptions_, std::max(at, start_), deadline, zone_, holidays_)) {
        by_question_[question] = *when;
        due_.emplace(*when, question);
    }
}

void Answers::withdrawn(std::int64_t question) {
    if (const auto found = by_question_.find(question); found != by_question_.end()) {
        due_.erase({found->second, question});
        by_question_.erase(found);
    }
}

Minute Answers::next() const { return due_.empty() ? base::k_never : due_.begin()->first; }

std::vector<std::int64_t> Answers::take(Minute now) {
    std::vector<std::int64_t> questions;
    while (next() <= now && !due_.empty()) {
        questions.push_back(due_.begin()->second);
        withdrawn(questions.back());
    }
    return questions;
}

}  // namespace nurture::forecast
