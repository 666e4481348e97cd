// SPDX-License-Identifier: MIT
#include "daemon/forecast/phrases.hpp"
#include "daemon/forecast/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace nurture::forecast {
namespace {

using Against = PlanCampaign::Against;
using engine::ReasonCode;

class PlanText {
public:
    PlanText(const Plan& plan, Page page, bool names) : p_(plan), w_(page), names_(names) {}

    std::string make() {
        head();
        std::set<std::string> audiences;
        for (const auto& campaign : p_.campaigns) {
            if (audiences.insert(campaign.audience_name).second)
                segment(campaign.audience_name);
            this->campaign(campaign);
        }
        other_segments(audiences);
        removed();
        floors();
        week();
        obstacles();
        summary();
        return w_.take();
    }

private:
    Day today() const { return base::local_day(p_.zone, p_.as_of); }
    std::string when(Minute at, base::ZoneId zone) const { return short_time(at, zone, p_.as_of); }
    static std::string at(const Place& place) { return fmt::format("{}:{}", place.file, place.line); }

    void head() {
        w_.line("Plan " + p_.id(), "as of " + base::format_for_people(p_.as_of, p_.zone), Ink::bold);
        w_.paragraph("Nothing has been sent, nothing was changed.");
        if (!p_.live_rules)
            w_.paragraph("No rules are live yet: these would be the first.");
        else if (!p_.changes())
            w_.paragraph("These rules are live already.");
        else
            w_.paragraph(fmt::format("Against the live rules ({}): {} changed ({}).",
                                     dsl::hex(*p_.live_rules).substr(0, 6),
                                     counted(std::int64_t(p_.changed_files.size()), "file", "files"),
                                     fmt::format("{}", fmt::join(p_.changed_files, ", "))));
        if (p_.test_mode)
            w_.paragraph("this installation is in test mode; only people on its allow-list would be written to. The "
                         "figures are those of live mode.",
                         "Note: ", Ink::yellow);
        if (p_.stopped)
            w_.paragraph("everything is stopped (`nurture stop`); nothing goes out before `nurture resume`.",
                         "Note: ", Ink::red);
        for (const auto& one : p_.held)
            w_.paragraph(sentence(one), "Note: ", Ink::red);
        w_.line("Legend: + enters  > goes out  ~ changes for those inside  - removed  ! held back", Ink::dim);
    }

    // --- segments --------------------------------------------------------------------------------------------------

    void segment(const std::string& name) {
        const auto found =
            std::find_if(p_.segments.begin(), p_.segments.end(), [&](const auto& s) { return s.name == name; });
        if (found == p_.segments.end())
            return;
        const auto& s = *found;
        w_.blank();
        w_.line(fmt::format("segment \"{}\"", printable(s.name)), at(s.place), Ink::bold);
        w_.line("        everybody in the store", fmt::format("{:>9}", thousands(s.people)), Ink::plain, Ink::plain);
        for (const auto& line : s.lines) {
            w_.line(fmt::format("{:>6}  {}", line.line, printable(line.text)),
                    fmt::format("{} -> {:>9}", thousands(line.before), thousands(line.after)), Ink::plain, Ink::plain);
            if (line.unknown_left_out > 0)
                w_.line("", fmt::format("value unknown for {}: left out", thousands(line.unknown_left_out)), Ink::dim);
            if (line.unknown_kept > 0)
                w_.line("", fmt::format("value unknown for {}: kept", thousands(line.unknown_kept)), Ink::dim);
        }
    }

    void other_segments(const std::set<std::string>& audiences) {
        std::vector<const PlanSegment*> others;
        for (const auto& segment : p_.segments)
            if (!audiences.contains(segment.name))
                others.push_back(&segment);
        if (others.empty())
            return;
        w_.blank();
        w_.line("Segments that are no campaign's audience", Ink::bold);
        for (const auto* segment : others)
            w_.line(fmt::format("  {:>9}  {}", thousands(segment->members), printable(segment->name)),
                    at(segment->place), Ink::plain);
    }

    // --- campaigns -------------------------------------------------------------------------------------------------

    void campaign(const PlanCampaign& c) {
        w_.blank();
        w_.line(fmt::format("campaign \"{}\"", printable(c.name)), at(c.place), Ink::bold);
        if (c.draft)
            w_.paragraph("a draft: nobody enters, nothing is sent.", "  ", Ink::yellow);
        if (c.closing)
            w_.paragraph("retired: nobody enters any more, people inside finish.", "  ", Ink::yellow);
        else
            who(c);
        inside(c);
        if (!c.closing)
            held_back(c);
        coming_days(c);
        sample(c);
    }

    void who(const PlanCampaign& c) {
        against(c);
        if (c.outgrown)
            w_.paragraph(fmt::format("its audience, {}, has outgrown what was approved (at most {}): nobody comes in "
                                     "until somebody looks at this plan and applies it.",
                                     counted(c.audience, "person", "people"), thousands(*c.outgrown)),
                         "  ! ", Ink::red);
        if (c.email)
            reach(c, *c.email, "email");
        if (c.sms)
            reach(c, *c.sms, "SMS");
        entering(c);
    }

