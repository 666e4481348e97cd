// SPDX-License-Identifier: MIT
// Who: each segment as it stands in its file, and beside each line that decides how many people are left after it.
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace nurture::report {
namespace {

using forecast::counted;
using forecast::thousands;

std::string unknown(const forecast::PlanLine& line) {
    std::string words;
    if (line.unknown_left_out > 0)
        words = counted(line.unknown_left_out, "value is missing: left out", "values are missing: left out");
    if (line.unknown_kept > 0)
        words += (words.empty() ? "" : "; ") +
                 counted(line.unknown_kept, "value is missing: kept", "values are missing: kept");
    return words.empty() ? words : "<small>" + words + "</small>";
}

/// What is left, and what this line took away. Lengths go by the square root: after a line that leaves 500 of a million
/// the next ones can still be told apart.
std::string bar(std::int64_t before, std::int64_t after, std::int64_t all) {
    const auto length = [&](std::int64_t people) {
        return all == 0 ? 0.0 : 100 * std::sqrt(static_cast<double>(people) / static_cast<double>(all));
    };
    return fmt::format(
        "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{:.1f}%\"></i><i style=\"width:{:.1f}%\"></i>"
        "</span><span class=\"left\">{}</span>",
        length(after), length(before) - length(after), thousands(after));
}

std::size_t indent(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

class Funnel {
public:
    Funnel(const Material& material, const forecast::PlanSegment& segment) : m_(material), s_(segment) {}

    std::string draw() const {
        std::string html = fmt::format(
            "<article><h3 id=\"{}\">{}</h3><p class=\"place\">{}:{}, {} of {}</p><div class=\"funnel\" role=\"list\">"
            "<div role=\"listitem\"><span class=\"line\"></span><span>everybody in the store</span>{}</div>",
            id_of("segment-", s_.name), escaped(s_.name), escaped(s_.place.file), s_.place.line,
            counted(s_.members, "person", "people"), thousands(s_.people), bar(s_.people, s_.people, s_.people));
        return html + lines() + "</div></article>";
    }

private:
    /// From the line after the heading up to the segment's `end`.
    std::string lines() const {
        const auto* source = m_.rules.sources.find(s_.place.file);
        std::string html;
        std::uint32_t number = 0;
        std::optional<std::size_t> outer;
        for (std::string_view rest = source == nullptr ? std::string_view() : source->text; !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            if (++number < s_.place.line)
                continue;
            if (!outer)
                outer = indent(line);
            else if (indent(line) == *outer && line.substr(*outer).starts_with("end"))
                break;
            else if (indent(line) < line.size())
                html += one(number, line.substr(std::min(indent(line), *outer + 2)));
        }
        return html;
    }

    std::string one(std::uint32_t number, std::string_view line) const {
        std::string html = fmt::format("<div role=\"listitem\"><span class=\"line\">{}</span><code>{}</code>", number,
                                       coloured(shown(m_, line)));
        const auto found = std::find_if(s_.lines.begin(), s_.lines.end(),
                                        [&](const forecast::PlanLine& decided) { return decided.line == number; });
        if (found == s_.lines.end())
            return html + "<span class=\"bar\"></span><span class=\"left\"></span></div>";
        return html + bar(found->before, found->after, s_.people) + unknown(*found) + "</div>";
    }

    const Material& m_;
    const forecast::PlanSegment& s_;
};

}  // namespace

std::string audiences(const Material& material) {
    std::string html =
        "<section id=\"who\"><h2>Who</h2><p>Each segment with its lines as they stand in the rules. Blue is who is "
        "left "
        "after a line, grey is who that line took away; small groups are drawn larger than they are.</p>";
    for (const auto& segment : material.plan.segments)
        if (!segment.lines.empty())
            html += Funnel(material, segment).draw();
    return html + "</section>";
}

}  // namespace nurture::report
