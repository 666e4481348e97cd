// SPDX-License-Identifier: MIT
//
// What other blocks refer to by name: fields, events, values, and the names of segments and campaigns.
#include "dsl/compiler.hpp"
#include "dsl/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace nurture::dsl {
namespace {

/// Columns that every store has beside the built-in fields, and merge fields: no field may hide one.
constexpr std::array<std::string_view, 18> k_own_names = {
    "id",          "ref",           "part",        "email_key",        "phone_key",        "erased_at",
    "owner_name",  "owner_email",   "owner_phone", "organisation",     "postal_address",   "event_date",
    "event_value", "personal_note", "years_since", "unsubscribe_link", "preferences_link", "renew_consent_link"};

/// SQLite takes 2,000 columns in a table; nobody keeps so many facts about a person.
constexpr std::size_t k_most_fields = 1000;

FieldKind kind(ast::FieldType type) {
    switch (type) {
    case ast::FieldType::text: return FieldKind::text;
    case ast::FieldType::list_of_text: return FieldKind::list;
    case ast::FieldType::number: return FieldKind::number;
    case ast::FieldType::date: return FieldKind::date;
    case ast::FieldType::yes_no: return FieldKind::yes_no;
    case ast::FieldType::place: return FieldKind::place;
    }
    return FieldKind::text;
}

/// Checks declared names: built in, or there already.
class Declared {
public:
    Declared(Compiler& compiler, std::string_view what) : c_(compiler), what_(what) {}

    bool accept(const ast::Word& name, bool built_in) {
        if (is_reserved(name.text)) {
            return false;  // said when the line was read
        }
        if (built_in || std::find(k_own_names.begin(), k_own_names.end(), name.text) != k_own_names.end()) {
            c_.report("N0206", name.span, fmt::format("`{}` is there already, without a declaration", name.text),
                      built_in ? "built in: leave this line out" : "choose another name");
            return false;
        }
        const auto [first, is_new] = first_.emplace(name.text, name.span);
        if (!is_new) {
            c_.taken(what_ + "s", name.text, name.span, first->second);
        }
        return is_new;
    }

private:
    Compiler& c_;
    std::string what_;
    std::map<std::string, Span> first_;
};

template<class Item>
void sort_by_name(std::vector<Item>& items, std::size_t from) {
    std::sort(items.begin() + static_cast<std::ptrdiff_t>(from), items.end(),
              [](const Item& a, const Item& b) { return a.name < b.name; });
}

/// One placeholder per name, sorted.
template<class Item, class Source>
void declare_named(Compiler& c, std::vector<Item>& items, std::vector<Source> ast::File::*member,
                   std::string_view what) {
    std::map<std::string, Span> first;
    for (const ast::File& file : c.files) {
        for (const Source& source : file.*member) {
            const auto [at, is_new] = first.emplace(source.name.text, source.name.span);
            if (!is_new) {
                c.taken(std::string(what) + "s", source.name.text, source.name.span, at->second);
            } else if (first.size() > k_named) {
                c.report("N0130", source.name.span, fmt::format("there are more than {} {}s", k_named, what));
                return;
            }
        }
    }
    for (const auto& [name, span] : first) {
        Item item;
        item.name = name;
        item.span = span;
        items.push_back(std::move(item));
    }
}

void declare_values(Compiler& c) {
    for (const ast::File& file : c.files) {
        for (const ast::Values& values : file.values) {
            const auto [at, is_new] = c.values.emplace(values.name.text, &values);
            if (!is_new) {
                c.taken("lists of values", values.name.text, values.name.span, at->second->name.span);
            }
        }
    }
}

/// There is one store, so there is one set of fields and events: for all directories.
void only_in_the_root(Compiler& c, const ast::File& file, Span place, const char* what) {
    const std::string& path = c.sources.files[file.file].path;
    if (directory_of(path).empty()) {
        return;
    }
    c.report("N0413", place, fmt::format("{} are declared in the rules directory itself", what),
             fmt::format("this file lies in \"{}\"", directory_of(path)))
        .notes.push_back("Move the block into a file of the rules directory: it holds for all directories below.");
}

}  // namespace

void declare_schema(Compiler& c) {
    c.rules.schema = built_in_schema();
    const Schema built_in = c.rules.schema;
    Declared fields(c, "field");
    Declared events(c, "event");
    for (const ast::File& file : c.files) {
        if (!file.fields.empty()) {
            only_in_the_root(c, file, file.fields.front().span, "fields");
        }
        if (!file.events.empty()) {
            only_in_the_root(c, file, file.events.front().span, "events");
        }
        for (const ast::FieldDeclaration& field : file.fields) {
            if (fields.accept(field.name, built_in.field(field.name.text).has_value())) {
                c.rules.schema.fields.push_back({field.name.text, kind(field.type), false, field.say_unknown});
                if (c.rules.schema.fields.size() == k_most_fields) {
                    c.report("N0130", field.span, fmt::format("there are more than {} fields", k_most_fields));
                }
            }
        }
        for (const ast::EventDeclaration& event : file.events) {
            if (events.accept(event.name, built_in.event(event.name.text).has_value())) {
                c.rules.schema.events.push_back({event.name.text, event.label.text, event.with_name, false});
            }
        }
    }
    sort_by_name(c.rules.schema.fields, k_built_in_fields);
    sort_by_name(c.rules.schema.events, k_built_in_events);
}

void declare(Compiler& c) {
    declare_schema(c);
    declare_values(c);
    declare_named(c, c.rules.segments, &ast::File::segments, "segment");
    declare_named(c, c.rules.campaigns, &ast::File::campaigns, "campaign");
}

}  // namespace nurture::dsl
