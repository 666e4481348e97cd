// SPDX-License-Identifier: MIT
#include "tests/bench/crowd.hpp"

#include "dsl/compile.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace nurture::bench {
namespace {

constexpr auto k_rules = R"(edition 2026
fields
  stage  text
end
policy "Lone Star Staffing"
  postal address "500 Main St, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
{}end
segment "Everybody"
  stage is "Open"
end
template "news" for email
  subject "News"
  | Hello. {{{{postal_address}}}} {{{{unsubscribe_link}}}}
end
campaign "News"
  owner from candidate, otherwise "dana.wu"
  audience "Everybody"
  from owner
  check every day at 07:00
  enroll at most {} per day
  re-enter never
  keep candidates who leave the audience
  send monday to sunday between 09:00 and 17:00
  step first: email "news"
  wait 40 days
  step second: email "news" within 30 days
end
)";

}  // namespace

std::shared_ptr<const dsl::Rules> crowd_rules(const std::string& cap, std::size_t people) {
    dsl::SourceSet sources;
    sources.files.push_back({"house.nurture", fmt::format(k_rules, cap, people)});
    auto compiled = dsl::compile(sources, {});
    if (!compiled.rules)
        std::fputs(dsl::render_all(compiled.diagnostics, sources).c_str(), stderr), std::abort();
    return std::move(compiled.rules);
}

}  // namespace nurture::bench
