// SPDX-License-Identifier: MIT
// `find`: the segment language as a search.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/engine/evaluate_explain.hpp"
#include "daemon/forecast/forecast.hpp"
#include "daemon/store/candidates.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;
using forecast::thousands;

constexpr const char* k_lines = "find";  // what messages call the lines that were typed
const std::vector<std::string> k_shown = {"first_name", "last_name", "email", "phone", "city", "state", "owner"};

/// Milliseconds since it was made, or since it was last asked.
class Stopwatch {
public:
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const std::chrono::duration<double, std::milli> taken = now - last_;
        last_ = now;
        return taken.count();
    }

private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct Found {
    std::shared_ptr<const dsl::Rules> rules;
    engine::State state;
    base::ZoneId zone{};
    double loading = 0, evaluating = 0;  // milliseconds

    engine::View view() const { return {*state.columns, state.today, state.now, state.member.campaigns()}; }
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
    const auto now = as_of(session, database, options.as_of, *rules);
    Stopwatch watch;
    Found found{rules, forecast::load_state(inputs(database, config, rules, now, false)), policy_zone(*rules), 0, 0};
    found.loading = watch.lap();
    std::vector<engine::Flip> flips;
    found.state.member.evaluator().evaluate_all(found.view(), flips);
    found.evaluating = watch.lap();
    return found;
}

nlohmann::ordered_json timings(const Found& found) {
    return {{"loading", found.loading}, {"evaluating", found.evaluating}};
}

// --- the people of one segment ----------------------------------------------------------------------------------

/// In the order in which they came into the store.
template<class Visit>
void each_person(const store::Database& database, const Found& found, dsl::SegmentIx segment, Visit visit) {
    const auto& members = found.state.member.of(segment);
    store::CandidateScan scan(database, k_shown);
    while (scan.next()) {
        const auto row = found.state.columns->find(scan.id());
        if (row && members.test(*row))
            visit(scan);
    }
}

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string cell = "\"";
    for (const char c : text)
        cell.append(c == '"' ? 2 : 1, c);
    return cell + '"';
}

void print_csv(Session& session, const store::Database& database, const Found& found, dsl::SegmentIx segment) {
    session.out << fmt::format("ref,{}\n", fmt::join(k_shown, ","));
    each_person(database, found, segment, [&](const store::CandidateScan& scan) {
        session.out << csv_cell(scan.ref());
        for (std::size_t i = 0; i < k_shown.size(); ++i)
            session.out << ',' << csv_cell(scan.text(i));
        session.out << '\n';
    });
}

