// SPDX-License-Identifier: MIT
// In which words: every text as people will see it, one sample person at a time. HTML parts stand in frames that may do
// nothing at all.
#include "daemon/compose/compose.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace nurture::report {
namespace {

using forecast::SpecimenMessage;

std::string_view why_this_one(forecast::Specimen::Chosen chosen) {
    using enum forecast::Specimen::Chosen;
    switch (chosen) {
    case no_name: return "has no name";
    case blank: return "a value is blank";
    case long_name: return "has a long name";
    case right_to_left: return "name reads from right to left";
    case early: break;
    }
    return {};
}

/// What stands for people when nobody may be named: every field is its own name.
compose::Values nobody(const Material& material) {
    compose::Values values;
    for (const auto& field : material.rules.schema.fields)
        values.fields.emplace_back("[" + field.name + "]");
    values.owner_name = "[owner_name]";
    values.owner_email = "[owner_email]";
    values.owner_phone = "[owner_phone]";
    values.organisation = material.organisation;
    values.postal_address = material.rules.policy.postal_address;
    values.event_value = "[event_value]";
    values.personal_note = "[personal_note]";
    values.today = std::chrono::year_month_day(base::local_day(material.preview.zone, material.preview.as_of));
    values.event_date = values.today;
    return values;
}

/// A frame that may do nothing cannot say how tall it is: from its words, in lines of so many characters.
double rem_of(std::string_view plain, std::size_t columns) {
    constexpr double k_line = 1.55, k_frame = 3.8, k_least = 10, k_most = 48;
    double lines = 0;
    while (!plain.empty()) {
        const auto line = plain.substr(0, plain.find('\n'));
        lines += line.empty() ? 0.6 : static_cast<double>((forecast::width(line) + columns - 1) / columns);
        plain.remove_prefix(std::min(line.size() + 1, plain.size()));
    }
    return std::clamp(k_frame + lines * k_line, k_least, k_most);
}

/// The script makes the frame once somebody comes near it: a hundred at once would keep a browser busy for seconds.
std::string email_body(const compose::Composed& text, std::string_view title) {
    constexpr std::size_t k_desktop = 66, k_phone = 38;
    return fmt::format(
        "<div class=\"bodies\"><div class=\"mail\" style=\"--tall:{:.1f}rem;--taller:{:.1f}rem\" data-title=\"{}\" "
        "data-html=\"{}\"></div><details open><summary>Plain part</summary><pre dir=\"auto\">{}</pre></details>"
        "</div>",
        rem_of(text.plain, k_desktop), rem_of(text.plain, k_phone), escaped(title), escaped(text.html),
        escaped(text.plain));
}

std::string sms_body(const compose::Composed& text) {
    return fmt::format("<p class=\"bubble\" dir=\"auto\">{}</p><p class=\"place\">{}, {}</p>", escaped(text.sms),
                       forecast::counted(text.sms_size.segments, "segment", "segments"),
                       text.sms_size.ucs2 ? "with characters beyond GSM-7" : "GSM-7");
}

class Letters {
public:
    explicit Letters(const Material& material) : m_(material) {}

    std::string section() {
        std::string html = "<section id=\"words\"><h2>In which words</h2><p>Every message as it will look, for people "
                           "of the store: the "
                           "first ones, and those for whom it may look odd.</p>";
        html += "<p class=\"tools\" hidden>Mails as wide as a <button type=\"button\" data-width=\"desktop\" "
                "aria-pressed=\"true\">Desktop</button> <button type=\"button\" data-width=\"phone\" "
                "aria-pressed=\"false\">Phone</button> <button type=\"button\" data-all>Open all, to print "
                "them</button></p><noscript><p>Without scripts the plain parts stand here.</p></noscript>";
        if (m_.anonymous)
            html += "<p>Nobody is named in this report: fields stand as their own names.</p>";
        const auto all = by_text();
        std::string_view campaign;
        for (const auto& [key, specimens] : all) {
            if (std::exchange(campaign, std::get<0>(key)) != std::get<0>(key))
                html += fmt::format("<h3>{}</h3>", escaped(campaign));
            html += one_text(key, specimens);
        }
        if (all.empty())
            html += "<p>No message goes out in these days.</p>";
        return html + "</section>";
    }

private:
    using Key = std::tuple<std::string, dsl::Channel, std::string>;  // campaign, channel, template

    std::map<Key, std::vector<const SpecimenMessage*>> by_text() const {
        std::map<Key, std::vector<const SpecimenMessage*>> all;
        for (const auto& one : m_.preview.specimens)
            all[{one.campaign, one.channel, one.message_template}].push_back(&one);
        return all;
    }

    std::string one_text(const Key& key, const std::vector<const SpecimenMessage*>& specimens) const {
        const auto& [campaign, channel, name] = key;
        std::string html = fmt::format("<article class=\"text\"><h4>{} <q>{}</q></h4>",
                                       channel == dsl::Channel::sms ? "SMS" : "Email", escaped(name));
        if (m_.anonymous)
            html += anonymous_specimen(channel, name);
        else
            for (const auto* one : specimens)
                html += specimen(*one);
        return html + "</article>";
    }

    std::string specimen(const SpecimenMessage& one) const {
        const auto& letter = one.letter;
        const std::string who = letter.to_name.empty() ? one.ref : letter.to_name;
        const auto why = why_this_one(one.chosen);
        std::string html =
            fmt::format("<div class=\"specimen\" data-who=\"{}{}\"><dl class=\"head\"><dt>To</dt><dd><bdi>{}</bdi> "
                        "({}){}</dd><dt>On</dt><dd>{}</dd>",
                        escaped(who), why.empty() ? "" : ", " + escaped(why), escaped(who), escaped(one.ref),
                        why.empty() ? "" : ", " + escaped(why),
                        escaped(forecast::short_time(one.slot, letter.zone, m_.preview.from)));
        html += one.channel == dsl::Channel::email
                    ? sender(letter.from.name, letter.from.address) + subject(letter.text.subject)
                    : fmt::format("<dt>From</dt><dd>{}</dd>", escaped(letter.from.address));
        return html + "</dl>" + body(one.channel, letter.text, who) + "</div>";
    }

    std::string anonymous_specimen(dsl::Channel channel, const std::string& name) const {
        const auto found = m_.rules.find_template(channel, name);
        if (!found)
            return {};
        const auto made = compose::compose(m_.rules.templates[*found], nobody(m_), {});
        const auto* text = std::get_if<compose::Composed>(&made);
        if (text == nullptr)
            return "<p>This text needs a person to be shown with.</p>";
        std::string html = "<div class=\"specimen\"><dl class=\"head\">";
        if (channel == dsl::Channel::email)
            html += sender("[owner_name]", "[owner_email]") + subject(text->subject);
        return html + "</dl>" + body(channel, *text, name) + "</div>";
    }

    static std::string sender(const std::string& name, const std::string& address) {
        return fmt::format("<dt>From</dt><dd>{} &lt;{}&gt;</dd>", escaped(name), escaped(address));
    }
    static std::string subject(const std::string& text) {
        return fmt::format("<dt>Subject</dt><dd class=\"subject\" dir=\"auto\">{}</dd>", escaped(text));
    }
    static std::string body(dsl::Channel channel, const compose::Composed& text, const std::string& who) {
        return channel == dsl::Channel::sms ? sms_body(text) : email_body(text, "The mail to " + who);
    }

    const Material& m_;
};

}  // namespace

std::string letters(const Material& material) { return Letters(material).section(); }

}  // namespace nurture::report
