// SPDX-License-Identifier: MIT
// In which words: every text as people will see it, one sample person at a time. HTML parts stand in frames that may do
// nothing at all.
#include "daemon/compose/compose.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace nurture::report {
namespace {

using forecast::SpecimenMessage;

std::string_view why_this_one(forecast::Specimen::Chosen chosen) {
    using enum forecast::Specimen::Chosen;
    switch (chosen) {
    case no_name: return "has no name";
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

std::string email_body(const compose::Composed& text, std::string_view title) {
    return fmt::format(
        "<div class=\"mail\"><iframe sandbox=\"\" loading=\"lazy\" title=\"{}\" srcdoc=\"{}\"></iframe></div>"
        "<details><summary>Plain part</summary><pre dir=\"auto\">{}</pre></details>",
        escaped(title), escaped(text.html), escaped(text.plain));
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
        std::string html = "<section id=\"words\"><h2>In which words</h2><p class=\"tools\" hidden><button "
                           "type=\"button\" data-width=\"phone\" "
                           "aria-pressed=\"false\">Phone</button> <button type=\"button\" data-width=\"desktop\" "
                           "aria-pressed=\"true\">Desktop</button></p>";
        if (m_.anonymous)
            html += "<p>Nobody is named in this report: fields stand as their own names.</p>";
        const auto all = by_text();
        for (const auto& [key, specimens] : all)
            html += one_text(key, specimens);
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
        std::string html =
            fmt::format("<article class=\"text\"><h3>{} <q>{}</q></h3><p class=\"place\">{}</p>",
                        channel == dsl::Channel::sms ? "SMS" : "Email", escaped(name), escaped(campaign));
        if (m_.anonymous)
            html += anonymous_specimen(channel, name, *specimens.front());
        else
            for (const auto* one : specimens)
                html += specimen(*one);
        return html + "</article>";
    }

    std::string specimen(const SpecimenMessage& one) const {
        const auto& letter = one.letter;
        const std::string who = letter.to_name.empty() ? one.ref : letter.to_name;
        const auto why = why_this_one(one.chosen);
        std::string html = fmt::format("<div class=\"specimen\" data-who=\"{}{}\"><dl><dt>To</dt><dd><bdi>{}</bdi> "
                                       "({}){}</dd><dt>On</dt><dd>{}</dd>",
                                       escaped(who), why.empty() ? "" : ", " + escaped(why), escaped(who),
                                       escaped(one.ref), why.empty() ? "" : ", " + escaped(why),
                                       escaped(forecast::short_time(one.slot, letter.zone, m_.preview.as_of)));
        if (one.channel == dsl::Channel::email)
            html += sender(letter.from.name, letter.from.address) + subject(letter.text.subject);
        return html + "</dl>" + body(one.channel, letter.text, who) + "</div>";
    }

    std::string anonymous_specimen(dsl::Channel channel, const std::string& name, const SpecimenMessage& like) const {
        const auto found = m_.rules.find_template(channel, name);
        if (!found)
            return {};
        const auto made = compose::compose(m_.rules.templates[*found], nobody(m_), {});
        const auto* text = std::get_if<compose::Composed>(&made);
        if (text == nullptr)
            return "<p>This text needs a person to be shown with.</p>";
        std::string html = "<div class=\"specimen\"><dl>";
        if (channel == dsl::Channel::email)
            html += sender(like.letter.from.name, like.letter.from.address) + subject(text->subject);
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
