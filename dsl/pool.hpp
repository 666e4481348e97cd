// SPDX-License-Identifier: MIT
//
// The pool of conditions while it grows: equal conditions are one entry, children stand before their parents, members
// of a group are sorted and single ones unwrapped. Works on the vector of the Rules under construction and may continue
// one that is already full. One thread.
#pragma once

#include "dsl/rules.hpp"

#include <unordered_map>

namespace nurture::dsl {

class Pool {
public:
    explicit Pool(std::vector<Condition>& all);

    /// The one entry that equals `condition`, whose members are in the pool.
    ConditionIx add(Condition condition);

    ConditionIx all_of(std::vector<ConditionIx> of);
    ConditionIx any_of(std::vector<ConditionIx> of);
    ConditionIx none_of(std::vector<ConditionIx> of) { return negation(any_of(std::move(of))); }
    /// As all_of, but members stay in the order in which the author wrote them.
    ConditionIx lines(std::vector<ConditionIx> of);
    ConditionIx negation(ConditionIx of);
    ConditionIx known(FieldIx field) { return add(cond::Known{field}); }
    ConditionIx unknown(FieldIx field) { return negation(known(field)); }
    ConditionIx always() { return add(cond::And{}); }

    const Condition& operator[](ConditionIx ix) const { return all_[ix]; }

private:
    std::vector<Condition>& all_;
    std::unordered_map<std::string, ConditionIx> found_;  // looked up only, never walked
};

// What can be said about conditions without looking at any person. `false` means "cannot be proven", not "no".

/// Nobody can satisfy both.
bool disjoint(const std::vector<Condition>& all, ConditionIx a, ConditionIx b);

/// Nobody can satisfy it.
bool impossible(const std::vector<Condition>& all, ConditionIx ix);

/// Everybody satisfies one of them.
bool exhaustive(const std::vector<Condition>& all, ConditionIx a, ConditionIx b);

/// Whoever satisfies it has a value in that field.
bool proves_known(const std::vector<Condition>& all, ConditionIx ix, FieldIx field);

/// What must hold for it to hold: members of nested `and`s and of negated `or`s, one by one.
std::vector<ConditionIx> must_hold(Pool& pool, ConditionIx ix);

/// The field that a condition tests alone, `not` in front of it included.
std::optional<FieldIx> tested_field(const std::vector<Condition>& all, ConditionIx ix);

}  // namespace nurture::dsl
