// SPDX-License-Identifier: MIT
#include "daemon/forecast/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

/// The author's own words of a place, on one line.
std::string source_text(const dsl::Rules& rules, const dsl::Span& span) {
    if (span.begin >= span.end || span.file >= rules.sources.files.size())
        return {};
    return rules.sources.files[span.file].text.substr(span.begin, span.end - span.begin);
}

std::string pieces_text(const dsl::Rules& rules, const dsl::Pieces& pieces) {
    std::string text;
    for (const auto& piece : pieces) {
        text += '\x01' + std::to_string(static_cast<int>(piece.kind)) + '\x02' + piece.text;
        if (piece.kind == dsl::MergeKind::field || piece.kind == dsl::MergeKind::years_since)
            text += '\x02' + rules.schema.fields[piece.field].name;
        text += piece.has_fallback ? "\x03" : "";
    }
    return text;
}

/// In all languages.
std::string template_text(const dsl::Rules& rules, const TemplateName& name) {
    std::string all;
    for (const auto& text : rules.templates)
        if (text.channel == name.first && text.name == name.second)
            all +=
                text.language + '\n' + pieces_text(rules, text.subject) + '\n' + pieces_text(rules, text.body) + '\n';
    return all;
}

/// A condition as a text that is the same exactly if the condition is, whatever the numbers of its parts.
class ConditionText {
public:
    explicit ConditionText(const dsl::Rules& rules) : rules_(rules) {}

    std::string of(dsl::ConditionIx ix) const {
        const auto& condition = rules_.conditions[ix];
        return std::to_string(condition.index()) + '(' + std::visit(*this, condition) + ')';
    }

    std::string operator()(const dsl::cond::And& c) const { return all(c.of); }
    std::string operator()(const dsl::cond::Or& c) const { return all(c.of); }
    std::string operator()(const dsl::cond::Not& c) const { return of(c.of); }
    std::string operator()(const dsl::cond::Known& c) const { return field(c.field); }
    std::string operator()(const dsl::cond::TextIn& c) const { return field(c.field) + words(c.values); }
    std::string operator()(const dsl::cond::TextContains& c) const { return field(c.field) + list(c.text, c.prefix); }
    std::string operator()(const dsl::cond::ListHas& c) const { return field(c.field) + words(c.values) + list(c.all); }
    std::string operator()(const dsl::cond::NumberRange& c) const {
        return field(c.field) + list(c.low, c.low_open, c.high, c.high_open);
    }
    std::string operator()(const dsl::cond::YesNo& c) const { return field(c.field) + list(c.yes); }
    std::string operator()(const dsl::cond::DateBetween& c) const { return field(c.field) + day(c.from) + day(c.to); }
    std::string operator()(const dsl::cond::DateNear& c) const {
        return field(c.field) + offset(c.from) + offset(c.to);
    }
    std::string operator()(const dsl::cond::Anniversary& c) const { return field(c.field) + list(c.in_days); }
    std::string operator()(const dsl::cond::Within& c) const { return field(c.field) + list(c.lat, c.lon, c.metres); }
    std::string operator()(const dsl::cond::Happened& c) const {
        return rules_.schema.events[c.event].name + ';' +
               list(c.name.value_or(""), c.name.has_value(), c.channel ? static_cast<int>(*c.channel) : -1,
                    c.message_template.value_or(""), c.count, c.since.hours) +
               offset(c.since.days);
    }
    std::string operator()(const dsl::cond::InList& c) const { return rules_.schema.lists[c.list]; }
    std::string operator()(const dsl::cond::InCampaign& c) const { return list(c.campaign, static_cast<int>(c.is)); }
    std::string operator()(const dsl::cond::Consent& c) const {
        return list(rules_.schema.consents[c.consent], static_cast<int>(c.is)) + offset(c.from) + offset(c.to);
    }

private:
    template<class... Parts>
    static std::string list(const Parts&... parts) {
        return (fmt::format("{};", parts) + ...);
    }
    std::string field(dsl::FieldIx ix) const { return rules_.schema.fields[ix].name + ';'; }
    static std::string words(const std::vector<std::string>& values) {
        return fmt::format("{};", fmt::join(values, "|"));
    }
    static std::string day(const std::optional<std::chrono::sys_days>& day) {
        return day ? std::to_string(day->time_since_epoch().count()) + ';' : "any;";
    }
    static std::string offset(const std::optional<dsl::DayOffset>& offset) {
        return offset ? list(offset->months, offset->days) : "any;";
    }
    std::string all(const std::vector<dsl::ConditionIx>& parts) const {
        std::vector<std::string> texts;
        for (const auto part : parts)
            texts.push_back(of(part));
        std::sort(texts.begin(), texts.end());
        return words(texts);
    }

