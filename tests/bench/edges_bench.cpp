// SPDX-License-Identifier: MIT
//
// What nobody has, and somebody will: a column in which everybody has a word of their own, a person with tens of
// thousands of events, a segment that refers to a thousand others, two thousand segments. Each at three sizes, the next
// twice the one before: linear cost doubles. Before a size is timed its answers are compared, and if they differ the
// program ends with exit code 1. Usage: edges_bench DIRECTORY [--agree]; the directory has a store that bench_data
// made. --agree: the answers at the smallest sizes, and no time is taken.
#include "daemon/engine/evaluate.hpp"
#include "daemon/roster/load.hpp"
#include "dsl/compile.hpp"
#include "tests/bench/floor.hpp"
#include "tests/bench/frame.hpp"
#include "tests/bench/rules.hpp"
#include "tests/support/people.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <numeric>

using namespace nurture;
using bench::Test;

namespace {

constexpr std::size_t k_sample = 200;  // people whom the reference judges; it takes its time

struct Cost {
    double seconds = 0;
    std::size_t bytes = 0;
};

/// What is timed must be right.
void demand(bool agree, const std::string& who) {
    if (agree)
        return;
    std::fprintf(stderr, "%s: the answers differ\n", who.c_str());
    std::exit(1);
}

class Edges {
public:
    Edges(const std::filesystem::path& directory, bool only_answers)
        : only_answers_(only_answers),
          store_(directory / "nurtured.db"),
          moment_(bench::moment_of(store_)),
          database_(store::Database::open_read_only(store_)),
          floor_columns_(store_, moment_) {}

    void print(const char* what, std::size_t first, const std::function<Cost(std::size_t)>& of) const {
        if (only_answers_)
            return void(of(first));
        bench::Edge edge{what};
        for (const std::size_t size : {first, 2 * first, 4 * first}) {
            const Cost cost = of(size);
            edge.add(size, cost.seconds, cost.bytes);
        }
        bench::print(edge);
    }

    /// Everybody's source is a word of their own.
    Cost words(std::size_t count) const {
        const auto rules = rules_on_words(count);
        if (only_answers_)
            return {};
        Cost cost;
        std::vector<double> taken;
        for (int run = 0; run < 3; ++run) {
            const std::size_t before = bench::allocated();
            roster::Columns columns(*rules);
            taken.push_back(bench::cpu_of([&] { add_words(columns, count); }));
            cost.bytes = bench::allocated() - before;
        }
        cost.seconds = bench::median(taken);
        return cost;
    }

    Cost evaluating_words(std::size_t count) const {
        const auto rules = rules_on_words(count);
        roster::Columns columns(*rules);
        add_words(columns, count);
        check_words(rules, columns);
        return {evaluating(rules, columns), 0};
    }

