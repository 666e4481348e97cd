// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate.hpp"
#include "daemon/engine/evaluate_explain.hpp"

#include "tests/support/instants.hpp"
#include "tests/support/people.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>

using namespace nurture;
using namespace nurture::engine;
using support::at;
using support::day;
using support::Person;

namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();
constexpr dsl::FieldIx k_stage = dsl::k_built_in_fields, k_skills = k_stage + 1, k_years = k_stage + 2,
                       k_expires = k_stage + 3, k_travels = k_stage + 4, k_home = k_stage + 5;
constexpr dsl::EventIx k_applied = dsl::k_built_in_events;
constexpr auto k_clicked = static_cast<dsl::EventIx>(dsl::BuiltInEvent::clicked);

dsl::DayOffset days_from_now(int days) { return {0, days}; }
dsl::Since last_days(int days) { return {days_from_now(-days), 0}; }
dsl::Since last_hours(int hours) { return {std::nullopt, hours}; }

dsl::cond::Happened applied(int count = 1, dsl::Since since = {}, std::optional<std::string> name = {}) {
    return {k_applied, std::move(name), {}, {}, count, since};
}
dsl::cond::Happened clicked(std::optional<dsl::Channel> channel = {},
                            std::optional<std::string> message_template = {}) {
    return {k_clicked, {}, channel, std::move(message_template), 1, {}};
}

/// A rule set of one segment whose lines a test adds, a few people, and a day: Monday 2 March 2026, 12:00 in Chicago.
class Scene {
public:
    Scene() {
        rules_->schema = dsl::built_in_schema();
        using dsl::FieldKind;
        rules_->schema.fields.push_back({"stage", FieldKind::text});
        rules_->schema.fields.push_back({"skills", FieldKind::list});
        rules_->schema.fields.push_back({"years", FieldKind::number});
        rules_->schema.fields.push_back({"expires", FieldKind::date});
        rules_->schema.fields.push_back({"travels", FieldKind::yes_no});
        rules_->schema.fields.push_back({"home", FieldKind::place});
        rules_->schema.events.push_back({"applied", "applied to a job", true});
        rules_->schema.lists = {"Do not contact"};
        rules_->schema.consents = {"job news"};
        rules_->policy.zone = "America/Chicago";
        rules_->segments.emplace_back();
    }

    dsl::ConditionIx add(dsl::Condition condition) {
        rules_->conditions.push_back(std::move(condition));
        return static_cast<dsl::ConditionIx>(rules_->conditions.size() - 1);
    }
    Scene& line(dsl::ConditionIx condition, std::optional<dsl::ConditionIx> unknown = {}) {
        rules_->segments[0].lines.push_back({{}, "", condition, unknown});
        return *this;
    }
    Person& person() {
        people_.emplace_back().id = static_cast<base::CandidateId>(people_.size());
        return people_.back();
    }
    void now(std::string_view instant) { now_ = at(instant, support::zone("America/Chicago")); }

    /// Who is in the segment, as "y" and "n" in the order of the people.
    std::string members() {
        const Made made(*this);
        std::vector<Flip> flips;
        return letters(made.evaluator.evaluate_all(made.view, flips).of(0));
    }
    /// Whether the one condition holds.
    std::string holds(dsl::Condition condition) {
        rules_->segments[0].lines.clear();
        line(add(std::move(condition)));
        return members();
    }
    Funnel funnel() {
        const Made made(*this);
        return engine::funnel(made.evaluator, made.view, 0);
    }
    std::vector<std::string> explain(Row row) {
        const Made made(*this);
        std::vector<std::string> lines;
        for (const ExplainedLine& line : engine::explain(made.evaluator, made.view, 0, row)) {
            std::string text = line.holds ? "yes" : "no";
            text += line.unknown ? " (unknown)" : "";
            for (const Tested& test : line.tests)
                text += "; " + test.what + ": " + test.value + (test.holds ? " +" : " -");
            lines.push_back(text);
        }
        return lines;
    }

private:
    struct Made {
        explicit Made(Scene& scene)
            : rules(scene.whole()),
              columns(*rules),
              evaluator(rules, columns),
              view{columns, base::local_day(columns.policy_zone(), scene.now_), scene.now_, {}} {
            columns.advance(scene.now_);
            for (const Person& person : scene.people_)
                support::put(columns, columns.add(person.id), person);
        }
        std::shared_ptr<const dsl::Rules> rules;
        roster::Columns columns;
        Evaluator evaluator;
        View view;
    };

