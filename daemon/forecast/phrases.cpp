// SPDX-License-Identifier: MIT
#include "daemon/forecast/phrases.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

std::vector<std::string> work_parts(const Counts& counts) {
    std::vector<std::string> parts;
    if (counts.approvals > 0)
        parts.push_back(counted(counts.approvals, "approval", "approvals"));
    if (counts.notes > 0)
        parts.push_back(counted(counts.notes, "personal note", "personal notes"));
    if (counts.tasks > 0)
        parts.push_back(counted(counts.tasks, "task", "tasks"));
    return parts;
}

}  // namespace

std::string dash(std::int64_t number) { return number == 0 ? "-" : thousands(number); }

Rows day_rows(const Days& days, Day today, const std::optional<Counts>& total) {
    const bool notes = std::any_of(days.begin(), days.end(), [](const auto& day) { return day.second.notes > 0; });
    Rows rows;
    const auto add = [&](std::string first, const Counts& c) {
        rows.push_back({std::move(first), dash(c.entered), dash(c.emails), dash(c.sms), dash(c.approvals)});
        if (notes)
            rows.back().push_back(dash(c.notes));
        rows.back().push_back(dash(c.tasks));
    };
    rows.push_back({"Day", "enter", "emails", "SMS", "approvals", "tasks"});
    if (notes)
        rows.back().insert(rows.back().end() - 1, "notes");
    for (const auto& [day, counts] : days)
        if (!counts.nothing())
            add(short_day(day, today), counts);
    if (total)
        add("Total", *total);
    return rows;
}

std::string work(const Counts& counts) { return listed(work_parts(counts)); }

std::string everything(const Counts& counts) {
    std::vector<std::string> parts;
    if (counts.emails > 0)
        parts.push_back(counted(counts.emails, "email", "emails"));
    if (counts.sms > 0)
        parts.push_back(thousands(counts.sms) + " SMS");
    for (auto& part : work_parts(counts))
        parts.push_back(std::move(part));
    return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string_view channel_word(dsl::Channel channel) { return channel == dsl::Channel::sms ? "SMS" : "email"; }

}  // namespace nurture::forecast
