// SPDX-License-Identifier: MIT
// What a condition line says: fields, histories, memberships, consents; and the changes of one person.
#include "dsl/x3/grammar.hpp"

namespace nurture::dsl::grammar {
namespace {

using ast::Change;
using ast::ChangeKind;
using ast::ConsentOp;
using ast::ConsentTest;
using ast::EventTest;
using ast::FieldOp;
using ast::FieldTest;
using ast::Membership;
using ast::MembershipTest;
using ast::UnknownClause;

// --- tables ----------------------------------------------------------------------------------------------------

constexpr auto k_group = table<ast::GroupKind>(
    {{"any of", ast::GroupKind::any_of}, {"all of", ast::GroupKind::all_of}, {"none of", ast::GroupKind::none_of}});
constexpr auto k_plain = table<FieldOp>({{"is yes", FieldOp::is_yes},
                                         {"is no", FieldOp::is_no},
                                         {"is known", FieldOp::is_known},
                                         {"is unknown", FieldOp::is_unknown},
                                         {"is today", FieldOp::is_today}});
constexpr auto k_one_value = table<FieldOp>({{"is", FieldOp::is}, {"is not", FieldOp::is_not}});
constexpr auto k_one_text = table<FieldOp>(
    {{"includes", FieldOp::includes}, {"contains", FieldOp::contains}, {"starts with", FieldOp::starts_with}});
constexpr auto k_list = table<FieldOp>({{"is any of", FieldOp::is_any_of},
                                        {"is none of", FieldOp::is_none_of},
                                        {"includes any of", FieldOp::includes_any_of},
                                        {"includes all of", FieldOp::includes_all_of},
                                        {"includes none of", FieldOp::includes_none_of}});
constexpr auto k_compare = table<FieldOp>({{"is at least", FieldOp::at_least},
                                           {"is at most", FieldOp::at_most},
                                           {"is more than", FieldOp::more_than},
                                           {"is less than", FieldOp::less_than}});
constexpr auto k_between = table<FieldOp>({{"is between", FieldOp::between}});
constexpr auto k_calendar = table<FieldOp>({{"is before", FieldOp::before},
                                            {"is after", FieldOp::after},
                                            {"is on", FieldOp::on},
                                            {"is on or before", FieldOp::on_or_before},
                                            {"is on or after", FieldOp::on_or_after}});
constexpr auto k_anniversary_today = table<FieldOp>({{"has its anniversary today", FieldOp::anniversary_in}});
constexpr auto k_anniversary_in = table<FieldOp>({{"has its anniversary in", FieldOp::anniversary_in}});
constexpr auto k_within = table<FieldOp>({{"is within", FieldOp::within}});
constexpr auto k_unknown =
    table<UnknownClause>({{"or is unknown", UnknownClause::or_is_unknown}, {"if known", UnknownClause::if_known}});

enum class Direction : std::uint8_t { ago, away };
constexpr auto k_direction = table<Direction>({{"ago", Direction::ago}, {"away", Direction::away}});

struct ReplyWord {};
constexpr auto k_replied_to = table<ReplyWord>({{"replied to", ReplyWord{}}});
constexpr auto k_has = table<bool>({{"has", false}, {"has not", true}});
constexpr auto k_channel = table<ast::Channel>({{"email", ast::Channel::email}, {"sms", ast::Channel::sms}});

struct MembershipWords {
    Membership kind{};
    bool negated = false;
};
constexpr auto k_in_segment = table<MembershipWords>(
    {{"is in segment", {Membership::in_segment, false}}, {"is not in segment", {Membership::in_segment, true}}});
constexpr auto k_in_list = table<MembershipWords>(
    {{"is in list", {Membership::in_list, false}}, {"is not in list", {Membership::in_list, true}}});
constexpr auto k_in_campaign =
    table<MembershipWords>({{"is in campaign", {Membership::in_campaign, false}},
                            {"is not in campaign", {Membership::in_campaign, true}},
                            {"has entered campaign", {Membership::entered_campaign, false}},
                            {"has not entered campaign", {Membership::entered_campaign, true}},
                            {"has completed campaign", {Membership::completed_campaign, false}},
                            {"has not completed campaign", {Membership::completed_campaign, true}}});

constexpr auto k_consent = table<ConsentOp>(
    {{"is given", ConsentOp::given}, {"is withdrawn", ConsentOp::withdrawn}, {"is unknown", ConsentOp::unknown}});
constexpr auto k_consent_ago = table<FieldOp>({{"at least", FieldOp::ago_at_least},
                                               {"at most", FieldOp::ago_at_most},
                                               {"more than", FieldOp::ago_more_than},
                                               {"less than", FieldOp::ago_less_than}});

constexpr auto k_becomes = table<ChangeKind>({{"becomes", ChangeKind::becomes}, {"gains", ChangeKind::gains}});
constexpr auto k_becomes_any =
    table<ChangeKind>({{"becomes any of", ChangeKind::becomes}, {"gains any of", ChangeKind::gains}});
constexpr auto k_changes = table<ChangeKind>({{"changes", ChangeKind::changes}});
constexpr auto k_leaves = table<ChangeKind>({{"candidate leaves the audience", ChangeKind::leaves_audience}});
constexpr auto k_joined = table<ChangeKind>({{"candidate has joined list", ChangeKind::joined_list}});
constexpr auto k_entered = table<ChangeKind>({{"candidate has entered campaign", ChangeKind::entered_campaign}});
constexpr auto k_happened = table<ChangeKind>({{"candidate has", ChangeKind::event}});

constexpr auto k_weekday = table<std::uint8_t>(
    {{"monday", 0}, {"tuesday", 1}, {"wednesday", 2}, {"thursday", 3}, {"friday", 4}, {"saturday", 5}, {"sunday", 6}});

// --- actions ---------------------------------------------------------------------------------------------------

const auto set_op = [](const auto& context) {
    x3::_val(context).op = x3::_attr(context).value;
    x3::_val(context).op_span = x3::_attr(context).span;
};
// The comparisons stand in the same order for numbers, days ago and days ahead.
constexpr int k_ago = static_cast<int>(FieldOp::ago_at_least) - static_cast<int>(FieldOp::at_least);
constexpr int k_away = static_cast<int>(FieldOp::away_at_least) - static_cast<int>(FieldOp::at_least);
static_assert(static_cast<int>(FieldOp::between) + k_ago == static_cast<int>(FieldOp::ago_between));
static_assert(static_cast<int>(FieldOp::between) + k_away == static_cast<int>(FieldOp::away_between));
const auto set_direction = [](const auto& context) {
    FieldOp& op = x3::_val(context).op;
    op = static_cast<FieldOp>(static_cast<int>(op) + (x3::_attr(context).value == Direction::ago ? k_ago : k_away));
};
// `between 30 and 730 days ago`: the first number has the unit of the second.
const auto first_of_lengths = [](const auto& context) {
    const ast::Number& from = x3::_attr(context);
    x3::_val(context).length = ast::Length{static_cast<std::int32_t>(from.value), ast::Unit::days, from.span};
};
const auto second_of_lengths = [](const auto& context) {
    x3::_val(context).length_to = x3::_attr(context);
    x3::_val(context).length->unit = x3::_attr(context).unit;
};
// An alternative that was tried before may have left something.
const auto forget_operands = [](const auto& context) {
    x3::_val(context).values.clear();
    x3::_val(context).length.reset();
    x3::_val(context).length_to.reset();
};
const auto no_days_ahead = [](const auto& context) {
    x3::_val(context).length = ast::Length{0, ast::Unit::days, x3::_attr(context).span};
    set_op(context);
};
const auto replied_to = [](const auto& context) {
    x3::_val(context).kind = ast::Word{"replied", x3::_attr(context).span};
};
// `has replied email "x"` is not English; the phrase is `replied to`.
const auto unless_replied = [](const auto& context) { x3::_pass(context) = x3::_val(context).kind.text != "replied"; };
const auto unless_replied_change = [](const auto& context) {
    x3::_pass(context) = x3::_val(context).word.text != "replied";
};
const auto set_membership = [](const auto& context) {
    x3::_val(context).kind = x3::_attr(context).value.kind;
    x3::_val(context).negated = x3::_attr(context).value.negated;
};
const auto set_what = [](const auto& context) { x3::_val(context).what = std::move(x3::_attr(context)); };
const auto replied_to_change = [](const auto& context) {
    x3::_val(context).word = ast::Word{"replied", x3::_attr(context).span};
};
const auto add_day = [](const auto& context) {
    auto& days = x3::_val(context);
    days = static_cast<ast::Weekdays>(days | (1U << x3::_attr(context).value));
};
// `friday to monday` wraps: Friday, Saturday, Sunday, Monday.
const auto add_days_up_to = [](const auto& context) {
    auto& days = x3::_val(context);
    unsigned day = 0;
    while (!(days & (1U << day)))
        ++day;
    for (; day != x3::_attr(context).value; day = (day + 1) % 7)
        days = static_cast<ast::Weekdays>(days | (1U << day));
    days = static_cast<ast::Weekdays>(days | (1U << day));
};

// --- rules -----------------------------------------------------------------------------------------------------

const Rule<struct group_line_id, line::OpenGroup> group_line{"group_line"};
const auto group_line_def = OneOf(k_group)[put<&line::OpenGroup::kind>];

const auto value = quoted(Want::value);
const auto values_name = kw("values") >> quoted(Want::values_name)[put<&FieldTest::values_name>];
const auto one_value = value[push<&FieldTest::values>] | number[push<&FieldTest::values>];
const auto several_values = values_name | one_value >> *(comma >> one_value);

const auto
    compared = length[put<&FieldTest::length>] >> OneOf(k_direction)[set_direction] | number[push<&FieldTest::values>];
const auto
    between_dates = date[push<&FieldTest::values>] >>
                    kw("and") >> date[push<&FieldTest::values>] >> x3::eps[set<&FieldTest::op, FieldOp::between_dates>];
const auto between_lengths = count[first_of_lengths] >> kw("and") >> length[second_of_lengths] >>
                             OneOf(k_direction)[set_direction];
const auto between_numbers = x3::eps[forget_operands] >> number[push<&FieldTest::values>] >>
                             kw("and") >> number[push<&FieldTest::values>];

const Rule<struct field_test_id, FieldTest> field_test{"field_test"};
const auto field_test_def = field[put<&FieldTest::field>] >>
                            (OneOf(k_plain)[set_op]                                                             //
                             | OneOf(k_one_value)[set_op] >> one_value                                          //
                             | OneOf(k_one_text)[set_op] >> value[push<&FieldTest::values>]                     //
                             | OneOf(k_list)[set_op] >> several_values                                          //
                             | OneOf(k_compare)[set_op] >> compared                                             //
                             | OneOf(k_between)[set_op] >> (between_dates | between_lengths | between_numbers)  //
                             | OneOf(k_calendar)[set_op] >> date[push<&FieldTest::values>]                      //
                             | OneOf(k_anniversary_today)[no_days_ahead]                                        //
                             | OneOf(k_anniversary_in)[set_op] >> length[put<&FieldTest::length>]               //
                             | OneOf(k_within)[set_op] >> distance[put<&FieldTest::distance_metres>] >> kw("of") >>
                                   quoted(Want::place)[put<&FieldTest::place>]) >>
                            -(comma >> OneOf(k_unknown)[put<&FieldTest::unknown>]);

const auto event_test_def = OneOf(k_has)[put<&EventTest::negated>] >>
                            (OneOf(k_replied_to)[replied_to] >> OneOf(k_channel)[put<&EventTest::channel>] >>
                                 quoted(Want::message)[put<&EventTest::message>]  //
                             | word(Want::event)[put<&EventTest::kind>] >>
                                   -(quoted(Want::event_name)[put<&EventTest::name>]  //
                                     | x3::eps[unless_replied] >> OneOf(k_channel)[put<&EventTest::channel>] >>
                                           -quoted(Want::message)[put<&EventTest::message>])) >>
                            -(kw("at least") >> counted("time", "times")[put<&EventTest::at_least>]) >>
                            -(kw("in the last") >> length[put<&EventTest::in_the_last>]);

const auto membership_name = put<&MembershipTest::name>;
const auto membership_test_def = OneOf(k_in_segment)[set_membership] >> quoted(Want::segment)[membership_name]  //
                                 | OneOf(k_in_list)[set_membership] >> quoted(Want::list)[membership_name]      //
                                 | OneOf(k_in_campaign)[set_membership] >> quoted(Want::campaign)[membership_name];

const auto consent_test_def = kw("consent") >> quoted(Want::consent)[put<&ConsentTest::name>] >>
                              (OneOf(k_consent)[put<&ConsentTest::op>]  //
                               | kw("was given")[set<&ConsentTest::op, ConsentOp::given_ago>] >>
                                     (OneOf(k_consent_ago)[put<&ConsentTest::ago>] >>
                                          length[put<&ConsentTest::length>]  //
                                      | kw("between")[set<&ConsentTest::ago, FieldOp::ago_between>] >>
                                            count[first_of_lengths] >> kw("and") >> length[second_of_lengths]) >>
                                     kw("ago"));

const auto condition_def =
    from_here >>
    (membership_test[set_what] | consent_test[set_what] | event_test[set_what] | field_test[set_what]) >> to_here;

const auto happened = OneOf(k_replied_to)[replied_to_change] >> OneOf(k_channel)[put<&Change::channel>] >>
                          quoted(Want::message)[put<&Change::message>]  //
                      | word(Want::event)[put<&Change::word>] >>
                            -(quoted(Want::event_name)[put<&Change::name>]  //
                              | x3::eps[unless_replied_change] >> OneOf(k_channel)[put<&Change::channel>] >>
                                    -quoted(Want::message)[put<&Change::message>]);
const auto new_values = kw("values") >> quoted(Want::values_name)[put<&Change::values_name>]  //
                        | value[push<&Change::values>] >> *(comma >> value[push<&Change::values>]);
const auto change_def = from_here >>
                        (OneOf(k_leaves)[put<&Change::kind>]                                                   //
                         | OneOf(k_joined)[put<&Change::kind>] >> quoted(Want::list)[put<&Change::name>]       //
                         | OneOf(k_entered)[put<&Change::kind>] >> quoted(Want::campaign)[put<&Change::name>]  //
                         | OneOf(k_happened)[put<&Change::kind>] >> happened                                   //
                         | field[put<&Change::word>] >>
                               (OneOf(k_becomes_any)[put<&Change::kind>] >> new_values                  //
                                | OneOf(k_becomes)[put<&Change::kind>] >> value[push<&Change::values>]  //
                                | OneOf(k_changes)[put<&Change::kind>])) >>
                        to_here;

const auto weekdays_def = OneOf(k_weekday)[add_day] >>
                          (kw("to") >> OneOf(k_weekday)[add_days_up_to] | *(comma >> OneOf(k_weekday)[add_day]));

using LineRule = Rule<struct conditions_line_id, Statement>;
const LineRule conditions_line{"conditions_line"};
const auto conditions_line_def = common_line[become]   //
                                 | group_line[become]  //
                                 | condition[become];

BOOST_SPIRIT_DEFINE(group_line, field_test, conditions_line)

}  // namespace

BOOST_SPIRIT_DEFINE(condition, event_test, consent_test, membership_test, change, weekdays)
BOOST_SPIRIT_INSTANTIATE(ConditionRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(EventTestRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(ConsentTestRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(MembershipTestRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(ChangeRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(WeekdaysRule, Iterator, Context)

bool read_conditions_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(conditions_line, with, begin, end, statement);
}

}  // namespace nurture::dsl::grammar
