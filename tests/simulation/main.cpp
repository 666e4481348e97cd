// SPDX-License-Identifier: MIT
//
// simulation --seed N [--story]        one world; its story when a promise broke, or when asked for
// simulation --seeds FROM..TO          many; stops at the first that breaks a promise
// simulation --seconds N [--from SEED] as many as fit
// simulation --kept FILE …             first the seeds that once found something (one per line, `#` begins a comment)
// simulation --replay FROM..TO         each twice: the same journal to the last byte
// --store FILE                         writes the store of the last world there
// --go-on                              do not stop at the first
// Exit codes: 0 all promises held, 1 one was broken, 2 the arguments say nothing.
#include "tests/simulation/simulation.hpp"
#include "tests/simulation/story.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace nurture::simulation;

/// Only lock files, the STOP file and imported files lie in it: the store is in memory.
class Workshop {
public:
    Workshop() {
        const std::filesystem::path memory = "/dev/shm";
        auto name = ((std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
                     "nurtured-simulation-XXXXXX")
                        .string();
        if (::mkdtemp(name.data()) == nullptr)
            std::abort();
        path_ = name;
    }
    ~Workshop() {
        std::error_code left;
        std::filesystem::remove_all(path_, left);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Totals {
    std::int64_t seeds = 0, messages = 0, accepted = 0, in_doubt = 0, kills = 0;
    void add(const Result& o) {
        ++seeds;
        messages += o.messages;
        accepted += o.accepted;
        in_doubt += o.in_doubt;
        kills += o.kills;
    }
};

class Program {
public:
    bool run(std::uint64_t seed, bool story, const std::string& store = {}) {
        Simulation simulation(seed, workshop_.path());
        const auto outcome = simulation.run();
        if (!store.empty())
            std::ofstream(store, std::ios::binary) << simulation.store();
        totals_.add(outcome);
        if (!outcome.violations.empty() || story)
            std::cout << tell(seed, outcome, simulation.record(), story) << std::flush;
        return outcome.violations.empty();
    }

    bool replay(std::uint64_t seed) {
        std::string first;
        for (int i = 0; i < 2; ++i) {
            Simulation simulation(seed, workshop_.path());
            const auto outcome = simulation.run();
            totals_.add(outcome);
            if (i == 1 && outcome.journal != first) {
                std::cout << fmt::format("seed {}: two runs, two journals: {} and {}\n", seed, first, outcome.journal);
                return false;
            }
            first = outcome.journal;
        }
        return true;
    }

    int summary(bool fine, double seconds) const {
        const auto worked = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
        std::cout << fmt::format(
            "{} worlds in {:.1f} s ({:.0f} a minute and core): {} messages, {} sent, {} in doubt, {} deaths{}\n",
            totals_.seeds, seconds, static_cast<double>(totals_.seeds) * 60 / worked, totals_.messages,
            totals_.accepted, totals_.in_doubt, totals_.kills, fine ? "; every promise was kept" : "");
        return fine ? 0 : 1;
    }

private:
    Workshop workshop_;
    Totals totals_;
};

struct Range {
    std::uint64_t from = 1, to = 0;
};
Range range(const std::string& text) {
    const auto dots = text.find("..");
    if (dots == std::string::npos)
        return {std::stoull(text), std::stoull(text)};
    return {std::stoull(text.substr(0, dots)), std::stoull(text.substr(dots + 2))};
}

std::vector<std::uint64_t> kept_seeds(const std::string& file) {
    std::vector<std::uint64_t> seeds;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line.front() != '#')
            seeds.push_back(std::stoull(line));
    return seeds;
}

struct Wanted {
    Range seeds, replays;
    double seconds = 0;
    std::vector<std::uint64_t> kept;
    bool story = false, go_on = false;
    std::string store;
};

bool read(const std::vector<std::string>& arguments, Wanted& wanted) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        if (word == "--story") {
            wanted.story = true;
            continue;
        }
        if (word == "--go-on") {
            wanted.go_on = true;
            continue;
        }
        if (++i >= arguments.size())
            return false;
        const auto& value = arguments[i];
        if (word == "--seed" || word == "--seeds")
            wanted.seeds = range(value);
        else if (word == "--replay")
            wanted.replays = range(value);
        else if (word == "--seconds")
            wanted.seconds = std::stod(value);
        else if (word == "--from")
            wanted.seeds.from = std::stoull(value);
        else if (word == "--store")
            wanted.store = value;
        else if (word == "--kept")
            wanted.kept = kept_seeds(value);
        else
            return false;
    }
    return wanted.seconds > 0 || wanted.seeds.from <= wanted.seeds.to || !wanted.kept.empty() ||
           wanted.replays.from <= wanted.replays.to;
}

}  // namespace

int main(int argc, char** argv) {
    // One thread, and nobody asks how much memory is in use: a sixth of SQLite's time.
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    Wanted wanted;
    if (!read({argv + 1, argv + argc}, wanted)) {
        std::cerr << "simulation --seed N [--story] | --seeds FROM..TO | --seconds N [--from SEED] | --kept FILE | "
                     "--replay FROM..TO\n";
        return 2;
    }
    Program program;
    const auto begin = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    bool fine = true;
    for (const auto seed : wanted.kept)
        fine = program.run(seed, false) && fine;
    for (auto seed = wanted.replays.from; fine && seed <= wanted.replays.to; ++seed)
        fine = program.replay(seed);
    for (auto seed = wanted.seeds.from;
         (fine || wanted.go_on) && (wanted.seconds > 0 ? elapsed() < wanted.seconds : seed <= wanted.seeds.to); ++seed)
        fine = program.run(seed, wanted.story, wanted.store) && fine;
    return program.summary(fine, elapsed());
}
