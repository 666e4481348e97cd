// SPDX-License-Identifier: MIT
//
// The judge. It holds the record of the outside against the promises of the design, each by a function of its own, and
// looks into the store only for what the outside cannot know: which message belongs to whom, what the journal says. It
// reads the rules as numbers, and the time of day from the system's own library, not from the program's.
#pragma once

#include "daemon/store/database.hpp"
#include "tests/simulation/record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nurture::simulation {

class House;
struct Person;
struct Traits;

struct Violation {
    std::string promise;  // "3: nothing is started after a suppression"
    std::string what;
    base::MessageId message = 0;
    std::string who;
};

struct Evidence {
    const Record& record;
    const Traits& traits;
    const House& house;
    const std::vector<Person>& people;
    store::Database& database;
    const std::string& log;
};

std::vector<Violation> check(const Evidence& evidence);

/// Figures for the summary, and the hash of the journal's last row.
void tally(const store::Database& database, std::string& journal, std::int64_t& messages, std::int64_t& sent,
           std::int64_t& in_doubt);

}  // namespace nurture::simulation
