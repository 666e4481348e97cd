// SPDX-License-Identifier: MIT
// The lines of a campaign: what stands above the steps, steps, waits, branches and splits.
#include "dsl/x3/grammar.hpp"

namespace nurture::dsl::grammar {
namespace {

using ast::Channel;
using ast::CheckEvery;
using ast::CheckSchedule;
using ast::OtherwiseKind;
using ast::Person;
using ast::StepEvent;

// --- tables ----------------------------------------------------------------------------------------------------

constexpr auto k_channel = table<Channel>({{"email", Channel::email}, {"sms", Channel::sms}});
constexpr auto k_owner = table<bool>({{"owner", true}});
constexpr auto k_check_simple =
    table<CheckEvery>({{"check every day at", CheckEvery::day}, {"check every weekday at", CheckEvery::weekday}});
constexpr auto k_side = table<int>({{"before", -1}, {"after", 1}});
constexpr auto k_step_event = table<StepEvent>({{"sent", StepEvent::sent},
                                                {"clicked", StepEvent::clicked},
                                                {"opened", StepEvent::opened},
                                                {"replied to", StepEvent::replied}});
constexpr auto k_list = table<bool>({{"add to list", true}, {"remove from list", false}});
constexpr auto k_nothing_else =
    table<OtherwiseKind>({{"stop", OtherwiseKind::stop}, {"skip step", OtherwiseKind::skip_step}});
constexpr auto k_month = table<std::uint8_t>({{"january", 0},
                                              {"february", 1},
                                              {"march", 2},
                                              {"april", 3},
                                              {"may", 4},
                                              {"june", 5},
                                              {"july", 6},
                                              {"august", 7},
                                              {"september", 8},
                                              {"october", 9},
                                              {"november", 10},
                                              {"december", 11}});

// --- actions ---------------------------------------------------------------------------------------------------

const auto owner_word = [](const auto& context) {
    x3::_val(context).owner = true;
    x3::_val(context).span = x3::_attr(context).span;
};
const auto named_person = [](const auto& context) {
    x3::_val(context).span = x3::_attr(context).span;
    x3::_val(context).name = std::move(x3::_attr(context));
};
const auto add_month = [](const auto& context) {
    auto& months = x3::_val(context).months;
    months = static_cast<std::uint16_t>(months | (1U << x3::_attr(context).value));
};
// `60 days before`: a negative length.
const auto turn = [](const auto& context) { x3::_val(context).offset.count *= x3::_attr(context).value; };
const auto set_step = [](const auto& context) { x3::_val(context).what = std::move(x3::_attr(context)); };
constexpr std::uint16_t k_every_month = 0xFFF;

// --- above the steps -------------------------------------------------------------------------------------------

const Rule<struct person_id, Person> person{"person"};
const auto person_def = OneOf(k_owner)[owner_word] | quoted(Want::person)[named_person];

const Rule<struct owner_from_id, Person> owner_from{"owner_from"};
const auto
    owner_from_def = from_here >> kw("owner from candidate") >> comma >> kw("otherwise") >>
                     quoted(Want::person)[put<&Person::name>] >> x3::eps[set<&Person::from_candidate, true>] >> to_here;

const Rule<struct owner_line_id, line::Owner> owner_line{"owner_line"};
const auto owner_line_def = kw("owner") >> person[put<&line::Owner::person>] | owner_from[put<&line::Owner::person>];

const Rule<struct audience_id, line::Audience> audience{"audience"};
const auto audience_def = kw("audience") >> quoted(Want::segment)[put<&line::Audience::segment>];

const Rule<struct sender_id, ast::Sender> sender{"sender"};
const auto sender_def = kw("from owner")[set<&ast::Sender::owner, true>] |
                        kw("from") >> quoted(Want::address)[put<&ast::Sender::address>];

const Rule<struct sms_sender_id, ast::SmsSender> sms_sender{"sms_sender"};
const auto sms_sender_def = kw("sms from") >> quoted(Want::sms_sender)[put<&ast::SmsSender::from>];

const Rule<struct sms_limit_id, ast::SmsLimit> sms_limit{"sms_limit"};
const auto sms_limit_def = kw("sms of at most") >> counted("segment", "segments")[put<&ast::SmsLimit::segments>];

const Rule<struct check_id, CheckSchedule> check{"check"};
const auto check_def =
    OneOf(k_check_simple)[put<&CheckSchedule::every>] >> time_of_day[put<&CheckSchedule::at>]  //
    | kw("check every hour")[set<&CheckSchedule::every, CheckEvery::hour>]                     //
    | kw("check every")[set<&CheckSchedule::every, CheckEvery::weekdays>] >> weekdays[put<&CheckSchedule::days>] >>
          kw("at") >> time_of_day[put<&CheckSchedule::at>]  //
    | kw("check on the first business day of")[set<&CheckSchedule::every, CheckEvery::first_business_day>] >>
          (kw("every month")[set<&CheckSchedule::months, k_every_month>]  //
           | OneOf(k_month)[add_month] >> *(comma >> OneOf(k_month)[add_month])) >>
          kw("at") >> time_of_day[put<&CheckSchedule::at>];

const Rule<struct start_when_id, line::StartWhen> start_when{"start_when"};
const auto start_when_def = kw("start when") >> change[put<&line::StartWhen::change>];

const Rule<struct start_on_id, ast::StartOnDate> start_on{"start_on"};
const auto start_on_def = kw("start on the anniversary of")[set<&ast::StartOnDate::anniversary, true>] >>
                              field[put<&ast::StartOnDate::field>] |
                          kw("start") >> length[put<&ast::StartOnDate::offset>] >>
                              OneOf(k_side)[turn] >> field[put<&ast::StartOnDate::field>];

const Rule<struct ignore_id, line::IgnoreOlder> ignore_older{"ignore_older"};
const auto ignore_older_def = kw("ignore events older than") >> length[put<&line::IgnoreOlder::length>];

const Rule<struct enroll_id, line::Enroll> enroll{"enroll"};
const auto enroll_def = kw("enroll at most") >> count[put<&line::Enroll::per_day>] >> kw("per day");

const Rule<struct re_enter_id, ast::ReEnter> re_enter{"re_enter"};
const auto re_enter_def =
    kw("re-enter never")[make<ast::ReEnter>] | kw("re-enter after") >> length[put<&ast::ReEnter::after>];

const Rule<struct window_id, ast::Window> window{"window"};
const auto window_def = kw("send") >> weekdays[put<&ast::Window::days>] >>
                        kw("between") >> time_of_day[put<&ast::Window::from>] >>
                        kw("and") >> time_of_day[put<&ast::Window::to>];

const Rule<struct priority_id, line::Priority> priority{"priority"};
const auto priority_def = kw("priority") >> count[put<&line::Priority::number>];

const Rule<struct expires_id, line::Expires> expires{"expires"};
const auto expires_def = kw("expires on") >> date[put<&line::Expires::on>];

const Rule<struct stop_when_id, ast::Stop> stop_when{"stop_when"};
const auto stop_when_def = kw("stop when") >> change[put<&ast::Stop::when>];

const Rule<struct pause_id, ast::Pause> pause{"pause"};
const auto pause_def = kw("pause") >> length[put<&ast::Pause::length>] >> kw("when") >> change[put<&ast::Pause::when>];

const Rule<struct retired_id, ast::Retired> retired{"retired"};
const auto retired_def = kw("retired") >> step_name[put<&ast::Retired::step>] >> comma >>
                         (kw("continue at") >> step_name[put<&ast::Retired::continue_at>] | kw("stop"));

const Rule<struct renamed_id, ast::Renamed> renamed{"renamed"};
const auto renamed_def = kw("renamed") >> step_name[put<&ast::Renamed::from>] >>
                         kw("to") >> step_name[put<&ast::Renamed::to>];

// --- steps -----------------------------------------------------------------------------------------------------

const Rule<struct otherwise_id, ast::Otherwise> otherwise{"otherwise"};
const auto otherwise_def = kw("otherwise") >> (OneOf(k_nothing_else)[put<&ast::Otherwise::kind>] |
                                               OneOf(k_channel)[put<&ast::Otherwise::channel>] >>
                                                   quoted(Want::message)[put<&ast::Otherwise::message>] >>
                                                   x3::eps[set<&ast::Otherwise::kind, OtherwiseKind::message>]);

const Rule<struct message_id, ast::MessageStep> message{"message"};
const auto one_template = quoted(Want::message)[push<&ast::MessageStep::templates>];
const auto message_def = OneOf(k_channel)[put<&ast::MessageStep::channel>] >>
                         (kw("next unsent of")[set<&ast::MessageStep::next_unsent, true>] >> one_template >>
                              *(comma >> one_template)  //
                          | one_template) >>
                         -(kw("in the thread of") >> step_name[put<&ast::MessageStep::thread_of>]) >>
                         -(kw("with a personal note by") >> person[put<&ast::MessageStep::personal_note_by>]) >>
                         -(kw("within") >> length[put<&ast::MessageStep::within>]) >>
                         -(comma >> otherwise[put<&ast::MessageStep::otherwise>]);

const Rule<struct approval_id, ast::ApprovalStep> approval{"approval"};
const auto approval_def = kw("approval by") >> person[put<&ast::ApprovalStep::by>] >>
                          kw("within") >> length[put<&ast::ApprovalStep::within>] >> comma
                          >> otherwise[put<&ast::ApprovalStep::otherwise>];

const Rule<struct task_id, ast::TaskStep> task{"task"};
const auto task_def = kw("task for") >> person[put<&ast::TaskStep::owner>] >>
                      quoted(Want::words)[put<&ast::TaskStep::text>];

const Rule<struct list_step_id, ast::ListStep> list_step{"list_step"};
const auto list_step_def = OneOf(k_list)[put<&ast::ListStep::add>] >> quoted(Want::list)[put<&ast::ListStep::list>] >>
                           -(x3::eps[([](const auto& context) { x3::_pass(context) = x3::_val(context).add; })] >>
                             kw("for") >> length[put<&ast::ListStep::for_length>]);

const Rule<struct withdraw_id, ast::WithdrawStep> withdraw{"withdraw"};
const auto withdraw_def = kw("withdraw consent") >> quoted(Want::consent)[put<&ast::WithdrawStep::consent>];

const Rule<struct step_id, ast::Step> step{"step"};
const auto step_def =
    from_here >> kw("step") >> step_name[put<&ast::Step::name>] >> colon >>
    (message[set_step] | approval[set_step] | task[set_step] | list_step[set_step] | withdraw[set_step]) >> to_here;

const Rule<struct wait_until_time_id, ast::WaitUntilTime> wait_until_time{"wait_until_time"};
const auto wait_until_time_def = weekdays[put<&ast::WaitUntilTime::days>] >>
                                 kw("at") >> time_of_day[put<&ast::WaitUntilTime::at>];

const Rule<struct wait_until_date_id, ast::WaitUntilDate> wait_until_date{"wait_until_date"};
const auto wait_until_date_def = length[put<&ast::WaitUntilDate::offset>] >>
                                 OneOf(k_side)[turn] >> field[put<&ast::WaitUntilDate::field>];

const Rule<struct wait_up_to_id, ast::WaitUpTo> wait_up_to{"wait_up_to"};
const auto one_event =
    OneOf(k_step_event)[([](const auto& context) { x3::_val(context).any_of.push_back(x3::_attr(context).value); })];
const auto wait_up_to_def = kw("wait up to") >> length[put<&ast::WaitUpTo::length>] >>
                            kw("until") >> step_name[put<&ast::WaitUpTo::step>] >> kw("is") >> one_event >>
                            *(kw("or") >> one_event);

const Rule<struct wait_for_id, ast::WaitFor> wait_for{"wait_for"};
const auto wait_for_def = kw("wait") >> length[put<&ast::WaitFor::length>];

const Rule<struct stop_step_id, ast::StopStep> stop_step{"stop_step"};
const auto stop_step_def = kw("stop")[make<ast::StopStep>];

const Rule<struct unnamed_step_id, ast::Step> unnamed_step{"unnamed_step"};
const auto unnamed_step_def = from_here >>
                              (wait_for[set_step]                                                             //
                               | wait_up_to[set_step]                                                         //
                               | kw("wait until") >> (wait_until_time[set_step] | wait_until_date[set_step])  //
                               | stop_step[set_step]) >>
                              to_here;

const Rule<struct step_test_id, ast::StepTest> step_test{"step_test"};
const auto step_test_def = step_name[put<&ast::StepTest::step>] >> kw("was") >>
                           OneOf(k_step_event)[put<&ast::StepTest::what>];

const Rule<struct step_condition_id, ast::Condition> step_condition{"step_condition"};
const auto step_condition_def = from_here >> step_test[set_step] >> to_here;

const Rule<struct open_if_id, line::OpenIf> open_if{"open_if"};
const auto open_if_def = kw("if") >>
                         (step_condition[put<&line::OpenIf::condition>] | condition[put<&line::OpenIf::condition>]);

const Rule<struct open_split_id, line::OpenSplit> open_split{"open_split"};
const auto open_split_def = kw("split")[make<line::OpenSplit>] |
                            kw("step") >> step_name[put<&line::OpenSplit::name>] >> colon >> kw("split");

const Rule<struct otherwise_line_id, line::Otherwise> otherwise_line{"otherwise_line"};
const auto otherwise_line_def = kw("otherwise")[make<line::Otherwise>];

const Rule<struct draft_id, line::Draft> draft{"draft"};
const auto draft_def = kw("draft")[make<line::Draft>];

const Rule<struct keep_leavers_id, line::KeepLeavers> keep_leavers{"keep_leavers"};
const auto keep_leavers_def = kw("keep candidates who leave the audience")[make<line::KeepLeavers>];

const Rule<struct arm_id, ast::SplitArm> arm{"arm"};
const auto arm_def = number[put<&ast::SplitArm::percent>] >> kw("percent") >> colon >>
                     (kw("nothing") | OneOf(k_channel)[put<&ast::SplitArm::channel>] >>
                                          quoted(Want::message)[put<&ast::SplitArm::message>]);

// --- whole lines -----------------------------------------------------------------------------------------------

const Rule<struct any_step_id, Statement> any_step{"any_step"};
const auto any_step_def = step[become] | unnamed_step[become] | open_if[become] | open_split[become];

const Rule<struct head_line_id, Statement> head_line{"head_line"};
const auto head_line_def = owner_line[become] | audience[become] | sender[become] | sms_sender[become] |
                           sms_limit[become] | check[become] | start_when[become] | start_on[become] |
                           ignore_older[become] | enroll[become] | re_enter[become] | window[become] |
                           priority[become] | expires[become] | draft[become] | stop_when[become] | pause[become] |
                           keep_leavers[become] | retired[become] | renamed[become];

const Rule<struct campaign_line_id, Statement> campaign_line{"campaign_line"};
const auto campaign_line_def = common_line[become] | head_line[become] | any_step[become];

const Rule<struct branch_line_id, Statement> branch_line{"branch_line"};
const auto branch_line_def = common_line[become] | any_step[become] | otherwise_line[become];

const Rule<struct split_line_id, Statement> split_line{"split_line"};
const auto split_line_def = common_line[become] | arm[become];

BOOST_SPIRIT_DEFINE(person, owner_from, owner_line, audience, sender, sms_sender, sms_limit, check, start_when,
                    start_on, ignore_older, enroll, re_enter, window, priority, expires, stop_when, pause, retired,
                    renamed, otherwise, message, approval, task, list_step, withdraw, step, wait_until_time,
                    wait_until_date, wait_up_to, wait_for, stop_step, unnamed_step, step_test, step_condition, open_if,
                    open_split, otherwise_line, draft, keep_leavers, arm, any_step, head_line, campaign_line,
                    branch_line, split_line)

}  // namespace

bool read_campaign_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(campaign_line, with, begin, end, statement);
}

bool read_branch_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(branch_line, with, begin, end, statement);
}

bool read_split_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(split_line, with, begin, end, statement);
}

}  // namespace nurture::dsl::grammar
