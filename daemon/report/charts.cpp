// SPDX-License-Identifier: MIT
// When: months in which busy days are dark, and bars day by day as inline SVG, with a table of all numbers.
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nurture::report {
namespace {

using base::Day;
using forecast::counted;
using forecast::Counts;
using forecast::thousands;

constexpr std::int64_t k_levels = 4;   // shades of a day on which something goes out
constexpr double k_plot = 150;         // pixels that the highest bar may have, below the number above it
constexpr double k_top = 18;           // where it begins
constexpr std::int64_t k_labels = 12;  // dates under a chart, at most

std::chrono::year_month month_of(Day day) {
    const std::chrono::year_month_day date{day};
    return date.year() / date.month();
}

std::string in_words(const Counts& counts) {
    return counted(counts.emails, "email", "emails") + ", " + thousands(counts.sms) + " SMS, " +
           counted(counts.work(), "thing", "things") + " to do";
}

/// Fits a cell: 950, 1.2k, 48k.
std::string brief(std::int64_t number) {
    if (number < 1000)
        return std::to_string(number);
    return number < 10'000 ? fmt::format("{:.1f}k", static_cast<double>(number / 100) / 10)
                           : fmt::format("{}k", number / 1000);
}

/// 1, 2 or 5 times a power of ten, at least `number`.
std::int64_t round_up(std::int64_t number) {
    for (std::int64_t power = 1;; power *= 10)
        for (const auto times : {1, 2, 5})
            if (times * power >= number)
                return times * power;
}

Day monday(Day day) { return day - std::chrono::days(std::chrono::weekday(day).iso_encoding() - 1); }

class Span {
public:
    explicit Span(const forecast::Preview& p)
        : first(base::local_day(p.zone, p.from)),
          last(base::local_day(p.zone, p.until - std::chrono::minutes(1))) {}
    std::int64_t count() const { return (last - first).count() + 1; }
    Day first, last;
};

class Months {
public:
    explicit Months(const forecast::Preview& p) : p_(p), span_(p) {
        for (const auto& [day, counts] : p_.days)
            most_ = std::max(most_, counts.messages());
    }

    std::string draw() const {
        std::string html;
        for (auto month = month_of(span_.first); month <= month_of(span_.last); month += std::chrono::months{1})
            html += one(month);
        return "<div class=\"months\">" + html + "</div>";
    }

private:
    std::string one(std::chrono::year_month month) const {
        constexpr std::array<std::string_view, 12> names{"January",   "February", "March",    "April",
                                                         "May",       "June",     "July",     "August",
                                                         "September", "October",  "November", "December"};
        const Day begin{month / 1}, end{month / std::chrono::last};
        std::string html = fmt::format("<table class=\"month\"><caption>{} {}</caption><thead><tr>",
                                       names[static_cast<unsigned>(month.month()) - 1], static_cast<int>(month.year()));
        for (const auto* name : {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"})
            html += fmt::format("<th scope=\"col\">{}</th>", name);
        html += "</tr></thead><tbody><tr>";
        const auto from = std::max(begin, monday(span_.first)),
                   to = std::min(end, monday(span_.last) + std::chrono::days{6});
        for (Day day = monday(from); day < from; day += std::chrono::days{1})
            html += "<td></td>";
        for (Day day = from; day <= to; day += std::chrono::days{1}) {
            if (day != from && std::chrono::weekday(day) == std::chrono::Monday)
                html += "</tr><tr>";
            html += cell(day);
        }
        return html + "</tr></tbody></table>";
    }

    std::string cell(Day day) const {
        const auto number = static_cast<unsigned>(std::chrono::year_month_day(day).day());
        if (day < span_.first || day > span_.last)
            return fmt::format("<td>{}</td>", number);
        const auto found = p_.days.find(day);
        if (found == p_.days.end() || found->second.nothing())
            return fmt::format("<td class=\"in\">{}</td>", number);
        const auto& counts = found->second;
        const auto title = escaped(forecast::short_day(day, span_.first) + ": " + in_words(counts));
        if (counts.messages() == 0)
            return fmt::format("<td class=\"in\" title=\"{}\">{}</td>", title, number);
        const auto level = 1 + (counts.messages() - 1) * k_levels / std::max<std::int64_t>(most_, 1);
        return fmt::format("<td class=\"l{}\" title=\"{}\">{}<b>{}</b></td>", level, title, number,
                           brief(counts.messages()));
    }

    const forecast::Preview& p_;
    Span span_;
    std::int64_t most_ = 0;
};

/// Widths in per cent of the page's, heights in pixels: on a telephone letters stay as large as they are.
class Bars {
public:
    Bars(const forecast::Preview& p, const forecast::Days& by_day, const std::vector<Series>& series)
        : span_(p),
          days_(by_day),
          series_(series) {
        for (const auto& [day, counts] : days_) {
            std::int64_t sum = 0;
            for (const auto& one : series_)
                sum += counts.*one.number;
            most_ = std::max(most_, sum);
        }
        top_ = round_up(std::max<std::int64_t>(most_, 1));
    }

    std::string draw(std::string_view about) const {
        std::string svg =
            fmt::format("<svg class=\"chart\" role=\"img\" aria-label=\"{}, day by day: at most {} on one day; "
                        "all numbers stand in a table\">",
                        escaped(about), thousands(most_));
        for (const auto line : {top_, top_ / 2, std::int64_t{0}})
            svg += fmt::format("<line x1=\"0\" x2=\"100%\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>", height(line));
        for (const auto& [day, counts] : days_)
            svg += bar(day, counts);
        for (const auto line : {top_, top_ / 2})
            if (line > 0)
                svg += fmt::format("<text class=\"end\" x=\"100%\" y=\"{:.1f}\">{}</text>", height(line) - 4,
                                   thousands(line));
        return svg + dates() + "</svg>";
    }

private:
    double share(std::int64_t part) const {
        return 100.0 * static_cast<double>(part) / static_cast<double>(span_.count());
    }
    /// Where a number lies, from above.
    double height(std::int64_t number) const {
        return k_top + k_plot * (1 - static_cast<double>(number) / static_cast<double>(top_));
    }

    std::string bar(Day day, const Counts& counts) const {
        std::string html;
        std::int64_t below = 0;
        for (const auto& one : series_) {
            const auto number = counts.*one.number;
            if (number > 0)
                html +=
                    fmt::format("<rect class=\"{}\" x=\"{:.2f}%\" y=\"{:.1f}\" width=\"{:.2f}%\" height=\"{:.1f}\"/>",
                                one.look, share((day - span_.first).count()) + share(1) * 0.1, height(below + number),
                                share(1) * 0.8, height(below) - height(below + number));
            below += number;
        }
        if (html.empty())
            return html;
        return fmt::format("<g><title>{}: {}</title>{}</g>", escaped(forecast::short_day(day, span_.first)),
                           in_words(counts), html);
    }

    /// On a telephone every third one.
    std::string dates() const {
        std::string html;
        const auto step = (span_.count() + k_labels - 1) / k_labels;
        for (std::int64_t i = 0; i < span_.count(); i += step)
            html +=
                fmt::format("<text class=\"middle{}\" x=\"{:.2f}%\" y=\"{}\">{}</text>",
                            i / step % 3 == 1 ? "" : " minor", share(i) + share(1) / 2, k_top + k_plot + 17,
                            escaped(forecast::short_day(span_.first + std::chrono::days(i), span_.first).substr(4)));
        return html;
    }

    Span span_;
    const forecast::Days& days_;
    const std::vector<Series>& series_;
    std::int64_t most_ = 0, top_ = 1;
};

/// Of what there is at all.
std::string legend(const forecast::Days& all, const std::vector<Series>& series) {
    std::string html;
    for (const auto& one : series)
        if (std::any_of(all.begin(), all.end(), [&](const auto& day) { return day.second.*one.number > 0; }))
            html += fmt::format("<span><i class=\"swatch {}\"></i>{}</span>", one.look, escaped(one.name));
    return "<p class=\"legend\">" + html + "</p>";
}

}  // namespace

std::string day_chart(const forecast::Preview& preview, const forecast::Days& all, const std::vector<Series>& series,
                      std::string_view about) {
    return Bars(preview, all, series).draw(about) + legend(all, series);
}

std::string day_table(const forecast::Preview& preview, const forecast::Days& all, const std::vector<Series>& series) {
    const Day first = base::local_day(preview.zone, preview.from);
    std::string head = "<th scope=\"col\">day</th>", rows;
    for (const auto& one : series)
        head += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", escaped(one.name));
    for (const auto& [day, counts] : all) {
        if (counts.nothing())
            continue;
        rows += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(forecast::short_day(day, first)));
        for (const auto& one : series)
            rows += number_cell(counts.*one.number, one.name);
        rows += "</tr>";
    }
    return "<details><summary>All numbers, day by day</summary><table class=\"fit stack\"><thead><tr>" + head +
           "</tr></thead><tbody>" + rows + "</tbody></table></details>";
}

std::string calendar(const forecast::Preview& preview) {
    std::string html = fmt::format(
        "<section id=\"when\"><h2>When</h2><p>Messages per day, on the calendar of {}: the stronger the colour, the "
        "more.</p>",
        escaped(base::zone_name(preview.zone)));
    html += Months(preview).draw();
    html += day_chart(preview, preview.days, {{"emails", "a", &Counts::emails}, {"text messages", "b", &Counts::sms}},
                      "Emails and text messages");
    return html +
           day_table(preview, preview.days,
                     {{"enter", {}, &Counts::entered},
                      {"emails", {}, &Counts::emails},
                      {"SMS", {}, &Counts::sms},
                      {"approvals", {}, &Counts::approvals},
                      {"notes", {}, &Counts::notes},
                      {"tasks", {}, &Counts::tasks}}) +
           "</section>";
}

}  // namespace nurture::report
