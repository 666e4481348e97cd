// SPDX-License-Identifier: MIT
#include "daemon/forecast/assumptions.hpp"

#include "daemon/base/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

constexpr std::chrono::minutes k_morning{9 * 60};
constexpr std::chrono::hours k_reply_after{24};
constexpr std::int32_t k_all = 10'000;  // what `replies` is a share of

/// "5%", "5", "0.25%" as so many of 10,000.
std::optional<std::int32_t> share(std::string_view text) {
    if (text.ends_with('%'))
        text.remove_suffix(1);
    const auto point = std::min(text.find('.'), text.size());
    std::string digits(text.substr(0, point));
    std::string behind(text.substr(std::min(point + 1, text.size())));
    const bool whole = !digits.empty() && digits.size() <= 3 && (point == text.size() || !behind.empty());
    if (!whole || behind.size() > 2)
        return std::nullopt;
    digits += behind.append(2 - behind.size(), '0');
    if (digits.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    const auto parts = std::stoi(digits);
    return parts <= k_all ? std::optional(parts) : std::nullopt;
}

std::optional<std::string> assume_approvals(Assumptions& assumptions, std::string_view value) {
    for (const auto approvals : {Approvals::next_morning, Approvals::at_once, Approvals::never}) {
        if (value == to_text(approvals)) {
            assumptions.approvals = approvals;
            return std::nullopt;
        }
    }
    return fmt::format("approvals cannot come `{}`: write next-morning, at-once or never", value);
}

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
    if (name == "approvals")
        return assume_approvals(assumptions, value);
    if (name != "replies")
        return fmt::format("there is nothing called `{}` to assume: write approvals=next-morning, approvals=at-once, "
                           "approvals=never or replies=5%",
                           name);
    const auto replies = share(value);
    if (!replies)
        return fmt::format("`{}` is not a share of the messages: write replies=5% or replies=0.25%", value);
    assumptions.replies = *replies;
    return std::nullopt;
}

std::string replies_percent(const Assumptions& assumptions) { return fmt::format("{:g}", assumptions.replies / 100.0); }

std::optional<Minute> reply_minute(const Assumptions& assumptions, std::string_view ref, std::string_view campaign,
                                   std::string_view step, Minute counted_at) {
    if (assumptions.replies == 0)
        return std::nullopt;
    const auto digest = base::sha256(fmt::format("reply\n{}\n{}\n{}", ref, campaign, step));
    std::uint64_t drawn = 0;
    for (std::size_t i = 0; i < sizeof drawn; ++i)
        drawn = drawn << 8 | digest[i];
    if (drawn % k_all >= static_cast<std::uint64_t>(assumptions.replies))
        return std::nullopt;
    return counted_at + k_reply_after;
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
    if (assumptions.replies == 0)
        return fmt::format("{}; nobody replies, clicks, opts out or bounces", approvals);
    return fmt::format("{}; {}% of the messages are answered a day later; nobody clicks, opts out or bounces",
                       approvals, replies_percent(assumptions));
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
