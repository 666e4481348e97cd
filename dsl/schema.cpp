// SPDX-License-Identifier: MIT
#include "dsl/schema.hpp"

#include <algorithm>

namespace nurture::dsl {
namespace {

template<class Ix, class Item, class Equal>
std::optional<Ix> position(const std::vector<Item>& items, Equal equal) {
    const auto at = std::find_if(items.begin(), items.end(), equal);
    if (at == items.end()) {
        return std::nullopt;
    }
    return static_cast<Ix>(at - items.begin());
}

template<class Ix>
std::optional<Ix> position_folded(const std::vector<std::string>& names, std::string_view name) {
    const std::string wanted = fold(name);
    return position<Ix>(names, [&](const std::string& item) { return fold(item) == wanted; });
}

}  // namespace

std::optional<FieldIx> Schema::field(std::string_view name) const {
    return position<FieldIx>(fields, [&](const Field& item) { return item.name == name; });
}
std::optional<EventIx> Schema::event(std::string_view name) const {
    return position<EventIx>(events, [&](const EventKind& item) { return item.name == name; });
}
std::optional<ListIx> Schema::list(std::string_view name) const { return position_folded<ListIx>(lists, name); }
std::optional<ConsentIx> Schema::consent(std::string_view name) const {
    return position_folded<ConsentIx>(consents, name);
}

Schema built_in_schema() {
    Schema schema;
    for (const char* name : {"first_name", "last_name", "email", "phone", "city", "state", "postal_code", "time_zone",
                             "language", "owner"}) {
        schema.fields.push_back({name, FieldKind::text, true, false});
    }
    schema.fields.push_back({"created", FieldKind::date, true, false});
    schema.events = {{"received", "got a message", false, true},
                     {"opened", "opened a message", false, true},
                     {"clicked", "clicked a link", false, true},
                     {"replied", "replied", false, true},
                     {"auto_replied", "answered automatically", false, true},
                     {"bounced", "bounced", false, true},
                     {"complained", "complained about a message", false, true},
                     {"unsubscribed", "unsubscribed", false, true},
                     {"joined", "came into the store", false, true}};
    return schema;
}

}  // namespace nurture::dsl