    void against(const PlanCampaign& c) {
        switch (c.against) {
        case Against::nothing_live: return;
        case Against::unchanged: return w_.line("  not changed", Ink::dim);
        case Against::added: return w_.line("  new", Ink::green);
        case Against::changed: break;
        }
        w_.paragraph("changed: " + fmt::format("{}", fmt::join(c.changes, ", ")), "  ", Ink::yellow);
        w_.paragraph(fmt::format("audience {} -> {}, messages in 24 hours {} -> {}",
                                 thousands(c.live_audience.value_or(0)), thousands(c.audience),
                                 thousands(c.live_next_day.value_or(0)), thousands(c.messages_next_day)),
                     "  ");
    }

    void reach(const PlanCampaign& c, const Reach& r, std::string_view channel) {
        std::vector<std::string> missing;
        const auto note = [&](std::int64_t people, const std::string& why) {
            if (people > 0)
                missing.push_back(thousands(people) + ' ' + why);
        };
        note(r.withdrawn, fmt::format("took back \"{}\"", printable(r.consent)));
        note(r.unknown, fmt::format("never gave \"{}\"", printable(r.consent)));
        note(r.no_address, channel == "SMS" ? "without a number" : "without an address");
        note(r.suppressed, "opted out or bounced");
        note(r.never_contact, "never to be contacted");
        std::string text =
            fmt::format("reaches {} of {}.", thousands(r.reachable), counted(c.audience, "person", "people"));
        if (!missing.empty())
            text += fmt::format(" Not: {}.", fmt::join(missing, ", "));
        w_.paragraph(text, fmt::format("    {:<6}", channel), Ink::dim);
    }

    void entering(const PlanCampaign& c) {
        std::vector<std::string> days;
        for (const auto& [day, counts] : c.days)
            if (counts.entered > 0)
                days.push_back(fmt::format("{} {}", thousands(counts.entered), day_word(day)));
        if (c.left_to_enter > 0 && !days.empty())
            days.push_back(thousands(c.left_to_enter) + " later");
        std::string text = who_may(c);
        text += days.empty() ? "; nobody in the next 7 days." : ": " + listed(days) + ".";
        if (p_.test_mode && c.may_enter > 0)
            text += fmt::format(" In test mode {} of them.", thousands(c.may_enter_test));
        w_.paragraph(text, "  + ", Ink::green);
        if (c.canary > 0 && !days.empty())
            w_.paragraph(fmt::format("the first {} alone, the rest when their results are known (canary).",
                                     counted(c.canary, "message goes out", "messages go out")),
                         "  > ", Ink::green);
    }

    static std::string who_may(const PlanCampaign& c) {
        if (c.may_enter == 0)
            return "nobody may enter now";
        const auto what = c.starts == PlanCampaign::Starts::at_checks   ? ""
                          : c.starts == PlanCampaign::Starts::on_change ? " once a change starts it for them"
                                                                        : " on their day";
        return fmt::format("{} may enter{}, at most {} per day (line {})", thousands(c.may_enter),
                           c.draft ? " when it is no draft any more" : what, thousands(c.quota), c.quota_line);
    }

    std::string day_word(Day day) const {
        const auto ahead = (day - today()).count();
        return ahead == 0 ? "today" : ahead == 1 ? "tomorrow" : "on " + short_day(day, today());
    }

    void inside(const PlanCampaign& c) {
        if (c.inside == 0)
            return;
        std::string text = fmt::format("{} mid-sequence", counted(c.inside, "person is", "people are"));
        for (const auto& [version, people] : c.on_older_steps)
            text += fmt::format("; {} on the older steps {} and {} on them", thousands(people), version,
                                people == 1 ? "finishes" : "finish");
        w_.paragraph(text + '.', "  ~ ", Ink::yellow);
        if (c.leaving > 0)
            w_.paragraph(fmt::format("{} the audience any more and {}.",
                                     counted(c.leaving, "of them is not in", "of them are not in"),
                                     c.leaving == 1 ? "leaves at once" : "leave at once"),
                         "  - ", Ink::red);
        for (const auto& changed : c.changed_texts)
            w_.paragraph(fmt::format("{} \"{}\" has another text: {} of them will get the new one.",
                                     channel_word(changed.channel), printable(changed.message_template),
                                     thousands(changed.people)),
                         "  ~ ", Ink::yellow);
        for (const auto& edited : c.edited_steps)
            w_.paragraph(fmt::format("{} `{}` ahead, which is {} (line {}).",
                                     counted(edited.people, "person has", "people have"), edited.step, edited.fate,
                                     edited.line),
                         "  ~ ", Ink::yellow);
    }

