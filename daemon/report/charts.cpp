// SPDX-License-Identifier: MIT
// When: a calendar in which busy days are dark, and the volume day by day, as inline SVG with a table beside it.
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::report {
namespace {

using base::Day;
using forecast::counted;
using forecast::Counts;
using forecast::thousands;

constexpr int k_cell = 16, k_gap = 3;                     // of the calendar, in pixels
constexpr int k_chart_width = 720, k_chart_height = 160;  // of the volume
constexpr int k_levels = 4;                               // shades of a day on which something goes out

std::string in_words(const Counts& counts) {
    return counted(counts.emails, "email", "emails") + ", " + thousands(counts.sms) + " SMS, " +
           counted(counts.work(), "thing", "things") + " to do";
}

class Calendar {
public:
    explicit Calendar(const forecast::Preview& preview)
        : p_(preview),
          first_(base::local_day(p_.zone, p_.as_of)),
          last_(base::local_day(p_.zone, p_.until - std::chrono::minutes(1))),
          monday_(first_ - days_since_monday(first_)) {
        for (const auto& [day, counts] : p_.days)
            most_ = std::max(most_, counts.messages());
    }

    std::string heat_map() const {
        const auto weeks = (last_ - monday_).count() / 7 + 1;
        std::string svg =
            fmt::format("<svg class=\"heat\" viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\" aria-label=\"Messages per "
                        "day; the table "
                        "below has the numbers\">",
                        34 + weeks * (k_cell + k_gap), 18 + 7 * (k_cell + k_gap), 34 + weeks * (k_cell + k_gap));
        constexpr std::string_view names[] = {"Mon", "", "Wed", "", "Fri", "", "Sun"};
        for (int i = 0; i < 7; ++i)
            svg += fmt::format("<text x=\"0\" y=\"{}\">{}</text>", 18 + i * (k_cell + k_gap) + 12, names[i]);
        for (Day day = first_; day <= last_; day += std::chrono::days{1})
            svg += cell(day);
        return svg + "</svg>";
    }

    std::string volume() const {
        const auto days = std::max<std::int64_t>(1, (last_ - first_).count() + 1);
        const double step = static_cast<double>(k_chart_width) / static_cast<double>(days);
        std::string svg =
            fmt::format("<svg class=\"volume\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Emails and text "
                        "messages per day; the table below has the numbers\">",
                        k_chart_width + 60, k_chart_height + 30);
        svg += fmt::format("<line x1=\"50\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\"/><text x=\"44\" y=\"14\" "
                           "class=\"right\">{2}</text><text x=\"44\" y=\"{0}\" class=\"right\">0</text>",
                           k_chart_height, k_chart_width + 50, thousands(most_));
        for (const auto& [day, counts] : p_.days) {
            const double x = 50 + step * static_cast<double>((day - first_).count());
            const double emails = height(counts.emails), sms = height(counts.sms);
            svg += fmt::format(
                "<g><title>{}: {}</title><rect class=\"email\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                "height=\"{:.1f}\"/><rect class=\"sms\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                "height=\"{:.1f}\"/></g>",
                escaped(forecast::short_day(day, first_)), in_words(counts), x, k_chart_height - emails,
                std::max(step - 1, 0.5), emails, x, k_chart_height - emails - sms, std::max(step - 1, 0.5), sms);
        }
        return svg +
               fmt::format("<text x=\"50\" y=\"{0}\">{1}</text><text x=\"{2}\" y=\"{0}\" class=\"right\">{3}</text>",
                           k_chart_height + 18, escaped(forecast::short_day(first_, first_)), k_chart_width + 50,
                           escaped(forecast::short_day(last_, first_))) +
               "</svg>";
    }

    std::string table() const {
        std::string rows;
        for (const auto& [day, counts] : p_.days)
            if (!counts.nothing())
                rows += fmt::format(
                    "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escaped(forecast::short_day(day, first_)), thousands(counts.entered), thousands(counts.emails),
                    thousands(counts.sms), thousands(counts.approvals + counts.notes), thousands(counts.tasks));
        return "<details><summary>The numbers</summary><table class=\"numbers\"><thead><tr><th scope=\"col\">Day</th>"
               "<th scope=\"col\">enter</th><th scope=\"col\">emails</th><th scope=\"col\">SMS</th><th "
               "scope=\"col\">approvals "
               "and notes</th><th scope=\"col\">tasks</th></tr></thead><tbody>" +
               rows + "</tbody></table></details>";
    }

private:
    static std::chrono::days days_since_monday(Day day) {
        return std::chrono::days(std::chrono::weekday(day).iso_encoding() - 1);
    }
    double height(std::int64_t messages) const {
        return most_ == 0 ? 0 : (k_chart_height - 10) * static_cast<double>(messages) / static_cast<double>(most_);
    }
    std::string cell(Day day) const {
        const auto found = p_.days.find(day);
        const Counts counts = found == p_.days.end() ? Counts{} : found->second;
        const auto level =
            counts.messages() == 0 ? 0 : 1 + (counts.messages() - 1) * k_levels / std::max<std::int64_t>(most_, 1);
        const auto since = (day - monday_).count();
        return fmt::format(
            "<rect class=\"l{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"><title>{}: {}</title></rect>",
            level, 34 + since / 7 * (k_cell + k_gap), 18 + since % 7 * (k_cell + k_gap), k_cell, k_cell,
            escaped(forecast::short_day(day, first_)), in_words(counts));
    }

    const forecast::Preview& p_;
    Day first_, last_, monday_;
    std::int64_t most_ = 0;
};

}  // namespace

std::string calendar(const forecast::Preview& preview) {
    const Calendar calendar(preview);
    return "<section id=\"when\"><h2>When</h2><p>Days are those of the policy's time zone.</p>" + calendar.heat_map() +
           "<h3>Messages per day</h3><p class=\"legend\"><span class=\"email\">emails</span> <span class=\"sms\">text "
           "messages</span></p>" +
           calendar.volume() + calendar.table() + "</section>";
}

}  // namespace nurture::report
