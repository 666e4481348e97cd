// SPDX-License-Identifier: MIT
// Commands for whoever writes rules: check, test, find, fields, new.
#include "desk.hpp"

#include <nlohmann/json.hpp>

using namespace nurture;
using namespace nurture::cli::test;
using nlohmann::json;

namespace {

const std::string k_house = R"(edition 2026

fields
  profession          text
  years_in_specialty  number
end

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
end

segment "Seasoned nurses"
  profession is "Registered Nurse"
  years_in_specialty is at least 5, if known
end
)";

const std::string k_people = R"(ref,first_name,last_name,email,profession,years_in_specialty,consent:job news
ana.ruiz,Ana,Ruiz,ana@candidates.example,Registered Nurse,7,given
bo.king,Bo,King,bo@candidates.example,Registered Nurse,2,given
cy.lam,Cy,Lam,cy@candidates.example,Pharmacist,9,given
di.noor,Di,Noor,di@candidates.example,Pharmacist,,given
ed.hale,Ed,Hale,ed@candidates.example,Registered Nurse,8,given
)";

class House : public Desk {
public:
    explicit House(bool with_people = true) {
        REQUIRE(type({"init", path().string()}).code == 0);
        write("house.nurture", k_house);
        if (!with_people)
            return;
        base::write_file(path() / "people.csv", k_people);
        REQUIRE(type_there({"import", "candidates", (path() / "people.csv").string()}).code == 0);
    }
    void write(const std::string& name, const std::string& text) { base::write_file(path() / "rules" / name, text); }
    std::string read(const std::string& name) const { return base::read_file(path() / "rules" / name, k_most); }
};

}  // namespace

TEST_CASE("find shows how many each line lets through, and who is left") {
    House house;
    const auto typed = house.type_there({"find", "--segment", "Seasoned nurses"});
    CHECK(typed.code == 0);
    CHECK(has(typed.out, "5  people in the store"));
    CHECK(has(typed.out, "3  profession is \"Registered Nurse\""));
    CHECK(has(typed.out, "2  years_in_specialty is at least 5, if known"));
    CHECK(has(typed.out, "ana.ruiz"));
    CHECK_FALSE(has(typed.out, "bo.king"));
    CHECK(house.type_there({"find", "--segment", "Seasoned nurses", "--count"}).out == "2\n");
}

TEST_CASE("find --near names who fails exactly one line, with that line and what they have there") {
    House house;
    const auto typed = house.type_there({"find", "--segment", "Seasoned nurses", "--near"});
    CHECK(typed.code == 0);
    CHECK(has(typed.out, "(1 out by this line alone)"));
    CHECK(has(typed.out, "years_in_specialty is at least 5, if known   (years_in_specialty: 2)"));
    CHECK(has(typed.out, "profession is \"Registered Nurse\"   (profession: Pharmacist)"));
    CHECK_FALSE(has(typed.out, "di.noor"));
    CHECK(house.type_there({"find", "--segment", "Seasoned nurses", "--near", "--count"}).out == "2\n");
    const auto csv = house.type_there({"find", "--segment", "Seasoned nurses", "--near", "--format", "csv"}).out;
    CHECK(has(csv, "ref,first_name,last_name,email,phone,city,state,owner,line,rule,value\n"));
    CHECK(has(csv, "bo.king,Bo,King,bo@candidates.example,,,,,16,\"years_in_specialty is at least 5, if known\","
                   "years_in_specialty: 2\n"));
    const auto document =
        json::parse(house.type_there({"find", "--segment", "Seasoned nurses", "--near", "--format", "json"}).out);
    CHECK(document["count"] == 2);
    CHECK(document["near"].size() == 2);
    CHECK(document["near"][0]["fails"]["value"] == "years_in_specialty: 2");
    CHECK(document["lines"][1]["out_by_it_alone"] == 1);
}

TEST_CASE("find --reasons says what each person has where the lines look") {
    House house;
    const auto csv = house.type_there({"find", "years_in_specialty is at least 9", "--reasons", "--format", "csv"}).out;
    CHECK(has(csv, "cy.lam,Cy,Lam,cy@candidates.example,,,,,years_in_specialty: 9\n"));
}

TEST_CASE("find over all segments prints each count, and how long it took") {
    House house;
    const auto document = json::parse(house.type_there({"find", "--all-segments", "--format", "json"}).out);
    CHECK(document["segments"][0]["name"] == "Seasoned nurses");
    CHECK(document["segments"][0]["count"] == 2);
    for (const char* what : {"load", "evaluate"}) {
        CHECK(document["timings"][what]["cpu"].get<double>() > 0);
        CHECK(document["timings"][what]["wall"].get<double>() > 0);
    }
    CHECK(has(house.type_there({"find", "--all-segments"}).out, "people through 1 segment: read in "));
    CHECK(house.type_there({"find", "--all-segments", "--near"}).code == 2);
}

