// SPDX-License-Identifier: MIT
#include "daemon/forecast/assumptions.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace nurture;
using namespace nurture::forecast;
using support::at;

namespace {

const base::ZoneId chicago = support::zone("America/Chicago");
const std::vector<base::Day> holidays{support::day("2026-05-25")};  // a Monday

std::string answered(const Assumptions& assumptions, const char* asked, const char* deadline = nullptr) {
    const auto when = decision_minute(assumptions, at(asked, chicago),
                                      deadline != nullptr ? at(deadline, chicago) : base::k_never, chicago, holidays);
    return when ? support::shown(*when, chicago).substr(0, 16) : "never";
}

dsl::Policy policy() {
    dsl::Policy policy;
    policy.zone = "America/Chicago";
    return policy;
}

}  // namespace

TEST_CASE("an approval that is asked for comes on the next business day at nine") {
    CHECK(answered({}, "2026-03-02T07:00") == "2026-03-03T09:00");
    CHECK(answered({}, "2026-03-02T10:00") == "2026-03-03T09:00");
}

TEST_CASE("nobody is assumed to approve on a weekend or a holiday") {
    CHECK(answered({}, "2026-03-06T12:00") == "2026-03-09T09:00");
    CHECK(answered({}, "2026-05-22T12:00") == "2026-05-26T09:00");
}

TEST_CASE("an approval comes one minute before a deadline that is earlier than the morning") {
    CHECK(answered({}, "2026-03-02T07:00", "2026-03-02T11:00") == "2026-03-02T10:59");
    CHECK(answered({}, "2026-03-02T07:00", "2026-03-03T09:00") == "2026-03-03T08:59");
    CHECK(answered({}, "2026-03-02T07:00", "2026-03-03T09:01") == "2026-03-03T09:00");
}

TEST_CASE("an approval never comes before it is asked for") {
    CHECK(answered({}, "2026-03-02T07:00", "2026-03-02T07:00") == "2026-03-02T07:00");
}

TEST_CASE("approvals can be assumed at once, or never") {
    CHECK(answered({Approvals::at_once}, "2026-03-02T07:00") == "2026-03-02T07:00");
    CHECK(answered({Approvals::never}, "2026-03-02T07:00") == "never");
}

TEST_CASE("what to assume is read from the command line, and mistakes say what to write") {
    Assumptions assumptions;
    CHECK(assume(assumptions, "approvals=at-once") == std::nullopt);
    CHECK(assumptions.approvals == Approvals::at_once);
    CHECK(assume(assumptions, "approvals=later") ==
          "approvals cannot come `later`: write next-morning, at-once or never");
    for (const auto& [text, parts] : std::map<std::string, int>{{"0.25%", 25}, {"5", 500}, {"100%", 10'000}}) {
        CHECK(assume(assumptions, "replies=" + text) == std::nullopt);
        CHECK(assumptions.replies == parts);
    }
    for (const auto* wrong : {"replies", "replies=", "replies=some", "replies=101%", "replies=5.", "replies=.5%",
                              "replies=1.005%", "replies=-1%"})
        CHECK(assume(assumptions, wrong).value_or("").find("write replies=5%") != std::string::npos);
    CHECK(assume(assumptions, "rain")->find("write approvals=next-morning") != std::string::npos);
    CHECK(assumptions.approvals == Approvals::at_once);
}

TEST_CASE("the share of messages that is assumed to be answered is, a day later, by the same people each time") {
    Assumptions assumptions;
    const auto sent = at("2026-03-02T10:00", chicago);
    const auto repliers = [&](const char* step) {
        std::set<int> who;
        for (int i = 0; i < 4000; ++i)
            if (const auto when = reply_minute(assumptions, "c" + std::to_string(i), "Hello", step, sent)) {
                who.insert(i);
                CHECK(*when == at("2026-03-03T10:00", chicago));
            }
        return who;
    };
    CHECK(repliers("hello").empty());
    assumptions.replies = 500;
    const auto few = repliers("hello");
    CHECK(few.size() > 150);
    CHECK(few.size() < 250);
    CHECK(few == repliers("hello"));
    CHECK(few != repliers("guide"));
    assumptions.replies = 2000;
    const auto more = repliers("hello");
    CHECK(std::includes(more.begin(), more.end(), few.begin(), few.end()));
    CHECK(sentence(assumptions).find("20% of the messages are answered a day later") != std::string::npos);
}

TEST_CASE("answers come in the order of their minute, then of asking, each once") {
    Answers answers({}, policy(), at("2026-03-02T00:00", chicago));
    answers.asked(3, at("2026-03-02T10:00", chicago), base::k_never);
    answers.asked(1, at("2026-03-02T12:00", chicago), base::k_never);
    answers.asked(2, at("2026-03-02T10:00", chicago), at("2026-03-02T15:00", chicago));
    answers.asked(4, at("2026-03-02T10:00", chicago), base::k_never);
    answers.withdrawn(4);
    CHECK(answers.next() == at("2026-03-02T14:59", chicago));
    CHECK(answers.take(at("2026-03-02T14:00", chicago)).empty());
    CHECK(answers.take(at("2026-03-03T09:00", chicago)) == std::vector<std::int64_t>{2, 1, 3});
    CHECK(answers.next() == base::k_never);
}

TEST_CASE("what was asked long ago is answered the morning after the forecast begins") {
    Answers answers({}, policy(), at("2026-03-02T07:00", chicago));
    answers.asked(1, at("2026-02-20T07:00", chicago), base::k_never);
    CHECK(answers.next() == at("2026-03-03T09:00", chicago));
}
