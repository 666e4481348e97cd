// SPDX-License-Identifier: MIT
//
// Invented people for the benchmarks, written to a store past the importer, indices included: the same for the same
// seed and day, and the first thousand of a million are the thousand of a smaller store. Everything that the loader
// reads is there: fields, list entries, events, consents, lists, suppressions. Throws what SQLite throws.
#pragma once

#include "daemon/base/time.hpp"

#include <cstdint>
#include <filesystem>

namespace nurture::bench {

struct Population {
    int people = 100'000;
    std::uint64_t seed = 1;
    base::Day today{};    // histories end, and licences run out, around it
    int busy_events = 0;  // so many more events for the first person
};

struct Written {
    std::int64_t people = 0, tags = 0, certifications = 0, events = 0, consents = 0, members = 0, suppressions = 0;
};

/// The file must not exist yet.
Written make_store(const std::filesystem::path& path, const Population& population);

}  // namespace nurture::bench
