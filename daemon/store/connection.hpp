// SPDX-License-Identifier: MIT
//
// The inside of a Database, for this folder only: the SQLite connection, statements that wait for their next use, and
// the journal's head while a transaction is open.
#pragma once

#include "daemon/store/database.hpp"
#include "daemon/store/journal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace nurture::store {

struct Database::Impl {
    Impl(std::unique_ptr<SQLite::Database> opened, std::filesystem::path file);
    ~Impl();

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    /// A statement that waits for its next use, with the columns that were looked at: making one is dear, as it shares
    /// the statement's ownership.
    struct Prepared;
    using PreparedPtr = std::unique_ptr<Prepared, void (*)(Prepared*)>;
    using Idle = std::vector<PreparedPtr>;

    std::unique_ptr<SQLite::Database> sqlite;  // before `idle`: statements go first
    std::filesystem::path path;
    std::unordered_map<std::string, Idle, TextHash, std::equal_to<>> idle;  // by SQL text; entries stay where they are
    std::optional<JournalHead> journal_head;                                // only within a write transaction

    void run(const char* sql);
};

/// Says what happened in this project's words: Busy, or base::StoreError with the file's name.
[[noreturn]] void raise(const SQLite::Exception& trouble, const std::filesystem::path& path);

}  // namespace nurture::store
