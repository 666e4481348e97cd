// SPDX-License-Identifier: MIT
// `fields` and `explain`: what an author can write, and what a message means.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/service/wiring.hpp"
#include "dsl/codes.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ostream>

namespace nurture::cli {
namespace {

std::string_view to_text(dsl::FieldKind kind) {
    switch (kind) {
    case dsl::FieldKind::text: return "text";
    case dsl::FieldKind::list: return "list of text";
    case dsl::FieldKind::number: return "number";
    case dsl::FieldKind::date: return "date";
    case dsl::FieldKind::yes_no: return "yes or no";
    case dsl::FieldKind::place: return "place";
    }
    return {};
}

void print_json(Session& session, const dsl::Schema& schema) {
    auto fields = nlohmann::ordered_json::array(), events = fields;
    for (const auto& field : schema.fields)
        fields.push_back({{"name", field.name},
                          {"type", to_text(field.kind)},
                          {"built_in", field.built_in},
                          {"say_unknown", field.say_unknown}});
    for (const auto& event : schema.events)
        events.push_back({{"name", event.name},
                          {"label", event.label},
                          {"with_name", event.with_name},
                          {"built_in", event.built_in}});
    session.out << nlohmann::ordered_json{{"fields", fields}, {"events", events}}.dump(2) << '\n';
}

void print_text(Session& session, const dsl::Schema& schema) {
    session.out << "Fields: what is known about a person. Rules and CSV columns use these names.\n";
    for (const auto& field : schema.fields)
        session.out << fmt::format("  {:<22}{:<14}{}{}\n", field.name, to_text(field.kind),
                                   field.built_in ? "built in" : "",
                                   field.say_unknown ? "rules must say what to do when it is unknown" : "");
    session.out << "\nEvents: what happened, and when. Conditions ask `has NAME in the last 90 days`.\n";
    for (const auto& event : schema.events)
        session.out << fmt::format("  {:<22}{}{}\n", event.name, event.built_in ? "built in" : event.label,
                                   event.with_name ? ", with a name: has " + event.name + " \"…\"" : "");
    session.out << "\nMore are declared in the `fields` and `events` blocks of the rule files.\n";
}

}  // namespace

int fields(Session& session, const FieldsOptions& options) {
    const auto config = load_config(session);
    const auto sources = service::read_rules(config.rules_directory);
    const auto compiled = dsl::compile_schema(sources);
    print(session, compiled.diagnostics, sources);
    if (!compiled.schema)
        throw Reported{};
    if (options.json)
        print_json(session, *compiled.schema);
    else
        print_text(session, *compiled.schema);
    return 0;
}

int explain(Session& session, const ExplainOptions& options) {
    const auto line = [](const dsl::CodeInfo& info) {
        return fmt::format("{} {:<8} {}\n", info.code, info.severity == dsl::Severity::error ? "error" : "warning",
                           info.meaning);
    };
    if (options.code.empty()) {
        for (const auto& info : dsl::all_codes())
            session.out << line(info);
        return 0;
    }
    const auto* info = dsl::code_info(options.code);
    if (info == nullptr) {
        std::vector<std::string> codes;
        for (const auto& known : dsl::all_codes())
            codes.emplace_back(known.code);
        throw Usage(fmt::format("there is no message with the code {}{}; `nurture explain` lists them all",
                                options.code, did_you_mean(options.code, codes)));
    }
    session.out << line(*info)
                << (info->severity == dsl::Severity::error ? "Nothing can be applied while it stands. "
                                                           : "It may be meant: `nurture apply` works all the same. ")
                << "`nurture check` shows the place, and what to write instead.\n";
    return 0;
}

}  // namespace nurture::cli
