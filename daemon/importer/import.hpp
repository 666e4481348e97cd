// SPDX-License-Identifier: MIT
//
// `nurture import`: a CSV file (RFC 4180, UTF-8) into the store. What cannot be read goes to a reject file, row by row
// and with its reason; the rest comes in. Importing the same file again changes nothing. Batches are transactions and a
// person is never split over two, so a kill leaves whole persons. Nothing a file contains lifts a suppression. One
// thread. ImportError: the file as a whole cannot be taken (no `ref`, wrong delimiter …); base::StoreError and
// base::FileError: this machine.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/base/error.hpp"
#include "daemon/store/database.hpp"
#include "dsl/places.hpp"
#include "dsl/schema.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace nurture::importer {

enum class What : std::uint8_t { candidates, events, consents, list };

/// validate: everything is read and judged, nothing is written but the reject file.
enum class Mode : std::uint8_t { write, validate };

/// For a foreign export: which column is which field, and what its cells mean here. Keys are field names, `ref`,
/// `consent:NAME`, or for the other files their column names.
struct MappedColumn {
    std::string column;
    std::map<std::string, std::string> values;
};
using ImportMap = std::map<std::string, MappedColumn>;

struct Progress {
    std::uint64_t bytes_done = 0, bytes_total = 0, rows = 0;
};

struct Options {
    What what = What::candidates;
    std::string list;  // What::list: its name
    ImportMap map;
    Mode mode = Mode::write;
    bool live = false;              // "this is happening now": changes start campaigns
    bool daemon_lives = false;      // small batches with pauses, so that hand-overs are not held up
    std::filesystem::path rejects;  // where rejected rows go; created when the first one does. Empty: nowhere
    store::Instant now{};
    base::ZoneId zone = base::ZoneId::utc;          // of instants that are written without an offset
    std::string country_code;                       // of national telephone numbers ("1"); empty: they are rejected
    std::string by;                                 // who, for the inbox
    std::function<void(const Progress&)> progress;  // after each batch
};

struct RejectReason {
    std::string reason;  // without the row's own values: "not a date: use 2026-03-01"
    std::string column;
    std::uint64_t rows = 0;
    std::uint64_t first_line = 0;
};
struct Summary {
    std::uint64_t rows = 0;  // data rows read
    std::uint64_t added = 0, changed = 0, unchanged = 0, rejected = 0;
    std::uint64_t starts_left_out = 0;         // changes that would have started campaigns with --live
    std::uint64_t withdrawals_kept = 0;        // a column says given, and the person had withdrawn: dated consents can
    std::vector<RejectReason> reasons;         // most frequent first
    std::vector<std::string> skipped_columns;  // the rules do not know them
    std::vector<std::string> added_columns;    // new in the store
    std::vector<std::string> unknown_names;    // events, lists, consents that no rule mentions
};

/// The message is for the person who ran the command: what is wrong with the file and what to do.
struct ImportError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

Summary import_file(store::Database& database, const dsl::Schema& schema, const dsl::Places& places,
                    const std::filesystem::path& file, const Options& options);

}  // namespace nurture::importer