void print_json(Session& session, const store::Database& database, const Found& found, dsl::SegmentIx ix) {
    const auto& segment = found.rules->segments[ix];
    const auto funnel = engine::funnel(found.state.member.evaluator(), found.view(), ix);
    auto lines = nlohmann::ordered_json::array(), people = lines;
    for (std::size_t i = 0; i < segment.lines.size(); ++i) {
        const auto& source = found.rules->sources.files[segment.lines[i].span.file];
        const auto& through = funnel.lines[i];
        lines.push_back({{"line", dsl::line_column(source, segment.lines[i].span.begin).line},
                         {"text", segment.lines[i].text},
                         {"before", through.before},
                         {"after", through.after},
                         {"unknown_left_out", through.unknown_left_out},
                         {"unknown_kept", through.unknown_kept}});
    }
    each_person(database, found, ix, [&](const store::CandidateScan& scan) {
        nlohmann::ordered_json one = {{"ref", scan.ref()}};
        for (std::size_t i = 0; i < k_shown.size(); ++i)
            one[k_shown[i]] = scan.known(i) ? nlohmann::ordered_json(scan.text(i)) : nlohmann::ordered_json(nullptr);
        people.push_back(std::move(one));
    });
    const nlohmann::ordered_json document = {{"as_of", base::format_instant(found.state.now, found.zone)},
                                             {"segment", segment.name},
                                             {"store", funnel.people},
                                             {"count", people.size()},
                                             {"lines", lines},
                                             {"people", people},
                                             {"timings", timings(found)}};
    session.out << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

std::string unknown_note(const engine::FunnelLine& line) {
    std::string note;
    if (line.unknown_left_out > 0)
        note = fmt::format("{} unknown: left out", thousands(static_cast<std::int64_t>(line.unknown_left_out)));
    if (line.unknown_kept > 0)
        note += fmt::format("{}{} unknown: kept", note.empty() ? "" : ", ",
                            thousands(static_cast<std::int64_t>(line.unknown_kept)));
    return note.empty() ? note : "   (" + note + ")";
}

void print_funnel(Session& session, const Found& found, dsl::SegmentIx ix) {
    constexpr std::size_t k_text = 56;  // of a rule line; longer ones are cut
    const auto& segment = found.rules->segments[ix];
    const auto funnel = engine::funnel(found.state.member.evaluator(), found.view(), ix);
    session.out << fmt::format("{:>8}  people in the store, as of {}\n",
                               thousands(static_cast<std::int64_t>(funnel.people)),
                               base::format_for_people(found.state.now, found.zone));
    for (std::size_t i = 0; i < segment.lines.size(); ++i) {
        const auto text = forecast::fit(segment.lines[i].text, k_text);
        session.out << fmt::format("{:>8}  {}{}{}\n", thousands(static_cast<std::int64_t>(funnel.lines[i].after)), text,
                                   std::string(k_text - forecast::width(text), ' '), unknown_note(funnel.lines[i]));
    }
}

void print_table(Session& session, const store::Database& database, const Found& found, dsl::SegmentIx ix) {
    print_funnel(session, found, ix);
    std::vector<std::vector<std::string>> rows{{"ref"}};
    rows[0].insert(rows[0].end(), k_shown.begin(), k_shown.end());
    each_person(database, found, ix, [&](const store::CandidateScan& scan) {
        std::vector<std::string> row{std::string(scan.ref())};
        for (std::size_t i = 0; i < k_shown.size(); ++i)
            row.push_back(forecast::printable(scan.text(i)));
        rows.push_back(std::move(row));
    });
    if (rows.size() == 1)
        return;
    std::vector<std::size_t> widths(rows[0].size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], forecast::width(row[i]));
    session.out << '\n';
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] + std::string(widths[i] - forecast::width(row[i]) + 2, ' ');
        session.out << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
    }
}

int about_one(Session& session, const store::Database& database, const Found& found, dsl::SegmentIx segment,
              const FindOptions& options) {
    if (options.count)
        session.out << found.state.member.of(segment).count() << '\n';
    else if (options.format == FindFormat::csv)
        print_csv(session, database, found, segment);
    else if (options.format == FindFormat::json)
        print_json(session, database, found, segment);
    else
        print_table(session, database, found, segment);
    return 0;
}

// --- all segments -----------------------------------------------------------------------------------------------

int about_all(Session& session, const Found& found, const FindOptions& options) {
    const auto count = [&](std::size_t ix) { return found.state.member.of(static_cast<dsl::SegmentIx>(ix)).count(); };
    const auto& segments = found.rules->segments;
    if (options.format == FindFormat::json) {
        auto all = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < segments.size(); ++i)
            all.push_back({{"name", segments[i].name}, {"count", count(i)}});
        const nlohmann::ordered_json document = {{"as_of", base::format_instant(found.state.now, found.zone)},
                                                 {"store", found.state.columns->size()},
                                                 {"segments", all},
                                                 {"timings", timings(found)}};
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
                    "'license_expires is between 1 and 60 days away'");
    if (options.all_segments && options.count)
        throw Usage("--count is for one segment; --all-segments prints the count of each");
    const auto config = load_config(session);
    auto rules = rules_to_ask(session, config, options);
    const auto segment = options.all_segments ? dsl::SegmentIx{} : need_segment(*rules, options);
    auto database = read_store(session, config);
    const store::Transaction picture(database, store::Transaction::For::read);
    const auto found = evaluate(session, config, database, std::move(rules), options);
    return options.all_segments ? about_all(session, found, options)
                                : about_one(session, database, found, segment, options);
}

}  // namespace nurture::cli
