// SPDX-License-Identifier: MIT
#include "tests/bench/rules.hpp"

#include "dsl/compile.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdio>
#include <cstdlib>

namespace nurture::bench {

std::shared_ptr<const dsl::Rules> compile_rules(const std::vector<Segment>& segments, int people) {
    dsl::SourceSet sources;
    sources.files.push_back({"house.nurture", house_text(std::max(400, people / 50))});
    sources.files.push_back({"segments.nurture", segments_text(segments)});
    if (segments.size() == 100)
        sources.files.push_back({"campaigns.nurture", campaigns_text(segments, people)});
    auto compiled = dsl::compile(sources, {});
    if (!compiled.rules) {
        std::fputs(dsl::render_all(compiled.diagnostics, sources, false).c_str(), stderr);
        std::abort();
    }
    return std::move(compiled.rules);
}

Moment moment_of(const std::filesystem::path& store) {
    SQLite::Database db(store.string());
    // Events go up to the end of that day, UTC.
    const std::int64_t last = db.execAndGet("SELECT max(at) FROM event").getInt64();
    const base::Second day{std::chrono::seconds{last / 86'400 * 86'400}};
    return {*base::find_zone("America/Chicago"), base::floor_minute(day) + std::chrono::hours{18}};
}

}  // namespace nurture::bench
