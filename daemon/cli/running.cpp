// SPDX-License-Identifier: MIT
// `status`, `stop`, `resume`: the store says what is so, the daemon, if there is one, what comes next.
#include "daemon/base/files.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/engine/timetable.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/breakers.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/engine_lock.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/messages.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;
using forecast::thousands;

constexpr std::string_view k_canary = "canary";  // the kind of gate, as persist::begin_canary writes it

constexpr std::size_t k_most_doubts = 10;
constexpr std::size_t k_most_reasons = 3;

/// Everything that `status` knows, before it is shown in one form or the other.
struct Picture {
    nlohmann::ordered_json daemon;  // null: none runs
    std::optional<store::LockHolder> holder;
    std::optional<Live> live;
    std::optional<store::Stopped> stopped;
    bool stop_file = false;
    std::string hold;  // why a guard holds everything
    std::int64_t people = 0, open_steps = 0, inside = 0;
    std::vector<store::Message> doubts;  // the open ones
    std::vector<store::StateCount> messages;
    std::vector<store::ReasonCount> rejections;  // of the last day
    std::vector<store::Gate> gates;
    std::int64_t canaries = 0;  // changed campaigns whose first messages have not gone out yet
    std::optional<base::Minute> next_wake;
    std::vector<std::string> due;  // then, in words
};

base::ZoneId zone_of(const Picture& picture) {
    return picture.live ? policy_zone(*picture.live->rules) : base::ZoneId::utc;
}

/// Nothing that cannot be read as JSON is taken for an answer.
nlohmann::ordered_json ask_daemon(const config::Config& config) {
    const auto text = service::ask(config.state_directory, "status");
    if (!text)
        return nullptr;
    auto answer = nlohmann::ordered_json::parse(*text, nullptr, false);
    return answer.is_object() ? answer : nlohmann::ordered_json::object();
}

std::optional<base::Minute> next_wake(const nlohmann::ordered_json& daemon) {
    if (!daemon.is_object() || !daemon.contains("next_wake") || !daemon["next_wake"].is_string())
        return std::nullopt;
    const auto instant = base::parse_instant(daemon["next_wake"].get<std::string>(), base::ZoneId::utc);
    return instant ? std::optional(base::floor_minute(*instant)) : std::nullopt;
}

/// Who is inside campaigns; returns whose wait is over at the next wake.
std::int64_t count_enrolments(const store::Database& database, Picture& picture) {
    std::int64_t waits = 0;
    store::scan_enrolments(database, [&](const store::Enrolment& enrolment) {
        if (enrolment.ended_at || enrolment.phase == store::Phase::pending)
            return;
        ++picture.inside;
        waits += picture.next_wake && enrolment.due && base::floor_minute(*enrolment.due) <= *picture.next_wake ? 1 : 0;
    });
    return waits;
}

std::vector<std::string> due_at(const store::Database& database, const dsl::Rules& rules, base::Minute wake,
                                std::int64_t waits) {
    std::vector<std::string> due;
    const engine::Timetable times(rules);
    std::map<std::string, base::Minute> ran;
    for (const auto& run : store::check_runs(database))
        ran[run.campaign] = base::floor_minute(run.ran_for);
    for (dsl::CampaignIx ix = 0; ix < rules.campaigns.size(); ++ix) {
        const auto& name = rules.campaigns[ix].name;
        if (times.schedule(ix) != nullptr && !rules.campaigns[ix].draft &&
            times.next_check(ix, ran[name], false, times.day(wake)) == wake)
            due.push_back(fmt::format("\"{}\" looks at its audience", name));
    }
    if (waits > 0)
        due.push_back(counted(waits, "wait is over", "waits are over"));
    if (due.empty() && times.day_start(times.day(wake)) == wake)
        due.push_back("a new day: dates in conditions are looked at again");
    return due;
}

