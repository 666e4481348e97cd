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
    return fmt::format(
        "{} and {}, {} text messages go out in the next {} days; {}, {} from people.",
        counted(p.total.entered, "person enters", "people enter"), counted(p.total.emails, "email", "emails"),
        thousands(p.total.sms), std::chrono::floor<std::chrono::days>(p.until - p.as_of).count(),
        p.busiest_day ? "most on " + forecast::short_day(*p.busiest_day, base::local_day(p.zone, p.as_of))
                      : "nothing on any day",
        counted(p.total.work(), "answer or task is needed", "answers and tasks are needed"));
}

std::string head(const Material& m) {
    const auto& p = m.preview;
    return fmt::format(
        "<header><p class=\"org\">{}</p><h1>What would go out</h1><p class=\"lead\">{}</p><p>As of {}. Nothing has "
        "been sent. "
        "{}{}{} Plan {}, rules {}.</p><nav aria-label=\"Parts\"><a href=\"#when\">When</a> <a href=\"#what\">What</a> "
        "<a "
        "href=\"#words\">In which words</a> <a href=\"#who\">Who</a> <a href=\"#left-out\">Who is left "
        "out</a></nav></header>",
        escaped(m.organisation), escaped(one_sentence(p)), escaped(base::format_for_people(p.as_of, p.zone)),
        "Assumed: " + escaped(forecast::sentence(p.assumptions)) + ".",
        p.test_mode ? " Test mode: only addresses on the allow list are reached." : "",
        p.stopped ? " Everything is stopped now." : "", escaped(m.plan.id()), dsl::hex(p.rules).substr(0, 6));
}

}  // namespace

std::string to_html(const Material& m) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"" +
           policy() +
           "\"><meta name=\"referrer\" content=\"no-referrer\"><title>What would go out: " + escaped(m.organisation) +
           "</title><style>" + std::string(k_style) + "</style></head><body>" + head(m) + "<main>" +
           calendar(m.preview) + work(m.preview) + campaigns(m) + letters(m) + audiences(m) + left_out(m.preview) +
           "</main><script>" + std::string(k_script) + "</script></body></html>\n";
}

}  // namespace nurture::report
