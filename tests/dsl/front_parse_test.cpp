// SPDX-License-Identifier: MIT
#include "front_support.hpp"

#include "dsl/parse.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace nurture::dsl;

namespace {

ast::Condition condition(const std::string& line) {
    const test::Parsed parsed = test::parsed(test::in_block("segment", line));
    REQUIRE(parsed.said == "");
    REQUIRE(parsed.file.segments.size() == 1);
    REQUIRE(parsed.file.segments[0].lines.size() == 1);
    return parsed.file.segments[0].lines[0];
}
ast::FieldTest field_test(const std::string& line) { return std::get<ast::FieldTest>(condition(line).what); }
ast::Campaign campaign(const std::string& lines) {
    const test::Parsed parsed = test::parsed(test::in_block("campaign", lines));
    REQUIRE(parsed.said == "");
    REQUIRE(parsed.file.campaigns.size() == 1);
    return parsed.file.campaigns[0];
}
template<class T>
T step(const std::string& line) {
    const ast::Campaign read = campaign(line);
    REQUIRE(read.steps.size() == 1);
    return std::get<T>(read.steps[0].what);
}
std::vector<std::string> texts(const std::vector<ast::Quoted>& quoted) {
    std::vector<std::string> result;
    for (const ast::Quoted& one : quoted)
        result.push_back(one.text);
    return result;
}

}  // namespace

TEST_CASE("comparisons of numbers, days ago and days ahead are told apart by what follows") {
    const auto [line, op] = GENERATE(table<std::string, ast::FieldOp>({
        {"f is at least 2", ast::FieldOp::at_least},
        {"f is at least 2 days ago", ast::FieldOp::ago_at_least},
        {"f is at least 2 days away", ast::FieldOp::away_at_least},
        {"f is at most 2 weeks ago", ast::FieldOp::ago_at_most},
        {"f is more than 2 years away", ast::FieldOp::away_more_than},
        {"f is less than 5", ast::FieldOp::less_than},
        {"f is less than 5 months ago", ast::FieldOp::ago_less_than},
        {"f is between 2 and 5", ast::FieldOp::between},
        {"f is between 2 and 5 days ago", ast::FieldOp::ago_between},
        {"f is between 2 and 5 days away", ast::FieldOp::away_between},
        {"f is between 2026-01-01 and 2026-03-31", ast::FieldOp::between_dates},
        {"f is today", ast::FieldOp::is_today},
        {"f is on or before 2026-01-01", ast::FieldOp::on_or_before},
        {"f is not \"x\"", ast::FieldOp::is_not},
        {"f is none of \"x\"", ast::FieldOp::is_none_of},
        {"f is known", ast::FieldOp::is_known},
    }));
    CHECK(field_test(line).op == op);
}

TEST_CASE("a test keeps its values, its lengths and what unknown means") {
    const ast::FieldTest values = field_test("stage is any of \"On assignment\", \"Offer out\", or is unknown");
    CHECK(values.field.text == "stage");
    REQUIRE(values.values.size() == 2);
    CHECK(std::get<ast::Quoted>(values.values[1]).text == "Offer out");
    CHECK(values.unknown == ast::UnknownClause::or_is_unknown);

    const ast::FieldTest range = field_test("d is between 30 and 730 days ago, if known");
    CHECK(range.length->count == 30);
    CHECK(range.length->unit == ast::Unit::days);
    CHECK(range.length_to->count == 730);
    CHECK(range.values.empty());
    CHECK(range.unknown == ast::UnknownClause::if_known);

    const ast::FieldTest numbers = field_test("n is between 2 and 5.5");
    REQUIRE(numbers.values.size() == 2);
    CHECK(std::get<ast::Number>(numbers.values[1]).value == 5.5);
    CHECK_FALSE(numbers.length);

    CHECK(field_test("s includes any of values \"Near\"").values_name->text == "Near");
    CHECK(field_test("home is within 60 miles of \"Dallas, TX\"").distance_metres == Approx(96560.64));
    CHECK(field_test("home is within 2 km of \"75201\"").place->text == "75201");
    CHECK(field_test("d has its anniversary today").length->count == 0);
    CHECK(field_test("d has its anniversary in 7 days").length->count == 7);
}

TEST_CASE("histories keep who, what, how often and how long") {
    const auto event = std::get<ast::EventTest>(
        condition("has not clicked email \"guide\" at least 2 times in the last 3 weeks").what);
    CHECK(event.negated);
    CHECK(event.kind.text == "clicked");
    CHECK(event.channel == ast::Channel::email);
    CHECK(event.message->text == "guide");
    CHECK(event.at_least->value == 2);
    CHECK(event.in_the_last->unit == ast::Unit::weeks);

    const auto reply = std::get<ast::EventTest>(condition("has replied to sms \"guide\"").what);
    CHECK(reply.kind.text == "replied");
    CHECK(reply.channel == ast::Channel::sms);

    const auto fair = std::get<ast::EventTest>(condition("has attended \"Spring Career Fair 2026\"").what);
    CHECK(fair.name->text == "Spring Career Fair 2026");

    const auto member = std::get<ast::MembershipTest>(condition("has not completed campaign \"x\"").what);
    CHECK(member.negated);
    CHECK(member.kind == ast::Membership::completed_campaign);

    const auto consent =
        std::get<ast::ConsentTest>(condition("consent \"job news\" was given more than 730 days ago").what);
    CHECK(consent.op == ast::ConsentOp::given_ago);
    CHECK(consent.ago == ast::FieldOp::ago_more_than);
    CHECK(consent.length->count == 730);
}

