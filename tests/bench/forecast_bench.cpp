// SPDX-License-Identifier: MIT
//
// Ninety days of twenty campaigns over a store that bench_data made, as `nurture preview` makes them, and a tick with
// nothing to do in the night after. Usage: forecast_bench DIRECTORY [DAYS]
#include "daemon/engine/engine.hpp"
#include "daemon/forecast/preview.hpp"
#include "daemon/store/candidates.hpp"
#include "tests/bench/frame.hpp"
#include "tests/bench/rules.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>

using namespace nurture;

namespace {

render::House house() {
    render::House house{"Lone Star Staffing", "http://127.0.0.1:8466", "", "+15125550100", {}};
    for (const char* id : {"dana.wu", "lee.ortiz", "priya.nair", "ruth.lindqvist", "sam.okafor"})
        house.people[id] = {id, std::string(id) + "@lonestar.example", "+15125550101"};
    return house;
}

long peak_megabytes() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss / 1024;
}

void foresee_all(const forecast::Inputs& inputs, std::int64_t people, int days) {
    std::optional<engine::State> state;
    const double loading = bench::cpu_of([&] { state.emplace(forecast::load_state(inputs)); });
    const std::size_t quiet = bench::allocated();
    forecast::Course course;
    const double stepping =
        bench::cpu_of([&] { course = forecast::foresee(inputs, *state, inputs.now + std::chrono::days{days}); });
    std::size_t entered = 0;
    for (const auto& event : course.events)
        entered += event.what == forecast::Event::What::entered ? 1 : 0;
    const auto grown = static_cast<double>(bench::allocated() - quiet);
    bench::print(
        {"forecast", people, stepping, 0, "s",
         fmt::format(
             "{} days, from a loaded store (loading took {:.2f} s); {} people entered, {} messages; {:.0f} bytes "
             "per enrolment, peak {} MB",
             days, loading, entered, course.messages.size(), entered == 0 ? 0 : grown / static_cast<double>(entered),
             peak_megabytes())});
}

/// Minutes of the night after the first day, at which nothing is due.
void idle(const forecast::Inputs& inputs, std::int64_t people) {
    auto state = forecast::load_state(inputs);
    const auto midnight = base::day_start(state.times->zone(), state.today + std::chrono::days{1});
    forecast::foresee(inputs, state, midnight + std::chrono::hours{1});
    engine::absorb(state, {}, midnight + std::chrono::hours{2});  // the new day's own work
    engine::apply(state, engine::tick(state));
    std::size_t ticks = 0, decisions = 0;
    const double spent = bench::cpu_of([&] {
        for (auto now = state.now + std::chrono::minutes{1};
             now < midnight + std::chrono::hours{6} && engine::next_wake(state) > now; now += std::chrono::minutes{1}) {
            engine::absorb(state, {}, now);
            decisions += engine::tick(state).size();
            ++ticks;
        }
    });
    if (ticks == 0 || decisions != 0) {
        std::fprintf(stderr, "the night is not idle: %zu ticks, %zu decisions\n", ticks, decisions);
        std::exit(1);
    }
    bench::print({"idle", people, spent / static_cast<double>(ticks) * 1e6, 0, "us",
                  fmt::format("{} minutes of one night", ticks)});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("Usage: forecast_bench DIRECTORY [DAYS]\n", stderr);
        return 2;
    }
    const auto path = std::filesystem::path(argv[1]) / "nurtured.db";
    const auto database = store::Database::open_read_only(path);
    const auto people = store::candidate_count(database);
    engine::Settings settings;
    settings.per_minute = {600, 60};
    const forecast::Inputs inputs{database,
                                  bench::compile_rules(bench::make_segments(), static_cast<int>(people)),
                                  house(),
                                  settings,
                                  {20, 50, 0},
                                  {},
                                  bench::moment_of(path).now,
                                  {},
                                  {}};
    idle(inputs, people);
    foresee_all(inputs, people, argc > 2 ? std::atoi(argv[2]) : 90);
    return 0;
}
