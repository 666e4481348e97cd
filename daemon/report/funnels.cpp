// SPDX-License-Identifier: MIT
// Who: each segment's lines as they stand in its file, and beside each line how many people are left after it.
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

namespace nurture::report {
namespace {

using forecast::counted;
using forecast::thousands;

std::string unknown(const forecast::PlanLine& line) {
    if (line.unknown_left_out == 0 && line.unknown_kept == 0)
        return {};
    std::string words;
    if (line.unknown_left_out > 0)
        words = thousands(line.unknown_left_out) + " unknown: left out";
    if (line.unknown_kept > 0)
        words += (words.empty() ? "" : ", ") + thousands(line.unknown_kept) + " unknown: kept";
    return words;
}

std::string funnel(const forecast::PlanSegment& segment) {
    std::string rows = fmt::format("<tr><td></td><td>everybody in the store</td><td>{}</td><td class=\"bar\"><span "
                                   "style=\"width:100%\"></span></td><td></td></tr>",
                                   thousands(segment.people));
    for (const auto& line : segment.lines)
        rows += fmt::format("<tr><td class=\"line\">{}</td><td><code>{}</code></td><td>{}</td><td class=\"bar\"><span "
                            "style=\"width:{}%\"></span></td><td>{}</td></tr>",
                            line.line, coloured(line.text), thousands(line.after), percent(line.after, segment.people),
                            unknown(line));
    return fmt::format("<h3 id=\"{}\">{}</h3><p class=\"place\">{}:{}, {}</p><div class=\"wide\"><table "
                       "class=\"funnel\"><thead><tr><th scope=\"col\">line</th><th scope=\"col\">condition</th><th "
                       "scope=\"col\">left</th><th scope=\"col\"><span class=\"hidden\">share</span></th><th "
                       "scope=\"col\">value missing</th></tr></thead><tbody>{}</tbody></table></div>",
                       id_of("segment-", segment.name), escaped(segment.name), escaped(segment.place.file),
                       segment.place.line, counted(segment.members, "person", "people"), rows);
}

}  // namespace

std::string audiences(const Material& material) {
    std::string html = "<section id=\"who\"><h2>Who</h2>";
    for (const auto& segment : material.plan.segments)
        if (!segment.lines.empty())
            html += funnel(segment);
    return html + "</section>";
}

}  // namespace nurture::report