TEST_CASE("whoever waits for find sees how far the store is read, and nothing of it is left") {
    House house(false);
    constexpr int k_crowd = 50'000;  // of so many it is worth saying
    std::string crowd = "ref,years_in_specialty\n";
    for (int i = 0; i < k_crowd; ++i)
        crowd += "c" + std::to_string(i) + ",7\n";
    base::write_file(house.path() / "people.csv", crowd);
    REQUIRE(house.type_there({"import", "candidates", (house.path() / "people.csv").string()}).code == 0);
    CHECK(house.type_there({"find", "years_in_specialty is 7", "--count"}).err.empty());
    house.watched = true;
    const auto typed = house.type_there({"find", "years_in_specialty is 7", "--count"});
    CHECK(typed.out == "50000\n");
    CHECK(has(typed.err, "% reading the store"));
    CHECK(typed.err.ends_with("\r\x1b[K"));
}

TEST_CASE("fields counts who has a value, and never lists what says who somebody is") {
    House house;
    auto crowd = k_people;
    for (int i = 0; i < 6; ++i)
        crowd += "x" + std::to_string(i) + ",Kim,Lee,x" + std::to_string(i) +
                 "@candidates.example,Registered Nurse,3,given\n";
    base::write_file(house.path() / "people.csv", crowd);
    REQUIRE(house.type_there({"import", "candidates", (house.path() / "people.csv").string()}).code == 0);
    const auto text = house.type_there({"fields"}).out;
    CHECK(has(text, "\"Registered Nurse\" 9"));
    CHECK_FALSE(has(text, "Pharmacist"));  // two people: too few to be told
    CHECK_FALSE(has(text, "Kim"));
    const auto document = json::parse(house.type_there({"fields", "--json"}).out);
    CHECK(document["store"] == 11);
    for (const auto& field : document["fields"]) {
        if (field["name"] == "years_in_specialty")
            CHECK(field["people"] == 10);
        if (field["name"] == "email")
            CHECK(field["commonest"].empty());
    }
}

TEST_CASE("fields without a store lists what there is, without numbers") {
    House house(false);
    CHECK(has(house.type_there({"fields"}).out, "years_in_specialty    number"));
    CHECK_FALSE(json::parse(house.type_there({"fields", "--json"}).out).contains("store"));
}

TEST_CASE("what new writes is in the one layout and checks as it is") {
    for (const std::string kind : {"segment", "campaign", "policy"}) {
        INFO(kind);
        House house(false);
        if (kind == "policy")
            house.write("house.nurture", "edition 2026\n");
        const auto typed = house.type_there({"new", kind, "ICU, second hello"});
        REQUIRE(typed.code == 0);
        CHECK(has(typed.out, "icu-second-hello.nurture"));
        const auto checked = house.type_there({"check", "--strict", (house.path() / "rules").string()});
        CHECK(checked.err == "");
        CHECK(house.type({"fmt", "--check", (house.path() / "rules/icu-second-hello.nurture").string()}).code == 0);
        CHECK(house.type_there({"new", kind, "ICU, second hello"}).code != 0);  // it is there already
    }
}

TEST_CASE("fmt does not call a file well laid out that it cannot read") {
    House house;
    house.write("unicode.nurture", std::string("\xFF\xFE"
                                               "e\0d\0",
                                               6));
    const auto typed = house.type_there({"fmt", "--check", (house.path() / "rules/unicode.nurture").string()});
    CHECK(typed.code == 1);
    CHECK(has(typed.err, "unicode.nurture:1:1: error N0120: this file is saved as \"Unicode\" (UTF-16)"));
}

TEST_CASE("find says of a value that nobody has it") {
    House house;
    const auto is = house.type_there({"find", "profession is \"Registered Nurs\""});
    CHECK(is.code == 0);
    CHECK(has(is.err, "warning N0228: nobody in the store has \"Registered Nurs\" as `profession`"));
    CHECK(has(is.err, "did you mean \"Registered Nurse\"?"));
    const auto starts = house.type_there({"find", "profession starts with \"Zz\""});
    CHECK(has(starts.err, "warning N0228: `profession` starts with \"Zz\" for nobody in the store"));
}

TEST_CASE("new says what it makes, and takes no name that cannot stand in quotes") {
    House house;
    CHECK(has(house.type_there({"new", "rule", "x"}).err, "segment, campaign or policy"));
    CHECK(house.type_there({"new", "segment", "a \"quoted\" name"}).code == 2);
    CHECK(has(house.type_there({"new", "segment", "Seasoned nurses"}).err, "there is a segment called"));
}

