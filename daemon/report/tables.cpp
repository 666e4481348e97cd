// SPDX-License-Identifier: MIT
// The campaigns with what is different from the live rules, the work for people, and who is left out and why.
#include "daemon/engine/reasons.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::report {
namespace {

using forecast::counted;
using forecast::thousands;

std::string_view against(const forecast::PlanCampaign& campaign) {
    using enum forecast::PlanCampaign::Against;
    switch (campaign.against) {
    case added: return "new";
    case changed: return "changed";
    case unchanged: return "as it is live";
    case nothing_live: break;
    }
    return {};
}

std::string changes(const forecast::PlanCampaign& campaign) {
    if (campaign.changes.empty())
        return {};
    std::string list;
    for (const auto& change : campaign.changes)
        list += "<li>" + escaped(change) + "</li>";
    return fmt::format(
        "<h4>Against the live rules</h4><ul>{}</ul><p>Audience {} &rarr; {}; messages in 24 hours {} &rarr; "
        "{}.</p>",
        list, thousands(campaign.live_audience.value_or(0)), thousands(campaign.audience),
        thousands(campaign.live_next_day.value_or(0)), thousands(campaign.messages_next_day));
}

std::string reach(const char* channel, const char* without, const forecast::Reach& reach) {
    std::string missing;
    const auto note = [&](std::int64_t people, std::string_view why) {
        if (people > 0)
            missing += fmt::format("<li>{} {}</li>", thousands(people), escaped(why));
    };
    note(reach.withdrawn, "took back \"" + reach.consent + "\"");
    note(reach.unknown, "never gave \"" + reach.consent + "\"");
    note(reach.no_address, without);
    note(reach.suppressed, "opted out or bounced");
    note(reach.never_contact, "never to be contacted");
    return fmt::format("<li>{} reaches {}{}</li>", channel, counted(reach.reachable, "person", "people"),
                       missing.empty() ? "" : "; not:<ul>" + missing + "</ul>");
}

const forecast::CampaignPreview* forecast_of(const forecast::Preview& preview, const std::string& name) {
    const auto found = std::find_if(preview.campaigns.begin(), preview.campaigns.end(),
                                    [&](const auto& campaign) { return campaign.name == name; });
    return found == preview.campaigns.end() ? nullptr : &*found;
}

std::string one_campaign(const Material& m, const forecast::PlanCampaign& campaign,
                         const forecast::CampaignPreview& ahead) {
    std::string html = fmt::format("<article class=\"campaign\"><h3 id=\"{}\">{}</h3><p class=\"place\">{}:{}{}{}</p>",
                                   id_of("campaign-", campaign.name), escaped(campaign.name),
                                   escaped(campaign.place.file), campaign.place.line, campaign.draft ? ", a draft" : "",
                                   against(campaign).empty() ? "" : ", " + std::string(against(campaign)));
    html += fmt::format("<p>{} in the audience \"{}\", {} inside now. In these days {} and {}, {} SMS go out.</p><ul>",
                        counted(campaign.audience, "person", "people"), escaped(campaign.audience_name),
                        thousands(campaign.inside), counted(ahead.total.entered, "person enters", "people enter"),
                        counted(ahead.total.emails, "email", "emails"), thousands(ahead.total.sms));
    if (campaign.email)
        html += reach("Email", "without an address", *campaign.email);
    if (campaign.sms)
        html += reach("SMS", "without a number", *campaign.sms);
    html += "</ul>" + changes(campaign);
    if (const auto ix = m.rules.campaign(campaign.name); ix && !campaign.closing)
        html += "<h4>Steps, with the people who come to them</h4>" + flow(m, m.rules.campaigns[*ix]);
    return html + "</article>";
}

std::string reason_rows(const std::string& campaign, const char* how, const forecast::Reasons& reasons) {
    std::string rows;
    for (const auto& reason : reasons)
        rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td data-n=\"{}\">{}</td></tr>", escaped(campaign),
                            how, escaped(engine::sentence(reason.reason)), reason.people, thousands(reason.people));
    return rows;
}

}  // namespace

std::string campaigns(const Material& material) {
    std::string html = "<section id=\"what\"><h2>What</h2>";
    for (const auto& campaign : material.plan.campaigns)
        if (const auto* ahead = forecast_of(material.preview, campaign.name))
            html += one_campaign(material, campaign, *ahead);
    for (const auto& removed : material.plan.removed)
        html += fmt::format("<p>The campaign \"{}\" is not in these rules any more; {} in it{}.</p>",
                            escaped(removed.name), counted(removed.inside, "person is", "people are"),
                            removed.fate.empty() ? "" : ": " + escaped(removed.fate));
    return html + "</section>";
}

std::string left_out(const forecast::Preview& preview) {
    std::string rows;
    for (const auto& campaign : preview.campaigns)
        rows += reason_rows(campaign.name, "never reached", campaign.never) +
                reason_rows(campaign.name, "waits on the way", campaign.waits) +
                reason_rows(campaign.name, "a step is skipped", campaign.skipped) +
                reason_rows(campaign.name, "ends", campaign.ends);
    return "<section id=\"left-out\"><h2>Who is left out, and why</h2><div class=\"wide\"><table "
           "class=\"sortable\"><thead><tr><th scope=\"col\">campaign</th><th scope=\"col\">what</th><th "
           "scope=\"col\">why</th><th scope=\"col\">people</th></tr></thead><tbody>" +
           rows + "</tbody></table></div></section>";
}

std::string work(const forecast::Preview& preview) {
    if (preview.owners.empty())
        return {};
    std::string rows;
    for (const auto& owner : preview.owners) {
        std::int64_t most = 0;
        for (const auto& [day, counts] : owner.days)
            most = std::max(most, counts.work());
        rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                            escaped(owner.owner), thousands(owner.total.approvals), thousands(owner.total.notes),
                            thousands(owner.total.tasks), thousands(most));
    }
    return "<section id=\"work\"><h2>Work for people</h2><table class=\"numbers\"><thead><tr><th "
           "scope=\"col\">who</th><th "
           "scope=\"col\">approvals</th><th scope=\"col\">notes</th><th scope=\"col\">tasks</th><th scope=\"col\">most "
           "on "
           "one day</th></tr></thead><tbody>" +
           rows + "</tbody></table></section>";
}

}  // namespace nurture::report
