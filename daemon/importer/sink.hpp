// SPDX-License-Identifier: MIT
//
// What becomes of one row: a sink per kind of file. take() runs inside the batch's transaction and writes a person
// whole; in Mode::validate there is no transaction and nothing is written. Inner part of the importer.
#pragma once

#include "daemon/importer/csv_reader.hpp"
#include "daemon/importer/header.hpp"
#include "daemon/importer/import.hpp"

#include <memory>
#include <string>

namespace nurture::importer {

struct Verdict {
    enum class Kind : std::uint8_t { added, changed, unchanged, rejected };
    Kind kind = Kind::unchanged;
    std::string column, reason;  // rejected
};
inline Verdict rejected(std::string_view column, std::string reason) {
    return {Verdict::Kind::rejected, std::string(column), std::move(reason)};
}

class Sink {
public:
    virtual ~Sink() = default;
    virtual Verdict take(const Record& record) = 0;
    virtual void finish_batch() = 0;  // before each commit
};

/// What all sinks work with; outlives them.
struct Job {
    store::Database& database;
    const dsl::Schema& schema;
    const dsl::Places& places;
    const Options& options;
    std::string source;  // the file's name, for consents
    Summary& summary;

    bool writes() const { return options.mode == Mode::write; }
};

std::unique_ptr<Sink> candidate_sink(Job& job, Header& header);
std::unique_ptr<Sink> event_sink(Job& job, Header& header);
std::unique_ptr<Sink> consent_sink(Job& job, Header& header);
std::unique_ptr<Sink> list_sink(Job& job, Header& header);

/// `name` as the rules spell it, or as it stands; noted in the summary when no rule mentions it.
std::string consent_name(Job& job, std::string_view name);

}  // namespace nurture::importer
