// SPDX-License-Identifier: MIT
#include "daemon/report/report.hpp"

#include "daemon/base/hash.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

namespace nurture::report {

extern const std::string_view k_style;   // report.css
extern const std::string_view k_script;  // report.js

namespace {

using forecast::counted;
using forecast::thousands;

/// Nothing is loaded from anywhere, and only our own script runs, whatever a name or a text may hold. Styles have to be
/// allowed inline because the mails in the frames bring theirs, and frames of this kind inherit the policy.
std::string policy() {
    return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base::base64(base::sha256(k_script)) +
           "'; base-uri 'none'; form-action 'none'";
}

std::string one_sentence(const forecast::Preview& p) {
    const auto days = std::chrono::floor<std::chrono::days>(p.until - p.from).count();
    if (p.total.nothing())
        return fmt::format("In these {} days nothing goes out.", days);
    auto text = fmt::format("In {} days {}, and {}.", days,
                            counted(p.total.entered, "person enters a campaign", "people enter campaigns"),
                            counted(p.total.messages(), "message goes out", "messages go out"));
    if (p.busiest_day)
        text += fmt::format(" The busiest day is {} with {}.",
                            forecast::short_day(*p.busiest_day, base::local_day(p.zone, p.from)),
                            thousands(p.days.at(*p.busiest_day).messages()));
    if (p.total.work() > 0)
        text += fmt::format(" Colleagues have {} to do.", counted(p.total.work(), "thing", "things"));
    return text;
}

std::string figure(std::string_view name, const std::string& value, const std::string& more = {}) {
    return fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>", name, escaped(value),
                       more.empty() ? "" : "<small>" + escaped(more) + "</small>");
}

std::string figures(const forecast::Preview& p) {
    const auto& t = p.total;
    std::string html = figure("people enter", thousands(t.entered), thousands(p.store_people) + " are in the store") +
                       figure("emails", thousands(t.emails));
    const auto cost = forecast::cost(p.ways, t.sms_segments);
    html +=
        figure("text messages", thousands(t.sms),
               t.sms == 0 ? "" : counted(t.sms_segments, "segment", "segments") + (cost.empty() ? "" : ", " + cost));
    html += figure("approvals and notes", thousands(t.approvals + t.notes)) + figure("tasks", thousands(t.tasks));
    if (p.busiest_hour.messages > 0)
        html += figure("in the busiest hour", thousands(p.busiest_hour.messages),
                       forecast::short_time(p.busiest_hour.begins, p.zone, p.from));
    return "<dl class=\"figures\">" + html + "</dl>";
}

std::string note(const std::string& text, bool grave = false) {
    return fmt::format("<p class=\"note{}\">{}</p>", grave ? " grave" : "", escaped(text));
}

/// What has to be known before any figure is believed.
std::string notes(const Material& m) {
    const auto& p = m.preview;
    std::string html;
    if (p.stopped)
        html += note("Everything is stopped now: nothing goes out before somebody resumes it.", true);
    for (const auto& one : p.held)
        html += note(forecast::sentence(one), true);
    for (const auto& obstacle : m.plan.obstacles)
        html += note(fmt::format("These rules cannot be applied: {} ({}:{})", obstacle.sentence, obstacle.place.file,
                                 obstacle.place.line),
                     true);
    if (p.test_mode)
        html += note("Test mode: only people whose address is on the allow-list come in.");
    for (const auto& file : p.replaced)
        html += note("With " + file + ".");
    if (p.from > p.as_of)
        html += note(fmt::format("Audiences and what is compared with the live rules are as of {}; the forecast begins "
                                 "later, and what happens until then is in it.",
                                 base::format_for_people(p.as_of, p.zone)));
    for (const auto& floor : m.plan.floors)
        if (floor.below > 0)
            html += note(fmt::format("{} heard less often than the policy promises: {}",
                                     counted(floor.below, "person", "people"), floor.text));
    return html;
}

std::string head(const Material& m) {
    const auto& p = m.preview;
    return fmt::format(
        "<header><p class=\"org\">{}</p><h1>What would go out</h1><p class=\"lead\">{}</p>{}{}<p>From {} to {}. "
        "Nothing has been sent. Assumed: {}.</p><p class=\"small\">Rules {}, {}, {} by the checker.</p></header>",
        escaped(m.organisation), escaped(one_sentence(p)), figures(p), notes(m),
        escaped(base::format_for_people(p.from, p.zone)), escaped(forecast::short_time(p.until, p.zone, p.from)),
        escaped(forecast::sentence(p.assumptions)), dsl::hex(p.rules).substr(0, 6),
        m.plan.changes() ? "not live" : "as they are live",
        counted(static_cast<std::int64_t>(m.plan.warnings), "warning", "warnings"));
}

std::string contents(const Material& m) {
    std::string html;
    const auto link = [&](std::string_view id, std::string_view name) {
        html += fmt::format("<li><a href=\"#{}\">{}</a></li>", id, name);
    };
    link("glance", "At a glance");
    link("when", "When");
    link("live", "Against live");
    link("what", "Steps");
    link("words", "Words");
    link("who", "Who");
    if (!m.preview.owners.empty())
        link("work", "Work");
    link("delivery", "Caps and cost");
    link("left-out", "Left out");
    return "<nav aria-label=\"Parts of this page\"><ul>" + html + "</ul></nav>";
}

}  // namespace

std::string to_html(const Material& m) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"" +
           policy() +
           "\"><meta name=\"referrer\" content=\"no-referrer\"><title>What would go out: " + escaped(m.organisation) +
           "</title><style>" + std::string(k_style) +
           "</style></head><body><a class=\"skip\" href=\"#glance\">To the figures</a>" + head(m) + contents(m) +
           "<main>" + at_a_glance(m) + calendar(m.preview) + against_live(m) + campaigns(m) + letters(m) +
           audiences(m) + work(m) + delivery(m) + left_out(m.preview) + "</main><script>" + std::string(k_script) +
           "</script></body></html>\n";
}

}  // namespace nurture::report