    /// All of one person, in order of time. With a channel: messages of ours, which are not counted twice.
    Cost events(std::size_t count, std::optional<dsl::Channel> channel) const {
        const auto rules = bench::compile_rules(bench::make_segments(), 1);
        support::Person person;
        person.id = 1;
        // Of whom segments hold that look at what was received.
        person.dates[*rules->schema.field("last_conversation")] = moment_.today() - std::chrono::days{3'000};
        const auto received = *rules->schema.event("received");
        for (std::size_t i = 0; i < count; ++i)
            person.events.push_back({received, moment_.now - std::chrono::minutes{2 * (count - i)}, "news", channel});
        roster::Columns columns(*rules);
        columns.advance(moment_.now);
        const roster::Row row = columns.add(1);
        support::put(columns, row, person);
        demand(check_people(rules, columns, {{row, person}}) != 0, "nobody with many events is in a segment");
        check_count(person);
        const double adding = only_answers_ ? 0 : bench::median_cpu(3, [&] {
            columns.clear(row);
            for (const auto& event : person.events)
                columns.add_event(event.kind, row, event.at, event.name, event.channel);
        });
        return {adding + evaluating(rules, columns), 0};
    }

    /// One segment, in which somebody is who is in any of the others.
    Cost references(std::size_t count) const {
        auto segments = bench::make_segments(count);
        Test any{.kind = Test::Kind::any_of, .name = "", .text = "any of"};
        for (std::size_t i = 0; i < count; ++i)
            any.of.push_back(in_segment(segments, i));
        segments.push_back({"Any of them", {std::move(any)}});
        return rule_set(segments);
    }

    /// Each is in the one before, and asks for less pay.
    Cost chain(std::size_t count) const {
        std::vector<bench::Segment> segments = {
            {"Link 0", {{.kind = Test::Kind::number, .name = "years", .text = "years is at least 2", .low = 2}}}};
        for (std::size_t i = 1; i < count; ++i)
            segments.push_back({fmt::format("Link {}", i),
                                {in_segment(segments, i - 1),
                                 {.kind = Test::Kind::number,
                                  .name = "pay_rate",
                                  .text = fmt::format("pay_rate is at most {}", 105 - i),
                                  .high = static_cast<double>(105 - i)}}});
        return rule_set(segments);
    }

    Cost segments(std::size_t count) const { return rule_set(bench::make_segments(count)); }

private:
    using Rules = std::shared_ptr<const dsl::Rules>;

    static Test in_segment(const std::vector<bench::Segment>& segments, std::size_t ix) {
        return {.kind = Test::Kind::segment,
                .name = "",
                .text = fmt::format("is in segment \"{}\"", segments[ix].name),
                .segment = ix};
    }

    static std::string word(std::size_t number) { return fmt::format("Source {}", number); }
    /// Whom the segment on words of one's own is about.
    static std::vector<std::size_t> named(std::size_t count) { return {0, count / 2, count - 1}; }

    /// A hundred segments, the last of which asks for three of so many words.
    static Rules rules_on_words(std::size_t count) {
        auto segments = bench::make_segments();
        Test own{.kind = Test::Kind::text, .name = "source", .text = "source is any of "};
        for (const std::size_t number : named(count))
            own.text += fmt::format("{}\"{}\"", number == 0 ? "" : ", ", word(number));
        segments.back().lines = {std::move(own)};
        return bench::compile_rules(segments, 1);
    }

    static void add_words(roster::Columns& columns, std::size_t count) {
        const auto source = *columns.schema().field("source");
        for (std::size_t i = 0; i < count; ++i)
            columns.set_text(source, columns.add(static_cast<base::CandidateId>(i + 1)), word(i));
    }

    engine::View view(const roster::Columns& columns) const { return {columns, moment_.today(), moment_.now, {}}; }

    /// The members, after everybody picked out row by row has given the same ones.
    engine::Memberships members(const Rules& rules, const roster::Columns& columns) const {
        const engine::Evaluator evaluator(rules, columns);
        std::vector<engine::Flip> flips;
        auto all = evaluator.evaluate_all(view(columns), flips);
        std::vector<roster::Row> rows(columns.size());
        std::iota(rows.begin(), rows.end(), roster::Row{0});
        auto picked = evaluator.nobody();
        evaluator.evaluate_rows(view(columns), rows, engine::Look::at_everything, picked, flips);
        demand(all == picked, "everybody at once and everybody row by row");
        return all;
    }

    /// These people by the reference, which has no columns. How many memberships they have.
    std::size_t check_people(const Rules& rules, const roster::Columns& columns,
                             const std::vector<std::pair<roster::Row, support::Person>>& people) const {
        const auto ours = members(rules, columns);
        std::size_t memberships = 0;
        for (const auto& [row, person] : people)
            for (dsl::SegmentIx segment = 0; segment < rules->segments.size(); ++segment) {
                const bool in = support::reference_holds(*rules, rules->segments[segment].whole, person,
                                                         moment_.today(), moment_.now);
                demand(in == ours.in(segment, row),
                       fmt::format("engine and reference, segment \"{}\", row {}", rules->segments[segment].name, row));
                memberships += in ? 1 : 0;
            }
        return memberships;
    }

    void check_words(const Rules& rules, const roster::Columns& columns) const {
        const auto source = *rules->schema.field("source");
        std::vector<std::pair<roster::Row, support::Person>> people;
        const auto add = [&](std::size_t number) {
            support::Person person;
            person.texts[source] = word(number);
            people.emplace_back(static_cast<roster::Row>(number), std::move(person));
        };
        const auto three = named(columns.size());
        for (std::size_t i = 0; i < k_sample; ++i)
            add(i * columns.size() / k_sample);
        std::for_each(three.begin(), three.end(), add);
        check_people(rules, columns, people);
        demand(members(rules, columns).count(*rules->segment(bench::make_segments().back().name)) == three.size(),
               "people with one of three words");
    }

    /// As many as there are, and not one more.
    void check_count(const support::Person& person) const {
        const std::size_t count = person.events.size();
        const auto rules = compile(fmt::format("edition 2026\nsegment \"All\"\n  has received at least {} times\nend\n"
                                               "segment \"More\"\n  has received at least {} times\nend\n",
                                               count, count + 1));
        roster::Columns columns(*rules);
        columns.advance(moment_.now);
        support::put(columns, columns.add(1), person);
        const auto ours = members(rules, columns);
        demand(ours.in(*rules->segment("All"), 0) && !ours.in(*rules->segment("More"), 0), "counting events");
    }

    /// Everybody in every segment, by hand-written columns, which share no code with the engine.
    void check_floor(const Rules& rules, const roster::Columns& columns,
                     const std::vector<bench::Segment>& segments) const {
        const auto ours = members(rules, columns);
        const auto floor = bench::Floor(segments, floor_columns_, moment_).evaluate_all();
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const auto people = ours.of(*rules->segment(segments[i].name));
            const auto words = people.words();
            demand(std::equal(words.begin(), words.end(), floor[i].begin(), floor[i].end()),
                   fmt::format("engine and hand-written columns, segment \"{}\"", segments[i].name));
        }
    }

