// SPDX-License-Identifier: MIT
//
// Loading, evaluating and re-evaluating a store that bench_data made, against their floors, and whether engine, floor
// and SQLite agree about everybody. Usage: engine_bench DIRECTORY [--peer] [--agree]. --peer: also as SQL, which takes
// its time. --agree: SQL for the answers, and no time is taken.
#include "daemon/engine/evaluate.hpp"
#include "daemon/roster/load.hpp"
#include "dsl/compile.hpp"
#include "tests/bench/bare_select.hpp"
#include "tests/bench/floor.hpp"
#include "tests/bench/frame.hpp"
#include "tests/bench/peer.hpp"
#include "tests/bench/rules.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

using namespace nurture;
using bench::Words;

namespace {

constexpr std::size_t k_changed = 1'000;

class Bench {
public:
    explicit Bench(const std::filesystem::path& directory)
        : store_(directory / "nurtured.db"),
          moment_(bench::moment_of(store_)),
          segments_(bench::make_segments()),
          rules_(bench::compile_rules(segments_, 1)),
          database_(store::Database::open_read_only(store_)),
          columns_(load()),
          evaluator_(rules_, columns_),
          floor_columns_(store_, moment_),
          floor_(segments_, floor_columns_, moment_) {
        for (const auto& segment : segments_)
            order_.push_back(*rules_->segment(segment.name));
        std::fprintf(stderr, "%zu people, %zu segments, %zu conditions, %zu distinct\n", columns_.size(),
                     segments_.size(), floor_.conditions(), floor_.distinct());
    }

    void rules() const;
    void loading();
    void memory();
    void evaluating();
    void changing();
    void telling();
    void peer();
    bool agree(bool with_sql);

private:
    bench::Times change(bool out_of_memory);
    roster::Columns load() const { return roster::load(database_, *rules_, {}, base::Second{moment_.now}); }
    engine::View view() const { return {columns_, moment_.today(), moment_.now, {}}; }
    std::vector<std::string> queries(bool of_one = false) const;
    std::vector<roster::Row> some_rows(std::mt19937_64& dice) const;
    std::int64_t people() const { return static_cast<std::int64_t>(columns_.size()); }
    engine::Memberships evaluate() const {
        std::vector<engine::Flip> flips;
        return evaluator_.evaluate_all(view(), flips);
    }
    bool same(const char* who, const engine::Memberships& ours, const std::vector<Words>& theirs) const;

