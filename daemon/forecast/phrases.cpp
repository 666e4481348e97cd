// SPDX-License-Identifier: MIT
#include "daemon/forecast/phrases.hpp"

#include <fmt/format.h>

namespace nurture::forecast {
namespace {

std::vector<std::string> work_parts(const Counts& counts) {
    std::vector<std::string> parts;
    if (counts.approvals > 0)
        parts.push_back(counted(counts.approvals, "approval", "approvals"));
    if (counts.tasks > 0)
        parts.push_back(counted(counts.tasks, "task", "tasks"));
    return parts;
}

}  // namespace

std::string dash(std::int64_t number) { return number == 0 ? "-" : thousands(number); }

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