Picture look(Session& session, const config::Config& config, const store::Database& database) {
    Picture picture;
    picture.daemon = ask_daemon(config);
    picture.holder = store::lock_holder(config.store_path);
    picture.live = live_rules(session, database);
    picture.stopped = store::stopped(database);
    picture.stop_file = service::stop_file_present(config);
    for (const auto guard : {store::Guard::store, store::Guard::clock})
        if (const auto hold = store::hold(database, guard))
            picture.hold = hold->why;
    picture.people = store::candidate_count(database);
    picture.open_steps = static_cast<std::int64_t>(store::open_human_steps(database).size());
    picture.doubts = store::open_doubts(database);
    picture.messages = store::message_counts(database);
    picture.rejections = store::rejections(database, session.now() - std::chrono::hours(24));
    for (auto& gate : store::gates(database))
        if (gate.kind == k_canary && !gate.until)
            ++picture.canaries;
        else
            picture.gates.push_back(std::move(gate));
    picture.next_wake = next_wake(picture.daemon);
    const auto waits = count_enrolments(database, picture);
    if (picture.next_wake && picture.live)
        picture.due = due_at(database, *picture.live->rules, *picture.next_wake, waits);
    return picture;
}

nlohmann::ordered_json as_json(const Picture& picture, const config::Config& config) {
    nlohmann::ordered_json json;
    const auto zone = zone_of(picture);
    json["running"] = !picture.daemon.is_null();
    json["mode"] = config.live ? "live" : "test";
    json["stopped"] = picture.stopped.has_value() || picture.stop_file;
    json["hold"] = picture.hold;
    json["rules"] = nullptr;
    if (picture.live)
        json["rules"] = {{"hash", base::hex(picture.live->set.hash)},
                         {"plan", picture.live->set.plan},
                         {"applied_at", base::format_instant(picture.live->set.applied_at, zone)},
                         {"applied_by", picture.live->set.applied_by},
                         {"campaigns", picture.live->rules->campaigns.size()}};
    json["next_wake"] = nullptr;
    if (picture.next_wake)
        json["next_wake"] = base::format_instant(*picture.next_wake, zone);
    json["due_then"] = picture.due;
    json["people"] = picture.people;
    json["in_campaigns"] = picture.inside;
    json["messages"] = nlohmann::ordered_json::object();
    for (const auto& state : picture.messages)
        json["messages"][std::string(store::to_text(state.state))] = state.messages;
    json["open_doubts"] = picture.doubts.size();
    json["doubts"] = nlohmann::ordered_json::array();
    for (const auto& doubt : picture.doubts)
        json["doubts"].push_back({{"message", doubt.id},
                                  {"campaign", doubt.campaign},
                                  {"step", doubt.step},
                                  {"channel", store::to_text(doubt.channel)},
                                  {"slot", base::format_instant(doubt.slot, zone)},
                                  {"reason", doubt.reason}});
    json["rejected_in_24_hours"] = nlohmann::ordered_json::array();
    for (const auto& why : picture.rejections)
        json["rejected_in_24_hours"].push_back({{"reason", why.reason}, {"messages", why.messages}});
    json["waiting_for_people"] = picture.open_steps;
    json["held_back"] = nlohmann::ordered_json::array();
    for (const auto& gate : picture.gates)
        json["held_back"].push_back({{"kind", gate.kind}, {"name", gate.name}, {"why", gate.why}});
    json["canaries"] = picture.canaries;
    json["daemon"] = picture.daemon;
    return json;
}

std::string daemon_line(const Picture& picture, const config::Config& config) {
    if (picture.daemon.is_null())
        return fmt::format("not running. It is started with `nurtured --config {}`, or by systemd.",
                           config.path.string());
    if (picture.holder)
        return fmt::format("running since {} (process {})",
                           base::format_for_people(base::floor_minute(picture.holder->since), zone_of(picture)),
                           picture.holder->pid);
    return "running";
}

std::string sending_line(const Picture& picture, const config::Config& config) {
    if (!picture.hold.empty())
        return fmt::format("ON HOLD, nothing leaves: {}. `nurture reconcile` goes on.", picture.hold);
    if (picture.stopped)
        return fmt::format("STOPPED since {} by {}{}{}. `nurture resume` goes on.",
                           base::format_for_people(base::floor_minute(picture.stopped->at), zone_of(picture)),
                           picture.stopped->by, picture.stopped->why.empty() ? "" : ", because ", picture.stopped->why);
    if (picture.stop_file)
        return "STOPPED by a STOP file. `nurture resume` goes on.";
    if (config.live)
        return fmt::format("live: everybody the rules reach, through {}", config.relay_names());
    return fmt::format("test mode: only {} can be reached, through {}",
                       config.allow.empty() ? "nobody" : fmt::format("{}", fmt::join(config.allow, ", ")),
                       config.relay_names());
}

