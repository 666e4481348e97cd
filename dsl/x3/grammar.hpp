// SPDX-License-Identifier: MIT
//
// The one header that names Spirit types: iterator and context pinned, terminals over dsl::Reader, the few actions, and
// the rules that more than one file uses. Terminals are thin: all reading is in reader.cpp, which sees no Spirit. Rules
// fill their struct by actions (`p[put<&T::member>]`), so nothing depends on attribute propagation, and rules are tried
// again from a fresh value, so nothing depends on rollback.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/reader.hpp"
#include "dsl/statement.hpp"
#include "dsl/x3/read_block.hpp"

#include <boost/spirit/home/x3.hpp>

#include <span>
#include <type_traits>
#include <utility>

namespace nurture::dsl::grammar {

namespace x3 = boost::spirit::x3;

struct reader_tag;
using Iterator = const char*;
using Context = x3::context<reader_tag, Reader>;

template<class C>
Reader& reader(const C& context) {
    return x3::get<reader_tag>(context);
}

// --- terminals -------------------------------------------------------------------------------------------------

/// A keyword or phrase, by its text.
struct Keyword : x3::parser<Keyword> {
    using attribute_type = x3::unused_type;
    static constexpr bool has_attribute = false;
    PhraseId id;

    explicit constexpr Keyword(PhraseId phrase) : id(phrase) {}
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R&, A&) const {
        return reader(context).phrase(first, id);
    }
};
consteval Keyword kw(std::string_view text) { return Keyword(phrase(text)); }

/// One phrase out of a table, and what it stands for.
template<class E>
struct Chosen {
    E value{};
    Span span;
};
template<class E, std::size_t N>
struct Table {
    std::array<PhraseId, N> ids{};
    std::array<E, N> values{};
};
template<class E, std::size_t N>
consteval Table<E, N> table(const std::pair<std::string_view, E> (&rows)[N]) {
    Table<E, N> made;
    for (std::size_t i = 0; i < N; ++i) {
        made.ids[i] = phrase(rows[i].first);
        made.values[i] = rows[i].second;
    }
    return made;
}
template<class E>
struct OneOf : x3::parser<OneOf<E>> {
    using attribute_type = Chosen<E>;
    static constexpr bool has_attribute = true;
    std::span<const PhraseId> ids;
    std::span<const E> values;

    template<std::size_t N>
    explicit constexpr OneOf(const Table<E, N>& from) : ids(from.ids),
                                                        values(from.values) {}
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R&, A& attribute) const {
        PhraseId found{};
        Span span;
        if (!reader(context).one_of(first, ids, found, span))
            return false;
        if constexpr (std::is_same_v<A, attribute_type>) {
            std::size_t i = 0;
            while (ids[i] != found)
                ++i;
            attribute = {values[i], span};
        }
        return true;
    }
};

/// Anything that Reader reads into a value.
template<class T>
struct Leaf : x3::parser<Leaf<T>> {
    using attribute_type = T;
    static constexpr bool has_attribute = true;
    bool (Reader::*read)(Iterator&, Want, T&);
    Want want;

    constexpr Leaf(bool (Reader::*reads)(Iterator&, Want, T&), Want wants) : read(reads), want(wants) {}
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R&, A& attribute) const {
        T value{};
        if (!(reader(context).*read)(first, want, value))
            return false;
        if constexpr (std::is_same_v<A, T>)
            attribute = std::move(value);
        return true;
    }
};
constexpr Leaf<ast::Word> word(Want want) { return {&Reader::word, want}; }
constexpr Leaf<ast::Quoted> quoted(Want want) { return {&Reader::quoted, want}; }
inline constexpr Leaf<ast::Number> number{&Reader::number, Want::number};
inline constexpr Leaf<ast::Number> count{&Reader::number, Want::count};
inline constexpr Leaf<ast::Date> date{&Reader::date, Want::date};
inline constexpr Leaf<ast::TimeOfDay> time_of_day{&Reader::time, Want::time};
inline constexpr Leaf<std::chrono::month_day> month_day{&Reader::month_day, Want::month_day};
inline constexpr Leaf<ast::Word> field = word(Want::field);
inline constexpr Leaf<ast::Word> step_name = word(Want::step);

/// A length or a distance: a number with its unit.
template<class T>
struct Measure : x3::parser<Measure<T>> {
    using attribute_type = T;
    static constexpr bool has_attribute = true;
    bool (Reader::*read)(Iterator&, T&);

    explicit constexpr Measure(bool (Reader::*reads)(Iterator&, T&)) : read(reads) {}
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R&, A& attribute) const {
        T value{};
        if (!(reader(context).*read)(first, value))
            return false;
        if constexpr (std::is_same_v<A, T>)
            attribute = std::move(value);
        return true;
    }
};
inline constexpr Measure<ast::Length> length{&Reader::length};
inline constexpr Measure<double> distance{&Reader::distance};

/// A whole number and a noun that agrees with it: `1 message`, `2 messages`.
struct Counted : x3::parser<Counted> {
    using attribute_type = ast::Number;
    static constexpr bool has_attribute = true;
    PhraseId one, many;

