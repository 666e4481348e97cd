// SPDX-License-Identifier: MIT
#include "daemon/forecast/phrases.hpp"
#include "daemon/forecast/preview.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace nurture::forecast {
namespace {

// With more owners or reasons than this the rest is one line; the JSON has them all.
constexpr std::size_t k_most_owners = 12, k_most_reasons = 6;
constexpr std::size_t k_widest_name = 34;

class PreviewText {
public:
    PreviewText(const Preview& preview, Page page) : p_(preview), w_(page) {}

    std::string make() {
        head();
        if (p_.person) {
            person(*p_.person);
            return w_.take();
        }
        in_short();
        day_table();
        owners();
        losses();
        loads();
        for (const auto& campaign : p_.campaigns)
            this->campaign(campaign);
        return w_.take();
    }

private:
    Day today() const { return base::local_day(p_.zone, p_.from); }
    std::string when(Minute at) const { return short_time(at, p_.zone, p_.from); }

    void head() {
        w_.line(fmt::format("Preview from {} to {}", base::format_for_people(p_.from, p_.zone), when(p_.until)),
                "rules " + dsl::hex(p_.rules).substr(0, 6), Ink::bold);
        w_.paragraph("Nothing has been sent, nothing was changed.");
        w_.paragraph("Assumed: " + sentence(p_.assumptions) + ".");
        if (p_.from > p_.as_of)
            w_.paragraph(fmt::format("The store is as of {}; what happens until {} is foreseen as well.",
                                     base::format_for_people(p_.as_of, p_.zone), when(p_.from)));
        for (const auto& file : p_.replaced)
            w_.paragraph(file, "With: ", Ink::yellow);
        if (p_.test_mode)
            w_.paragraph("In test mode: only people whose address is on the allow-list come in.",
                         "Note: ", Ink::yellow);
        if (p_.stopped)
            w_.paragraph("Everything is stopped (`nurture stop`), so nothing goes out before `nurture resume`.",
                         "Note: ", Ink::red);
        for (const auto& one : p_.held)
            w_.paragraph(sentence(one), "Note: ", Ink::red);
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
        if (p_.replies > 0)
            text += fmt::format(" {} assumed.", counted(p_.replies, "reply is", "replies are"));
        w_.paragraph(text);
        if (t.sms > 0)
            w_.paragraph(segments(t) + ".");
    }

    /// "The SMS are 14 segments, 0.11 USD"
    std::string segments(const Counts& t) const {
        const auto price = cost(p_.ways, t.sms_segments);
        return fmt::format("The SMS are {}{}", counted(t.sms_segments, "segment", "segments"),
                           price.empty() ? " (no [sms] price_per_segment is set)" : ", " + price);
    }

    void person(const Timeline& person) {
        w_.blank();
        w_.line(printable(person.name.empty() ? person.ref : person.name + " (" + person.ref + ")"), Ink::bold);
        if (person.lines.empty())
            w_.paragraph("Nothing happens to this person in these days: `nurture why` says what stands in the way.");
        Minute before{};
        std::string campaign;
        for (const auto& line : person.lines) {
            if (std::exchange(campaign, line.campaign) != line.campaign)
                w_.line("  campaign \"" + printable(line.campaign) + "\"", Ink::dim);
            const bool same = std::exchange(before, line.at) == line.at;
            const auto time = same ? std::string() : short_time(line.at, person.zone, p_.from);
            w_.paragraph(printable(line.what), fmt::format("    {:<20} ", time));
        }
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
        std::size_t shown = 0;
        for (const auto& owner : p_.owners) {
            if (shown++ == k_most_owners) {
                w_.line(fmt::format("  … and {} more people (--json has them all)", p_.owners.size() - k_most_owners),
                        Ink::dim);
                return;
            }
            w_.paragraph(fmt::format("{}: {}", owner.owner, work(owner.total)), "  ");
            weeks("to do in the week of", owner.days, &Counts::work);
        }
    }

    void losses() {
        if (p_.losses.empty())
            return;
        w_.blank();
        w_.line("Caps: who waits behind whom", Ink::bold);
        std::size_t shown = 0;
        for (const auto& loss : p_.losses) {
            if (shown++ == k_most_reasons && p_.losses.size() > k_most_reasons + 1) {
                w_.line(fmt::format("    {:>7}  more (--json has them all)", p_.losses.size() - k_most_reasons),
                        Ink::dim);
                return;
            }
            w_.paragraph(fmt::format("\"{}\" {}: {} ({}:{})", printable(loss.campaign), behind(loss), loss.cap,
                                     loss.place.file, loss.place.line),
                         fmt::format("    {:>7}  ", thousands(loss.people)));
        }
    }

    static std::string behind(const Loss& loss) {
        if (loss.ahead.empty())
            return "waits for another day";
        return loss.ahead == loss.campaign ? "waits behind its own message"
                                           : fmt::format("waits behind \"{}\"", printable(loss.ahead));
    }

    void loads() {
        if (p_.loads.ways.empty())
            return;
        w_.blank();
        Rows rows{{"Who gets it", "messages", "busiest hour", ""}};
        const auto add = [&](const Load& load) {
            rows.push_back({printable(fit(load.name, k_widest_name)), thousands(load.messages),
                            thousands(load.busiest.messages), when(load.busiest.begins)});
        };
        for (const auto& way : p_.loads.ways) {
            add(way.load);
            std::for_each(way.shares.begin(), way.shares.end(), add);
        }
        for (const auto& domain : p_.loads.domains)
            add(domain);
        w_.table(rows);
        if (p_.loads.other_domains > 0)
            w_.line(fmt::format("  {} more: {}", counted(p_.loads.other_domains, "domain", "domains"),
                                counted(p_.loads.other_messages, "email", "emails")),
                    Ink::dim);
        for (const auto& way : p_.loads.ways)
            if (way.per_minute > 0)
                w_.line(fmt::format("  {}: at most {} in a minute; {} are allowed.", channel_word(way.channel),
                                    thousands(way.busiest_minute), thousands(way.per_minute)),
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
            weeks("messages in the week of", c.days, &Counts::messages);
        if (t.sms > 0)
            w_.paragraph(segments(t) + ".", "  ");
        reasons("Held back on the way", c.waits);
        reasons("Steps skipped", c.skipped);
        reasons("Ended", c.ends);
        if (c.never_reached > 0)
            reasons(fmt::format("Never reached in these days: {}", counted(c.never_reached, "person", "people")),
                    c.never);
    }

    /// One number per day, one week a line.
    void weeks(const std::string& title, const Days& days, std::int64_t (Counts::*number)() const) {
        std::map<Day, std::vector<std::int64_t>> weeks;
        for (const auto& [day, counts] : days) {
            const std::chrono::days into{std::chrono::weekday{day}.iso_encoding() - 1};
            auto& week = weeks[day - into];
            week.resize(8);
            week[static_cast<std::size_t>(into.count())] = (counts.*number)();
            week[7] += (counts.*number)();
        }
        Rows rows{{title, "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "week"}};
        for (const auto& [monday, week] : weeks) {
            if (week[7] == 0)
                continue;
            std::vector<std::string> row{short_day(monday, today()).substr(4)};
            for (const auto one : week)
                row.push_back(dash(one));
            rows.push_back(std::move(row));
        }
        if (rows.size() > 1)
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
