// SPDX-License-Identifier: MIT
//
// Facts seen as the changes that `start when`, `stop when` and `pause … when` speak of.
#include "daemon/engine/steps.hpp"

#include <algorithm>

namespace nurture::engine {
namespace {

bool any_of(const std::vector<std::string>& folded, const std::string& value) {
    return std::binary_search(folded.begin(), folded.end(), dsl::fold(value));
}

constexpr auto k_received = static_cast<dsl::EventIx>(dsl::BuiltInEvent::received);

bool is_received(const fact::Outcome& f) {
    return f.now == fact::Outcome::Now::sent || f.now == fact::Outcome::Now::in_doubt;
}

/// Which message a rule speaks of. History that names no channel fits both.
bool is_about(const dsl::change::Event& change, std::optional<dsl::Channel> channel, const std::string& name) {
    return (!change.channel || !channel || *change.channel == *channel) &&
           (!change.message_template || dsl::fold(*change.message_template) == dsl::fold(name));
}

struct IsChange {
    const Fact& fact;

    bool operator()(const dsl::change::Event& change) const {
        if (const auto* sent = std::get_if<fact::Outcome>(&fact))
            return is_received(*sent) && change.event == k_received &&
                   is_about(change, sent->channel, sent->message_template);
        const auto* event = std::get_if<fact::Happened>(&fact);
        return event != nullptr && event->event == change.event &&
               (!change.name || dsl::fold(*change.name) == dsl::fold(event->name)) &&
               is_about(change, event->channel, event->name);
    }
    bool operator()(const dsl::change::JoinedList& change) const {
        const auto* joined = std::get_if<fact::JoinedList>(&fact);
        return joined != nullptr && joined->list == change.list;
    }
    bool operator()(const dsl::change::EnteredCampaign&) const { return false; }
    bool operator()(const dsl::change::LeavesAudience&) const { return false; }
    bool operator()(const dsl::change::Becomes& change) const {
        const auto* moved = std::get_if<fact::FieldMoved>(&fact);
        return moved != nullptr && moved->field == change.field && moved->how == fact::FieldMoved::How::became &&
               any_of(change.values, moved->value);
    }
    bool operator()(const dsl::change::Gains& change) const {
        const auto* moved = std::get_if<fact::FieldMoved>(&fact);
        return moved != nullptr && moved->field == change.field && moved->how == fact::FieldMoved::How::gained &&
               any_of(change.values, moved->value);
    }
    bool operator()(const dsl::change::Changes& change) const {
        const auto* moved = std::get_if<fact::FieldMoved>(&fact);
        return moved != nullptr && moved->field == change.field;
    }
};

struct Extract {
    std::optional<Happening> operator()(const fact::FieldMoved& f) const {
        return Happening{f.who, f.at, f.live, f.value};
    }
    std::optional<Happening> operator()(const fact::Happened& f) const {
        return Happening{f.who, f.at, f.live, f.name};
    }
    std::optional<Happening> operator()(const fact::Outcome& f) const {
        return is_received(f) ? std::optional(Happening{f.who, f.counted_at, true, f.message_template}) : std::nullopt;
    }
    std::optional<Happening> operator()(const fact::JoinedList& f) const { return Happening{f.who, f.at, f.live, {}}; }
    template<class Other>
    std::optional<Happening> operator()(const Other&) const {
        return {};
    }
};

}  // namespace

bool is_change(const dsl::Change& change, const Fact& fact) { return std::visit(IsChange{fact}, change); }

std::optional<Happening> happening(const Fact& fact) { return std::visit(Extract{}, fact); }

}  // namespace nurture::engine