TEST_CASE("groups nest as they are written") {
    const auto outer = std::get<ast::Group>(condition("any of\nhas worked\nnone of\na is \"b\"\nend\nend").what);
    CHECK(outer.kind == ast::GroupKind::any_of);
    REQUIRE(outer.lines.size() == 2);
    CHECK(std::get<ast::Group>(outer.lines[1].what).lines.size() == 1);
}

TEST_CASE("weekdays are lists or ranges, and a range may wrap") {
    CHECK(campaign("send monday to thursday between 10:00 and 18:30").send[0].days == 0b0001111);
    CHECK(campaign("send tuesday, thursday between 10:00 and 18:30").send[0].days == 0b0001010);
    CHECK(campaign("send saturday to monday between 10:00 and 18:30").send[0].days == 0b1100001);
    const ast::CheckSchedule check = campaign("check on the first business day of january, april at 08:00").check[0];
    CHECK(check.every == ast::CheckEvery::first_business_day);
    CHECK(check.months == 0b1001);
    CHECK(check.at.value == std::chrono::hours(8));
    CHECK(campaign("check on the first business day of every month at 08:00").check[0].months == 0xFFF);
}

TEST_CASE("a campaign keeps each line above its steps with its place") {
    const std::string text = test::in_block(
        "campaign", "owner from candidate, otherwise \"lee.ortiz\"\nstart 60 days before license_expires\n"
                    "re-enter never\npause 14 days when candidate has auto_replied\n"
                    "stop when stage becomes any of \"A\", \"B\"\nretired guide, continue at last_note");
    const test::Parsed parsed = test::parsed(text);
    REQUIRE(parsed.said == "");
    const ast::Campaign& read = parsed.file.campaigns[0];
    CHECK(read.owner[0].value.from_candidate);
    CHECK(read.owner[0].value.name->text == "lee.ortiz");
    CHECK(read.start_on[0].offset.count == -60);
    CHECK(read.start_on[0].field.text == "license_expires");
    CHECK_FALSE(read.re_enter[0].after);
    CHECK(read.pauses[0].when.kind == ast::ChangeKind::event);
    CHECK(read.pauses[0].when.word.text == "auto_replied");
    CHECK(texts(read.stops[0].when.values) == std::vector<std::string>{"A", "B"});
    CHECK(read.retired[0].continue_at->text == "last_note");
    const Span retired = read.retired[0].span;
    CHECK(text.substr(retired.begin, retired.end - retired.begin) == "retired guide, continue at last_note");
}

TEST_CASE("steps keep what they do and what happens otherwise") {
    const auto congrats = step<ast::MessageStep>(
        "step c: email \"x\" with a personal note by owner within 2 business days, otherwise skip step");
    CHECK(congrats.personal_note_by->owner);
    CHECK(congrats.within->unit == ast::Unit::business_days);
    CHECK(congrats.otherwise.kind == ast::OtherwiseKind::skip_step);

    const auto next = step<ast::MessageStep>("step q: email next unsent of \"a\", \"b\", otherwise sms \"c\"");
    CHECK(next.next_unsent);
    CHECK(texts(next.templates) == std::vector<std::string>{"a", "b"});
    CHECK(next.otherwise.channel == ast::Channel::sms);
    CHECK(next.otherwise.message->text == "c");

    CHECK(step<ast::MessageStep>("step g: email \"x\" in the thread of hello").thread_of->text == "hello");
    CHECK(step<ast::ApprovalStep>("step r: approval by \"dana.wu\" within 1 day, otherwise stop").by.name->text ==
          "dana.wu");
    CHECK(step<ast::ListStep>("step p: add to list \"Not now\" for 60 days").for_length->count == 60);
    CHECK_FALSE(step<ast::ListStep>("step p: remove from list \"Not now\"").add);
    CHECK(step<ast::WaitUpTo>("wait up to 5 days until guide is clicked or replied to").any_of ==
          std::vector{ast::StepEvent::clicked, ast::StepEvent::replied});
    CHECK(step<ast::WaitUntilDate>("wait until 7 days before f").offset.count == -7);
    CHECK(step<ast::WaitUntilTime>("wait until tuesday at 10:00").days == 0b10);
}

