// SPDX-License-Identifier: MIT
// `find`: the segment language as a search.
#include "daemon/cli/find_report.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/forecast/forecast.hpp"
#include "daemon/forecast/lints.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <chrono>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;
using forecast::thousands;

constexpr const char* k_lines = "find";  // what messages call the lines that were typed

/// What was taken since it was made, or since it was last asked.
class Stopwatch {
public:
    Taken lap() {
        const auto wall = std::chrono::steady_clock::now();
        const double cpu = cpu_seconds();
        const Taken taken{cpu - cpu_, std::chrono::duration<double>(wall - wall_).count()};
        wall_ = wall;
        cpu_ = cpu;
        return taken;
    }

private:
    static double cpu_seconds() {
        rusage used{};
        ::getrusage(RUSAGE_SELF, &used);
        const auto of = [](const timeval& t) {
            return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
        };
        return of(used.ru_utime) + of(used.ru_stime);
    }

    std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
    double cpu_ = cpu_seconds();
};

/// The rules, with the lines that were typed as one more segment at their end.
std::shared_ptr<const dsl::Rules> rules_to_ask(Session& session, const config::Config& config,
                                               const FindOptions& options) {
    auto rules = check_rules(session, config).rules;
    if (options.lines.empty())
        return rules;
    const auto lines = fmt::format("{}\n", fmt::join(options.lines, "\n"));
    auto compiled = dsl::compile_find(*rules, lines, k_lines);
    auto sources = rules->sources;
    sources.files.push_back({k_lines, lines});
    for (auto& diagnostic : compiled.diagnostics)
        diagnostic.fix.reset();  // there is no file that `check --fix` could mend
    print(session, compiled.diagnostics, sources);
    if (!compiled.rules)
        throw Reported{};
    return std::move(compiled.rules);
}

Found evaluate(Session& session, const config::Config& config, const store::Database& database,
               std::shared_ptr<const dsl::Rules> rules, const FindOptions& options) {
    auto wanted = inputs(database, config, rules, as_of(session, database, options.as_of, *rules), false);
    Progress progress(session, "looking");
    watch(progress, wanted);
    Stopwatch clock;
    Found found{rules, forecast::load_state(wanted), policy_zone(*rules), {}, {}, {}};
    const engine::Evaluator all(rules, *found.state.columns);
    found.load = clock.lap();
    std::vector<engine::Flip> flips;  // nothing waits for their time
    found.members = all.evaluate_all(found.view(), flips);
    found.evaluate = clock.lap();
    return found;
}

// --- one segment, all segments ----------------------------------------------------------------------------------

int about_one(Session& session, const store::Database& database, const Found& found, dsl::SegmentIx segment,
              const FindOptions& options) {
    if (options.count)
        session.out << (options.near ? found.near(segment).count() : found.members.count(segment)) << '\n';
    else
        report(session.out, database, found, segment, options);
    return 0;
}

int about_all(Session& session, const Found& found, const FindOptions& options) {
    const auto count = [&](std::size_t ix) { return found.members.count(static_cast<dsl::SegmentIx>(ix)); };
    const auto& segments = found.rules->segments;
    if (options.format == FindFormat::json) {
        auto all = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < segments.size(); ++i)
            all.push_back({{"name", segments[i].name}, {"count", count(i)}});
        const nlohmann::ordered_json document = {{"as_of", base::format_instant(found.state.now, found.zone)},
                                                 {"store", found.state.columns->size()},
                                                 {"segments", all},
                                                 {"timings", found.timings()}};
        session.out << document.dump(2) << '\n';
        return 0;
    }
    if (options.format == FindFormat::csv)
        session.out << "segment,count\n";
    for (std::size_t i = 0; i < segments.size(); ++i)
        session.out << (options.format == FindFormat::csv
                            ? fmt::format("{},{}\n", csv_cell(segments[i].name), count(i))
                            : fmt::format("{:>9}  {}\n", thousands(static_cast<std::int64_t>(count(i))),
                                          segments[i].name));
    if (options.format == FindFormat::table)
        session.out << fmt::format("\n{} through {}: read in {:.2f} s, evaluated in {:.3f} s.\n",
                                   counted(static_cast<std::int64_t>(found.state.columns->size()), "person", "people"),
                                   counted(static_cast<std::int64_t>(segments.size()), "segment", "segments"),
                                   found.load.wall, found.evaluate.wall);
    return 0;
}

dsl::SegmentIx need_segment(const dsl::Rules& rules, const FindOptions& options) {
    if (options.segment.empty())
        return static_cast<dsl::SegmentIx>(rules.segments.size() - 1);  // the lines that were typed
    if (const auto found = rules.segment(options.segment))
        return *found;
    std::vector<std::string> names;
    for (const auto& segment : rules.segments)
        names.push_back(segment.name);
    const auto hint = did_you_mean(options.segment, names);
    throw Usage(fmt::format("there is no segment \"{}\"{}", options.segment,
                            hint.empty() ? fmt::format("; there are: \"{}\"", fmt::join(names, "\", \"")) : hint));
}

}  // namespace

int find(Session& session, const FindOptions& options) {
    const int asked =
        (options.segment.empty() ? 0 : 1) + (options.all_segments ? 1 : 0) + (options.lines.empty() ? 0 : 1);
    if (asked != 1)
        throw Usage("say whom to find, in one way: --segment NAME, --all-segments, or conditions such as "
                    "'license_expires is between 1 and 60 days away'. To narrow a segment: "
                    "'is in segment \"NAME\"' 'travels is yes'");
    if (options.all_segments && options.count)
        throw Usage("--count is for one segment; --all-segments prints the count of each");
    if (options.all_segments && (options.near || options.reasons))
        throw Usage("--near and --reasons are for one segment: name it with --segment");
    const auto config = load_config(session);
    auto rules = rules_to_ask(session, config, options);
    const auto segment = options.all_segments ? dsl::SegmentIx{} : need_segment(*rules, options);
    auto database = read_store(session, config);
    const store::Transaction picture(database, store::Transaction::For::read);
    const auto found = evaluate(session, config, database, std::move(rules), options);
    if (!options.lines.empty())
        print(session, forecast::lint_typed_lines(found.state), found.rules->sources);
    return options.all_segments ? about_all(session, found, options)
                                : about_one(session, database, found, segment, options);
}

}  // namespace nurture::cli
