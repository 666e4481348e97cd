// SPDX-License-Identifier: MIT
//
// Small proofs over conditions. They follow the structure and compare pairs of tests of one field; what they cannot see
// they leave alone, so that no author is ever told something false.
#include "dsl/pool.hpp"

#include <algorithm>
#include <limits>

namespace nurture::dsl {
namespace {

using All = std::vector<Condition>;

bool share(const std::vector<std::string>& a, const std::vector<std::string>& b) {  // both sorted
    return std::any_of(a.begin(), a.end(),
                       [&](const std::string& value) { return std::binary_search(b.begin(), b.end(), value); });
}

bool empty(const cond::NumberRange& r) { return r.low > r.high || (r.low == r.high && (r.low_open || r.high_open)); }

cond::NumberRange both(const cond::NumberRange& a, const cond::NumberRange& b) {
    cond::NumberRange r = a;
    if (b.low > r.low || (b.low == r.low && b.low_open)) {
        r.low = b.low;
        r.low_open = b.low_open;
    }
    if (b.high < r.high || (b.high == r.high && b.high_open)) {
        r.high = b.high;
        r.high_open = b.high_open;
    }
    return r;
}

// A month is 28 to 31 days; several of them average out, but a bound is all that is needed here.
long least_days(const DayOffset& o) { return o.days + (o.months < 0 ? 31L : 28L) * o.months; }
long most_days(const DayOffset& o) { return o.days + (o.months < 0 ? 28L : 31L) * o.months; }

/// `from` is certainly after `to`.
bool after(const std::optional<DayOffset>& from, const std::optional<DayOffset>& to) {
    if (!from || !to) {
        return false;
    }
    return from->months == to->months ? from->days > to->days : least_days(*from) > most_days(*to);
}
bool after(const std::optional<std::chrono::sys_days>& from, const std::optional<std::chrono::sys_days>& to) {
    return from && to && *from > *to;
}

bool holds_part(const cond::TextContains& test, const std::string& value) {
    return test.prefix ? value.starts_with(test.text) : value.find(test.text) != value.npos;
}

/// Whatever counts since `a` counts since `b`. Days and hours are not compared.
bool no_later(const Since& b, const Since& a) {
    if (a == b || (!b.days && b.hours == 0)) {
        return true;
    }
    if (a.days && b.days) {
        return a.days->months == b.days->months ? b.days->days <= a.days->days
                                                : most_days(*b.days) <= least_days(*a.days);
    }
    return !a.days && !b.days && a.hours != 0 && b.hours >= a.hours;
}

// Two tests that are not groups. Only pairs about one field (or one list, one consent) can exclude each other.
struct Disjoint {
    bool operator()(const cond::TextIn& a, const cond::TextIn& b) const {
        return a.field == b.field && !share(a.values, b.values);
    }
    bool operator()(const cond::TextIn& a, const cond::TextContains& b) const {
        return a.field == b.field && std::none_of(a.values.begin(), a.values.end(),
                                                  [&](const std::string& value) { return holds_part(b, value); });
    }
    bool operator()(const cond::TextContains& a, const cond::TextIn& b) const { return (*this)(b, a); }
    bool operator()(const cond::TextContains& a, const cond::TextContains& b) const {
        return a.field == b.field && a.prefix && b.prefix && !a.text.starts_with(b.text) && !b.text.starts_with(a.text);
    }
    bool operator()(const cond::NumberRange& a, const cond::NumberRange& b) const {
        return a.field == b.field && empty(both(a, b));
    }
    bool operator()(const cond::YesNo& a, const cond::YesNo& b) const { return a.field == b.field && a.yes != b.yes; }
    bool operator()(const cond::DateBetween& a, const cond::DateBetween& b) const {
        return a.field == b.field && (after(a.from, b.to) || after(b.from, a.to));
    }
    bool operator()(const cond::DateNear& a, const cond::DateNear& b) const {
        return a.field == b.field && (after(a.from, b.to) || after(b.from, a.to));
    }
    bool operator()(const cond::Consent& a, const cond::Consent& b) const {
        return a.consent == b.consent && a.is != b.is;
    }
    template<class A, class B>
    bool operator()(const A&, const B&) const {
        return false;
    }
};

/// Whoever satisfies `a` satisfies `b`.
struct Implies {
    bool operator()(const cond::TextIn& a, const cond::TextIn& b) const {
        return a.field == b.field && std::includes(b.values.begin(), b.values.end(), a.values.begin(), a.values.end());
    }
    bool operator()(const cond::ListHas& a, const cond::ListHas& b) const {
        if (a.field != b.field) {
            return false;
        }
        if (b.all) {
            return (a.all || a.values.size() == 1) &&
                   std::includes(a.values.begin(), a.values.end(), b.values.begin(), b.values.end());
        }
        return a.all ? share(a.values, b.values)
                     : std::includes(b.values.begin(), b.values.end(), a.values.begin(), a.values.end());
    }
    bool operator()(const cond::NumberRange& a, const cond::NumberRange& b) const {
        return a.field == b.field && both(a, b) == a;
    }
    bool operator()(const cond::TextIn& a, const cond::TextContains& b) const {
        return a.field == b.field && std::all_of(a.values.begin(), a.values.end(),
                                                 [&](const std::string& value) { return holds_part(b, value); });
    }
    bool operator()(const cond::Happened& a, const cond::Happened& b) const {
        const auto asks_less = [](const auto& more, const auto& less) { return !less || less == more; };
        return a.event == b.event && asks_less(a.name, b.name) && asks_less(a.channel, b.channel) &&
               asks_less(a.message_template, b.message_template) && a.count >= b.count && no_later(b.since, a.since);
    }
    template<class A, class B>
    bool operator()(const A&, const B&) const {
        return false;
    }
};

bool implies(const All& all, ConditionIx a, ConditionIx b) { return a == b || std::visit(Implies{}, all[a], all[b]); }

template<class T>
const T* as(const All& all, ConditionIx ix) {
    return std::get_if<T>(&all[ix]);
}

/// Whoever satisfies it (`holds`), or does not, has a value in that field.
bool proves(const All& all, ConditionIx ix, FieldIx field, bool holds) {
    const auto member = [&](ConditionIx of) { return proves(all, of, field, holds); };
    if (const auto* no = as<cond::Not>(all, ix)) {
        return proves(all, no->of, field, !holds);
    }
    const auto* both_of = as<cond::And>(all, ix);
    const auto* either = as<cond::Or>(all, ix);
    if (both_of == nullptr && either == nullptr) {
        return holds && tested_field(all, ix) == field;
    }
    const std::vector<ConditionIx>& of = both_of != nullptr ? both_of->of : either->of;
    if ((both_of != nullptr) == holds) {
        return std::any_of(of.begin(), of.end(), member);
    }
    return !of.empty() && std::all_of(of.begin(), of.end(), member);
}

/// Groups are taken apart from the outside in: `or`, `and`, `not`, then single tests.
int rank(const All& all, ConditionIx ix) {
    return as<cond::Or>(all, ix) != nullptr    ? 0
           : as<cond::And>(all, ix) != nullptr ? 1
           : as<cond::Not>(all, ix) != nullptr ? 2
                                               : 3;
}

}  // namespace

bool impossible(const All& all, ConditionIx ix) {
    if (const auto* range = as<cond::NumberRange>(all, ix)) {
        return empty(*range);
    }
    if (const auto* range = as<cond::DateBetween>(all, ix)) {
        return after(range->from, range->to);
    }
    if (const auto* range = as<cond::DateNear>(all, ix)) {
        return after(range->from, range->to);
    }
    if (const auto* consent = as<cond::Consent>(all, ix)) {
        return after(consent->from, consent->to);
    }
    return false;
}

namespace {

// A proof that takes more steps than this is not looked for: segments that use each other many times over have more
// ways through them than anybody waits for.
constexpr int k_most_steps = 20'000;

bool disjoint_within(const All& all, ConditionIx a, ConditionIx b, int& steps) {
    if (--steps < 0) {
        return false;
    }
    if (rank(all, b) < rank(all, a)) {
        std::swap(a, b);
    }
    if (const auto* either = as<cond::Or>(all, a)) {
        return std::all_of(either->of.begin(), either->of.end(),
                           [&](ConditionIx m) { return disjoint_within(all, m, b, steps); });
    }
    if (const auto* both_of = as<cond::And>(all, a)) {
        return std::any_of(both_of->of.begin(), both_of->of.end(),
                           [&](ConditionIx m) { return disjoint_within(all, m, b, steps); });
    }
    if (const auto* no = as<cond::Not>(all, a)) {
        if (const auto* either = as<cond::Or>(all, no->of)) {
            return std::any_of(either->of.begin(), either->of.end(), [&](ConditionIx m) { return implies(all, b, m); });
        }
        if (const auto* known = as<cond::Known>(all, no->of)) {
            return proves_known(all, b, known->field);
        }
        return implies(all, b, no->of);
    }
    return std::visit(Disjoint{}, all[a], all[b]);
}

}  // namespace

bool disjoint(const All& all, ConditionIx a, ConditionIx b) {
    int steps = k_most_steps;
    return disjoint_within(all, a, b, steps);
}

bool exhaustive(const All& all, ConditionIx a, ConditionIx b) {
    const auto* no_a = as<cond::Not>(all, a);
    const auto* no_b = as<cond::Not>(all, b);
    return (no_a != nullptr && implies(all, no_a->of, b)) || (no_b != nullptr && implies(all, no_b->of, a));
}

std::optional<FieldIx> tested_field(const All& all, ConditionIx ix) {
    if (const auto* no = as<cond::Not>(all, ix)) {
        return tested_field(all, no->of);
    }
    return std::visit(
        [](const auto& c) -> std::optional<FieldIx> {
            if constexpr (requires { c.field; }) {
                return c.field;
            } else {
                return std::nullopt;
            }
        },
        all[ix]);
}

bool proves_known(const All& all, ConditionIx ix, FieldIx field) { return proves(all, ix, field, true); }

std::vector<ConditionIx> must_hold(Pool& pool, ConditionIx ix) {
    std::vector<ConditionIx> result;
    std::vector<ConditionIx> open{ix};
    while (!open.empty()) {
        const ConditionIx at = open.back();
        open.pop_back();
        if (const auto* group = std::get_if<cond::And>(&pool[at])) {
            open.insert(open.end(), group->of.rbegin(), group->of.rend());
            continue;
        }
        const auto* no = std::get_if<cond::Not>(&pool[at]);
        const auto* none = no != nullptr ? std::get_if<cond::Or>(&pool[no->of]) : nullptr;
        if (none == nullptr) {
            result.push_back(at);
            continue;
        }
        const std::vector<ConditionIx> members(none->of.rbegin(), none->of.rend());
        for (const ConditionIx member : members) {  // the pool may grow, so no reference into it is held
            open.push_back(pool.negation(member));
        }
    }
    return result;
}

}  // namespace nurture::dsl
