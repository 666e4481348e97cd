// SPDX-License-Identifier: MIT
// `fields`: what an author can ask about, and, with a store, how many people there is an answer for.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/census.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>

namespace nurture::cli {
namespace {

using Json = nlohmann::ordered_json;

// Who somebody is, and not what they are like.
constexpr std::array k_personal = {"first_name", "last_name", "email", "phone", "postal_code"};
constexpr int k_values = 6;     // more belongs into `find`
constexpr int k_shared_by = 5;  // a value that fewer have may say who they are

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

struct Counted {
    std::int64_t people = 0;  // in the store
    std::map<std::string, store::Census> fields;
};

/// Nothing when there is no store yet.
std::optional<Counted> count_fields(Session& session, const config::Config& config) {
    if (session.store.empty() && !std::filesystem::exists(config.store_path))
        return std::nullopt;
    const auto database = read_store(session, config);
    Counted counted{store::candidate_count(database), {}};
    for (const auto& column : store::columns(database)) {
        const bool personal = std::find(k_personal.begin(), k_personal.end(), column.name) != k_personal.end();
        counted.fields[column.name] = store::census(database, column, personal ? 0 : k_values, k_shared_by);
    }
    return counted;
}

Json json_of(const store::Census& census) {
    auto values = Json::array();
    for (const auto& common : census.commonest)
        values.push_back({{"value", common.value}, {"people", common.people}});
    return {{"people", census.people}, {"commonest", values}};
}

void print_json(Session& session, const dsl::Schema& schema, const std::optional<Counted>& counted) {
    auto fields = Json::array(), events = fields;
    for (const auto& field : schema.fields) {
        Json one = {{"name", field.name},
                    {"type", to_text(field.kind)},
                    {"built_in", field.built_in},
                    {"say_unknown", field.say_unknown}};
        if (counted)
            one.update(
                json_of(counted->fields.contains(field.name) ? counted->fields.at(field.name) : store::Census{}));
        fields.push_back(std::move(one));
    }
    for (const auto& event : schema.events)
        events.push_back({{"name", event.name},
                          {"label", event.label},
                          {"with_name", event.with_name},
                          {"built_in", event.built_in}});
    Json document = {{"fields", fields}, {"events", events}};
    if (counted)
        document["store"] = counted->people;
    session.out << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

void print_field(Session& session, const dsl::Field& field, const std::optional<Counted>& counted) {
    session.out << fmt::format("  {:<22}{:<14}", field.name, to_text(field.kind));
    if (counted) {
        const auto known = counted->fields.find(field.name);
        session.out << fmt::format("{:>9}  ",
                                   forecast::thousands(known == counted->fields.end() ? 0 : known->second.people));
    }
    session.out << fmt::format("{}{}\n", field.built_in ? "built in" : "",
                               field.say_unknown ? "rules must say what to do when it is unknown" : "");
    if (!counted || !counted->fields.contains(field.name))
        return;
    std::vector<std::string> values;
    for (const auto& common : counted->fields.at(field.name).commonest)
        values.push_back(
            fmt::format("\"{}\" {}", forecast::printable(common.value), forecast::thousands(common.people)));
    if (!values.empty())
        session.out << fmt::format("      {}\n", fmt::join(values, ", "));
}

void print_text(Session& session, const dsl::Schema& schema, const std::optional<Counted>& counted) {
    session.out << "Fields: what is known about a person. Rules and CSV columns use these names.\n";
    if (counted)
        session.out << fmt::format(
            "The number is how many of the {} in the store have a value; below it the values that "
            "most of them have.\n",
            forecast::counted(counted->people, "person", "people"));
    for (const auto& field : schema.fields)
        print_field(session, field, counted);
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
    const auto counted = count_fields(session, config);
    if (options.json)
        print_json(session, *compiled.schema, counted);
    else
        print_text(session, *compiled.schema, counted);
    return 0;
}

}  // namespace nurture::cli