TEST_CASE("a fix that was accepted is not made again") {
    House house(false);
    house.write("nurses.nurture", "edition 2026\n\nsegment \"N\"\n  profesion is \"Registered Nurse\"\n"
                                  "  years_in_specialty is more tan 3\nend\n");
    CHECK(house.type_there({"check"}).code == 1);
    const auto fixed = house.type_there({"check", "--fix"});
    CHECK(fixed.code == 0);
    CHECK(has(fixed.out, "Accepted 2 suggestions."));
    const auto once = house.read("nurses.nurture");
    CHECK(has(once, "  profession is \"Registered Nurse\"\n  years_in_specialty is more than 3\n"));
    const auto again = house.type_there({"check", "--fix"});
    CHECK_FALSE(has(again.out, "Accepted"));
    CHECK(house.read("nurses.nurture") == once);
}

TEST_CASE("check prints a line each for editors, and JSON with places and fixes") {
    House house(false);
    house.write("nurses.nurture", "edition 2026\n\nsegment \"N\"\n  profesion is \"Registered Nurse\"\nend\n");
    CHECK(has(house.type_there({"check", "--short"}).err,
              "nurses.nurture:4:3: error N0201: there is no field called `profesion`\n"));
    const auto document = json::parse(house.type_there({"check", "--json"}).out);
    REQUIRE(document.size() == 1);
    CHECK(document[0]["code"] == "N0201");
    CHECK(document[0]["fix"]["replacement"] == "profession");
}

TEST_CASE("with a store check says what the data say, and names the people where they are asked for") {
    House house;
    house.write("nurses.nurture", "edition 2026\n\nsegment \"N\"\n  profession is \"Registerd Nurse\"\nend\n");
    const auto typed = house.type_there({"check"});
    CHECK(typed.code == 0);
    CHECK(has(typed.err, "N0222: nobody is in \"N\" today"));
    CHECK(has(typed.err, "did you mean \"Registered Nurse\"?"));
    CHECK(house.type_there({"check", "--strict"}).code == 3);

    house.write("nurses.nurture", "edition 2026\n\nsegment \"N\"\n  profession is \"Registered Nurse\"\nend\n\n"
                                  "campaign \"C\"\n  owner \"dana.wu\"\n  audience \"N\"\n  from owner\n"
                                  "  check every weekday at 07:00\n  enroll at most 5 per day\n  re-enter never\n"
                                  "  stop when candidate has replied\n  keep candidates who leave the audience\n"
                                  "  step hello: email \"bare\"\nend\n\ntemplate \"bare\" for email\n"
                                  "  subject \"Hello {{city}}\"\n  | {{postal_address}} {{unsubscribe_link}}\nend\n");
    const auto blank = house.type_there({"check", "--people", "N0504"});
    CHECK(blank.code == 1);
    CHECK(has(blank.err, "N0504: `city` is blank for 3 of the 3 people who would get this"));
    CHECK(has(blank.out, "3 people:\n  ana.ruiz  Ana Ruiz\n"));
    CHECK(house.type_there({"check", "--people", "N9999"}).code == 2);
}

TEST_CASE("test plays the tests of the files that are named, and fails with the line that did not come true") {
    House house(false);
    const auto story = [](const std::string& segment) {
        return "edition 2026\n\ntest \"Ana is seasoned\"\n  now is 2026-03-02 06:00 in \"America/Chicago\"\n"
               "  given candidate \"ana.ruiz\" with\n    profession is \"Registered Nurse\"\n"
               "    years_in_specialty is 7\n  end\n  expect \"ana.ruiz\" " +
               segment + " segment \"Seasoned nurses\"\nend\n";
    };
    house.write("good.nurture", story("in"));
    house.write("bad.nurture", story("not in"));
    const auto good = house.type_there({"test", (house.path() / "rules/good.nurture").string()});
    CHECK(good.code == 0);
    CHECK(good.out == "ok      Ana is seasoned  (good.nurture:3)\n1 test: everything came true.\n");
    const auto all = house.type_there({"test"});
    CHECK(all.code == 1);
    CHECK(has(all.out, "bad.nurture:9:36: error N0803: \"ana.ruiz\" is in the segment \"Seasoned nurses\""));
    CHECK(has(all.out, "2 tests, 1 failed.\n"));
    CHECK(json::parse(house.type_there({"test", "--json"}).out)["failed"] == 1);
    CHECK(house.type_there({"test", (house.path() / "elsewhere.nurture").string()}).code == 2);
}
