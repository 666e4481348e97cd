// SPDX-License-Identifier: MIT
#include "dsl/tighter.hpp"

#include <fmt/format.h>

#include <array>

namespace nurture::dsl {
namespace {

using std::chrono::sys_days;

int minutes_from(const Window& window, int minute) {
    const int day = 24 * 60;
    return (minute - static_cast<int>(window.from.count()) + day) % day;
}
int length(const Window& window) { return minutes_from(window, static_cast<int>(window.to.count())); }
bool covers(const Window& outer, const Window& inner) {
    const int from = minutes_from(outer, static_cast<int>(inner.from.count()));
    return from + length(inner) <= length(outer);
}

std::string words(const Window& hours) {
    return fmt::format("quiet hours {:02}:{:02} to {:02}:{:02}", hours.from.count() / 60, hours.from.count() % 60,
                       hours.to.count() / 60, hours.to.count() % 60);
}

std::string words(Weekdays days) {
    constexpr std::array k_days{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    std::string text;
    for (std::size_t i = 0; i < k_days.size(); ++i) {
        if ((days >> i & 1) != 0) {
            text += (text.empty() ? "" : ", ") + std::string(k_days[i]);
        }
    }
    return text;
}

std::string words(const Policy::QuietDates& dates) {
    return fmt::format("quiet dates {:02}-{:02} to {:02}-{:02}", unsigned{dates.from.month()},
                       unsigned{dates.from.day()}, unsigned{dates.to.month()}, unsigned{dates.to.day()});
}

/// Days of a leap year, so that 29 February counts.
std::vector<bool> days_of(const Policy::QuietDates& dates) {
    std::vector<bool> days(366);
    const auto number = [](std::chrono::month_day day) {
        const std::chrono::year year{2024};
        return static_cast<std::size_t>((sys_days{year / day} - sys_days{year / 1 / 1}).count());
    };
    for (std::size_t day = number(dates.from);; day = (day + 1) % days.size()) {
        days[day] = true;
        if (day == number(dates.to)) {
            return days;
        }
    }
}

}  // namespace

void Tighter::looser(Span line, Span above, std::string title, std::string write) {
    Diagnostic& problem = c_.report("N0412", line, std::move(title), "allows more than the line above");
    problem.labels.push_back({above, "holds for all directories below"});
    problem.notes = {"A policy in a sub-directory can only be stricter: leave the line out, or make it stricter.",
                     "Write:   " + std::move(write)};
}

bool Tighter::quiet_hours(const Window& own, Span line) {
    if (!above_.quiet_hours || covers(own, *above_.quiet_hours)) {
        return true;
    }
    looser(line, *said_.quiet_hours, "these quiet hours leave out some of those above", words(*above_.quiet_hours));
    return false;
}

/// Other days than above are more days; some of those above are fewer.
void Tighter::quiet_days(Weekdays own, const std::optional<Span>& line) {
    const auto both = static_cast<Weekdays>(own | above_.quiet_days);
    if ((own & above_.quiet_days) != 0 && both != own) {
        looser(*line, *said_.quiet_days,
               fmt::format("this leaves out {}", words(static_cast<Weekdays>(above_.quiet_days & ~own))),
               "quiet days " + words(both));
    }
}

void Tighter::quiet_dates(const Policy::QuietDates& own, Span line) {
    const std::vector<bool> days = days_of(own);
    for (std::size_t i = 0; i < above_.quiet_dates.size(); ++i) {
        const std::vector<bool> quiet = days_of(above_.quiet_dates[i]);
        bool takes_part = false;
        bool leaves_out = false;
        for (std::size_t day = 0; day < days.size(); ++day) {
            takes_part = takes_part || (days[day] && quiet[day]);
            leaves_out = leaves_out || (quiet[day] && !days[day]);
        }
        if (takes_part && leaves_out) {
            return looser(line, said_.quiet_dates[i], "this leaves out days that are quiet above",
                          words(above_.quiet_dates[i]));
        }
    }
}

void Tighter::other_consent(Span line, Span above) {
    looser(line, above, "another consent does instead of the one above", c_.one_line(above));
}

bool Tighter::sms_limit(const SmsLimit& own) {
    if (!above_.sms_limit || own.segments <= above_.sms_limit->segments) {
        return true;
    }
    looser(own.span, above_.sms_limit->span, "this allows longer text messages than the line above",
           c_.one_line(above_.sms_limit->span));
    return false;
}

/// A cap that could never bind before the one above does, and reads as if it allowed more.
void Tighter::cap(const Cap& own) {
    for (const Cap& above : above_.caps) {
        const bool same = above.of == own.of && above.kind == own.kind && above.per == own.per;
        const bool equal = above.count == own.count && above.in == own.in;
        if (same && !equal && above.in >= own.in && own.count >= above.count) {
            return looser(own.span, above.span, "this cap is wider than the one above", c_.one_line(above.span));
        }
    }
}

}  // namespace nurture::dsl
