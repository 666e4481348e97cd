// SPDX-License-Identifier: MIT
#include "dsl/pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

/// A text that is equal for equal conditions and for no others.
class Key {
public:
    explicit Key(const Condition& condition) {
        number(condition.index());
        std::visit([this](const auto& c) { add(c); }, condition);
    }
    std::string take() { return std::move(key_); }

private:
    template<class Number>
    void number(Number value) {
        fmt::format_to(std::back_inserter(key_), "{},", value);
    }
    void text(std::string_view value) { fmt::format_to(std::back_inserter(key_), "{}:{},", value.size(), value); }
    void text(const std::optional<std::string>& value) { value ? text(std::string_view(*value)) : number('-'); }
    void offset(const std::optional<DayOffset>& value) {
        if (value) {
            number(value->months);
            number(value->days);
        }
        number(value ? 'y' : 'n');
    }
    void day(const std::optional<std::chrono::sys_days>& value) {
        value ? number(value->time_since_epoch().count()) : number('-');
    }
    template<class Items>
    void each(const Items& items) {
        number(items.size());
        for (const auto& item : items) {
            if constexpr (std::is_integral_v<std::decay_t<decltype(item)>>) {
                number(item);
            } else {
                text(std::string_view(item));
            }
        }
    }

    void add(const cond::And& c) { each(c.of); }
    void add(const cond::Or& c) { each(c.of); }
    void add(const cond::Not& c) { number(c.of); }
    void add(const cond::Known& c) { number(c.field); }
    void add(const cond::TextIn& c) {
        number(c.field);
        each(c.values);
    }
    void add(const cond::TextContains& c) {
        number(c.field);
        number(c.prefix);
        text(std::string_view(c.text));
    }
    void add(const cond::ListHas& c) {
        number(c.field);
        number(c.all);
        each(c.values);
    }
    void add(const cond::NumberRange& c) {
        number(c.field);
        number(c.low);
        number(c.high);
        number(c.low_open);
        number(c.high_open);
    }
    void add(const cond::YesNo& c) {
        number(c.field);
        number(c.yes);
    }
    void add(const cond::DateBetween& c) {
        number(c.field);
        day(c.from);
        day(c.to);
    }
    void add(const cond::DateNear& c) {
        number(c.field);
        offset(c.from);
        offset(c.to);
    }
    void add(const cond::Anniversary& c) {
        number(c.field);
        number(c.in_days);
    }
    void add(const cond::Within& c) {
        number(c.field);
        number(c.lat);
        number(c.lon);
        number(c.metres);
    }
    void add(const cond::Happened& c) {
        number(c.event);
        text(c.name);
        number(c.channel ? static_cast<int>(*c.channel) : -1);
        text(c.message_template);
        number(c.count);
        offset(c.since.days);
        number(c.since.hours);
    }
    void add(const cond::InList& c) { number(c.list); }
    void add(const cond::InCampaign& c) {
        text(std::string_view(c.campaign));
        number(static_cast<int>(c.is));
    }
    void add(const cond::Consent& c) {
        number(c.consent);
        number(static_cast<int>(c.is));
        offset(c.from);
        offset(c.to);
    }

    std::string key_;
};

}  // namespace

Pool::Pool(std::vector<Condition>& all) : all_(all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        found_.emplace(Key(all[i]).take(), static_cast<ConditionIx>(i));
    }
}

ConditionIx Pool::add(Condition condition) {
    const auto [at, is_new] = found_.emplace(Key(condition).take(), static_cast<ConditionIx>(all_.size()));
    if (is_new) {
        all_.push_back(std::move(condition));
    }
    return at->second;
}

ConditionIx Pool::lines(std::vector<ConditionIx> of) {
    return of.size() == 1 ? of.front() : add(cond::And{std::move(of)});
}

ConditionIx Pool::all_of(std::vector<ConditionIx> of) {
    std::sort(of.begin(), of.end());
    of.erase(std::unique(of.begin(), of.end()), of.end());
    return lines(std::move(of));
}

ConditionIx Pool::any_of(std::vector<ConditionIx> of) {
    std::sort(of.begin(), of.end());
    of.erase(std::unique(of.begin(), of.end()), of.end());
    return of.size() == 1 ? of.front() : add(cond::Or{std::move(of)});
}

ConditionIx Pool::negation(ConditionIx of) {
    if (const auto* inner = std::get_if<cond::Not>(&all_[of])) {
        return inner->of;
    }
    return add(cond::Not{of});
}

}  // namespace nurture::dsl
