// SPDX-License-Identifier: MIT
//
// Parsing and checking 1,000 rule files, one megabyte in all, and what the whole of it may cost. Goal: at most 0.5 s.
// Usage: dsl_bench [FILES]
#include "dsl/compile.hpp"
#include "dsl/parse.hpp"

#include <sys/resource.h>

#include <cstdio>
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

/// Processor seconds of this process: the machine is shared, its wall clock says little.
double seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return of(used.ru_utime) + of(used.ru_stime);
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

    double began = seconds();
    dsl::Diagnostics said;
    for (std::uint32_t i = 0; i < sources.files.size(); ++i)
        dsl::parse(sources, i, said);
    const double parsing = seconds() - began;

    began = seconds();
    const dsl::Compiled compiled = dsl::compile(sources, {});
    const double checking = seconds() - began;

    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::printf(
        "check     %8d files  %6.2f MB   parsing alone %6.2f s   everything %6.2f s (goal 0.50)   peak %ld MB\n", count,
        static_cast<double>(bytes) / 1e6, parsing, checking, used.ru_maxrss / 1024);
    return compiled.rules && said.empty() ? 0 : 1;
}
