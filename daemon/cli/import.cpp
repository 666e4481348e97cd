// SPDX-License-Identifier: MIT
#include "daemon/importer/import.hpp"

#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/config/import_map.hpp"
#include "daemon/service/wiring.hpp"
#include "dsl/compile.hpp"
#include "dsl/parse.hpp"
#include "dsl/places.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;
using forecast::thousands;
using importer::Summary;
using importer::What;

constexpr std::size_t k_reasons = 12;  // shown; the reject file has them all

struct Known {
    dsl::Schema schema;
    dsl::Places places;
    base::ZoneId zone{};  // of the policy
};

/// Read from the line itself: the rest of the policy may be wrong today.
base::ZoneId zone_of(const dsl::SourceSet& sources) {
    for (std::uint32_t i = 0; i < sources.files.size(); ++i) {
        if (!dsl::is_rule_file(sources.files[i].path))
            continue;
        dsl::Diagnostics not_asked_for;
        for (const auto& policy : dsl::parse(sources, i, not_asked_for).policies)
            for (const auto& line : policy.lines)
                if (const auto* zone = std::get_if<dsl::ast::TimeZone>(&line))
                    return base::find_zone(zone->fallback.text).value_or(base::ZoneId::utc);
    }
    return base::ZoneId::utc;
}

/// What the rules say about data. Only these blocks need to be right; what the rest calls lists and consents is known
/// when it is right too.
Known read_known(Session& session, const config::Config& config) {
    const auto sources = service::read_rules(config.rules_directory);
    auto compiled = dsl::compile_schema(sources);
    dsl::Places places(sources, compiled.diagnostics);
    print(session, compiled.diagnostics, sources);
    if (!compiled.schema || dsl::has_errors(compiled.diagnostics))
        throw Reported{};
    if (const auto whole = dsl::compile(sources); whole.rules)
        compiled.schema = whole.rules->schema;
    return {std::move(*compiled.schema), std::move(places), zone_of(sources)};
}

importer::ImportMap read_map(Session& session, const path& file) {
    if (file.empty())
        return {};
    auto loaded = config::load_import_map(file);
    print(session, loaded.diagnostics, loaded.source);
    if (!loaded.fields)
        throw Reported{};
    importer::ImportMap map;
    for (auto& [field, mapped] : *loaded.fields)
        map[field] = {std::move(mapped.column), std::move(mapped.values)};
    return map;
}

store::Database open_store(Session& session, const config::Config& config, bool only_validate) {
    if (!session.store.empty())
        throw Usage("--store is for commands that only read; this one writes");
    if (!only_validate)
        return store::Database::open(config.store_path);
    return std::filesystem::exists(config.store_path) ? store::Database::open_read_only(config.store_path)
                                                      : store::Database::in_memory();
}

void print_rejects(Session& session, const Summary& summary, const path& rejects) {
    if (summary.rejected == 0)
        return;
    session.out << fmt::format("{} could not be read and went to {}, each with its reason:\n",
                               counted(static_cast<std::int64_t>(summary.rejected), "row", "rows"), rejects.string());
    std::size_t shown = 0;
    for (const auto& reason : summary.reasons) {
        if (++shown > k_reasons) {
            session.out << fmt::format("  and {} more reasons\n", summary.reasons.size() - k_reasons);
            break;
        }
        session.out << fmt::format("  {:>8}  {}{}{} (first: line {})\n",
                                   thousands(static_cast<std::int64_t>(reason.rows)), reason.column,
                                   reason.column.empty() ? "" : ": ", reason.reason, reason.first_line);
    }
}

