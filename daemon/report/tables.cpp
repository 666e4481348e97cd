// SPDX-License-Identifier: MIT
// The campaigns: one line each at a glance, then each with whom it reaches and its steps; and who is left out and why.
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

std::string tags(const forecast::PlanCampaign& campaign) {
    using enum forecast::PlanCampaign::Against;
    std::string html;
    if (campaign.against == added)
        html += " <span class=\"tag new\">new</span>";
    if (campaign.against == changed)
        html += " <span class=\"tag changed\">changed</span>";
    if (campaign.draft)
        html += " <span class=\"tag\">draft</span>";
    if (campaign.closing)
        html += " <span class=\"tag removed\">retired</span>";
    return html;
}

std::string reach(const char* channel, const char* without, const forecast::Reach& reach, std::int64_t audience) {
    std::string missing;
    const auto note = [&](std::int64_t people, const std::string& why) {
        if (people > 0)
            missing += fmt::format("{}{} {}", missing.empty() ? "" : ", ", thousands(people), escaped(why));
    };
    note(reach.withdrawn, "took back \"" + reach.consent + "\"");
    note(reach.unknown, "never gave \"" + reach.consent + "\"");
    note(reach.no_address, without);
    note(reach.suppressed, "opted out or bounced");
    note(reach.never_contact, "never to be contacted");
    return fmt::format(
        "<div class=\"reach\"><p>{} reaches <b>{}</b> of {}{}.</p><span class=\"bar\" aria-hidden=\"true\"><i "
        "style=\"width:{}%\"></i></span></div>",
        channel, thousands(reach.reachable), thousands(audience), missing.empty() ? "" : "; not: " + missing,
        percent(reach.reachable, audience));
}

std::string in_flight(const forecast::PlanCampaign& campaign) {
    std::string list;
    for (const auto& text : campaign.changed_texts)
        list += fmt::format("<li>{} inside get the new text of <q>{}</q></li>",
                            counted(text.people, "person", "people"), escaped(text.message_template));
    for (const auto& step : campaign.edited_steps)
        list += fmt::format("<li>{} had <code>{}</code> ahead: {}</li>", counted(step.people, "person", "people"),
                            escaped(step.step), escaped(step.fate));
    for (const auto& [version, people] : campaign.on_older_steps)
        list += fmt::format("<li>{} on the steps of version {}, and {} them</li>",
                            counted(people, "person is", "people are"), escaped(version),
                            people == 1 ? "finishes" : "finish");
    if (campaign.leaving > 0)
        list += fmt::format("<li>{} no longer in the audience, which stops them</li>",
                            counted(campaign.leaving, "person inside is", "people inside are"));
    return list.empty() ? list : "<h4>People who are in it already</h4><ul>" + list + "</ul>";
}

std::string goes_out(const forecast::Counts& total) {
    if (total.messages() == 0)
        return "nothing goes out";
    std::vector<std::string> parts;
    if (total.emails > 0)
        parts.push_back(counted(total.emails, "email", "emails"));
    if (total.sms > 0)
        parts.push_back(counted(total.sms, "text message", "text messages"));
    return forecast::listed(parts) + (total.messages() == 1 ? " goes out" : " go out");
}

std::string one_campaign(const Material& m, const forecast::PlanCampaign& campaign,
                         const forecast::CampaignPreview& ahead) {
    std::string html = fmt::format(
        "<article class=\"campaign\"><h3 id=\"{}\">{}{}</h3><p class=\"place\">{}:{}</p>"
        "<p>{} in the audience <a href=\"#{}\">{}</a>, {} inside now. In these days {}; {}.</p>",
        id_of("campaign-", campaign.name), escaped(campaign.name), tags(campaign), escaped(campaign.place.file),
        campaign.place.line, counted(campaign.audience, "person is", "people are"),
        id_of("segment-", campaign.audience_name), escaped(campaign.audience_name), thousands(campaign.inside),
        counted(ahead.total.entered, "person enters", "people enter"), goes_out(ahead.total));
    if (campaign.email)
        html += reach("Email", "without an address", *campaign.email, campaign.audience);
    if (campaign.sms)
        html += reach("SMS", "without a number", *campaign.sms, campaign.audience);
    html += in_flight(campaign);
    if (const auto ix = m.rules.campaign(campaign.name); ix && !campaign.closing)
        html += "<h4>Steps, with the people who come to them</h4>" + flow(m, m.rules.campaigns[*ix]);
    return html + "</article>";
}

std::string glance_row(const forecast::PlanCampaign& campaign, const forecast::CampaignPreview& ahead) {
    const auto& t = ahead.total;
    return fmt::format("<tr><th scope=\"row\"><a href=\"#{}\">{}</a>{}</th>{}{}{}{}{}{}</tr>",
                       id_of("campaign-", campaign.name), escaped(campaign.name), tags(campaign),
                       number_cell(campaign.audience, "audience"), number_cell(t.entered, "enter"),
                       number_cell(t.emails, "emails"), number_cell(t.sms, "SMS"), number_cell(t.work(), "to do"),
                       number_cell(ahead.never_reached, "never reached"));
}

std::string reason_rows(const std::string& campaign, const char* how, const forecast::Reasons& reasons) {
    std::string rows;
    for (const auto& reason : reasons)
        rows += fmt::format("<tr><td>{}</td><td data-h=\"\">{}</td><td data-h=\"\">{}</td>{}</tr>", escaped(campaign),
                            how, escaped(engine::sentence(reason.reason)), number_cell(reason.people, "people"));
    return rows;
}

}  // namespace

const forecast::CampaignPreview* forecast_of(const forecast::Preview& preview, const std::string& name) {
    const auto found = std::find_if(preview.campaigns.begin(), preview.campaigns.end(),
                                    [&](const auto& campaign) { return campaign.name == name; });
    return found == preview.campaigns.end() ? nullptr : &*found;
}

std::string at_a_glance(const Material& m) {
    std::string rows;
    for (const auto& campaign : m.plan.campaigns)
        if (const auto* ahead = forecast_of(m.preview, campaign.name))
            rows += glance_row(campaign, *ahead);
    return "<section id=\"glance\"><h2>At a glance</h2><table class=\"sortable stack\">" +
           head_row({"campaign", "#audience", "#enter", "#emails", "#SMS", "#to do", "#never reached"}) + "<tbody>" +
           rows + "</tbody></table></section>";
}

std::string campaigns(const Material& material) {
    std::string html = "<section id=\"what\"><h2>Campaigns, step by step</h2>";
    for (const auto& campaign : material.plan.campaigns)
        if (const auto* ahead = forecast_of(material.preview, campaign.name))
            html += one_campaign(material, campaign, *ahead);
    return html + "</section>";
}

std::string left_out(const forecast::Preview& preview) {
    std::string rows;
    for (const auto& campaign : preview.campaigns)
        rows += reason_rows(campaign.name, "never reached", campaign.never) +
                reason_rows(campaign.name, "waits on the way", campaign.waits) +
                reason_rows(campaign.name, "a step is skipped", campaign.skipped) +
                reason_rows(campaign.name, "ends", campaign.ends);
    return "<section id=\"left-out\"><h2>Who is left out, and why</h2><p>&ldquo;Never reached&rdquo; is everybody in "
           "an audience now "
           "who gets no message of the campaign in these days, each counted once.</p><table class=\"sortable stack\">" +
           head_row({"campaign", "what", "why", "#people"}) + "<tbody>" + rows + "</tbody></table></section>";
}

}  // namespace nurture::report