std::string rules_line(const Picture& picture) {
    if (!picture.live)
        return "none are live yet. See what they would do with `nurture plan`, then `nurture apply HASH`.";
    auto line =
        fmt::format("{}, applied {} by {}",
                    counted(static_cast<std::int64_t>(picture.live->rules->campaigns.size()), "campaign", "campaigns"),
                    base::format_for_people(base::floor_minute(picture.live->set.applied_at), zone_of(picture)),
                    picture.live->set.applied_by);
    if (!picture.live->set.plan.empty())
        line += fmt::format(" (plan {})", picture.live->set.plan.substr(0, 6));
    const auto note = picture.daemon.is_object() ? picture.daemon.value("rules_note", std::string()) : std::string();
    return note.empty() ? line : line + "; " + note;
}

std::string messages_line(const Picture& picture) {
    std::string line;
    for (const auto& state : picture.messages)
        if (state.messages > 0)
            line += fmt::format("{}{} {}", line.empty() ? "" : ", ", thousands(state.messages),
                                store::to_text(state.state));
    return line.empty() ? "none yet" : line;
}

std::string held_line(const store::Gate& gate) {
    if (gate.kind == store::k_way_gate)
        return fmt::format("{}: {}", gate.name, gate.why);
    if (gate.kind != store::k_breaker_gate && gate.kind != store::k_hold_gate && gate.kind != store::k_step_gate)
        return fmt::format("{} {}{}{}", gate.kind, gate.name, gate.why.empty() ? "" : ": ", gate.why);
    return fmt::format("{}: {}. Look into it, then `nurture resume \"{}\"`", gate.name, gate.why, gate.name);
}

void print_doubts(Session& session, const Picture& picture) {
    if (picture.doubts.empty())
        return;
    session.out << fmt::format("{:<10}{}: the relay may have them or not; they are not sent again\n", "In doubt",
                               counted(static_cast<std::int64_t>(picture.doubts.size()), "message", "messages"));
    for (std::size_t i = 0; i < std::min(picture.doubts.size(), k_most_doubts); ++i) {
        const auto& doubt = picture.doubts[i];
        session.out << fmt::format("{:<10}message {}, {}, {}{}\n", "", doubt.id,
                                   doubt.campaign.empty() ? "to a colleague"
                                                          : fmt::format("\"{}\", step {}", doubt.campaign, doubt.step),
                                   base::format_for_people(base::floor_minute(doubt.slot), zone_of(picture)),
                                   doubt.reason.empty() ? "" : ": " + doubt.reason);
    }
    if (picture.doubts.size() > k_most_doubts)
        session.out << fmt::format("{:<10}… all of them: nurture status --json\n", "");
}

void print_text(Session& session, const Picture& picture, const config::Config& config) {
    const auto line = [&](std::string_view name, const std::string& text) {
        session.out << fmt::format("{:<10}{}\n", name, text);
    };
    line("Daemon", daemon_line(picture, config));
    if (const auto trouble =
            picture.daemon.is_object() ? picture.daemon.value("trouble", std::string()) : std::string();
        !trouble.empty())
        line("Trouble", "nothing is sent: " + trouble);
    line("Sending", sending_line(picture, config));
    line("Rules", rules_line(picture));
    if (picture.next_wake)
        line("Next", fmt::format("{}{}{}", base::format_for_people(*picture.next_wake, zone_of(picture)),
                                 picture.due.empty() ? "" : ": ", fmt::join(picture.due, "; ")));
    line("People",
         fmt::format("{} in the store, {} in campaigns", thousands(picture.people), thousands(picture.inside)));
    line("Messages", messages_line(picture));
    for (std::size_t i = 0; i < std::min(picture.rejections.size(), k_most_reasons); ++i)
        line("Rejected", fmt::format("{} in 24 hours: {}", thousands(picture.rejections[i].messages),
                                     picture.rejections[i].reason));
    print_doubts(session, picture);
    if (picture.open_steps > 0)
        line("Waiting", counted(picture.open_steps, "thing waits", "things wait") + " for a person: nurture tasks");
    if (picture.canaries > 0)
        line("Canary", counted(picture.canaries, "changed campaign sends", "changed campaigns send") +
                           " a few messages first, and the rest when these went well");
    for (const auto& gate : picture.gates)
        line("Held back", held_line(gate));
}

}  // namespace