std::string result_line(const ImportOptions& options, const Summary& summary) {
    const auto number = [](std::uint64_t count) { return thousands(static_cast<std::int64_t>(count)); };
    const auto rows = counted(static_cast<std::int64_t>(summary.rows), "row", "rows");
    const auto good = summary.added + summary.changed + summary.unchanged;
    if (options.only_validate)
        return fmt::format("{}: {}, {} can be imported, {} cannot. Nothing was written.\n",
                           options.file.filename().string(), rows, number(good), number(summary.rejected));
    return fmt::format("{}: {}: {} new, {} changed, {} as before, {} rejected.\n", options.file.filename().string(),
                       rows, number(summary.added), number(summary.changed), number(summary.unchanged),
                       number(summary.rejected));
}

void print_text(Session& session, const ImportOptions& options, const Summary& summary, const path& rejects) {
    session.out << result_line(options, summary);
    print_rejects(session, summary, rejects);
    if (!summary.skipped_columns.empty())
        session.out << fmt::format("Left out, because no rule file has a field of this name: {}.\n",
                                   fmt::join(summary.skipped_columns, ", "));
    if (!summary.unknown_names.empty())
        session.out << fmt::format("No rule mentions: {}. They are in the store all the same.\n",
                                   fmt::join(summary.unknown_names, ", "));
    if (summary.withdrawals_kept > 0)
        session.out << fmt::format(
            "{} withdrawn before, and a column without a date cannot give it back: "
            "`nurture import consents` can.\n",
            counted(static_cast<std::int64_t>(summary.withdrawals_kept), "consent was", "consents were"));
    if (summary.starts_left_out > 0)
        session.out << "A file tells what was: nothing of it starts a campaign. If it is happening now, import it with "
                       "--live.\n";
}

void print_json(Session& session, const ImportOptions& options, const Summary& summary, const path& rejects) {
    auto reasons = nlohmann::ordered_json::array();
    for (const auto& reason : summary.reasons)
        reasons.push_back({{"reason", reason.reason},
                           {"column", reason.column},
                           {"rows", reason.rows},
                           {"first_line", reason.first_line}});
    const nlohmann::ordered_json document = {{"file", options.file.string()},
                                             {"written", !options.only_validate},
                                             {"rows", summary.rows},
                                             {"added", summary.added},
                                             {"changed", summary.changed},
                                             {"unchanged", summary.unchanged},
                                             {"rejected", summary.rejected},
                                             {"reject_file", summary.rejected > 0 ? rejects.string() : ""},
                                             {"reasons", reasons},
                                             {"skipped_columns", summary.skipped_columns},
                                             {"added_columns", summary.added_columns},
                                             {"unknown_names", summary.unknown_names},
                                             {"withdrawals_kept", summary.withdrawals_kept},
                                             {"starts_left_out", summary.starts_left_out}};
    session.out << document.dump(2) << '\n';
}

}  // namespace

int import_people(Session& session, const ImportOptions& options) {
    const auto config = load_config(session);
    const auto known = read_known(session, config);
    auto database = open_store(session, config, options.only_validate);

    importer::Options wanted;
    wanted.what = options.what;
    wanted.list = options.list;
    wanted.map = read_map(session, options.map);
    wanted.mode = options.only_validate ? importer::Mode::validate : importer::Mode::write;
    wanted.live = options.live;
    wanted.zone = known.zone;
    wanted.daemon_lives = !options.only_validate && poke(config);
    wanted.rejects = options.file.string() + ".rejected.csv";
    wanted.now = session.now();
    wanted.by = session.user;

    Summary summary;
    {
        Progress progress(session, "importing");
        wanted.progress = [&](const importer::Progress& p) {
            progress.show(p.bytes_done, p.bytes_total, thousands(static_cast<std::int64_t>(p.rows)) + " rows");
        };
        summary = importer::import_file(database, known.schema, known.places, options.file, wanted);
    }
    if (wanted.daemon_lives)
        poke(config);
    if (summary.rejected == 0)
        std::filesystem::remove(wanted.rejects);  // of an earlier try
    if (options.json)
        print_json(session, options, summary, wanted.rejects);
    else
        print_text(session, options, summary, wanted.rejects);
    return summary.rejected > 0 ? 1 : 0;
}

}  // namespace nurture::cli
