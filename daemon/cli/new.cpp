// SPDX-License-Identifier: MIT
// `new`: a file to start from, with a comment on each line that somebody will want to change. It checks as it is.
#include "daemon/base/files.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/service/wiring.hpp"
#include "dsl/compile.hpp"
#include "dsl/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

namespace nurture::cli {
namespace {

constexpr std::string_view k_segment = R"(# Who belongs to it: all of these lines must hold. One line is one condition.
# Which fields and events there are: nurture fields.   Who that is today: nurture find --segment "@NAME@"
edition 2026

segment "@NAME@"
  email is known
  # A field line says what happens when the value is missing: ", or is unknown" keeps them, ", if known" does not.
  created is more than 30 days ago, or is unknown
  # `any of` wants one of its lines, `none of` not one of them.
  none of
    has replied in the last 90 days
    has unsubscribed
  end
end
)";

constexpr std::string_view k_campaign =
    R"(# A draft: previews show it, nothing is sent. See it with: nurture preview "@NAME@"
# When it says what you mean, take `draft` out, then: nurture check, nurture test, nurture plan, nurture apply.
edition 2026

segment "@NAME@: people"
  email is known
  has not replied in the last 90 days
end

campaign "@NAME@"
  draft
  owner "@OWNER@"  # who gets the tasks and the replies
  audience "@NAME@: people"
  from owner
  check every weekday at 07:00
  enroll at most 20 per day
  re-enter after 365 days
  send tuesday to thursday between 10:00 and 17:00

  stop when candidate has replied
  stop when candidate leaves the audience

  # Every step has a name of its own, and keeps it.
  step hello: email "@SLUG@-hello"
  wait up to 7 days until hello is clicked
  if hello was clicked
    step call: task for owner "Call {{first_name or them}}"
  otherwise
    wait 3 weeks
    step last: email "@SLUG@-last"
  end
end

# Lines that start with | are the message. {{first_name or there}} fills in, and says what to write when it is blank.
template "@SLUG@-hello" for email
  subject "A short question, {{first_name or there}}"
  | Hi {{first_name or there}},
  |
  | one line about why you write, one about what is in it for them.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end

template "@SLUG@-last" for email
  subject "I will leave you in peace"
  | Hi {{first_name or there}},
  |
  | this is the last one. Answer whenever you like, it reaches me.
  |
  | {{owner_name}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
)";

constexpr std::string_view k_policy = R"(# What holds for every campaign of this directory.
edition 2026

policy "@NAME@"
  # Every email must show where you are.
  postal address "500 Main St, Suite 210, Dallas, TX 75201"
  # Messages keep each candidate's own clock; this zone is for everybody whose zone is not known.
  time zone candidate, otherwise "America/Chicago"

  quiet hours 20:00 to 08:00
  quiet days sunday

  # Nothing goes out on a channel without that consent.
  email requires consent "job news"
  sms requires consent "text messages"

  # Over all campaigns together.
  at most 1 message per candidate in 24 hours
  at most 3 messages per candidate in 14 days
  at most 400 messages per day

  never contact list "Do not contact"
end
)";

struct Kind {
    std::string_view name, text;
};
constexpr std::array k_kinds = {Kind{"segment", k_segment}, Kind{"campaign", k_campaign}, Kind{"policy", k_policy}};

std::string filled(std::string_view text, std::string_view what, const std::string& with) {
    std::string result(text);
    for (auto at = result.find(what); at != std::string::npos; at = result.find(what, at + with.size()))
        result.replace(at, what.size(), with);
    return result;
}

/// "ICU, second hello" becomes "icu-second-hello".
std::string slug(const std::string& name) {
    std::string word;
    for (const char c : dsl::fold(name)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            word += c;
        else if (!word.empty() && word.back() != '-')
            word += '-';
    }
    while (!word.empty() && word.back() == '-')
        word.pop_back();
    return word.empty() ? "rules" : word;
}

std::string owner(const config::Config& config) { return config.people.empty() ? "dana.wu" : config.people.front().id; }

void refuse_taken(const dsl::Rules& rules, const NewOptions& options) {
    const auto taken = [&](std::string_view what, bool is) {
        if (is)
            throw Usage(
                fmt::format("there is a {} called \"{}\" already: give the new one another name", what, options.name));
    };
    if (options.kind == "segment")
        taken("segment", rules.segment(options.name).has_value());
    if (options.kind == "campaign")
        taken("campaign", rules.campaign(options.name).has_value());
    if (options.kind == "policy" && !rules.policy.organisation.empty())
        throw Usage(fmt::format("there is a policy already, \"{}\", and a directory has one: change that",
                                rules.policy.organisation));
}

}  // namespace

int new_file(Session& session, const NewOptions& options) {
    const auto kind =
        std::find_if(k_kinds.begin(), k_kinds.end(), [&](const Kind& k) { return k.name == options.kind; });
    if (kind == k_kinds.end())
        throw Usage("nurture new: say what: segment, campaign or policy");
    if (options.name.empty() || options.name.find_first_of("\"\\\n") != std::string::npos)
        throw Usage("nurture new: the name has one line and no quotation marks");
    const auto config = load_config(session);
    const auto compiled = dsl::compile(service::read_rules(config.rules_directory));
    if (compiled.rules)
        refuse_taken(*compiled.rules, options);
    auto text = filled(kind->text, "@NAME@", options.name);
    text = filled(filled(text, "@SLUG@", slug(options.name)), "@OWNER@", owner(config));
    const auto file = config.rules_directory / (slug(options.name) + ".nurture");
    if (std::filesystem::exists(file))
        throw Failure(fmt::format("{} exists already: nothing was written", file.string()));
    base::write_file(file, text);
    session.out << fmt::format("Wrote {}. It checks as it is: change it line by line, and look with `nurture check`.\n",
                               file.string());
    return 0;
}

}  // namespace nurture::cli