    void held_back(const PlanCampaign& c) {
        std::vector<std::string> kept_out, waits;
        for (const auto& reason : c.blocked)  // consent and addresses are told above
            if (reason.reason != ReasonCode::no_consent && reason.reason != ReasonCode::no_address)
                kept_out.push_back(fmt::format("{}: {}", thousands(reason.people), engine::sentence(reason.reason)));
        for (const auto& reason : c.waits)
            waits.push_back(fmt::format("{}: {}", thousands(reason.people), engine::sentence(reason.reason)));
        if (!kept_out.empty())
            w_.paragraph(fmt::format("may not enter now. {}.", fmt::join(kept_out, "; ")), "  ! ", Ink::red);
        if (!waits.empty())
            w_.paragraph(fmt::format("wait within 24 hours. {}.", fmt::join(waits, "; ")), "  ! ", Ink::red);
    }

    void coming_days(const PlanCampaign& c) {
        std::vector<std::string> days;
        for (const auto& [day, counts] : c.days)
            if (const auto what = everything(counts); what != "nothing")
                days.push_back(fmt::format("{}: {}", short_day(day, today()), what));
        if (!days.empty())
            w_.paragraph(fmt::format("{}.", fmt::join(days, "; ")), "  > ", Ink::green);
    }

    void sample(const PlanCampaign& c) {
        if (!c.sample)
            return;
        const auto& s = *c.sample;
        w_.paragraph(fmt::format("For example {}: {} \"{}\" on {}", printable(s.name.empty() ? s.ref : s.name),
                                 channel_word(s.channel), printable(s.message_template), when(s.slot, s.zone)),
                     "    ", Ink::dim);
        w_.paragraph("\"" + printable(s.text) + "\"", "      ");
    }

    void removed() {
        if (p_.removed.empty())
            return;
        w_.blank();
        for (const auto& campaign : p_.removed)
            w_.paragraph(
                fmt::format("campaign \"{}\" is not in these rules any more{}.", printable(campaign.name),
                            campaign.inside > 0
                                ? fmt::format("; {} in it{}{}", counted(campaign.inside, "person is", "people are"),
                                              campaign.fate.empty() ? "" : ": ", campaign.fate)
                                : ""),
                "  - ", Ink::red);
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    void week() {
        w_.blank();
        w_.line("Next 7 days, all campaigns", Ink::bold);
        w_.paragraph("if " + sentence(p_.assumptions) + ".", "  ");
        const Rows rows = day_rows(p_.days, today());
        if (rows.size() > 1)
            w_.table(rows);
        else
            w_.line("  Nothing would happen.");
    }

    void obstacles() {
        if (p_.obstacles.empty())
            return;
        w_.blank();
        for (const auto& obstacle : p_.obstacles) {
            w_.paragraph(fmt::format("{}:{}: {}", obstacle.place.file, obstacle.place.line, obstacle.sentence),
                         "error " + obstacle.code + ": ", Ink::red);
            for (const auto& line : obstacle.write)
                w_.line("      " + line, Ink::plain);
        }
    }

    void floors() {
        for (const auto& floor : p_.floors) {
            w_.blank();
            w_.line(printable(floor.text), at(floor.place), Ink::bold);
            w_.paragraph(floor.below == 0
                             ? fmt::format("kept: {} can be written to.", counted(floor.reachable, "person", "people"))
                             : fmt::format("{} of the {} who can be written to had less. Nothing is sent to make up "
                                           "for it.{}",
                                           thousands(floor.below), counted(floor.reachable, "person", "people"),
                                           names_ ? "" : " Who: nurture plan --people"),
                         floor.below == 0 ? "    " : "  ! ", floor.below == 0 ? Ink::plain : Ink::red);
            for (const auto& ref : floor.refs)
                if (names_)
                    w_.line("      " + printable(ref), Ink::plain);
        }
    }

    void summary() {
        w_.blank();
        std::string text = fmt::format(
            "{}, {}. {}: {} {}, {} in 24 hours", counted(std::int64_t(p_.obstacles.size()), "error", "errors"),
            counted(std::int64_t(p_.warnings), "warning", "warnings"),
            counted(std::int64_t(p_.campaigns.size()), "campaign", "campaigns"),
            counted(p_.entering_next_day, "person", "people"), p_.entering_next_day == 1 ? "enters" : "enter",
            counted(p_.messages_next_day, "message", "messages"));
        if (p_.busiest_hour.messages > 0)
            text += fmt::format(", busiest hour {} ({})", thousands(p_.busiest_hour.messages),
                                when(p_.busiest_hour.begins, p_.zone));
        w_.paragraph(text + '.');
        if (!p_.obstacles.empty())
            w_.line("This plan cannot be applied.", Ink::red);
        else
            w_.line("Apply with: nurture apply " + p_.id(), Ink::bold);
    }

    const Plan& p_;
    Writer w_;
    bool names_;
};

}  // namespace

std::string to_text(const Plan& plan, Page page, bool names) { return PlanText(plan, page, names).make(); }

}  // namespace nurture::forecast