    std::shared_ptr<const dsl::Rules> whole() {
        auto rules = std::make_shared<dsl::Rules>(*rules_);
        dsl::cond::And all;
        for (const dsl::SegmentLine& line : rules->segments[0].lines)
            all.of.push_back(line.condition);
        rules->segments[0].whole = static_cast<dsl::ConditionIx>(rules->conditions.size());
        rules->conditions.push_back(all);
        return rules;
    }
    std::string letters(const Bitmap& people) const {
        std::string text;
        for (std::size_t row = 0; row < people_.size(); ++row)
            text += people.test(row) ? 'y' : 'n';
        return text;
    }

    std::shared_ptr<dsl::Rules> rules_ = std::make_shared<dsl::Rules>();
    std::vector<Person> people_;
    base::Minute now_ = at("2026-03-02T12:00", support::zone("America/Chicago"));
};

}  // namespace

using namespace dsl::cond;

TEST_CASE("text is compared without regard to capitals and blanks, and an unknown value matches nothing") {
    Scene scene;
    scene.person().texts[k_stage] = "Offer  OUT ";
    scene.person().texts[k_stage] = "Interviewing";
    scene.person().texts[k_stage] = "   ";
    scene.person();
    CHECK(scene.holds(TextIn{k_stage, {"offer out", "on assignment"}}) == "ynnn");
    CHECK(scene.holds(Not{scene.add(TextIn{k_stage, {"offer out"}})}) == "nyyy");
    CHECK(scene.holds(TextContains{k_stage, "view"}) == "nynn");
    CHECK(scene.holds(TextContains{k_stage, "offer", true}) == "ynnn");
    CHECK(scene.holds(TextContains{k_stage, "out", true}) == "nnnn");
    CHECK(scene.holds(TextIn{k_stage, {""}}) == "nnnn");
    CHECK(scene.holds(Known{k_stage}) == "yynn");
}

TEST_CASE("a list includes whole entries") {
    Scene scene;
    scene.person().items[k_skills] = {"ICU", "CVICU"};
    scene.person().items[k_skills] = {"Neuro ICU"};
    scene.person();
    CHECK(scene.holds(ListHas{k_skills, {"icu"}}) == "ynn");
    CHECK(scene.holds(ListHas{k_skills, {"icu", "neuro icu"}}) == "yyn");
    CHECK(scene.holds(ListHas{k_skills, {"cvicu", "icu"}, true}) == "ynn");
    CHECK(scene.holds(ListHas{k_skills, {"icu", "neuro icu"}, true}) == "nnn");
    CHECK(scene.holds(Not{scene.add(ListHas{k_skills, {"icu"}})}) == "nyy");
    CHECK(scene.holds(Known{k_skills}) == "yyn");
}

TEST_CASE("numbers, yes and no: an unknown value is neither in a range nor yes nor no") {
    Scene scene;
    scene.person().numbers[k_years] = 2;
    scene.person().numbers[k_years] = 5;
    scene.person().yes_no[k_travels] = true;
    scene.person().yes_no[k_travels] = false;
    CHECK(scene.holds(NumberRange{k_years, 2, k_infinity}) == "yynn");
    CHECK(scene.holds(NumberRange{k_years, 2, k_infinity, true}) == "nynn");
    CHECK(scene.holds(NumberRange{k_years, -k_infinity, 5, false, true}) == "ynnn");
    CHECK(scene.holds(NumberRange{k_years, 2, 5}) == "yynn");
    CHECK(scene.holds(YesNo{k_travels, true}) == "nnyn");
    CHECK(scene.holds(YesNo{k_travels, false}) == "nnny");
    CHECK(scene.holds(Known{k_years}) == "yynn");
    CHECK(scene.holds(Known{k_travels}) == "nnyy");
}

