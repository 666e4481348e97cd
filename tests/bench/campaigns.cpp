// SPDX-License-Identifier: MIT
// The house rules and the twenty campaigns of the benchmarks, as text.
#include "tests/bench/segments.hpp"
#include "tests/bench/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::bench {
namespace {

constexpr int k_campaigns = 20;

// {0} is the campaign's number. Emails are a to e, its text message is f.
constexpr std::string_view k_cadences[] = {
    R"(  step hello: email "bench-{0}-a"
  wait 4 business days
  step guide: email "bench-{0}-b" in the thread of hello
  wait up to 5 days until guide is clicked
  if guide was clicked
    step call: task for owner "Call {{{{first_name or them}}}}"
  otherwise
    wait 20 days
    step last: email "bench-{0}-c"
  end
)",
    R"(  step first: email "bench-{0}-a"
  wait 1 week
  step second: email "bench-{0}-b"
  wait 2 weeks
  step third: email "bench-{0}-c"
  wait 30 days
  step fourth: email "bench-{0}-d"
)",
    R"(  step hello: email "bench-{0}-a"
  wait 3 days
  if tags includes "Nights"
    step text: sms "bench-{0}-f", otherwise email "bench-{0}-b"
  otherwise
    step more: email "bench-{0}-b"
  end
  wait 10 days
  step last: email "bench-{0}-c"
)",
    R"(  step one: email "bench-{0}-a"
  wait 5 days
  step two: email "bench-{0}-b"
  wait 5 days
  step three: email "bench-{0}-c"
  wait 10 days
  step call: task for owner "Call {{{{first_name or them}}}}: three mails and no word"
  wait 10 days
  step four: email "bench-{0}-d"
  wait 20 days
  step five: email "bench-{0}-e"
)"};

constexpr std::string_view k_checks[] = {"every weekday at 07:00", "every monday at 07:00",
                                         "every tuesday, thursday at 06:30", "every weekday at 08:00",
                                         "every wednesday at 07:00"};

std::string campaign(int number, const Segment& audience, int quota) {
    return fmt::format(
        R"(
campaign "Bench {0:02}"
  owner from candidate, otherwise "lee.ortiz"
  audience "{1}"
  from owner
  check {2}
  enroll at most {3} per day
  re-enter after 365 days
  priority {4}
  send monday to friday between 09:00 and 17:00
  stop when candidate has replied
  {5}
{6}end
)",
        number, audience.name, k_checks[static_cast<std::size_t>(number) % std::size(k_checks)], quota, 40 + number,
        number % 3 == 0 ? "stop when candidate leaves the audience" : "keep candidates who leave the audience",
        fmt::format(fmt::runtime(k_cadences[static_cast<std::size_t>(number) % std::size(k_cadences)]), number));
}

std::string templates(int number) {
    std::string text;
    const auto cadence = k_cadences[static_cast<std::size_t>(number) % std::size(k_cadences)];
    for (const char letter : std::string_view("abcde"))
        if (cadence.find(fmt::format("bench-{{0}}-{}", letter)) != std::string_view::npos)
            text += fmt::format(R"(
template "bench-{0}-{1}" for email
  subject "News {1}, {{{{first_name or there}}}}"
  | Hi {{{{first_name or there}}}},
  |
  | three hospitals near {{{{city or you}}}} have opened shifts for every {{{{profession or specialty}}}}.
  | [Have a look](https://lonestar.example/bench/{0}/{1}) and tell me what you think.
  |
  | {{{{owner_name}}}}, {{{{postal_address}}}}
  | Stop these emails: {{{{unsubscribe_link}}}}
end
)",
                                number, letter);
    if (cadence.find("-f\"") != std::string_view::npos)
        text += fmt::format(
            "\ntemplate \"bench-{}-f\" for sms\n"
            "  | {{{{first_name or Hi}}}}, new night shifts near {{{{city or you}}}}. {{{{organisation}}}}. "
            "Reply STOP to opt out\nend\n",
            number);
    return text;
}

}  // namespace

std::string house_text(int daily) {
    return fmt::format(R"(# Made by bench_data.
edition 2026

fields
  profession             text
  license_state          text
  stage                  text
  source                 text
  years                  number
  pay_rate               number
  last_conversation      date
  license_expires        date
  certification_expires  date
  home                   place
  travels                yes or no
  tags                   list of text
  certifications         list of text
end

events
  applied      "applied to a job", with name
  attended     "came to a hiring event", with name
  interviewed  "was interviewed"
  worked       "worked an assignment with us"
end

policy "Lone Star Staffing"
  postal address "500 Main St, Suite 210, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  quiet hours 20:00 to 08:00
  quiet days sunday
  email requires consent "{}"
  sms requires consent "{}"
  at most 1 message per candidate in 24 hours
  at most 3 messages per candidate in 7 days
  at most {} messages per day
  never contact list "{}"
end
)",
                       k_consent_email, k_consent_sms, daily, k_list_never);
}

std::string campaigns_text(const std::vector<Segment>& segments, int people) {
    std::string text = "# Made by bench_data.\nedition 2026\n";
    for (int number = 0; number < k_campaigns; ++number) {
        // 5 of 12 and 12 of 100 are coprime enough: every template of segments becomes an audience.
        const auto& audience = segments[static_cast<std::size_t>(number * 5 + 2) % segments.size()];
        text += campaign(number, audience, std::max(5, people / 10'000 * (1 + number % 4)));
        text += templates(number);
    }
    return text;
}

}  // namespace nurture::bench
