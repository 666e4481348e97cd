// SPDX-License-Identifier: MIT
//
// What is known about people: the built-in and declared fields, events, lists and consents. Index types are positions
// in these vectors and stay valid as long as the Schema they belong to. Built-ins come first, in a fixed order, so that
// their indices are constants. Immutable once compiled: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::dsl {

using FieldIx = std::uint16_t;
using EventIx = std::uint16_t;
using ListIx = std::uint16_t;
using ConsentIx = std::uint16_t;

enum class FieldKind : std::uint8_t { text, list, number, date, yes_no, place };

struct Field {
    std::string name;
    FieldKind kind = FieldKind::text;
    bool built_in = false;
    bool say_unknown = false;
};

struct EventKind {
    std::string name;
    std::string label;  // "applied to a job"
    bool with_name = false;
    bool built_in = false;
};

/// Built-in fields in their fixed order; `created` is a date, the others are text.
enum class BuiltIn : FieldIx {
    first_name,
    last_name,
    email,
    phone,
    city,
    state,
    postal_code,
    time_zone,
    language,
    owner,
    created
};
inline constexpr FieldIx k_built_in_fields = 11;

/// Built-in events in their fixed order.
enum class BuiltInEvent : EventIx {
    received,
    opened,
    clicked,
    replied,
    auto_replied,
    bounced,
    complained,
    unsubscribed,
    joined
};
inline constexpr EventIx k_built_in_events = 9;

struct Schema {
    std::vector<Field> fields;          // built-ins, then declared ones sorted by name
    std::vector<EventKind> events;      // built-ins, then declared ones sorted by name
    std::vector<std::string> lists;     // every list name that a rule mentions, in the order of first mention
    std::vector<std::string> consents;  // every consent name that a rule mentions, likewise

    std::optional<FieldIx> field(std::string_view name) const;
    std::optional<EventIx> event(std::string_view name) const;
    std::optional<ListIx> list(std::string_view name) const;        // without regard to capitals
    std::optional<ConsentIx> consent(std::string_view name) const;  // without regard to capitals
};

/// A schema that holds the built-ins only.
Schema built_in_schema();

/// How values are compared: ASCII and simple Unicode case folding, surrounding blanks dropped, inner runs of blanks
/// made one. Used by rules, importer and roster alike, so that "ICU" in a rule equals "icu " in a file.
std::string fold(std::string_view value);

}  // namespace nurture::dsl
