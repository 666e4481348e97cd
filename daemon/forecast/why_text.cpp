// SPDX-License-Identifier: MIT
#include "daemon/forecast/phrases.hpp"
#include "daemon/forecast/why.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

class WhyText {
public:
    WhyText(const Why& why, Page page) : p_(why), w_(page) {}

    std::string make() {
        head();
        std::vector<const WhyCampaign*> nothing;
        for (const auto& campaign : p_.campaigns) {
            const bool quiet = !campaign.in_audience && campaign.enrolments.empty() && campaign.planned.empty();
            if (quiet && p_.campaigns.size() > 1)
                nothing.push_back(&campaign);
            else
                this->campaign(campaign);
        }
        not_in(nothing);
        if (planned_) {
            w_.blank();
            w_.paragraph("Planned means: if " + sentence(p_.assumptions) + ".");
        }
        return w_.take();
    }

private:
    std::string when(Minute at) const { return short_time(at, p_.zone, p_.as_of); }
    std::string at_office(Minute at) const { return short_time(at, p_.policy_zone, p_.as_of); }

    void head() {
        w_.line(printable(p_.ref) + (p_.name.empty() ? "" : "  " + printable(p_.name)),
                "as of " + base::format_for_people(p_.as_of, p_.policy_zone), Ink::bold);
        if (p_.erased) {
            w_.paragraph("This person was erased: nothing is known, nothing is sent.");
            return;
        }
        const auto from = p_.zone_from == roster::ZoneFrom::candidate ? "the person's own"
                          : p_.zone_from == roster::ZoneFrom::state   ? "from the state"
                                                                      : "not known, so the policy's";
        w_.paragraph(fmt::format("Time zone: {} ({}).", base::zone_name(p_.zone), from));
        for (const auto& fact : p_.facts)
            w_.paragraph(printable(fact));
    }

    void campaign(const WhyCampaign& c) {
        w_.blank();
        w_.line(fmt::format("campaign \"{}\"", printable(c.name)), fmt::format("{}:{}", c.place.file, c.place.line),
                Ink::bold);
        w_.paragraph(c.entry + ".", "  ");
        if (!c.lines.empty()) {
            w_.line(
                fmt::format("  {} the audience \"{}\":", c.in_audience ? "in" : "not in", printable(c.audience_name)),
                Ink::dim);
            for (const auto& line : c.lines)
                this->line(line);
        }
        for (const auto& enrolment : c.enrolments)
            this->enrolment(enrolment);
        planned(c);
    }

    void line(const WhyLine& line) {
        w_.line(fmt::format("  {:<3} {:>4}  {}", line.holds ? "yes" : "no", line.line, printable(line.text)),
                line.holds ? Ink::plain : Ink::yellow);
        if (!line.values.empty())
            w_.paragraph(printable(fmt::format("{}", fmt::join(line.values, ", "))) +
                             (line.unknown ? " (decided by an unknown value)" : ""),
                         "            ");
    }

    void enrolment(const WhyEnrolment& e) {
        w_.paragraph(fmt::format("entered {}{}", at_office(e.entered_at),
                                 e.ended_at ? fmt::format(", ended {}: {}.", at_office(*e.ended_at), e.end)
                                            : fmt::format("; {}.", e.where)),
                     "  ");
        for (const auto& m : e.messages)
            message(m);
        if (!e.deeds.empty())
            w_.line("  what was decided:", Ink::dim);
        for (const auto& d : e.deeds)
            w_.paragraph(fmt::format("{}{}: {}{}", at_office(d.at), d.step.empty() ? "" : " " + d.step, d.sentence,
                                     d.line.empty() ? "" : " (" + d.line + ")"),
                         "    ");
    }

    void message(const WhyMessage& m) {
        std::string text = fmt::format("{} {} \"{}\": {}", when(m.accepted.value_or(m.slot)), channel_word(m.channel),
                                       printable(m.message_template), m.state);
        if (!m.reason.empty())
            text += " (" + printable(m.reason) + ")";
        text += fmt::format(". Step {}{}, rules {}", m.step, m.line.empty() ? "" : " (" + m.line + ")", m.rule_set);
        if (!m.consent.empty())
            text += fmt::format(", consent \"{}\"", printable(m.consent));
        if (m.approved_by)
            text += ", approved by " + printable(*m.approved_by);
        if (!m.waited.empty())
            text += fmt::format(". Before that: {}", fmt::join(m.waited, "; "));
        w_.paragraph(text + ".", "    ");
    }

    void planned(const WhyCampaign& c) {
        if (c.planned.empty() && c.planned_work.empty())
            return;
        w_.line("  planned in the next 30 days:", Ink::dim);
        auto work = c.planned_work.begin();
        const auto work_before = [&](Minute at) {
            for (; work != c.planned_work.end() && work->at <= at; ++work)
                w_.paragraph(fmt::format("{}: {}.", at_office(work->at), printable(work->text)), "    ");
        };
        for (const auto& m : c.planned) {
            work_before(m.slot);
            w_.paragraph(
                fmt::format("{}: {} \"{}\"", when(m.slot), channel_word(m.channel), printable(m.message_template)),
                "    ");
            w_.paragraph("\"" + printable(m.text) + "\"", "      ");
        }
        work_before(base::k_never);
        stops(c);
        planned_ = true;
    }

    void stops(const WhyCampaign& c) {
        if (c.stops.empty())
            return;
        w_.line("  what would stop it:", Ink::dim);
        for (const auto& stop : c.stops)
            w_.line("    " + printable(stop.text),
                    stop.place ? fmt::format("{}:{}", stop.place->file, stop.place->line) : std::string(), Ink::plain);
    }

    /// Campaigns that have nothing to do with the person: a line each, and the first rule line that says so.
    void not_in(const std::vector<const WhyCampaign*>& campaigns) {
        if (campaigns.empty())
            return;
        w_.blank();
        w_.line("Not in the audience of", Ink::bold);
        for (const auto* campaign : campaigns) {
            w_.line("  " + printable(campaign->name),
                    campaign->lines.empty()
                        ? std::string()
                        : fmt::format("{}:{}", campaign->audience_place.file, campaign->lines.front().line),
                    Ink::plain);
            if (campaign->lines.empty())
                continue;
            const auto& line = campaign->lines.front();
            std::string text = printable(line.text);
            if (!line.values.empty())
                text += " (" + printable(fmt::format("{}", fmt::join(line.values, ", "))) + ")";
            w_.paragraph(text, "      ");
        }
    }

    const Why& p_;
    Writer w_;
    bool planned_ = false;
};

}  // namespace

std::string to_text(const Why& why, Page page) { return WhyText(why, page).make(); }

}  // namespace nurture::forecast
