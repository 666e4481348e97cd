// SPDX-License-Identifier: MIT
#include "back_support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace nurture::test {
namespace {

constexpr const char* k_house_rules = R"(edition 2026

fields
  profession          text
  specialty           list of text
  certifications      list of text
  years_in_specialty  number
  license_expires     date
  hired_on            date
  last_conversation   date
  stage               text, say unknown
  home                place
  travels             yes or no
end

events
  applied      "applied to a job", with name
  worked       "worked an assignment with us"
end

policy "Lone Star Staffing"
  postal address "500 Main St, Suite 210, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  holidays from "holidays.ics"
  quiet hours 20:00 to 08:00
  quiet days sunday, monday
  quiet dates 12-24 to 12-31
  email requires consent "job news"
  sms requires consent "text messages"
  at most 2 messages per candidate in 7 days
  at most 400 messages per day
  never contact list "Do not contact"
end

segment "Nurses"
  profession is "Registered Nurse"
end

template "hello" for email
  subject "Hello"
  | Hi {{first_name or there}},
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end

template "guide" for email
  subject "A guide"
  | Here it is. {{postal_address}} {{unsubscribe_link}}
end

template "ping" for sms
  | Hello again. Reply STOP to opt out
end
)";

constexpr const char* k_holidays =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\n"
    "BEGIN:VEVENT\r\nUID:1@test.example\r\nDTSTART;VALUE=DATE:20260704\r\nSUMMARY:Independence Day\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n";

constexpr const char* k_gaps =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\n"
    "BEGIN:VEVENT\r\nUID:1@test.example\r\nDTSTART;VALUE=DATE:20280101\r\nSUMMARY:New Year\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n";

}  // namespace

dsl::SourceSet beside_house_rules(std::string text, std::string path) {
    dsl::SourceSet sources;
    sources.files = {{std::move(path), std::move(text)},
                     {"gaps.ics", k_gaps},
                     {"holidays.ics", k_holidays},
                     {"house-rules.nurture", k_house_rules},
                     {"places.csv", "place,latitude,longitude\n\"Paris, TX\",33.66,-95.56\n75201,32.79,-96.80\n"}};
    std::sort(sources.files.begin(), sources.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return sources;
}

dsl::World test_world() {
    dsl::World world;
    world.today = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2};
    world.people = {"dana.wu", "lee.ortiz"};
    world.from_domains = {"lonestar.example"};
    world.sms_senders = {"+15125550100", "LoneStar"};
    world.zones = {"America/Chicago", "America/New_York", "Europe/Paris"};
    return world;
}

Result compiled(std::string text, std::string path) {
    dsl::SourceSet sources = beside_house_rules(std::move(text), std::move(path));
    dsl::Compiled result = dsl::compile(sources, test_world());
    std::string said;
    for (const dsl::Diagnostic& diagnostic : result.diagnostics) {
        said += (said.empty() ? "" : "\n") + dsl::render(diagnostic, sources);
    }
    return {std::move(result.rules), std::move(said)};
}

Result compiled_lines(std::string_view lines) {
    return compiled("edition 2026\n\nsegment \"x\"\n" + std::string(lines) + "\nend\n");
}

std::string read_file(const std::string& path) {
    std::ifstream in(std::string(NURTURED_SOURCE_DIR) + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

dsl::SourceSet read_directory(const std::string& path) {
    dsl::SourceSet sources;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(NURTURED_SOURCE_DIR) + "/" + path)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file() && (name.ends_with(".nurture") || name.ends_with(".ics") || name == "places.csv")) {
            sources.files.push_back({name, read_file(path + "/" + name)});
        }
    }
    std::sort(sources.files.begin(), sources.files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return sources;
}

}  // namespace nurture::test
