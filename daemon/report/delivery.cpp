// SPDX-License-Identifier: MIT
// Who has to do what and when, who waits behind whom, what relays and mailbox providers get, what it costs.
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace nurture::report {
namespace {

using forecast::counted;
using forecast::Counts;
using forecast::thousands;

constexpr std::size_t k_drawn = 12;  // owners whose days are drawn; the table has them all

const std::vector<Series> k_kinds{
    {"approvals", "a", &Counts::approvals}, {"notes", "b", &Counts::notes}, {"tasks", "c", &Counts::tasks}};

std::string owner_row(const Material& m, const forecast::OwnerWork& owner) {
    const auto busiest = std::max_element(owner.days.begin(), owner.days.end(), [](const auto& a, const auto& b) {
        return a.second.work() < b.second.work();
    });
    return fmt::format(
        "<tr><th scope=\"row\">{}</th>{}{}{}<td class=\"n\" data-h=\"most on one day\" data-n=\"{}\">{}, "
        "{}</td></tr>",
        escaped(colleague(m, owner.owner)), number_cell(owner.total.approvals, "approvals"),
        number_cell(owner.total.notes, "notes"), number_cell(owner.total.tasks, "tasks"), busiest->second.work(),
        thousands(busiest->second.work()),
        escaped(forecast::short_day(busiest->first, base::local_day(m.preview.zone, m.preview.from))));
}

std::string caps(const forecast::Preview& p) {
    if (p.losses.empty())
        return "<p>No cap holds anybody back in these days.</p>";
    std::string rows;
    for (const auto& loss : p.losses)
        rows += fmt::format("<tr><td data-h=\"waits:\">{}</td><td data-h=\"behind:\">{}</td><td data-h=\"because "
                            "of\"><code>{}</code><span "
                            "class=\"place\">{}:{}</span></td>{}</tr>",
                            escaped(loss.campaign),
                            loss.ahead.empty()            ? "all messages of the day"
                            : loss.ahead == loss.campaign ? "its own earlier message"
                                                          : escaped(loss.ahead),
                            coloured(loss.cap), escaped(loss.place.file), loss.place.line,
                            number_cell(loss.people, "people"));
    return "<table class=\"sortable stack\">" + head_row({"who waits", "behind whom", "because of", "#people"}) +
           "<tbody>" + rows + "</tbody></table>";
}

std::string load_row(const forecast::Preview& p, const forecast::Load& load, const std::string& more) {
    return fmt::format(
        "<tr><th scope=\"row\">{}</th>{}<td class=\"n\" data-h=\"busiest hour\" data-n=\"{}\">{}, {}</td><td>{}"
        "</td></tr>",
        escaped(load.name), number_cell(load.messages, "messages"), load.busiest.messages,
        thousands(load.busiest.messages), escaped(forecast::short_time(load.busiest.begins, p.zone, p.from)), more);
}

/// Somebody's own domain is somebody's name.
std::string loads(const Material& m) {
    const auto& p = m.preview;
    std::string rows;
    for (const auto& way : p.loads.ways) {
        rows += load_row(p, way.load,
                         way.per_minute == 0 ? std::string()
                                             : fmt::format("at most {} in a minute; {} are allowed",
                                                           thousands(way.busiest_minute), thousands(way.per_minute)));
        for (const auto& share : way.shares)
            rows += load_row(p, share, {});
    }
    int number = 0;
    for (auto domain : p.loads.domains) {
        ++number;
        if (m.anonymous)
            domain.name = fmt::format("mailbox domain {}", number);
        rows += load_row(p, domain, {});
    }
    if (p.loads.other_domains > 0)
        rows += fmt::format("<tr><th scope=\"row\">{}</th>{}<td></td><td></td></tr>",
                            counted(p.loads.other_domains, "more domain", "more domains"),
                            number_cell(p.loads.other_messages, "messages"));
    return "<table class=\"stack\">" + head_row({"relay or mailbox domain", "#messages", "#busiest hour", ""}) +
           "<tbody>" + rows + "</tbody></table>";
}

std::string bill(const forecast::Preview& p) {
    std::string rows;
    for (const auto& campaign : p.campaigns)
        if (campaign.total.sms > 0)
            rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}<td class=\"n\" data-h=\"cost\">{}</td></tr>",
                                escaped(campaign.name), number_cell(campaign.total.sms, "SMS"),
                                number_cell(campaign.total.sms_segments, "segments"),
                                escaped(forecast::cost(p.ways, campaign.total.sms_segments)));
    const auto price = forecast::cost(p.ways, p.total.sms_segments);
    return fmt::format(
        "<h3>Text messages and their cost</h3><p>{} in {}{}.</p><table class=\"fit stack\">{}<tbody>{}</tbody></table>",
        counted(p.total.sms, "text message", "text messages"), counted(p.total.sms_segments, "segment", "segments"),
        price.empty() ? "; what they cost is said once nurtured.toml has a price_per_segment" : ": " + escaped(price),
        head_row({"campaign", "#SMS", "#segments", "#cost"}), rows);
}

}  // namespace

std::string work(const Material& m) {
    const auto& p = m.preview;
    if (p.owners.empty())
        return {};
    std::string rows;
    for (const auto& owner : p.owners)
        rows += owner_row(m, owner);
    std::string html =
        "<section id=\"work\"><h2>Work for people</h2><p>What colleagues are asked, on the day they are asked.</p>"
        "<table class=\"sortable stack\">" +
        head_row({"who", "#approvals", "#notes", "#tasks", "#most on one day"}) + "<tbody>" + rows + "</tbody></table>";
    for (const auto& owner : p.owners | std::views::take(k_drawn))
        html += fmt::format("<h3>{}</h3>", escaped(colleague(m, owner.owner))) +
                day_chart(p, owner.days, k_kinds, "Work for " + colleague(m, owner.owner)) +
                day_table(p, owner.days, k_kinds);
    return html + "</section>";
}

std::string delivery(const Material& m) {
    const auto& p = m.preview;
    std::string html = "<section id=\"delivery\"><h2>Caps, load and cost</h2><h3>Who waits behind whom</h3>" + caps(p);
    if (!p.loads.ways.empty())
        html += "<h3>Relays and mailbox domains</h3>" + loads(m);
    if (p.total.sms > 0)
        html += bill(p);
    return html + "</section>";
}

}  // namespace nurture::report
