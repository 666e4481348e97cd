// SPDX-License-Identifier: MIT
#include "daemon/importer/import.hpp"

#include "daemon/importer/cells.hpp"
#include "daemon/importer/header.hpp"
#include "daemon/importer/rejects.hpp"
#include "daemon/importer/sink.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

namespace nurture::importer {
namespace {

// A batch holds the write lock; a hand-over waits for it. 2,000 rows take some 20 ms, and the pause lets whoever waits
// in.
constexpr int k_shared_batch = 2'000;
constexpr std::chrono::milliseconds k_pause{5};
// Alone, larger batches save writing the same pages of the indices again and again. Whoever starts meanwhile waits up
// to 5 s for the lock; this is one or two.
constexpr int k_lone_batch = 100'000;
constexpr int k_told_rows = 2'000;  // from one report of progress to the next

class Batches {
public:
    Batches(Job& job, Sink& sink) : job_(job), sink_(sink), alone_(!job.options.daemon_lives) {
        if (job_.writes() && alone_) {
            job_.database.write_in_bulk(true);
        }
    }

    /// A row is about to be taken.
    void begin() {
        if (job_.writes() && !transaction_) {
            transaction_.emplace(job_.database);
        }
    }
    void row_done(const CsvReader& reader) {
        ++rows_;
        if (rows_ % k_told_rows == 0) {
            tell(reader);
        }
        if (rows_ == (alone_ ? k_lone_batch : k_shared_batch)) {
            commit();
            if (!alone_) {
                std::this_thread::sleep_for(k_pause);
            }
        }
    }
    void finish(const CsvReader& reader) {
        commit();
        tell(reader);
        if (job_.writes() && alone_) {
            job_.database.write_in_bulk(false);
            job_.database.checkpoint();
        }
    }

private:
    void commit() {
        if (transaction_) {
            sink_.finish_batch();
            transaction_->commit();
            transaction_.reset();
        }
        rows_ = 0;
    }
    void tell(const CsvReader& reader) {
        if (job_.options.progress) {
            job_.options.progress({reader.bytes_done(), reader.bytes_total(), job_.summary.rows});
        }
    }

    Job& job_;
    Sink& sink_;
    bool alone_;
    int rows_ = 0;
    std::optional<store::Transaction> transaction_;
};

std::unique_ptr<Sink> make_sink(Job& job, Header& header) {
    switch (job.options.what) {
    case What::candidates: return candidate_sink(job, header);
    case What::events: return event_sink(job, header);
    case What::consents: return consent_sink(job, header);
    case What::list: break;
    }
    return list_sink(job, header);
}

bool is_blank(const Record& record) {
    return record.problem.empty() && std::all_of(record.cells.begin(), record.cells.end(),
                                                 [](const auto& cell) { return trimmed(cell).empty(); });
}

Verdict judge(Sink& sink, const Header& header, const Record& record) {
    if (!record.problem.empty()) {
        return rejected("", record.problem);
    }
    if (record.cells.size() != header.size()) {
        return rejected("", record.cells.size() < header.size()
                                ? "fewer cells than the header has columns"
                                : "more cells than the header has columns: a comma in a cell "
                                  "needs quotation marks around the cell");
    }
    return sink.take(record);
}

void count(Summary& summary, const Record& record, const Verdict& verdict, Rejects& rejects) {
    ++summary.rows;
    switch (verdict.kind) {
    case Verdict::Kind::added: ++summary.added; break;
    case Verdict::Kind::changed: ++summary.changed; break;
    case Verdict::Kind::unchanged: ++summary.unchanged; break;
    case Verdict::Kind::rejected:
        ++summary.rejected;
        rejects.add(record, verdict.column, verdict.reason);
        break;
    }
}

}  // namespace

Summary import_file(store::Database& database, const dsl::Schema& schema, const dsl::Places& places,
                    const std::filesystem::path& file, const Options& options) {
    Summary summary;
    Job job{database, schema, places, options, file.filename().string(), summary};
    CsvReader reader(file);
    Record record;
    if (!reader.next(record)) {
        throw ImportError(file.filename().string() + ": the file is empty: its first row must name the columns");
    }
    Header header(record, options.map, file);
    Rejects rejects(options.rejects, record.raw);
    const auto sink = make_sink(job, header);
    summary.skipped_columns = header.skipped();

    Batches batches(job, *sink);
    while (reader.next(record)) {
        if (is_blank(record)) {
            continue;
        }
        batches.begin();
        count(summary, record, judge(*sink, header, record), rejects);
        batches.row_done(reader);
    }
    batches.finish(reader);
    summary.reasons = rejects.finish();
    return summary;
}

std::string consent_name(Job& job, std::string_view name) {
    if (const auto known = job.schema.consent(name)) {
        return job.schema.consents[*known];
    }
    auto& unknown = job.summary.unknown_names;
    const std::string noted = "consent \"" + std::string(name) + '"';
    if (std::find(unknown.begin(), unknown.end(), noted) == unknown.end()) {
        unknown.push_back(noted);
    }
    return std::string(name);
}

}  // namespace nurture::importer
