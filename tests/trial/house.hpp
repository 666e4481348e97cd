// SPDX-License-Identifier: MIT
//
// A small house and its rules, for tests that play tests and for the examples of docs/messages.md.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/render/render.hpp"
#include "daemon/trial/trial.hpp"
#include "dsl/compile.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace nurture::trial::test {

inline std::string house_rules() {
    return R"(edition 2026

fields
  profession          text
  specialty           list of text
  years_in_specialty  number
  license_expires     date
  stage               text, say unknown
end

events
  applied  "applied to a job"
  worked   "worked an assignment with us"
end

policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  quiet hours 20:00 to 08:00
  quiet days sunday
  email requires consent "job news"
  sms requires consent "text messages"
  at most 1 message per candidate in 24 hours
  never contact list "Do not contact"
end

segment "Nurses"
  profession is "Registered Nurse"
end

template "hello" for email
  subject "Hello"
  | Hi {{first_name or there}}. {{owner_name}}, {{postal_address}} {{unsubscribe_link}}
end

template "guide" for email
  subject "A guide"
  | Here it is. {{postal_address}} {{unsubscribe_link}}
end

template "ping" for sms
  | Hello again. Reply STOP to opt out
end
)";
}

/// A campaign for the nurses, with these steps.
inline std::string campaign(const std::string& steps, const std::string& name = "Greeting") {
    return "\ncampaign \"" + name +
           "\"\n  owner \"dana.wu\"\n  audience \"Nurses\"\n  from owner\n  check every weekday at 07:00\n"
           "  enroll at most 100 per day\n  re-enter never\n  stop when candidate has replied\n"
           "  keep candidates who leave the audience\n" +
           steps + "end\n";
}

inline dsl::SourceSet sources(const std::string& text) {
    dsl::SourceSet set;
    set.files = {{"house.nurture", house_rules()}, {"story.nurture", "edition 2026\n" + text}};
    return set;
}

inline config::Config house_config() {
    config::Config config;
    config.organisation_name = "Lone Star Staffing";
    config.public_url = "https://talent.example";
    config.from_domains = {"lonestar.example"};
    config.people = {{"dana.wu", "Dana Wu", "dana.wu@lonestar.example", "+12145550101", {}},
                     {"lee.ortiz", "Lee Ortiz", "lee.ortiz@lonestar.example", {}, {}},
                     {"priya.nair", "Priya Nair", "priya.nair@lonestar.example", {}, {}},
                     {"ruth.lindqvist", "Ruth Lindqvist", "ruth.lindqvist@lonestar.example", {}, {}},
                     {"sam.okafor", "Sam Okafor", "sam.okafor@lonestar.example", {}, {}}};
    return config;
}

inline render::House render_house() {
    render::House house;
    for (const auto& person : house_config().people)
        house.people[person.id] = {person.name, person.email, person.phone};
    return house;
}

inline std::shared_ptr<const dsl::Rules> rules(const std::string& text) {
    const auto set = sources(text);
    auto compiled = dsl::compile(set);
    std::string said;
    for (const auto& diagnostic : compiled.diagnostics)
        said += dsl::render(diagnostic, set) + "\n";
    INFO(said);
    REQUIRE(compiled.rules);
    return compiled.rules;
}

struct Played {
    std::shared_ptr<const dsl::Rules> rules;
    std::vector<Result> results;
    std::string text() const { return to_text(results, rules->sources, false); }
    const Result& only() const {
        REQUIRE(results.size() == 1);
        return results.front();
    }
};

inline Played played(const std::string& text, const std::filesystem::path& directory = "/nowhere") {
    Played played{rules(text), {}};
    played.results = play({played.rules, directory, house_config()}, [](const std::string&) { return true; });
    return played;
}

}  // namespace nurture::trial::test