    double evaluating(const Rules& rules, const roster::Columns& columns) const {
        if (only_answers_)
            return 0;
        const engine::Evaluator evaluator(rules, columns);
        std::vector<engine::Flip> flips;
        std::size_t sum = 0;
        return bench::median_cpu(3, [&] { sum += evaluator.evaluate_all(view(columns), flips).rows(); });
    }

    static dsl::SourceSet sources(std::string segments) {
        dsl::SourceSet sources;
        sources.files.push_back({"house.nurture", bench::house_text(400)});
        sources.files.push_back({"segments.nurture", std::move(segments)});
        return sources;
    }
    static Rules compile(std::string segments) {
        const auto files = sources(std::move(segments));
        auto compiled = dsl::compile(files, {});
        if (!compiled.rules)
            std::fputs(dsl::render_all(compiled.diagnostics, files).c_str(), stderr), std::abort();
        return std::move(compiled.rules);
    }

    /// Checking it, and evaluating it over the store.
    Cost rule_set(const std::vector<bench::Segment>& segments) const {
        const std::string text = bench::segments_text(segments);
        const Rules rules = compile(text);
        const auto columns = roster::load(database_, *rules, {}, base::Second{moment_.now});
        check_floor(rules, columns, segments);
        if (only_answers_)
            return {};
        const auto files = sources(text);
        std::size_t sum = 0;
        const double checking = bench::median_cpu(3, [&] { sum += dsl::compile(files, {}).rules->segments.size(); });
        const double evaluated = evaluating(rules, columns);
        std::fprintf(stderr, "%zu segments: checked in %.3f s, evaluated in %.3f s\n", sum / 3, checking, evaluated);
        return {checking + evaluated, 0};
    }

    bool only_answers_;
    std::filesystem::path store_;
    bench::Moment moment_;
    store::Database database_;
    bench::FloorColumns floor_columns_;
};

}  // namespace

int main(int argc, char** argv) {
    const bool only_answers = argc == 3 && std::strcmp(argv[2], "--agree") == 0;
    if (argc != 2 && !only_answers) {
        std::fputs("Usage: edges_bench DIRECTORY [--agree]\n", stderr);
        return 2;
    }
    const Edges edges(argv[1], only_answers);
    edges.print("people, each with a word of their own in one column: keeping it", 250'000,
                [&](std::size_t size) { return edges.words(size); });
    edges.print("the same people: evaluating 100 segments", 250'000,
                [&](std::size_t size) { return edges.evaluating_words(size); });
    edges.print("events of one person: keeping them, and evaluating 100 segments", 10'000,
                [&](std::size_t size) { return edges.events(size, {}); });
    edges.print("messages of ours to one person: the same", 10'000,
                [&](std::size_t size) { return edges.events(size, dsl::Channel::email); });
    edges.print("segments that one segment refers to: checking and evaluating", 250,
                [&](std::size_t size) { return edges.references(size); });
    edges.print("segments, each in the one before (64 is the limit): the same", 16,
                [&](std::size_t size) { return edges.chain(size); });
    edges.print("segments: the same", 500, [&](std::size_t size) { return edges.segments(size); });
    if (only_answers)
        std::puts("engine, reference and hand-written columns agree at the edges");
    return 0;
}
