// SPDX-License-Identifier: MIT
//
// Parsing and checking 1,000 rule files, one megabyte in all. Usage: check_bench [FILES]
#include "dsl/compile.hpp"
#include "dsl/parse.hpp"
#include "tests/bench/frame.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

using namespace nurture;

namespace {

const char* const k_house = R"(edition 2026

fields
  profession          text
  specialty           list of text
  years_in_specialty  number
  license_expires     date
  last_conversation   date
  stage               text, say unknown
end

events
  worked  "worked an assignment with us"
end

policy "Lone Star Staffing"
  postal address "500 Main St, Suite 210, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  quiet hours 20:00 to 08:00
  email requires consent "job news"
  at most 1 message per candidate in 24 hours
  never contact list "Do not contact"
end
)";

/// A segment, a campaign and a template, about as long as people write them.
std::string file(int number) {
    const std::string n = std::to_string(number);
    return "# Team " + n + R"(: people we have lost touch with.
edition 2026

segment "Quiet )" +
           n + R"("
  profession is any of "Registered Nurse", "Pharmacist"
  years_in_specialty is at least )" +
           std::to_string(number % 20 + 1) + R"(
  last_conversation is more than 180 days ago, or is unknown
  none of
    stage is any of "On assignment", "Retired", if known
    has replied in the last 90 days
  end
end

campaign "Hello )" +
           n + R"("
  owner from candidate, otherwise "lee.ortiz"
  audience "Quiet )" +
           n + R"("
  check every tuesday at 07:00
  enroll at most 20 per day
  re-enter after 300 days
  priority )" +
           std::to_string(number % 90) + R"(
  stop when candidate has replied
  stop when candidate leaves the audience
  step hello: email "hello )" +
           n + R"("
  wait up to 7 days until hello is clicked
  if hello was clicked
    step call: task for owner "Call {{first_name or them}}"
  end
end

template "hello )" +
           n + R"(" for email
  subject "Still there, {{first_name or you}}?"
  | Hi {{first_name or there}}, a line when you can.
  | {{owner_name}}, {{postal_address}} {{unsubscribe_link}}
end
)";
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 1'000;
    dsl::SourceSet sources;
    sources.files.push_back({"house-rules.nurture", k_house});
    std::size_t bytes = 0;
    for (int i = 0; i < count; ++i) {
        sources.files.push_back({"team-" + std::to_string(i) + ".nurture", file(i)});
        bytes += sources.files.back().text.size();
    }

    bool fine = true;
    const double parsing = bench::median_cpu(3, [&] {
        dsl::Diagnostics said;
        for (std::uint32_t i = 0; i < sources.files.size(); ++i)
            dsl::parse(sources, i, said);
        fine &= said.empty();
    });
    const double all = bench::median_cpu(3, [&] { fine &= dsl::compile(sources, {}).rules != nullptr; });
    bench::print({"check", count, all, 0, "s",
                  fmt::format("{:.2f} MB; parsing alone {:.2f} s", static_cast<double>(bytes) / 1e6, parsing)});
    return fine ? 0 : 1;
}
