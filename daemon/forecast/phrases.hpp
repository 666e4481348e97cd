// SPDX-License-Identifier: MIT
//
// Counts in words, the same in every report. Within daemon/forecast only. Pure.
#pragma once

#include "daemon/forecast/preview.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nurture::forecast {

/// A number in a table: "-" for none.
std::string dash(std::int64_t number);
using Rows = std::vector<std::vector<std::string>>;
/// What happens on each day, under a head line; days on which nothing does are left out.
Rows day_rows(const Days& days, Day today, const std::optional<Counts>& total = {});
/// "40 approvals and 3 tasks"
std::string work(const Counts& counts);
/// "37 emails, 2 SMS, 40 approvals"; "nothing"
std::string everything(const Counts& counts);
std::string_view channel_word(dsl::Channel channel);  // "email", "SMS"

}  // namespace nurture::forecast