TEST_CASE("dates: both ends belong to a range, today is the policy's, unknown is in none") {
    Scene scene;
    scene.person().dates[k_expires] = day("2026-03-02");
    scene.person().dates[k_expires] = day("2026-03-31");
    scene.person().dates[k_expires] = day("2025-06-05");
    scene.person();
    CHECK(scene.holds(DateBetween{k_expires, day("2026-03-02"), day("2026-03-31")}) == "yynn");
    CHECK(scene.holds(DateBetween{k_expires, {}, day("2026-03-01")}) == "nnyn");
    CHECK(scene.holds(DateNear{k_expires, {}, days_from_now(-271)}) ==
          "nnnn");  // more than 270 days ago: 270 exactly is not
    CHECK(scene.holds(DateNear{k_expires, {}, days_from_now(-270)}) == "nnyn");
    CHECK(scene.holds(DateNear{k_expires, days_from_now(0), days_from_now(28)}) == "ynnn");
    CHECK(scene.holds(DateNear{k_expires, days_from_now(0), days_from_now(29)}) == "yynn");
    scene.now("2026-03-02T23:59");
    CHECK(scene.holds(DateNear{k_expires, days_from_now(0), days_from_now(0)}) == "ynnn");
    scene.now("2026-03-03T00:00");
    CHECK(scene.holds(DateNear{k_expires, days_from_now(0), days_from_now(0)}) == "nnnn");
}

TEST_CASE("an anniversary is not the day itself, and 29 February has it on the 28th") {
    Scene scene;
    scene.person().dates[k_expires] = day("2020-03-02");
    scene.person().dates[k_expires] = day("2026-03-02");
    scene.person().dates[k_expires] = day("2024-02-29");
    scene.person();
    CHECK(scene.holds(Anniversary{k_expires, 0}) == "ynnn");
    scene.now("2026-02-28T12:00");
    CHECK(scene.holds(Anniversary{k_expires, 0}) == "nnyn");
    CHECK(scene.holds(Anniversary{k_expires, 2}) == "ynnn");
    scene.now("2028-02-28T12:00");
    CHECK(scene.holds(Anniversary{k_expires, 0}) == "nnnn");
    CHECK(scene.holds(Anniversary{k_expires, 1}) == "nnyn");
}