    const dsl::Rules& rules_;
};

std::string audience_text(const dsl::Rules& rules, const dsl::Campaign& campaign) {
    const auto& segment = rules.segments[campaign.audience];
    return segment.name + '\n' + ConditionText(rules).of(segment.whole);
}

template<class Lines>
std::string lines_text(const Lines& lines) {
    std::string text;
    for (const auto& line : lines)
        text += line.text + '\n';
    return text;
}

std::string person_text(const dsl::PersonRef& person) {
    return (person.from_candidate ? "own, else " : "") + person.name;
}

bool same(const dsl::Window& a, const dsl::Window& b) { return a.days == b.days && a.from == b.from && a.to == b.to; }

std::int32_t segments_allowed(const dsl::Campaign& campaign) {
    return campaign.sms_limit ? campaign.sms_limit->segments : 0;
}

}  // namespace

std::set<TemplateName> templates_of(const dsl::StepList& steps, std::size_t from) {
    std::set<TemplateName> names;
    for (std::size_t i = from; i < steps.lines.size(); ++i) {
        const auto* message = std::get_if<dsl::op::Message>(&steps.lines[i].op);
        if (message == nullptr)
            continue;
        for (const auto& name : message->templates)
            names.emplace(message->channel, name);
        if (message->other_channel)
            names.emplace(*message->other_channel, message->other_template);
    }
    return names;
}

bool text_changed(const dsl::Rules& then, const dsl::Rules& now, const TemplateName& name) {
    return template_text(then, name) != template_text(now, name);
}

Differences compare(const dsl::Rules& then, const dsl::Campaign& before, const dsl::Rules& now,
                    const dsl::Campaign& after) {
    Differences found;
    const auto note = [&](bool different, const char* what) {
        if (different)
            found.words.emplace_back(what);
    };
    note(audience_text(then, before) != audience_text(now, after), "audience");
    note(before.steps->hash != after.steps->hash, "steps");
    found.of_what_is_sent = before.steps->hash != after.steps->hash;
    for (const auto& name : templates_of(*after.steps)) {
        if (!text_changed(then, now, name))
            continue;
        found.words.push_back("text of \"" + name.second + "\"");
        found.of_what_is_sent = true;
    }
    note(source_text(then, before.entry_span) != source_text(now, after.entry_span), "when people enter");
    note(before.enroll_per_day != after.enroll_per_day, "how many enter per day");
    note(before.re_enter_after != after.re_enter_after, "re-entry");
    note(!same(before.window, after.window), "sending hours");
    note(person_text(before.owner) != person_text(after.owner), "owner");
    note(before.from.owner != after.from.owner || before.from.address != after.from.address ||
             before.from.name != after.from.name,
         "sender");
    note(before.sms_from != after.sms_from, "sender of text messages");
    note(segments_allowed(before) != segments_allowed(after), "length of text messages");
    note(before.priority != after.priority, "priority");
    note(before.expires_on != after.expires_on, "expiry");
    note(before.draft != after.draft, after.draft ? "is a draft now" : "no draft any more");
    note(lines_text(before.stops) != lines_text(after.stops), "stops");
    note(lines_text(before.pauses) != lines_text(after.pauses), "pauses");
    note(before.stop_leavers != after.stop_leavers, "what happens to leavers");
    return found;
}

}  // namespace nurture::forecast
