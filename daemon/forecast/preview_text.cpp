// SPDX-License-Identifier: MIT
#include "daemon/forecast/phrases.hpp"
#include "daemon/forecast/preview.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

// With more owners or reasons than this the rest is one line; the JSON has them all.
constexpr std::size_t k_most_owners = 12, k_most_reasons = 6;

class PreviewText {
public:
    PreviewText(const Preview& preview, Page page) : p_(preview), w_(page) {}

    std::string make() {
        head();
        in_short();
        day_table();
        owners();
        for (const auto& campaign : p_.campaigns)
            this->campaign(campaign);
        return w_.take();
    }

private:
    Day today() const { return base::local_day(p_.zone, p_.as_of); }
    std::string when(Minute at) const { return short_time(at, p_.zone, p_.as_of); }

    void head() {
        w_.line(fmt::format("Preview from {} to {}", base::format_for_people(p_.as_of, p_.zone), when(p_.until)),
                "rules " + dsl::hex(p_.rules).substr(0, 6), Ink::bold);
        w_.paragraph("Nothing has been sent, nothing was changed.");
        w_.paragraph("Assumed: " + sentence(p_.assumptions) + ".");
        if (p_.test_mode)
            w_.paragraph("In test mode: only people whose address is on the allow-list come in.",
                         "Note: ", Ink::yellow);
        if (p_.stopped)
            w_.paragraph("Everything is stopped (`nurture stop`), so nothing goes out before `nurture resume`.",
                         "Note: ", Ink::red);
    }

    void in_short() {
        w_.blank();
        const auto& t = p_.total;
        if (t.nothing()) {
            w_.paragraph("Nothing would happen in these days.");
            return;
        }
        std::string text =
            fmt::format("{} {}, {} would go out ({}, {} SMS).", counted(t.entered, "person", "people"),
                        t.entered == 1 ? "enters" : "enter", counted(t.messages(), "message", "messages"),
                        counted(t.emails, "email", "emails"), thousands(t.sms));
        if (p_.busiest_day)
            text += fmt::format(" The busiest day is {} with {}, the busiest hour {} with {}.",
                                short_day(*p_.busiest_day, today()), thousands(p_.days.at(*p_.busiest_day).messages()),
                                when(p_.busiest_hour.begins), thousands(p_.busiest_hour.messages));
        if (t.approvals + t.notes + t.tasks > 0)
            text += fmt::format(" For people to do: {}.", work(t));
        w_.paragraph(text);
    }

    void day_table() {
        if (p_.days.empty())
            return;
        w_.blank();
        w_.table(day_rows(p_.days, today(), p_.total), "  ", true);
    }

    void owners() {
        if (p_.owners.empty())
            return;
        w_.blank();
        w_.line("Work for people", Ink::bold);
        const bool notes = p_.total.notes > 0;
        Rows rows{{"Who", "approvals", "tasks", "most on one day", ""}};
        if (notes)
            rows.front().insert(rows.front().begin() + 2, "notes");
        for (const auto& owner : p_.owners) {
            if (rows.size() > k_most_owners)
                break;
            const auto busiest =
                std::max_element(owner.days.begin(), owner.days.end(),
                                 [](const auto& a, const auto& b) { return a.second.work() < b.second.work(); });
            rows.push_back({owner.owner, dash(owner.total.approvals), dash(owner.total.tasks),
                            thousands(busiest->second.work()), short_day(busiest->first, today())});
            if (notes)
                rows.back().insert(rows.back().begin() + 2, dash(owner.total.notes));
        }
        w_.table(rows);
        if (p_.owners.size() > k_most_owners)
            w_.line(fmt::format("  … and {} more people (--json has them all)", p_.owners.size() - k_most_owners),
                    Ink::dim);
    }

    void campaign(const CampaignPreview& c) {
        w_.blank();
        w_.line(fmt::format("campaign \"{}\"", printable(c.name)), c.draft ? "draft: nothing is sent" : "", Ink::bold,
                Ink::yellow);
        std::string text = fmt::format("{} in the audience, {} mid-sequence.", counted(c.audience, "person", "people"),
                                       thousands(c.inside));
        const auto& t = c.total;
        if (t.nothing())
            text += " Nothing happens in these days.";
        else
            text +=
                fmt::format(" {} {}; {}.", thousands(t.entered), t.entered == 1 ? "enters" : "enter", everything(t));
        w_.paragraph(text, "  ");
        if (!p_.one_campaign)
            weeks(c);
        reasons("Held back on the way", c.waits);
        reasons("Steps skipped", c.skipped);
        reasons("Ended", c.ends);
        if (c.never_reached > 0)
            reasons(fmt::format("Never reached in these days: {}", counted(c.never_reached, "person", "people")),
                    c.never);
    }

    /// Messages per day, one week a line.
    void weeks(const CampaignPreview& c) {
        if (c.total.messages() == 0)
            return;
        Rows rows{{"messages in the week of", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "week"}};
        std::map<Day, std::vector<std::int64_t>> weeks;
        for (const auto& [day, counts] : c.days) {
            const std::chrono::days into{std::chrono::weekday{day}.iso_encoding() - 1};
            auto& week = weeks[day - into];
            week.resize(8);
            week[static_cast<std::size_t>(into.count())] = counts.messages();
            week[7] += counts.messages();
        }
        for (const auto& [monday, week] : weeks) {
            if (week[7] == 0)
                continue;
            std::vector<std::string> row{short_day(monday, today()).substr(4)};
            for (const auto messages : week)
                row.push_back(dash(messages));
            rows.push_back(std::move(row));
        }
        w_.table(rows, "    ");
    }

    void reasons(const std::string& title, const Reasons& reasons) {
        if (reasons.empty())
            return;
        w_.line("  " + title, Ink::dim);
        std::size_t shown = 0;
        for (const auto& reason : reasons) {
            if (shown++ == k_most_reasons && reasons.size() > k_most_reasons + 1) {
                w_.line(fmt::format("    {:>9}  other reasons (--json has them all)", reasons.size() - k_most_reasons),
                        Ink::dim);
                return;
            }
            std::string text(engine::sentence(reason.reason));
            if (!reason.who.empty())
                text += ": " + listed(reason.who);
            w_.paragraph(text, fmt::format("    {:>7}  ", thousands(reason.people)));
        }
    }

    const Preview& p_;
    Writer w_;
};

}  // namespace

std::string to_text(const Preview& preview, Page page) { return PreviewText(preview, page).make(); }

}  // namespace nurture::forecast