TEST_CASE("distance is measured over the globe, across the date line and at the poles") {
    Scene scene;
    scene.person().places[k_home] = {33.02, -96.70};  // Plano: some 17 miles from Dallas
    scene.person().places[k_home] = {32.73, -97.32};  // Fort Worth: some 30
    scene.person().places[k_home] = {0, -179.9};
    scene.person().places[k_home] = {89.95, 170};
    scene.person();
    CHECK(scene.holds(Within{k_home, 32.78, -96.80, 20 * 1609.344}) == "ynnnn");
    CHECK(scene.holds(Within{k_home, 32.78, -96.80, 60 * 1609.344}) == "yynnn");
    CHECK(scene.holds(Within{k_home, 0, 179.9, 25'000}) == "nnynn");
    CHECK(scene.holds(Within{k_home, 89.95, -10, 12'000}) == "nnnyn");
    scene.person().places[k_home] = {89.999, 150};
    CHECK(scene.holds(Within{k_home, 89.999, -150, 115}) == "nnnnny");
}

TEST_CASE("a circle ends at its rim, wherever it lies and however large it is") {
    constexpr double radian = std::numbers::pi / 180, earth = 6371008.8;
    std::mt19937 dice{11};
    const auto between = [&](double low, double high) { return std::uniform_real_distribution(low, high)(dice); };
    for (int circle = 0; circle < 300; ++circle) {
        const double lat = std::asin(between(-1, 1)) / radian, lon = between(-180, 180);
        const double reach = std::exp(between(std::log(1'000.0), std::log(19'000'000.0)));
        CAPTURE(lat, lon, reach);
        Scene scene;
        std::string expected;
        for (int person = 0; person < 24; ++person) {
            const bool inside = person % 2 == 0;
            const double far = (reach + (inside ? -5 : 5)) / earth, bearing = between(0, 360) * radian;
            const double at = std::asin(std::sin(lat * radian) * std::cos(far) +
                                        std::cos(lat * radian) * std::sin(far) * std::cos(bearing));
            const double on = lon + std::atan2(std::sin(bearing) * std::sin(far) * std::cos(lat * radian),
                                               std::cos(far) - std::sin(lat * radian) * std::sin(at)) /
                                        radian;
            scene.person().places[k_home] = {at / radian, std::remainder(on, 360.0)};
            expected += inside ? 'y' : 'n';
        }
        REQUIRE(scene.holds(Within{k_home, lat, lon, reach}) == expected);
    }
}

TEST_CASE("histories count what has happened, by name, in the last days or hours") {
    Scene scene;
    auto& often = scene.person().events;
    often = {{k_applied, at("2026-02-28T05:59Z"), "ICU nurse", {}},
             {k_applied, at("2026-03-01T18:00Z"), "Med-surg nurse", {}}};
    scene.person().events = {{k_applied, at("2026-03-02T18:01Z"), "ICU nurse", {}}};  // in a minute
    scene.person();
    CHECK(scene.holds(applied()) == "ynn");
    CHECK(scene.holds(applied(2)) == "ynn");
    CHECK(scene.holds(applied(3)) == "nnn");
    CHECK(scene.holds(applied(1, {}, "icu nurse")) == "ynn");
    CHECK(scene.holds(applied(1, {}, "pharmacist")) == "nnn");
    // 27 February 23:59 in Chicago is three days ago there, whatever UTC says.
    CHECK(scene.holds(applied(2, last_days(2))) == "nnn");
    CHECK(scene.holds(applied(2, last_days(3))) == "ynn");
    // 24 hours ago to the minute is no longer in the last 24 hours.
    CHECK(scene.holds(applied(1, last_hours(24))) == "nnn");
    CHECK(scene.holds(applied(1, last_hours(25))) == "ynn");
    scene.now("2026-03-02T12:01");
    CHECK(scene.holds(applied(1, last_hours(24))) == "nyn");
}

TEST_CASE("messages are known by channel and template, and imported history fits every channel") {
    Scene scene;
    scene.person().events = {{k_clicked, at("2026-02-01T12:00Z"), "hello", dsl::Channel::email}};
    scene.person().events = {{k_clicked, at("2026-02-01T12:00Z"), "hello", dsl::Channel::sms}};
    scene.person().events = {{k_clicked, at("2026-02-01T12:00Z"), "Hello", {}}};
    scene.person().events = {{k_clicked, at("2026-02-01T12:00Z"), "guide", dsl::Channel::email}};
    CHECK(scene.holds(clicked(dsl::Channel::email, "hello")) == "ynyn");
    CHECK(scene.holds(clicked(dsl::Channel::sms)) == "nyyn");
    CHECK(scene.holds(clicked()) == "yyyy");
}

TEST_CASE("a consent is what was said last, and nobody who said nothing has given it") {
    Scene scene;
    scene.person().consents[0] = {{at("2025-01-01T00:00Z"), ConsentIs::given}};
    scene.person().consents[0] = {{at("2025-01-01T00:00Z"), ConsentIs::given},
                                  {at("2026-01-01T00:00Z"), ConsentIs::withdrawn}};
    scene.person();
    CHECK(scene.holds(Consent{0, ConsentIs::given, {}, {}}) == "ynn");
    CHECK(scene.holds(Consent{0, ConsentIs::withdrawn, {}, {}}) == "nyn");
    CHECK(scene.holds(Consent{0, ConsentIs::unknown, {}, {}}) == "nny");
    CHECK(scene.holds(Consent{0, ConsentIs::given, {}, days_from_now(-400)}) == "ynn");
    CHECK(scene.holds(Consent{0, ConsentIs::given, {}, days_from_now(-430)}) == "nnn");
}

TEST_CASE("nobody who was erased is in a segment, not even in one of people who lack something") {
    Scene scene;
    scene.person();
    scene.person().erased = true;
    CHECK(scene.holds(Not{scene.add(InList{0})}) == "yn");
    CHECK(scene.holds(And{}) == "yn");
    CHECK(scene.holds(Or{}) == "nn");
}

TEST_CASE("a funnel counts line by line, and says what became of people with unknown values") {
    Scene scene;
    scene.person().texts[k_stage] = "Screening";
    scene.person().texts[k_stage] = "Offer out";
    scene.person().numbers[k_years] = 4;
    scene.person().erased = true;
    const auto no_stage = scene.add(Not{scene.add(Known{k_stage})});
    const auto no_years = scene.add(Not{scene.add(Known{k_years})});
    scene.line(scene.add(Not{scene.add(TextIn{k_stage, {"offer out"}})}), no_stage);
    scene.line(scene.add(NumberRange{k_years, 2, k_infinity}), no_years);
    const Funnel funnel = scene.funnel();
    CHECK(funnel.people == 3);
    REQUIRE(funnel.lines.size() == 2);
    CHECK(funnel.lines[0].before == 3);
    CHECK(funnel.lines[0].after == 2);
    CHECK(funnel.lines[0].unknown_kept == 1);
    CHECK(funnel.lines[0].unknown_left_out == 0);
    CHECK(funnel.lines[1].before == 2);
    CHECK(funnel.lines[1].after == 1);
    CHECK(funnel.lines[1].unknown_kept == 0);
    CHECK(funnel.lines[1].unknown_left_out == 1);
    CHECK(funnel.members() == 1);
}

TEST_CASE("an explanation names every test with what the person has") {
    Scene scene;
    Person& ana = scene.person();
    ana.texts[k_stage] = "Screening";
    ana.items[k_skills] = {"ICU", "CVICU"};
    ana.dates[k_expires] = day("2026-05-01");
    ana.places[k_home] = {33.02, -96.70};
    ana.consents[0] = {{at("2025-01-01T12:00Z"), ConsentIs::given}};
    ana.events = {{k_applied, at("2026-01-05T12:00Z"), "ICU nurse", {}},
                  {k_applied, at("2026-02-05T12:00Z"), "ICU nurse", {}}};
    const auto no_years = scene.add(Not{scene.add(Known{k_years})});
    scene.line(scene.add(Not{scene.add(TextIn{k_stage, {"offer out"}})}));
    scene.line(scene.add(NumberRange{k_years, 2, k_infinity}), no_years);
    const auto skills = scene.add(ListHas{k_skills, {"icu"}}),
               soon = scene.add(DateNear{k_expires, {}, days_from_now(5)});
    scene.line(scene.add(Or{{skills, soon}}));
    scene.line(scene.add(Within{k_home, 32.78, -96.80, 50'000}));
    scene.line(scene.add(applied(1, last_days(10), "icu nurse")));
    scene.line(scene.add(clicked(dsl::Channel::email, "hello")));
    scene.line(scene.add(Consent{0, ConsentIs::given, {}, {}}));
    scene.line(scene.add(InList{0}));
    scene.line(scene.add(InCampaign{"Wake up", CampaignIs::entered}));
    CHECK(scene.explain(0) == std::vector<std::string>{
                                  "yes; stage: Screening -",
                                  "no (unknown); years: unknown -",
                                  "yes; skills: ICU, CVICU +; expires: 2026-05-01 -",
                                  "yes; home: 33.02,-96.70, 17.6 miles (28.3 km) away +",
                                  "no; applied \"icu nurse\": 2 times, last on 2026-02-05 -",
                                  "no; clicked email \"hello\": never -",
                                  "yes; consent \"job news\": given on 2025-01-01 +",
                                  "no; list \"Do not contact\": no -",
                                  "no; entered campaign \"Wake up\": no -",
                              });
}
