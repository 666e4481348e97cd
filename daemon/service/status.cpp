// SPDX-License-Identifier: MIT
#include "daemon/service/status.hpp"

#include "daemon/base/calendar.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/enrolments.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nurture::service {
namespace {

base::ZoneId policy_zone(const Runner& runner) {
    const auto rules = runner.rules();
    return rules ? base::find_zone(rules->policy.zone).value_or(base::ZoneId::utc) : base::ZoneId::utc;
}

std::string next_wake_text(const Runner& runner) {
    const auto wake = runner.next_wake();
    return wake == base::k_never ? "no next wake" : "next wake " + base::format_for_people(wake, policy_zone(runner));
}

}  // namespace

std::string status_line(const config::Config& config, const Runner& runner, const std::string& rules_note) {
    std::string line = config.live ? "live" : "test mode";
    if (!runner.trouble().empty())
        return line + "; nothing is sent: " + runner.trouble();
    if (const auto why = runner.hold())
        line += "; ON HOLD, nothing is sent: " + *why + "; see `nurture reconcile`";
    else if (runner.stopped())
        line += "; STOPPED by hand, `nurture resume` goes on";
    line += fmt::format("; {} campaigns; {}", runner.rules()->campaigns.size(), next_wake_text(runner));
    return rules_note.empty() ? line : line + "; " + rules_note;
}

std::string status_json(const store::Database& database, const config::Config& config, const Runner& runner,
                        const std::string& rules_note, base::Second now) {
    nlohmann::ordered_json json;
    json["mode"] = config.live ? "live" : "test";
    json["now"] = base::format_instant(now, policy_zone(runner));
    json["trouble"] = runner.trouble();
    json["stopped"] = runner.stopped();
    json["hold"] = runner.hold().value_or("");
    json["rules"] = runner.rules() ? dsl::hex(runner.rules()->hash) : "";
    json["rules_note"] = rules_note;
    json["campaigns"] = runner.rules() ? runner.rules()->campaigns.size() : 0;
    const auto wake = runner.next_wake();
    json["next_wake"] = nullptr;
    if (wake != base::k_never)
        json["next_wake"] = base::format_instant(wake, policy_zone(runner));
    json["relay"] = config.relay_names();
    json["messages"] = nlohmann::ordered_json::object();
    for (const auto& count : store::message_counts(database))
        json["messages"][std::string(store::to_text(count.state))] = count.messages;
    json["waiting_for_people"] = store::open_human_steps(database).size();
    json["open_doubts"] = store::open_doubts(database).size();
    return json.dump();
}

std::string look_at_rules(const config::Config& config, const std::shared_ptr<const dsl::Rules>& live,
                          base::Second now) {
    try {
        const auto compiled = dsl::compile(read_rules(config.rules_directory), checker_world(config, now));
        if (!compiled.rules)
            return "the rule files have mistakes: `nurture check` shows them";
        return live && compiled.rules->hash == live->hash ? "" : "rules changed, not applied";
    } catch (const std::exception&) {
        return "the rules directory cannot be read";
    }
}

}  // namespace nurture::service