int status(Session& session, const StatusOptions& options) {
    const auto config = load_config(session);
    const auto database = read_store(session, config);
    const auto picture = look(session, config, database);
    if (options.json)
        session.out << as_json(picture, config).dump(2) << '\n';
    else
        print_text(session, picture, config);
    return 0;
}

/// The store first, so that it knows who stopped; the file in the same breath, and alone when the store is down.
int stop(Session& session, const BecauseOptions& options) {
    const auto config = load_config(session);
    const auto write_file = [&] {
        base::write_file(service::stop_file(config), fmt::format("{}\n{}\n", session.user, options.because));
    };
    const std::string said = "Stopped: no message leaves until `nurture resume`.";
    if (!std::filesystem::exists(config.store_path)) {
        write_file();
        session.out << said << '\n';
        return 0;
    }
    try {
        auto database = write_store(session, config);
        store::Transaction transaction(database);
        write_file();
        store::stop(database, session.now(), session.user, options.because);
        transaction.commit();
    } catch (const base::StoreError& trouble) {
        write_file();
        throw Failure(said + " The STOP file says so; the store could not be told: " + trouble.what());
    }
    session.out << said << (poke(config) ? " The daemon knows." : " No daemon is running.") << '\n';
    return 0;
}

namespace {

/// A campaign's name stands for its breaker and for each of its steps that is held.
bool is_meant(const store::Gate& gate, const std::string& what) {
    if (gate.kind != store::k_breaker_gate && gate.kind != store::k_hold_gate && gate.kind != store::k_step_gate)
        return false;
    return gate.name == what || (gate.kind == store::k_step_gate && store::step_of_gate(gate.name).first == what);
}

int let_go_on(Session& session, const config::Config& config, const ResumeOptions& options) {
    auto database = write_store(session, config);
    store::Transaction transaction(database);
    int freed = 0;
    for (const auto& gate : store::gates(database))
        if (is_meant(gate, options.what))
            freed += store::let_go_on(database, gate.kind, gate.name, session.user, options.because, session.now());
    transaction.commit();
    if (freed == 0)
        throw Failure(fmt::format("nothing holds {} back; `nurture status` shows what is held", options.what));
    session.out << fmt::format("{} goes on{}\n", options.what,
                               poke(config) ? "." : " when the daemon runs; none is running now.");
    return 0;
}

}  // namespace

/// The files last: if this is cut short, sending stays stopped.
int resume(Session& session, const ResumeOptions& options) {
    const auto config = load_config(session);
    if (!options.what.empty())
        return let_go_on(session, config, options);
    auto database = write_store(session, config);
    for (const auto guard : {store::Guard::store, store::Guard::clock})
        if (store::hold(database, guard))
            throw Failure("everything is on hold, not stopped by a person: `nurture reconcile` says why and goes on");
    const bool was_stopped = store::stopped(database).has_value() || service::stop_file_present(config);
    if (!was_stopped) {
        session.out << "Nothing was stopped.\n";
        return 0;
    }
    store::Transaction transaction(database);
    store::resume(database, session.now(), session.user, options.because);
    transaction.commit();
    std::filesystem::remove(service::stop_file(config));
    if (service::stop_file_present(config))
        throw Failure("another STOP file lies in the runtime directory of the daemon: remove it too");
    session.out << "Sending goes on" << (poke(config) ? "." : " when the daemon runs; none is running now.") << '\n';
    return 0;
}

}  // namespace nurture::cli
