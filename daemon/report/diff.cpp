// SPDX-License-Identifier: MIT
// Against the live rules: audiences and messages before and after, and the lines that are different, file by file.
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::report {
namespace {

using forecast::thousands;

constexpr std::size_t k_around = 2;  // unchanged lines shown beside a change
constexpr std::size_t k_compared =
    4'000;  // lines of a change: a longer one is shown as all of one, then all of the other

enum class Mark : std::uint8_t { same, minus, plus };
struct Line {
    Mark mark{};
    std::string_view text;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        lines.push_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
    }
    return lines;
}

/// The longest common sequence of what lies between the equal ends.
std::vector<Line> compare(std::string_view before, std::string_view after) {
    const auto a = lines_of(before), b = lines_of(after);
    std::size_t head = 0, tail = 0;
    while (head < std::min(a.size(), b.size()) && a[head] == b[head])
        ++head;
    while (tail < std::min(a.size(), b.size()) - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    const auto n = a.size() - head - tail, m = b.size() - head - tail;
    std::vector<Line> all;
    for (std::size_t i = 0; i < head; ++i)
        all.push_back({Mark::same, a[i]});
    std::vector<std::uint32_t> common(n + m > k_compared ? 0 : (n + 1) * (m + 1));  // from (i, j) to the end
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return common[i * (m + 1) + j]; };
    if (!common.empty())
        for (auto i = n; i-- > 0;)
            for (auto j = m; j-- > 0;)
                at(i, j) = a[head + i] == b[head + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    for (std::size_t i = 0, j = 0; i < n || j < m;) {
        const bool both = i < n && j < m && !common.empty();
        if (both && a[head + i] == b[head + j]) {
            all.push_back({Mark::same, a[head + i++]});
            ++j;
        } else if (i < n && (!both || j == m || at(i + 1, j) >= at(i, j + 1))) {
            all.push_back({Mark::minus, a[head + i++]});
        } else {
            all.push_back({Mark::plus, b[head + j++]});
        }
    }
    for (std::size_t i = a.size() - tail; i < a.size(); ++i)
        all.push_back({Mark::same, a[i]});
    return all;
}

std::string line(const Material& m, const Line& line) {
    constexpr std::string_view look[] = {"same", "minus", "plus"}, sign[] = {" ", "-", "+"},
                               words[] = {"", "<span class=\"hidden\">taken out: </span>",
                                          "<span class=\"hidden\">put in: </span>"};
    const auto i = static_cast<std::size_t>(line.mark);
    return fmt::format("<div class=\"{}\"><span aria-hidden=\"true\">{}</span><code>{}{}</code></div>", look[i],
                       sign[i], words[i], coloured(shown(m, line.text)));
}

std::string one_file(const Material& m, const std::string& path) {
    const auto *then = m.live->find(path), *now = m.rules.sources.find(path);
    const auto all =
        compare(then == nullptr ? std::string_view() : then->text, now == nullptr ? std::string_view() : now->text);
    std::string html;
    std::size_t hidden = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto from = i < k_around ? 0 : i - k_around, to = std::min(all.size(), i + k_around + 1);
        const bool near =
            std::any_of(all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to),
                        [](const Line& one) { return one.mark != Mark::same; });
        if (!near) {
            ++hidden;
            continue;
        }
        if (hidden > 0)
            html += fmt::format("<div class=\"gap\"><span></span><i>{} the same</i></div>",
                                forecast::counted(static_cast<std::int64_t>(hidden), "line is", "lines are"));
        hidden = 0;
        html += line(m, all[i]);
    }
    const auto* how = then == nullptr ? "new" : now == nullptr ? "removed" : "changed";
    return fmt::format(
        "<details{}><summary>{} <span class=\"tag {}\">{}</span></summary><div class=\"diff\">{}</div></details>",
        then != nullptr && now != nullptr ? " open" : "", escaped(path), how, how, html);
}

std::string moved(std::optional<std::int64_t> before, std::int64_t after, std::string_view what) {
    return fmt::format("<td class=\"n\" data-h=\"{}\" data-n=\"{}\">{} &rarr; <b>{}</b></td>", escaped(what), after,
                       before ? thousands(*before) : "-", thousands(after));
}

std::string figures(const Material& m) {
    std::string rows;
    for (const auto& c : m.plan.campaigns) {
        if (c.against == forecast::PlanCampaign::Against::unchanged && c.live_audience == c.audience &&
            c.live_next_day == c.messages_next_day)
            continue;
        rows += fmt::format("<tr><th scope=\"row\"><a href=\"#{}\">{}</a></th>{}{}<td data-h=\"What:\">{}</td></tr>",
                            id_of("campaign-", c.name), escaped(c.name), moved(c.live_audience, c.audience, "audience"),
                            moved(c.live_next_day, c.messages_next_day, "messages in 24 hours"),
                            escaped(c.changes.empty() ? "" : forecast::listed(c.changes)));
    }
    for (const auto& gone : m.plan.removed)
        rows += fmt::format("<tr><th scope=\"row\">{} <span class=\"tag removed\">removed</span></th><td></td><td></td>"
                            "<td>{} in it{}</td></tr>",
                            escaped(gone.name), forecast::counted(gone.inside, "person is", "people are"),
                            gone.fate.empty() ? "" : ": " + escaped(gone.fate));
    if (rows.empty())
        return "<p>Every campaign has the same audience and the same messages as under the live rules.</p>";
    return "<table class=\"stack\">" +
           head_row({"Campaign", "#audience", "#messages in 24 hours", "what is different"}) + "<tbody>" + rows +
           "</tbody></table>";
}

}  // namespace

std::string against_live(const Material& m) {
    std::string html = "<section id=\"live\"><h2>Against the live rules</h2>";
    if (m.live == nullptr || !m.plan.live_rules)
        return html + "<p>No rules are live yet: everything here is new.</p></section>";
    if (!m.plan.changes())
        return html + "<p>These rules are the live ones.</p></section>";
    html += figures(m);
    if (!m.plan.changed_files.empty())
        html += "<h3>The lines</h3>";
    for (const auto& path : m.plan.changed_files)
        html += one_file(m, path);
    return html + "</section>";
}

}  // namespace nurture::report