    std::filesystem::path store_;
    bench::Moment moment_;
    std::vector<bench::Segment> segments_;
    std::shared_ptr<const dsl::Rules> rules_;
    store::Database database_;
    roster::Columns columns_;
    engine::Evaluator evaluator_;
    bench::FloorColumns floor_columns_;
    bench::Floor floor_;
    std::vector<dsl::SegmentIx> order_;  // of segments_, in the rules
};

/// What the loader asks for, as one SELECT per table; or of one candidate, ?1.
std::vector<std::string> Bench::queries(bool of_one) const {
    std::string people = "SELECT id,ref,joined_at,erased_at,email_key,phone_key,time_zone,state,created";
    for (dsl::FieldIx field = 0; field < rules_->schema.fields.size(); ++field) {
        const auto& one = rules_->schema.fields[field];
        if (columns_.field(field).kept != roster::FieldColumn::Kept::nothing && one.kind != dsl::FieldKind::list &&
            one.name != "time_zone" && one.name != "state" && one.name != "created")
            people += "," + one.name;
    }
    const std::string who = of_one ? " WHERE candidate=?1" : "";
    const std::string key = of_one ? " AND key IN (SELECT email_key FROM candidate WHERE id=?1 UNION ALL"
                                     " SELECT phone_key FROM candidate WHERE id=?1)"
                                   : "";
    return {people + " FROM candidate WHERE erased_at IS NULL" + (of_one ? " AND id=?1" : " ORDER BY id"),
            "SELECT candidate,field,value FROM candidate_item" + who + " ORDER BY candidate,field,pos",
            "SELECT candidate,kind,at,detail,message FROM event" + who + " ORDER BY candidate,kind,at,detail",
            "SELECT candidate,name,at,status FROM consent" + who + " ORDER BY candidate,name,at,status",
            "SELECT candidate,list,until FROM list_member" + who + " ORDER BY candidate,list",
            "SELECT key,channel,until FROM suppression WHERE lifted_at IS NULL" + key};
}

/// For the page: what is evaluated.
void Bench::rules() const {
    std::printf("{\"segments\":%zu,\"conditions\":%zu,\"distinct\":%zu}\n", segments_.size(), floor_.conditions(),
                floor_.distinct());
}

void Bench::loading() {
    const auto sql = queries();
    std::uint64_t sum = bench::bare_select(store_, sql);  // the file is in memory from here on
    const auto times = bench::by_turns(
        5, [&] { sum += load().size(); }, [&] { sum += bench::bare_select(store_, sql); });
    bench::print({"load", people(), times.ours, times.floor, "s", sum == 0 ? "nothing was read" : ""});
}

void Bench::memory() {
    const std::size_t before = bench::allocated();
    const auto columns = load();
    const auto bytes = static_cast<double>(bench::allocated() - before);
    bench::print({"memory", people(), bytes / static_cast<double>(columns.size()), 0, "bytes per person"});
}

void Bench::evaluating() {
    std::size_t sum = evaluate().rows() + floor_.evaluate_all().size();
    const auto times = bench::by_turns(
        9, [&] { sum += evaluate().rows(); }, [&] { sum += floor_.evaluate_all().size(); });
    bench::print({"evaluate", people(), times.ours, times.floor, "s", sum == 0 ? "nothing was evaluated" : ""});
}

std::vector<roster::Row> Bench::some_rows(std::mt19937_64& dice) const {
    std::vector<roster::Row> rows;
    while (rows.size() < std::min(k_changed, columns_.size()))
        rows.push_back(static_cast<roster::Row>(dice() % columns_.size()));
    std::sort(rows.begin(), rows.end());
    return rows;
}

/// As the daemon does when it is told of them: read from the store, put into the columns, evaluated.
void Bench::telling() {
    std::mt19937_64 dice(2);
    bench::BareRows bare(store_, queries(true));
    auto members = evaluate();
    std::vector<engine::Flip> flips;
    std::vector<double> our_times, floor_times;
    std::uint64_t sum = 0;
    for (int run = 0; run < 31; ++run) {
        const auto rows = some_rows(dice);
        // By turns, and not the same people: pages that one has brought in would be there for the other.
        const auto others = some_rows(dice);
        floor_times.push_back(bench::cpu_of([&] {
            for (const roster::Row row : others)
                sum += bare.read(columns_.id(row));
        }));
        our_times.push_back(bench::cpu_of([&] {
            for (const roster::Row row : rows)
                roster::reread(columns_, database_, {columns_.id(row), columns_.id(row)}, base::Second{moment_.now});
            evaluator_.evaluate_rows(view(), rows, engine::Look::at_everything, members, flips);
        }));
    }
    bench::print({"change-told", people(), bench::median(our_times), bench::median(floor_times), "s",
                  sum == 0 ? "nothing was read" : ""});
}

/// Other people every time.
bench::Times Bench::change(bool out_of_memory) {
    std::mt19937_64 dice(1);
    auto members = evaluate();
    auto floor_members = floor_.evaluate_all();
    std::vector<engine::Flip> flips;
    std::vector<double> our_times, floor_times;
    const auto time = [&](auto work) {
        if (out_of_memory)
            bench::empty_caches();
        return bench::cpu_of(work);
    };
    for (int run = 0; run < 51; ++run) {
        const auto rows = some_rows(dice);
        floor_times.push_back(time([&] { floor_.evaluate_rows(rows, floor_members); }));
        our_times.push_back(
            time([&] { evaluator_.evaluate_rows(view(), rows, engine::Look::at_everything, members, flips); }));
    }
    return {bench::median(our_times), bench::median(floor_times)};
}

/// In a loop the caches hold a small store and not a large one; a daemon is told of changes now and then, and people
/// come out of memory, however few there are.
void Bench::changing() {
    const bench::Times in_a_loop = change(false), out_of_memory = change(true);
    bench::print({"change", people(), in_a_loop.ours, in_a_loop.floor, "s"});
    bench::print({"change-cold", people(), out_of_memory.ours, out_of_memory.floor, "s"});
}

void Bench::peer() {
    double best = 0;
    for (const auto form : {bench::SqlForm::exists, bench::SqlForm::in}) {
        std::vector<Words> answers;
        const double cpu = bench::cpu_of([&] { answers = bench::ask_sqlite(store_, segments_, moment_, form); });
        std::fprintf(stderr, "SQLite, %s: %.2f s\n", form == bench::SqlForm::in ? "IN" : "EXISTS", cpu);
        if (!same("SQLite", evaluate(), answers))
            std::exit(1);
        best = best == 0 ? cpu : std::min(best, cpu);
    }
    std::size_t sum = 0;
    const double ours = bench::median_cpu(9, [&] { sum += evaluate().rows(); });
    bench::print({"evaluate-sqlite", people(), ours, best, "s", sum == 0 ? "nothing was evaluated" : ""});
}

bool Bench::same(const char* who, const engine::Memberships& ours, const std::vector<Words>& theirs) const {
    bool same = true;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        const auto people = ours.of(order_[i]);
        const auto words = people.words();
        if (std::equal(words.begin(), words.end(), theirs[i].begin(), theirs[i].end()))
            continue;
        engine::Bitmap other(columns_.size());
        other.put_words(0, theirs[i]);
        const auto apart = people ^ other;
        std::size_t first = 0;
        apart.for_each([&](std::size_t row) { first = first == 0 ? row + 1 : first; });
        std::fprintf(stderr, "segment \"%s\": engine %zu, %s %zu, apart %zu, first candidate %zu\n",
                     segments_[i].name.c_str(), people.count(), who, other.count(), apart.count(), first);
        same = false;
    }
    return same;
}

