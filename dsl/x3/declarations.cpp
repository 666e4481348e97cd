// SPDX-License-Identifier: MIT
// The lines of a file and of its plain blocks: fields, events, policy, templates; `end` and `allow`.
#include "dsl/x3/grammar.hpp"

namespace nurture::dsl::grammar {
namespace {

using ast::Cap;
using ast::CapOf;
using ast::CapPer;
using ast::Channel;
using ast::FieldType;

constexpr auto k_type = table<FieldType>({{"text", FieldType::text},
                                          {"list of text", FieldType::list_of_text},
                                          {"number", FieldType::number},
                                          {"date", FieldType::date},
                                          {"yes or no", FieldType::yes_no},
                                          {"place", FieldType::place}});
constexpr auto k_channel = table<Channel>({{"email", Channel::email}, {"sms", Channel::sms}});
constexpr auto k_for_channel = table<Channel>({{"for email", Channel::email}, {"for sms", Channel::sms}});
constexpr auto k_afterwards = table<ast::RetiredCampaignKind>(
    {{"finish", ast::RetiredCampaignKind::finish}, {"stop now", ast::RetiredCampaignKind::stop_now}});
constexpr auto k_floor = table<bool>({{"at most", false}, {"at least", true}});
constexpr auto k_cap_channel = table<CapOf>({{"email", CapOf::email}, {"sms", CapOf::sms}});
constexpr auto k_cap_day = table<CapPer>({{"per day", CapPer::day}, {"per sender per day", CapPer::sender_day}});
constexpr auto k_cap_candidate = table<CapPer>({{"per candidate in", CapPer::candidate}});
constexpr auto k_never = table<bool>({{"never contact list", true}, {"never contact segment", false}});

// --- in every block --------------------------------------------------------------------------------------------

const Rule<struct end_id, line::End> end_line{"end_line"};
const auto end_line_def = kw("end")[make<line::End>];

const Rule<struct allow_id, ast::Allow> allow{"allow"};
const auto allow_def = kw("allow") >> word(Want::code)[put<&ast::Allow::code>] >> kw("because") >>
                       quoted(Want::words)[put<&ast::Allow::because>];

}  // namespace

const auto common_line_def = end_line[become] | allow[become];

namespace {

// --- fields and events -----------------------------------------------------------------------------------------

const Rule<struct field_declaration_id, ast::FieldDeclaration> field_declaration{"field_declaration"};
const auto field_declaration_def = word(Want::declared)[put<&ast::FieldDeclaration::name>] >>
                                   OneOf(k_type)[put<&ast::FieldDeclaration::type>] >>
                                   -(comma >> kw("say unknown")[set<&ast::FieldDeclaration::say_unknown, true>]);

const Rule<struct event_declaration_id, ast::EventDeclaration> event_declaration{"event_declaration"};
const auto event_declaration_def = word(Want::declared)[put<&ast::EventDeclaration::name>] >>
                                   quoted(Want::words)[put<&ast::EventDeclaration::label>] >>
                                   -(comma >> kw("with name")[set<&ast::EventDeclaration::with_name, true>]);

// --- policy ----------------------------------------------------------------------------------------------------

const Rule<struct postal_id, ast::PostalAddress> postal{"postal"};
const auto postal_def = kw("postal address") >> quoted(Want::words)[put<&ast::PostalAddress::text>];

const Rule<struct time_zone_id, ast::TimeZone> time_zone{"time_zone"};
const auto time_zone_def = kw("time zone candidate") >> comma >> kw("otherwise") >>
                           quoted(Want::zone)[put<&ast::TimeZone::fallback>];

const Rule<struct holidays_id, ast::Holidays> holidays{"holidays"};
const auto holidays_def = kw("holidays from") >> quoted(Want::file)[put<&ast::Holidays::file>];

const Rule<struct quiet_hours_id, ast::QuietHours> quiet_hours{"quiet_hours"};
const auto quiet_hours_def = kw("quiet hours") >> time_of_day[put<&ast::QuietHours::from>] >>
                             kw("to") >> time_of_day[put<&ast::QuietHours::to>];

const Rule<struct quiet_days_id, ast::QuietDays> quiet_days{"quiet_days"};
const auto quiet_days_def = kw("quiet days") >> weekdays[put<&ast::QuietDays::days>];

const Rule<struct quiet_dates_id, ast::QuietDates> quiet_dates{"quiet_dates"};
const auto quiet_dates_def = kw("quiet dates") >> month_day[put<&ast::QuietDates::from>] >>
                             kw("to") >> month_day[put<&ast::QuietDates::to>];

const Rule<struct requires_consent_id, ast::RequiresConsent> requires_consent{"requires_consent"};
const auto requires_consent_def = OneOf(k_channel)[put<&ast::RequiresConsent::channel>] >> kw("requires consent") >>
                                  quoted(Want::consent)[put<&ast::RequiresConsent::consent>];

const Rule<struct policy_sms_limit_id, ast::SmsLimit> sms_limit{"sms_limit"};
const auto sms_limit_def = kw("sms of at most") >> counted("segment", "segments")[put<&ast::SmsLimit::segments>];

const Rule<struct cap_id, Cap> cap{"cap"};
const auto cap_def = OneOf(k_floor)[put<&Cap::at_least>] >>
                     (counted("message", "messages")[put<&Cap::count>]  //
                      | count[put<&Cap::count>] >>
                            (OneOf(k_cap_channel)[put<&Cap::of>]  //
                             | quoted(Want::kind)[put<&Cap::kind>] >> x3::eps[set<&Cap::of, CapOf::kind>])) >>
                     (OneOf(k_cap_candidate)[put<&Cap::per>] >> length[put<&Cap::in>] |
                      OneOf(k_cap_day)[put<&Cap::per>]);

const Rule<struct never_contact_id, ast::NeverContact> never_contact{"never_contact"};
const auto never_contact_def = OneOf(k_never)[put<&ast::NeverContact::list>] >>
                               quoted(Want::name)[put<&ast::NeverContact::name>];

const Rule<struct hold_id, ast::Hold> hold{"hold"};
const auto hold_def = kw("hold segment") >> quoted(Want::segment)[put<&ast::Hold::segment>];

const Rule<struct policy_part_id, ast::PolicyLine> policy_part{"policy_part"};
const auto policy_part_def = postal[become] | time_zone[become] | holidays[become] | quiet_hours[become] |
                             quiet_days[become] | quiet_dates[become] | requires_consent[become] | sms_limit[become] |
                             cap[become] | never_contact[become] | hold[become];

// --- templates -------------------------------------------------------------------------------------------------

const Rule<struct subject_id, line::Subject> subject{"subject"};
const auto subject_def = kw("subject") >> quoted(Want::words)[put<&line::Subject::text>];

// --- lines of a file -------------------------------------------------------------------------------------------

const Rule<struct edition_id, line::Edition> edition{"edition"};
const auto edition_def = kw("edition") >> count[put<&line::Edition::year>];

const Rule<struct open_fields_id, line::OpenFields> open_fields{"open_fields"};
const auto open_fields_def = kw("fields")[make<line::OpenFields>];

const Rule<struct open_events_id, line::OpenEvents> open_events{"open_events"};
const auto open_events_def = kw("events")[make<line::OpenEvents>];

const Rule<struct open_policy_id, ast::Policy> open_policy{"open_policy"};
const auto open_policy_def = kw("policy") >> quoted(Want::name)[put<&ast::Policy::name>];

const Rule<struct open_segment_id, ast::Segment> open_segment{"open_segment"};
const auto open_segment_def = kw("segment") >> quoted(Want::segment)[put<&ast::Segment::name>];

const Rule<struct values_id, ast::Values> values{"values"};
const auto one_value = quoted(Want::value)[push<&ast::Values::values>];
const auto values_def = kw("values") >> quoted(Want::values_name)[put<&ast::Values::name>] >> kw("are") >> one_value >>
                        *(comma >> one_value);

const Rule<struct open_campaign_id, ast::Campaign> open_campaign{"open_campaign"};
const auto open_campaign_def = kw("campaign") >> quoted(Want::campaign)[put<&ast::Campaign::name>];

const Rule<struct open_template_id, ast::Template> open_template{"open_template"};
const auto open_template_def = kw("template") >> quoted(Want::message)[put<&ast::Template::name>] >>
                               OneOf(k_for_channel)[put<&ast::Template::channel>] >>
                               -(kw("in") >> quoted(Want::language)[put<&ast::Template::language>]) >>
                               -(comma >> kw("kind") >> quoted(Want::kind)[put<&ast::Template::kind>]);

const Rule<struct open_test_id, line::OpenTest> open_test{"open_test"};
const auto open_test_def = kw("test") >> quoted(Want::name)[put<&line::OpenTest::name>];

const Rule<struct retired_campaign_id, ast::RetiredCampaign> retired_campaign{"retired_campaign"};
const auto retired_campaign_def = kw("retired campaign") >>
                                  quoted(Want::campaign)[put<&ast::RetiredCampaign::name>] >> colon >>
                                  OneOf(k_afterwards)[put<&ast::RetiredCampaign::kind>];

const Rule<struct renamed_campaign_id, ast::RenamedCampaign> renamed_campaign{"renamed_campaign"};
const auto renamed_campaign_def = kw("renamed campaign") >> quoted(Want::campaign)[put<&ast::RenamedCampaign::from>] >>
                                  kw("to") >> quoted(Want::campaign)[put<&ast::RenamedCampaign::to>];

// --- whole lines -----------------------------------------------------------------------------------------------

const Rule<struct file_line_id, Statement> file_line{"file_line"};
const auto file_line_def = common_line[become] | edition[become] | open_fields[become] | open_events[become] |
                           open_policy[become] | open_segment[become] | values[become] | open_campaign[become] |
                           open_template[become] | open_test[become] | retired_campaign[become] |
                           renamed_campaign[become];

const Rule<struct fields_line_id, Statement> fields_line{"fields_line"};
const auto fields_line_def = common_line[become] | field_declaration[become];

const Rule<struct events_line_id, Statement> events_line{"events_line"};
const auto events_line_def = common_line[become] | event_declaration[become];

const Rule<struct policy_line_id, Statement> policy_line{"policy_line"};
const auto policy_line_def = common_line[become] | policy_part[become];

const Rule<struct template_line_id, Statement> template_line{"template_line"};
const auto template_line_def = common_line[become] | subject[become];

BOOST_SPIRIT_DEFINE(end_line, allow, field_declaration, event_declaration, postal, time_zone, holidays, quiet_hours,
                    quiet_days, quiet_dates, requires_consent, sms_limit, cap, never_contact, hold, policy_part,
                    subject, edition, open_fields, open_events, open_policy, open_segment, values, open_campaign,
                    open_template, open_test, retired_campaign, renamed_campaign, file_line, fields_line, events_line,
                    policy_line, template_line)

}  // namespace

BOOST_SPIRIT_DEFINE(common_line)
BOOST_SPIRIT_INSTANTIATE(CommonLineRule, Iterator, Context)

bool read_file_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(file_line, with, begin, end, statement);
}

bool read_fields_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(fields_line, with, begin, end, statement);
}

bool read_events_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(events_line, with, begin, end, statement);
}

bool read_policy_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(policy_line, with, begin, end, statement);
}

bool read_template_line(Reader& with, Iterator begin, Iterator end, Statement& statement) {
    return read(template_line, with, begin, end, statement);
}

}  // namespace nurture::dsl::grammar
