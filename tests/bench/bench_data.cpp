// SPDX-License-Identifier: MIT
//
// Makes the data of the benchmarks. Usage: bench_data DIRECTORY PEOPLE [SEED [TODAY [BUSY]]]. The directory gets
// nurtured.db, the rules `segments` (100 segments) and `campaigns` (those and 20 campaigns), and a configuration for
// each: `nurture --config DIRECTORY/campaigns.toml preview --days 90`. TODAY is a date, 2026-03-02 unless told. The
// first person has BUSY events more than they would have.
#include "daemon/base/calendar.hpp"
#include "daemon/base/files.hpp"
#include "tests/bench/population.hpp"
#include "tests/bench/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace nurture;

namespace {

std::string config(const char* rules) {
    return fmt::format(R"(# Made by bench_data.
[store]
path = "nurtured.db"
[rules]
directory = "{}"
[organisation]
name = "Lone Star Staffing"
public_url = "http://127.0.0.1:8466"
[email]
relay = "file:outbox"
from_domains = ["lonestar.example"]
[sms]
gateway = "file"
url = "outbox"
sender = "+15125550100"
[delivery]
mode = "live"
[people]
"dana.wu" = {{ name = "Dana Wu", email = "dana.wu@lonestar.example", phone = "+15125550101" }}
"lee.ortiz" = {{ name = "Lee Ortiz", email = "lee.ortiz@lonestar.example", phone = "+15125550102" }}
"priya.nair" = {{ name = "Priya Nair", email = "priya.nair@lonestar.example", phone = "+15125550103" }}
"ruth.lindqvist" = {{ name = "Ruth Lindqvist", email = "ruth.lindqvist@lonestar.example", phone = "+15125550104" }}
"sam.okafor" = {{ name = "Sam Okafor", email = "sam.okafor@lonestar.example", phone = "+15125550105" }}
)",
                       rules);
}

void write_rules(const std::filesystem::path& directory, int people) {
    const auto segments = bench::make_segments();
    const auto house = bench::house_text(std::max(400, people / 50));
    for (const char* rules : {"segments", "campaigns"}) {
        std::filesystem::create_directories(directory / rules);
        base::write_file(directory / rules / "house.nurture", house, 0644);
        base::write_file(directory / rules / "segments.nurture", bench::segments_text(segments), 0644);
        base::write_file(directory / (std::string(rules) + ".toml"), config(rules), 0644);
    }
    base::write_file(directory / "campaigns/campaigns.nurture", bench::campaigns_text(segments, people), 0644);
}

}  // namespace

int main(int argc, char** argv) {
    const auto today = base::parse_day(argc > 4 ? argv[4] : "2026-03-02");
    bench::Population population;
    population.people = argc > 2 ? std::atoi(argv[2]) : 0;
    if (population.people <= 0 || !today) {
        std::fputs("Usage: bench_data DIRECTORY PEOPLE [SEED [TODAY [BUSY]]]\n", stderr);
        return 2;
    }
    population.seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
    population.today = *today;
    population.busy_events = argc > 5 ? std::atoi(argv[5]) : 0;
    const std::filesystem::path directory = argv[1];
    write_rules(directory, population.people);
    for (const char* file : {"nurtured.db", "nurtured.db-wal", "nurtured.db-shm"})
        std::filesystem::remove(directory / file);
    const auto written = bench::make_store(directory / "nurtured.db", population);
    fmt::print("{} people, {} tags, {} certifications, {} events, {} consents, {} on lists, {} suppressions\n",
               written.people, written.tags, written.certifications, written.events, written.consents, written.members,
               written.suppressions);
    return 0;
}