/// Sets of people, not numbers of people. Rows one by one as well as blocks.
bool Bench::agree(bool with_sql) {
    const auto ours = evaluate();
    bool all = same("floor", ours, floor_.evaluate_all());
    std::vector<roster::Row> rows;
    for (roster::Row row = 0; row < columns_.size(); row += 3)
        rows.push_back(row);
    engine::Memberships again = evaluator_.nobody();
    std::vector<Words> floor(segments_.size(), Words((columns_.size() + 63) / 64));
    std::vector<engine::Flip> flips;
    evaluator_.evaluate_rows(view(), rows, engine::Look::at_everything, again, flips);
    floor_.evaluate_rows(rows, floor);
    all &= same("floor, a third of the rows,", again, floor);
    if (with_sql)
        for (const auto form : {bench::SqlForm::exists, bench::SqlForm::in})
            all &= same("SQLite", ours, bench::ask_sqlite(store_, segments_, moment_, form));
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    const auto has = [&](const char* option) {
        return std::any_of(argv + 1, argv + argc, [&](const char* given) { return std::strcmp(given, option) == 0; });
    };
    if (argc < 2) {
        std::fputs("Usage: engine_bench DIRECTORY [--peer] [--agree]\n", stderr);
        return 2;
    }
    Bench bench(argv[1]);
    if (!bench.agree(has("--agree")))
        return 1;
    if (has("--agree")) {
        std::puts("engine, floor and SQLite agree about everybody");
        return 0;
    }
    bench.rules();
    bench.memory();
    bench.loading();
    bench.evaluating();
    bench.changing();
    bench.telling();
    if (has("--peer"))
        bench.peer();
    return 0;
}