    constexpr Counted(PhraseId singular, PhraseId plural) : one(singular), many(plural) {}
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R&, A& attribute) const {
        ast::Number value;
        Iterator behind = first;
        if (!reader(context).number(behind, Want::count, value) ||
            !reader(context).noun(behind, value.value, one, many))
            return false;
        first = behind;
        if constexpr (std::is_same_v<A, ast::Number>)
            attribute = value;
        return true;
    }
};
consteval Counted counted(std::string_view one, std::string_view many) { return {phrase(one), phrase(many)}; }

struct Punctuation : x3::parser<Punctuation> {
    using attribute_type = x3::unused_type;
    static constexpr bool has_attribute = false;
    Want want;

    explicit constexpr Punctuation(Want wants) : want(wants) {}
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R&, A&) const {
        return reader(context).punctuation(first, want);
    }
};
inline constexpr Punctuation comma{Want::comma};
inline constexpr Punctuation colon{Want::colon};

/// Around what a rule reads, where its struct has a span: `from_here >> … >> to_here`.
struct FromHere : x3::parser<FromHere> {
    using attribute_type = x3::unused_type;
    static constexpr bool has_attribute = false;
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R& value, A&) const {
        const Iterator begin = reader(context).next(first);
        value.span = reader(context).span(begin, begin);
        return true;
    }
};
struct ToHere : x3::parser<ToHere> {
    using attribute_type = x3::unused_type;
    static constexpr bool has_attribute = false;
    template<class C, class R, class A>
    bool parse(Iterator& first, const Iterator&, const C& context, R& value, A&) const {
        value.span.end = reader(context).offset(first);
        return true;
    }
};
inline constexpr FromHere from_here{};
inline constexpr ToHere to_here{};

// --- actions ---------------------------------------------------------------------------------------------------

template<class T>
struct unwrapped {
    static T& get(T& value) { return value; }
};
template<class E>
struct unwrapped<Chosen<E>> {
    static E& get(Chosen<E>& chosen) { return chosen.value; }
};

template<auto Member>
struct Put {
    template<class C>
    void operator()(const C& context) const {
        auto& from = x3::_attr(context);
        x3::_val(context).*Member = std::move(unwrapped<std::remove_reference_t<decltype(from)>>::get(from));
    }
};
template<auto Member>
struct Push {
    template<class C>
    void operator()(const C& context) const {
        (x3::_val(context).*Member).push_back(std::move(x3::_attr(context)));
    }
};
template<auto Member, auto Value>
struct Set {
    template<class C>
    void operator()(const C& context) const {
        x3::_val(context).*Member = Value;
    }
};
/// The value of the rule is what this part read. Into a variant by `emplace`: its converting assignment costs the
/// compiler the square of the number of alternatives.
struct Become {
    template<class C>
    void operator()(const C& context) const {
        using To = std::remove_reference_t<decltype(x3::_val(context))>;
        using From = std::remove_reference_t<decltype(x3::_attr(context))>;
        if constexpr (std::is_same_v<To, From>)
            x3::_val(context) = std::move(x3::_attr(context));
        else if constexpr (std::is_same_v<To, Statement>)
            x3::_val(context).what.template emplace<From>(std::move(x3::_attr(context)));
        else
            x3::_val(context).template emplace<From>(std::move(x3::_attr(context)));
    }
};
template<class T>
struct Make {
    template<class C>
    void operator()(const C& context) const {
        x3::_val(context) = T{};
    }
};
template<auto Member>
inline constexpr Put<Member> put{};
template<auto Member>
inline constexpr Push<Member> push{};
template<auto Member, auto Value>
inline constexpr Set<Member, Value> set{};
inline constexpr Become become{};
template<class T>
inline constexpr Make<T> make{};

// --- rules that several files use ------------------------------------------------------------------------------

template<class Id, class T>
using Rule = x3::rule<Id, T>;

using ConditionRule = Rule<struct condition_id, ast::Condition>;
using EventTestRule = Rule<struct event_test_id, ast::EventTest>;
using ConsentTestRule = Rule<struct consent_test_id, ast::ConsentTest>;
using MembershipTestRule = Rule<struct membership_test_id, ast::MembershipTest>;
using ChangeRule = Rule<struct change_id, ast::Change>;
using WeekdaysRule = Rule<struct weekdays_id, ast::Weekdays>;
using CommonLineRule = Rule<struct common_line_id, Statement>;

/// A condition on one line; groups are lines of their own.
inline constexpr ConditionRule condition{"condition"};
inline constexpr EventTestRule event_test{"event_test"};
inline constexpr ConsentTestRule consent_test{"consent_test"};
inline constexpr MembershipTestRule membership_test{"membership_test"};
inline constexpr ChangeRule change{"change"};
inline constexpr WeekdaysRule weekdays{"weekdays"};
/// What may stand in every block: `end` and `allow`.
inline constexpr CommonLineRule common_line{"common_line"};

BOOST_SPIRIT_DECLARE(ConditionRule, EventTestRule, ConsentTestRule, MembershipTestRule, ChangeRule, WeekdaysRule,
                     CommonLineRule)

/// Calls `rule` for a whole line and stores what it read.
template<class R>
bool read(const R& rule, Reader& with, Iterator begin, Iterator end, Statement& statement) {
    const Context context = x3::make_context<reader_tag>(with);
    return rule.parse(begin, end, context, x3::unused, statement) && with.end_of_line(begin);
}

}  // namespace nurture::dsl::grammar
