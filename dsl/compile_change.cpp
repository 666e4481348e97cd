// SPDX-License-Identifier: MIT
//
// The changes of a person that start, stop and pause campaigns.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

namespace nurture::dsl {
namespace {

std::optional<Change> event_change(Compiler& c, const ast::Change& change) {
    const auto event = c.event(change.word);
    if (!event) {
        return std::nullopt;
    }
    const EventKind& kind = c.rules.schema.events[*event];
    if (change.name && !kind.with_name) {
        report_no_name(c, *change.name, *event, "candidate has");
    }
    if (change.channel && !is_message_event(*event)) {
        c.report("N0204", change.word.span, fmt::format("`{}` does not happen to a message", kind.name),
                 "messages are received, opened, clicked, replied to or bounced");
    }
    if (*event == static_cast<EventIx>(BuiltInEvent::opened)) {
        c.report("N0404", change.word.span, "opens are counted by machines, not by people",
                 "mail programs open messages that nobody reads");
    }
    change::Event happened{*event, change.name ? std::optional(fold(change.name->text)) : std::nullopt, {}, {}};
    if (change.channel) {
        happened.channel = to_channel(*change.channel);
        if (change.message && c.find_template(*happened.channel, *change.message)) {
            happened.message_template = change.message->text;
        }
    }
    return happened;
}

/// `becomes` is for one value, `gains` for lists; numbers, dates and places are not watched.
std::optional<Change> field_change(Compiler& c, const ast::Change& change) {
    const auto field = c.field(change.word);
    if (!field) {
        return std::nullopt;
    }
    const FieldKind kind = c.rules.schema.fields[*field].kind;
    const bool is_list = kind == FieldKind::list;
    const bool watched = kind == FieldKind::text || kind == FieldKind::yes_no || is_list;
    const std::string& name = change.word.text;
    if (!watched) {
        c.report("N0204", change.word.span,
                 fmt::format("`{}` is {}, and only text, lists and yes-or-no fields are watched for changes", name,
                             kind_name(kind)),
                 "")
            .notes.push_back(fmt::format(
                "Say in the audience what must hold, and end it with `stop when candidate leaves the audience`{}",
                kind == FieldKind::date ? fmt::format("; to begin with it:   start 30 days before {}", name) : "."));
        return std::nullopt;
    }
    if (change.kind == ast::ChangeKind::changes) {
        return change::Changes{*field};
    }
    std::vector<std::string> values = folded_values(c, change.values, change.values_name);
    if (is_list != (change.kind == ast::ChangeKind::gains)) {
        c.report("N0204", change.span, fmt::format("`{}` is {}", name, kind_name(kind)),
                 is_list ? "a list gains entries: write `gains`" : "a single value becomes another: write `becomes`");
        return std::nullopt;
    }
    if (is_list) {
        return change::Gains{*field, std::move(values)};
    }
    return change::Becomes{*field, std::move(values)};
}

}  // namespace

std::optional<Change> compile_change(Compiler& c, const ast::Change& change) {
    switch (change.kind) {
    case ast::ChangeKind::event: return event_change(c, change);
    case ast::ChangeKind::joined_list: return change::JoinedList{c.list(*change.name)};
    case ast::ChangeKind::entered_campaign:
        if (!c.campaign(*change.name)) {
            return std::nullopt;
        }
        return change::EnteredCampaign{change.name->text};
    case ast::ChangeKind::leaves_audience: return change::LeavesAudience{};
    case ast::ChangeKind::becomes:
    case ast::ChangeKind::gains:
    case ast::ChangeKind::changes: break;
    }
    return field_change(c, change);
}

PersonRef compile_person(Compiler& c, const ast::Person& person) {
    PersonRef ref;
    ref.campaign_owner = person.owner;
    ref.from_candidate = person.from_candidate;
    if (person.name) {
        c.check_person(*person.name);
        ref.name = person.name->text;
    }
    return ref;
}

}  // namespace nurture::dsl
