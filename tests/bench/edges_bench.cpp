// SPDX-License-Identifier: MIT
//
// What nobody has, and somebody will: a column in which everybody has a word of their own, a person with tens of
// thousands of events, a segment that refers to a thousand others, two thousand segments. Each at three sizes, the next
// twice the one before: linear cost doubles. Usage: edges_bench DIRECTORY, a store that bench_data made.
#include "daemon/engine/evaluate.hpp"
#include "daemon/roster/load.hpp"
#include "dsl/compile.hpp"
#include "tests/bench/frame.hpp"
#include "tests/bench/rules.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>

using namespace nurture;

namespace {

struct Cost {
    double seconds = 0;
    std::size_t bytes = 0;
};

void print(const char* what, std::size_t first, const std::function<Cost(std::size_t)>& of) {
    nlohmann::ordered_json line = {{"edge", what}};
    for (const std::size_t size : {first, 2 * first, 4 * first}) {
        const Cost cost = of(size);
        line["sizes"].push_back(size);
        line["seconds"].push_back(cost.seconds);
        if (cost.bytes != 0)
            line["bytes"].push_back(cost.bytes);
    }
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

class Edges {
public:
    explicit Edges(const std::filesystem::path& directory)
        : store_(directory / "nurtured.db"),
          moment_(bench::moment_of(store_)),
          rules_(bench::compile_rules(bench::make_segments(), 1)),
          database_(store::Database::open_read_only(store_)) {}

    /// Everybody's source is a word of their own.
    Cost words(std::size_t count) const {
        const std::size_t before = bench::allocated();
        roster::Columns columns(*rules_);
        const auto source = *rules_->schema.field("source");
        Cost cost;
        cost.seconds = bench::cpu_of([&] {
            for (std::size_t i = 0; i < count; ++i)
                columns.set_text(source, columns.add(static_cast<base::CandidateId>(i + 1)),
                                 fmt::format("Source {}", i));
        });
        cost.bytes = bench::allocated() - before;
        return cost;
    }

    Cost evaluating_words(std::size_t count) const {
        roster::Columns columns(*rules_);
        const auto source = *rules_->schema.field("source");
        for (std::size_t i = 0; i < count; ++i)
            columns.set_text(source, columns.add(static_cast<base::CandidateId>(i + 1)), fmt::format("Source {}", i));
        return {evaluating(rules_, columns), 0};
    }

    /// All of one person, in order of time. With a channel: messages of ours, which are not counted twice.
    Cost events(std::size_t count, std::optional<dsl::Channel> channel) const {
        roster::Columns columns(*rules_);
        columns.advance(moment_.now);
        const roster::Row row = columns.add(1);
        const auto received = *rules_->schema.event("received");
        const double adding = bench::median_cpu(3, [&] {
            columns.clear(row);
            for (std::size_t i = 0; i < count; ++i)
                columns.add_event(received, row, moment_.now - std::chrono::minutes{2 * (count - i)}, "news", channel);
        });
        return {adding + evaluating(rules_, columns), 0};
    }

    /// One segment, in which somebody is who is in any of the others.
    Cost references(std::size_t count) const {
        auto segments = bench::make_segments(count);
        std::string text = "\nsegment \"Any of them\"\n  any of\n";
        for (const auto& segment : segments)
            text += fmt::format("    is in segment \"{}\"\n", segment.name);
        return rule_set(bench::segments_text(segments) + text + "  end\nend\n");
    }

    /// Each is in the one before.
    Cost chain(std::size_t count) const {
        std::string text = "edition 2026\nsegment \"Link 0\"\n  years is at least 2\nend\n";
        for (std::size_t i = 1; i < count; ++i)
            text += fmt::format("segment \"Link {}\"\n  is in segment \"Link {}\"\n  pay_rate is at most {}\nend\n", i,
                                i - 1, 300 + i);
        return rule_set(text);
    }

    Cost segments(std::size_t count) const { return rule_set(bench::segments_text(bench::make_segments(count))); }

private:
    double evaluating(const std::shared_ptr<const dsl::Rules>& rules, const roster::Columns& columns) const {
        const engine::Evaluator evaluator(rules, columns);
        std::vector<engine::Flip> flips;
        std::size_t sum = 0;
        return bench::median_cpu(3, [&] {
            sum += evaluator.evaluate_all({columns, moment_.today(), moment_.now, {}}, flips).rows();
        });
    }

    /// Checking it, and evaluating it over the store.
    Cost rule_set(const std::string& text) const {
        dsl::SourceSet sources;
        sources.files.push_back({"house.nurture", bench::house_text(400)});
        sources.files.push_back({"segments.nurture", text});
        std::shared_ptr<const dsl::Rules> rules;
        const double checking = bench::cpu_of([&] {
            const auto compiled = dsl::compile(sources, {});
            rules = compiled.rules;
            if (!rules)
                std::fputs(dsl::render_all(compiled.diagnostics, sources).c_str(), stderr), std::abort();
        });
        const auto columns = roster::load(database_, *rules, {}, base::Second{moment_.now});
        const double evaluated = evaluating(rules, columns);
        std::fprintf(stderr, "%zu segments: checked in %.3f s, evaluated in %.3f s\n", rules->segments.size(), checking,
                     evaluated);
        return {checking + evaluated, 0};
    }

    std::filesystem::path store_;
    bench::Moment moment_;
    std::shared_ptr<const dsl::Rules> rules_;
    store::Database database_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("Usage: edges_bench DIRECTORY\n", stderr);
        return 2;
    }
    const Edges edges(argv[1]);
    print("people, each with a word of their own in one column: keeping it", 250'000,
          [&](std::size_t size) { return edges.words(size); });
    print("the same people: evaluating 100 segments", 250'000,
          [&](std::size_t size) { return edges.evaluating_words(size); });
    print("events of one person, imported", 10'000, [&](std::size_t size) { return edges.events(size, {}); });
    print("messages of ours to one person", 10'000,
          [&](std::size_t size) { return edges.events(size, dsl::Channel::email); });
    print("segments that one segment refers to", 250, [&](std::size_t size) { return edges.references(size); });
    print("segments, each in the one before (64 is the limit)", 16,
          [&](std::size_t size) { return edges.chain(size); });
    print("segments", 500, [&](std::size_t size) { return edges.segments(size); });
    return 0;
}