TEST_CASE("branches and splits hold their steps") {
    const ast::Campaign read =
        campaign("if guide was clicked\nstep a: email \"a\"\notherwise\nif f is yes\nstop\nend\nend\n"
                 "step s: split\n45 percent: email \"a\"\n55 percent: nothing\nend");
    REQUIRE(read.steps.size() == 2);
    const auto& branch = std::get<ast::Branch>(read.steps[0].what);
    CHECK(std::get<ast::StepTest>(branch.condition.what).step.text == "guide");
    CHECK(branch.then.size() == 1);
    REQUIRE(branch.otherwise.size() == 1);
    CHECK(std::get<ast::Branch>(branch.otherwise[0].what).then.size() == 1);
    const auto& split = std::get<ast::SplitStep>(read.steps[1].what);
    CHECK(read.steps[1].name->text == "s");
    REQUIRE(split.arms.size() == 2);
    CHECK(split.arms[0].percent.value == 45);
    CHECK_FALSE(split.arms[1].channel);
}

TEST_CASE("message text keeps its blanks in front and its place, not the blanks at its end") {
    const std::string text = "edition 2026\ntemplate \"t\" for email, kind \"pitch\"\n  subject \"a \\\"b\\\"\"\n"
                             "  | Hi # there \t\n  |\n  |   code\nend\n";
    const test::Parsed parsed = test::parsed(text);
    REQUIRE(parsed.said == "");
    const ast::Template& message = parsed.file.templates[0];
    CHECK(message.kind->text == "pitch");
    CHECK(message.subject->value.text == "a \"b\"");
    REQUIRE(message.body.size() == 3);
    CHECK(message.body[0].text == "Hi # there");
    CHECK(message.body[1].text == "");
    CHECK(message.body[2].text == "  code");
    CHECK(text.substr(message.body[0].span.begin, 2) == "Hi");
}

TEST_CASE("tests keep their people, what happens to them and what is expected") {
    const test::Parsed parsed = test::parsed(test::in_block(
        "test", "now is 2026-03-02 06:00 in \"America/Chicago\"\ngiven candidate \"x\" with\ntravels is no\n"
                "specialty is \"ICU\", \"CVICU\"\nconsent \"job news\" is given\nis in list \"l\"\nend\n"
                "at 2026-03-03 10:00 \"ana\" replies\nat 2026-03-03 10:00 \"ana\" clicks guide\n"
                "at 2026-03-03 10:00 stage gains \"x\"\nat 2026-03-03 15:00 \"p\" refuses review\n"
                "expect no message before 2026-04-07\nexpect \"ana\" not in segment \"s\""));
    REQUIRE(parsed.said == "");
    const ast::Test& test = parsed.file.tests[0];
    CHECK(test.now->time.value == std::chrono::hours(6));
    REQUIRE(test.given.size() == 1);
    CHECK(test.given[0].fields[0].yes == false);
    CHECK(test.given[0].fields[1].values.size() == 2);
    CHECK(test.given[0].consents.size() == 1);
    CHECK(test.given[0].lists.size() == 1);
    REQUIRE(test.happenings.size() == 4);
    CHECK(test.happenings[0].who->text == "ana");
    CHECK(std::get<ast::Word>(test.happenings[0].what).text == "replies");
    CHECK(std::get<ast::StepTest>(test.happenings[1].what).step.text == "guide");
    CHECK(std::get<ast::Change>(test.happenings[2].what).kind == ast::ChangeKind::gains);
    CHECK(std::get<std::pair<bool, ast::Word>>(test.happenings[3].what).first == false);
    REQUIRE(test.expects.size() == 2);
    CHECK(test.expects[0].no);
    CHECK(test.expects[0].kind == ast::ExpectKind::message);
    CHECK(test.expects[1].segment->text == "s");
}

TEST_CASE("an allow knows the line below it") {
    const std::string text = test::in_block("segment", "allow N0229 because \"we know\"\n\n# why\nhas not replied\n"
                                                       "allow n0222 because \"x\"");
    const test::Parsed parsed = test::parsed(text);
    REQUIRE(parsed.said == "");
    REQUIRE(parsed.file.allows.size() == 2);
    CHECK(parsed.file.allows[0].code.text == "N0229");
    CHECK(text.substr(parsed.file.allows[0].next->begin, 15) == "has not replied");
    CHECK(parsed.file.allows[1].code.text == "N0222");
    CHECK(text.substr(parsed.file.allows[1].next->begin, 3) == "end");
}

TEST_CASE("condition lines alone are read for find") {
    const SourceSet sources = test::one_file("specialty includes \"ICU\"\nany of\n  has worked\nend\n", "find");
    Diagnostics diagnostics;
    CHECK(parse_conditions(sources, 0, diagnostics).size() == 2);
    CHECK(diagnostics.empty());
    // a whole segment, pasted: one message, not one for each of its lines
    const SourceSet bad = test::one_file("segment \"x\"\n  has worked\nend\n", "find");
    CHECK(parse_conditions(bad, 0, diagnostics).empty());
    REQUIRE(diagnostics.size() == 1);
    CHECK(diagnostics[0].code == "N0112");
}

TEST_CASE("names are small letters however they are written") {
    CHECK(field_test("Profession IS \"RN\"").field.text == "profession");
}
