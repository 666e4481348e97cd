// SPDX-License-Identifier: MIT
// What the checker says with a store: the words, the numbers, the people.
#include "house.hpp"

#include "daemon/forecast/lints.hpp"
#include "daemon/importer/import.hpp"
#include "dsl/places.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

using namespace nurture;
using namespace nurture::trial::test;

namespace {

const std::string k_header = "ref,first_name,email,profession,years_in_specialty,stage,consent:job news\n";

/// `count` people of that profession; years are known for every second, a first name for two of three.
std::string crowd(const std::string& prefix, int count, const std::string& profession) {
    std::string rows;
    for (int i = 0; i < count; ++i) {
        const auto ref = prefix + std::to_string(i);
        rows += ref + "," + (i % 3 == 0 ? "" : "Pat") + "," + ref + "@candidates.example," + profession + "," +
                (i % 2 == 0 ? "7" : "") + ",Open,given\n";
    }
    return rows;
}

struct Looked {
    std::shared_ptr<const dsl::Rules> rules;
    std::vector<forecast::Lint> found;
    std::vector<std::string> titles;
};

forecast::Inputs inputs(const store::Database& database, std::shared_ptr<const dsl::Rules> rules) {
    return {database, std::move(rules), render_house(), {}, {}, {}, support::at("2026-03-02T12:00Z"), {}};
}

store::Database store_of(const std::string& csv, const dsl::Rules& rules) {
    support::TempDirectory top;
    const auto file = top.write("people.csv", k_header + csv);
    auto database = store::Database::in_memory(store::Birth{std::string(32, '1'), std::string(32, '\7')});
    dsl::Diagnostics none;
    dsl::Places places(rules.sources, none);
    importer::Options options;
    options.now = support::at("2026-03-01T12:00Z");
    REQUIRE(importer::import_file(database, rules.schema, places, file, options).rejected == 0);
    return database;
}

Looked looked(const std::string& text, const std::string& csv) {
    Looked result{rules(text), {}, {}};
    const auto database = store_of(csv, *result.rules);
    result.found = forecast::lints(inputs(database, result.rules));
    for (const auto& lint : result.found)
        result.titles.push_back(lint.diagnostic.code + " " + lint.diagnostic.title);
    return result;
}

using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("a segment that nobody is in names the line at which the last were lost") {
    const auto result = looked(
        "\nsegment \"S\"\n  profession is \"Registered Nurse\"\n  years_in_specialty is at least 50, if known\nend\n",
        crowd("n", 4, "Registered Nurse"));
    REQUIRE(result.titles == Titles{"N0222 nobody is in \"S\" today"});
    CHECK(result.found[0].diagnostic.labels[1].text == "4 people came as far as this line, and nobody past it");
}

TEST_CASE("an empty store is no reason for a warning") {
    CHECK(looked("\nsegment \"S\"\n  profession is \"Registered Nurse\"\nend\n", "").titles.empty());
}

TEST_CASE("more than sixty percent of a store that is large enough is a warning") {
    const auto text = "\nsegment \"S\"\n  profession is not \"Physician\"\nend\n";
    CHECK(looked(text, crowd("n", 40, "Registered Nurse") + crowd("m", 20, "Physician")).titles ==
          Titles{"N0223 \"Nurses\" holds for 40 of the 60 people in the store",
                 "N0223 \"S\" holds for 40 of the 60 people in the store"});
    CHECK(looked(text, crowd("n", 4, "Registered Nurse") + crowd("m", 2, "Physician")).titles.empty());
}

TEST_CASE("a line that unknown values decide is told with their number, unless it says what unknown means") {
    const auto people = crowd("n", 44, "Registered Nurse") + crowd("p", 50, "Pharmacist");
    const auto result = looked(
        "\nsegment \"S\"\n  profession is \"Registered Nurse\"\n  years_in_specialty is at least 5\nend\n", people);
    REQUIRE(result.titles ==
            Titles{"N0224 this line is decided by an unknown value for 22 of the 44 people that come to it"});
    CHECK(result.found[0].diagnostic.labels[0].text == "they are left out");
    CHECK(looked("\nsegment \"S\"\n  profession is \"Registered Nurse\"\n  years_in_specialty is at least 5, if "
                 "known\nend\n",
                 people)
              .titles.empty());
}

TEST_CASE("a value that nobody has is told with the nearest that somebody has") {
    const auto result =
        looked("\nsegment \"S\"\n  profession is any of \"Registerd Nurse\", \"registered nurse\"\nend\n",
               crowd("n", 4, "Registered Nurse"));
    REQUIRE(result.titles == Titles{"N0228 nobody in the store has \"Registerd Nurse\" as `profession`"});
    CHECK(result.found[0].diagnostic.labels[0].text == "did you mean \"Registered Nurse\"?");
    CHECK_FALSE(result.found[0].diagnostic.fix);
}

TEST_CASE("an allow silences what the data say, and one that silences nothing is a warning") {
    const auto people = crowd("n", 4, "Registered Nurse");
    CHECK(looked("\nsegment \"S\"\n  allow N0228 because \"it is new\"\n  profession is any of \"Registerd Nurse\", "
                 "\"Registered Nurse\"\nend\n",
                 people)
              .titles.empty());
    CHECK(looked("\nsegment \"S\"\n  allow N0228 because \"it is new\"\n  profession is \"Registered Nurse\"\nend\n",
                 people)
              .titles == Titles{"N0901 this `allow` silences nothing: there is no N0228 on the line below it"});
}

TEST_CASE("audiences of equal priority that share people are told with how many") {
    const auto second = "\nsegment \"Seasoned\"\n  years_in_specialty is at least 5, if known\nend\n" +
                        campaign("  step hello: email \"hello\"\n", "A");
    auto other = campaign("  step guide: email \"guide\"\n", "B");
    other.replace(other.find("\"Nurses\""), 8, "\"Seasoned\"");
    CHECK(looked(second + other, crowd("n", 8, "Registered Nurse")).titles.empty());  // 4 people: told by their names
    const auto result = looked(second + other, crowd("n", 24, "Registered Nurse"));
    REQUIRE(!result.titles.empty());
    CHECK(result.titles[0] ==
          "N0610 12 people are in the audiences of both \"A\" and \"B\", which have the same priority");
    CHECK(result.found[0].people.size() == 12);
}

TEST_CASE("two campaigns that exceed a cap together are told with who will wait") {
    const auto text = campaign("  priority 60\n  step hello: email \"hello\"\n", "A") +
                      campaign("  step guide: email \"guide\"\n", "B");
    const auto result = looked(text, crowd("n", 15, "Registered Nurse"));
    REQUIRE(result.titles ==
            Titles{"N0611 campaigns exceed this cap together: 15 people will wait for room in it within 7 days"});
    CHECK(result.found[0].people.size() == 15);
    REQUIRE(result.found[0].diagnostic.labels.size() == 2);
    CHECK(result.found[0].diagnostic.labels[1].text == "15 people of it wait, behind \"A\"");
}

TEST_CASE("a merge field that may be blank is told with for how many of its readers it is") {
    const auto set = sources("\ntemplate \"bare\" for email\n  subject \"Hi {{first_name}}\"\n"
                             "  | {{postal_address}} {{unsubscribe_link}}\nend\n" +
                             campaign("  step bare: email \"bare\"\n"));
    auto compiled = dsl::compile(set);
    CHECK_FALSE(compiled.rules);
    REQUIRE(compiled.but_for_blanks);
    const auto database =
        store_of(crowd("n", 9, "Registered Nurse") + crowd("p", 5, "Pharmacist"), *compiled.but_for_blanks);
    const auto found = forecast::count_blanks(inputs(database, compiled.but_for_blanks), compiled.diagnostics);
    REQUIRE(found.size() == 1);
    CHECK(compiled.diagnostics[0].title == "`first_name` is blank for 3 of the 9 people who would get this");
    CHECK(compiled.diagnostics[0].severity == dsl::Severity::error);
    CHECK(found[0].people.size() == 3);
}
