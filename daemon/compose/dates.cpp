// SPDX-License-Identifier: MIT
#include "daemon/compose/dates.hpp"

#include <unicode/datefmt.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <memory>

namespace nurture::compose {
namespace {

bool is_spoken(const std::string& language) {
    int32_t count = 0;
    const icu::Locale* const all = icu::Locale::getAvailableLocales(count);
    return std::any_of(all, all + count, [&](const icu::Locale& one) { return language == one.getLanguage(); });
}

/// Made once per language and thread: it takes longer than all the words of a message.
const icu::DateFormat* format_of(const std::string& language) {
    thread_local std::map<std::string, std::unique_ptr<icu::DateFormat>> known;
    const auto [at, added] = known.try_emplace(language);
    if (added) {
        const std::string locale = (is_spoken(language) ? language : "en") + "@calendar=gregorian";
        at->second.reset(
            icu::DateFormat::createDateInstance(icu::DateFormat::kLong, icu::Locale::createFromName(locale.c_str())));
        if (at->second)
            at->second->adoptTimeZone(icu::TimeZone::createTimeZone("UTC"));
    }
    return at->second.get();
}

}  // namespace

std::string date_words(const std::chrono::year_month_day& date, std::string_view language) {
    if (!date.ok())
        return {};
    const std::chrono::duration<double, std::milli> since = std::chrono::sys_days{date}.time_since_epoch();
    std::string words;
    if (const auto* format = format_of(std::string(language))) {
        icu::UnicodeString text;
        format->format(UDate{since.count()}, text).toUTF8String(words);
    }
    return words;
}

}  // namespace nurture::compose
