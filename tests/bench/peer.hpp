// SPDX-License-Identifier: MIT
//
// The peer: the same segments as SQL, over the same file and the indices that the store has.
#pragma once

#include "tests/bench/floor.hpp"
#include "tests/bench/segments.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace nurture::bench {

/// How a history is asked for: per person, or as a set of people.
enum class SqlForm { exists, in };

std::string segment_sql(const std::vector<Segment>& segments, std::size_t ix, const Moment& moment, SqlForm form);

/// Every segment, one query each. By segment.
std::vector<Words> ask_sqlite(const std::filesystem::path& store, const std::vector<Segment>& segments,
                              const Moment& moment, SqlForm form);

}  // namespace nurture::bench
