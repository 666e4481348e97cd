// SPDX-License-Identifier: MIT
//
// A date as people write it in their language: "May 1, 2026", "1 de mayo de 2026" (ICU's long form, Gregorian). A
// language that ICU does not know, and none, is English. The words are those of the installed ICU. Any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace nurture::compose {

/// `language`: two small letters, or nothing. Empty if there is no such day.
std::string date_words(const std::chrono::year_month_day& date, std::string_view language);

}  // namespace nurture::compose
