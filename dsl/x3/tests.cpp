// SPDX-License-Identifier: MIT
// The lines of `test` blocks.
#include "dsl/x3/grammar.hpp"

namespace nurture::dsl::grammar {
namespace {

using ast::ConsentOp;
using ast::Expect;
using ast::ExpectKind;
using ast::Given;
using ast::GivenField;
using ast::Happening;
using ast::LocalInstant;
using ast::StepEvent;

constexpr auto k_yes = table<bool>({{"is yes", true}, {"is no", false}});
constexpr auto k_consent = table<ConsentOp>({{"is given", ConsentOp::given}, {"is withdrawn", ConsentOp::withdrawn}});
constexpr auto k_decision = table<bool>({{"approves", true}, {"refuses", false}});
constexpr auto k_click = table<StepEvent>({{"clicks", StepEvent::clicked}});
struct ReplyWord {};
constexpr auto k_replies = table<ReplyWord>({{"replies", ReplyWord{}}});
constexpr auto k_expected = table<ExpectKind>({{"email", ExpectKind::email}, {"sms", ExpectKind::sms}});
constexpr auto k_refused =
    table<ExpectKind>({{"email", ExpectKind::email}, {"sms", ExpectKind::sms}, {"message", ExpectKind::message}});
constexpr auto k_task = table<ExpectKind>({{"task", ExpectKind::task}});
constexpr auto k_in_segment = table<bool>({{"in segment", false}, {"not in segment", true}});

const auto set_what = [](const auto& context) { x3::_val(context).what = std::move(x3::_attr(context)); };
const auto set_replies = [](const auto& context) {
    x3::_val(context).what = ast::Word{"replies", x3::_attr(context).span};
};
using Decision = std::pair<bool, ast::Word>;

const Rule<struct instant_id, LocalInstant> instant{"instant"};
const auto instant_def = date[put<&LocalInstant::date>] >> time_of_day[put<&LocalInstant::time>];

const Rule<struct now_id, line::Now> now{"now"};
const auto now_def = kw("now is") >> instant[put<&line::Now::instant>] >> kw("in") >>
                     quoted(Want::zone)[put<&line::Now::zone>];

const Rule<struct given_from_id, Given> given_from{"given_from"};
const auto given_from_def = kw("given candidate") >> quoted(Want::person)[put<&Given::candidate>] >> kw("from") >>
                            quoted(Want::file)[put<&Given::file>];

const Rule<struct open_given_id, line::OpenGiven> open_given{"open_given"};
const auto open_given_def = kw("given candidate") >> quoted(Want::person)[put<&line::OpenGiven::candidate>] >>
                            kw("with");

const Rule<struct click_id, ast::StepTest> click{"click"};
const auto click_def = OneOf(k_click)[put<&ast::StepTest::what>] >> step_name[put<&ast::StepTest::step>];

const Rule<struct decision_id, Decision> decision{"decision"};
const auto decision_def = OneOf(k_decision)[put<&Decision::first>] >> step_name[put<&Decision::second>];

const Rule<struct joins_id, ast::Change> joins{"joins"};
const auto joins_def = kw("has joined list")[set<&ast::Change::kind, ast::ChangeKind::joined_list>] >>
                       quoted(Want::list)[put<&ast::Change::name>];

const Rule<struct happening_id, Happening> happening{"happening"};
const auto happening_def = kw("at") >> instant[put<&Happening::at>] >> -quoted(Want::person)[put<&Happening::who>] >>
                           (OneOf(k_replies)[set_replies] | joins[set_what] | click[set_what] | decision[set_what] |
                            event_test[set_what] | change[set_what]);

const auto expected = OneOf(k_expected)[put<&Expect::kind>] >> quoted(Want::message)[put<&Expect::name>] >>
                      kw("on") >> date[put<&Expect::on>] >>
                      -(kw("between") >> time_of_day[put<&Expect::from>] >> kw("and") >> time_of_day[put<&Expect::to>]);
const auto expected_task = OneOf(k_task)[put<&Expect::kind>] >> step_name[put<&Expect::step>] >>
                           kw("on") >> date[put<&Expect::on>];
const auto expected_member = quoted(Want::person)[put<&Expect::who>] >> OneOf(k_in_segment)[put<&Expect::no>] >>
                             quoted(Want::segment)[put<&Expect::segment>];

const auto limit = kw("before") >> date[put<&Expect::before>] | kw("after") >> date[put<&Expect::after>];
// `task after …` names no step: what may be left out is tried without it first.
const auto refused_task = OneOf(k_task)[put<&Expect::kind>] >> (limit | step_name[put<&Expect::step>] >> limit);
const auto refused_message = OneOf(k_refused)[put<&Expect::kind>] >>
                             -quoted(Want::message)[put<&Expect::name>] >> limit;

const Rule<struct expect_id, Expect> expect{"expect"};
const auto expect_def = kw("expect no")[set<&Expect::no, true>] >> (refused_message | refused_task)  //
                        | kw("expect") >> (expected | expected_task | expected_member);

const Rule<struct given_field_id, GivenField> given_field{"given_field"};
const auto value = quoted(Want::value)[push<&GivenField::values>];
const auto given_field_def =
    field[put<&GivenField::field>] >>
    (OneOf(k_yes)[([](const auto& context) { x3::_val(context).yes = x3::_attr(context).value; })]  //
     | kw("is") >> (value >> *(comma >> value) | date[push<&GivenField::values>] | number[push<&GivenField::values>]));

const Rule<struct given_consent_id, ast::ConsentTest> given_consent{"given_consent"};
const auto given_consent_def = kw("consent") >> quoted(Want::consent)[put<&ast::ConsentTest::name>] >>
                               OneOf(k_consent)[put<&ast::ConsentTest::op>];

const Rule<struct given_list_id, ast::MembershipTest> given_list{"given_list"};
const auto given_list_def = kw("is in list")[set<&ast::MembershipTest::kind, ast::Membership::in_list>] >>
                            quoted(Want::list)[put<&ast::MembershipTest::name>];

const Rule<struct test_line_id, Statement> test_line{"test_line"};
const auto test_line_def =
    common_line[become] | now[become] | given_from[become] | open_given[become] | happening[become] | expect[become];

const Rule<struct given_line_id, Statement> given_line{"given_line"};
const auto given_line_def = common_line[become] | given_consent[become] | given_list[become] | given_field[become];

BOOST_SPIRIT_DEFINE(instant, now, given_from, open_given, click, decision, joins, happening, expect, given_field,
                    given_consent, given_list, test_line, given_line)

}  // namespace

bool read_test_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(test_line, with, begin, end, statement);
}

bool read_given_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(given_line, with, begin, end, statement);
}

}  // namespace nurture::dsl::grammar
