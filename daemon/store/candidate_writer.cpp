// SPDX-License-Identifier: MIT
// CandidateWriter: insert or update by ref, and tell the inbox (candidates.hpp).
#include "daemon/store/candidates.hpp"
#include "daemon/store/columns.hpp"
#include "daemon/store/connection.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/statement.hpp"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace nurture::store {
namespace {

const std::vector<std::string> k_no_items;

const std::vector<std::string>& items(const Value& value) {
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    return list ? *list : k_no_items;
}

/// Texts are not copied: the record stays until the statement has run.
void bind(Statement& to, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        to.bind_view(*text);
    } else if (const auto* number = std::get_if<double>(&value)) {
        to.bind(*number);
    } else if (const auto* yes = std::get_if<bool>(&value)) {
        to.bind(*yes);
    } else if (std::holds_alternative<std::monostate>(value)) {
        to.bind(std::nullopt);
    } else {
        to.bind(to_text(value));
    }
}

/// Takes the next column and says whether it holds the value. `was` is set where it does not.
bool holds(Statement& row, const Value& value, ColumnType type, std::optional<std::string>& was) {
    was.reset();
    if (row.is_null()) {
        row.skip();
        return std::holds_alternative<std::monostate>(value);
    }
    if (type == ColumnType::number) {
        const double stored = row.number();
        const auto* number = std::get_if<double>(&value);
        was = to_text(Value(stored));
        return number && *number == stored;
    }
    if (type == ColumnType::yes_no) {
        const bool stored = row.integer() != 0;
        const auto* yes = std::get_if<bool>(&value);
        was = to_text(Value(stored));
        return yes && *yes == stored;
    }
    const std::string_view stored = row.view();
    const auto* text = std::get_if<std::string>(&value);
    const bool same =
        text ? *text == stored : !std::holds_alternative<std::monostate>(value) && to_text(value) == stored;
    if (!same) {
        was = std::string(stored);
    }
    return same;
}

bool is_told(ColumnType type) { return type == ColumnType::text || type == ColumnType::yes_no; }

}  // namespace

struct CandidateWriter::Impl {
    Impl(Database& db, std::vector<ColumnDef> defs, Options given);

    std::optional<Put> insert(const CandidateRecord& record, Instant now);
    struct Became {
        std::size_t column;
        std::optional<std::string> was;
    };
    Put put(const CandidateRecord& record, Instant now);
    bool compare(Statement& row, const CandidateRecord& record, std::vector<Became>& became);
    Put update(CandidateId id, const CandidateRecord& record, bool row_differs, const std::vector<Became>& became,
               Instant now);
    bool update_list(CandidateId id, std::size_t column, const Value& value, Instant now, int& told);
    void write_items(CandidateId id, const std::string& field, const std::vector<std::string>& values);
    void bind_row(Statement& to, const CandidateRecord& record);
    void tell(InboxKind kind, CandidateId id, const std::string& field, std::optional<std::string> old,
              std::optional<std::string> new_value, Instant now);
    void put_off_indices();
    void make_indices();
    std::string folded(std::string_view value) const { return options.fold ? options.fold(value) : std::string(value); }
    bool contains(const std::vector<std::string>& values, const std::string& value) const {
        return std::any_of(values.begin(), values.end(), [&](const auto& v) { return folded(v) == folded(value); });
    }

    Database& database;
    std::vector<ColumnDef> columns;
    Options options;
    bool email = false, phone = false;  // among the columns
    CandidateId first_new = 0, last_new = 0;
    bool begun = false;
    std::vector<std::string> put_off;  // what makes those indices
    std::optional<Statement> select, insert_row, update_row, item_row;
};

CandidateWriter::Impl::Impl(Database& db, std::vector<ColumnDef> defs, Options given)
    : database(db),
      columns(std::move(defs)),
      options(std::move(given)) {
    std::string names, marks, sets;
    const auto add = [&](const std::string& column) {
        names += ',' + column;
        marks += ",?";
        sets += (sets.empty() ? "" : ",") + column + "=?";
    };
    for (const auto& column : columns) {
        email |= column.name == "email";
        phone |= column.name == "phone";
        if (column.type != ColumnType::list) {
            add(quoted_column(column.name));
        }
    }
    if (email) {
        add("email_key");
    }
    if (phone) {
        add("phone_key");
    }
    select.emplace(db, fmt::format("SELECT id{} FROM candidate WHERE ref=?", names));
    // Most rows of a large file are new: inserting finds out, and costs one look at the refs less than asking first.
    insert_row.emplace(
        db,
        fmt::format("INSERT INTO candidate(ref,joined_at{}) VALUES(?,?{}) ON CONFLICT(ref) DO NOTHING", names, marks));
    update_row.emplace(db, fmt::format("UPDATE candidate SET {} WHERE id=?", sets.empty() ? "id=id" : sets));
    item_row.emplace(db, "INSERT INTO candidate_item VALUES(?,?,?,?)");
}

void CandidateWriter::Impl::bind_row(Statement& to, const CandidateRecord& record) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].type != ColumnType::list) {
            bind(to, record.values[i]);
        }
    }
    const auto bind_key = [&](const std::optional<AddrKey>& key) { key ? to.bind_view(*key) : to.bind(std::nullopt); };
    if (email) {
        bind_key(record.email_key);
    }
    if (phone) {
        bind_key(record.phone_key);
    }
}

void CandidateWriter::Impl::write_items(CandidateId id, const std::string& field,
                                        const std::vector<std::string>& values) {
    int position = 0;
    for (const auto& value : values) {
        Statement& row = item_row->again();
        row.bind(id);
        row.bind(field);
        row.bind(position++);
        row.bind(value);
        row.run();
    }
}

void CandidateWriter::Impl::tell(InboxKind kind, CandidateId id, const std::string& field,
                                 std::optional<std::string> old, std::optional<std::string> new_value, Instant now) {
    append(database, InboxRow{.at = now,
                              .kind = kind,
                              .first = id,
                              .field = field,
                              .old = std::move(old),
                              .now = std::move(new_value),
                              .live = options.live,
                              .by = options.by});
}

/// None: the ref is there already.
std::optional<CandidateWriter::Put> CandidateWriter::Impl::insert(const CandidateRecord& record, Instant now) {
    Statement& row = insert_row->again();
    row.bind_view(record.ref);
    row.bind(now);
    bind_row(row, record);
    if (row.run() == 0) {
        return std::nullopt;
    }
    const CandidateId id = database.impl().sqlite->getLastInsertRowid();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].type == ColumnType::list) {
            write_items(id, columns[i].name, items(record.values[i]));
        }
    }
    // One writer at a time: new ids follow each other.
    first_new = first_new == 0 ? id : first_new;
    last_new = id;
    return Put{Result::added, id, 0};
}

bool CandidateWriter::Impl::update_list(CandidateId id, std::size_t column, const Value& value, Instant now,
                                        int& told) {
    const std::string& field = columns[column].name;
    std::vector<std::string> before;
    Statement query(database, "SELECT value FROM candidate_item WHERE candidate=? AND field=? ORDER BY pos", id, field);
    while (query.step()) {
        before.push_back(query.text());
    }
    const auto& after = items(value);
    if (before == after) {
        return false;
    }
    Statement(database, "DELETE FROM candidate_item WHERE candidate=? AND field=?", id, field).run();
    write_items(id, field, after);
    for (const auto& item : before) {
        if (!contains(after, item)) {
            tell(InboxKind::lost, id, field, item, std::nullopt, now);
            ++told;
        }
    }
    for (const auto& item : after) {
        if (!contains(before, item)) {
            tell(InboxKind::gained, id, field, std::nullopt, item, now);
            ++told;
        }
    }
    return true;
}

/// Compares the row at hand with the record: does it differ, and which told fields became something new?
bool CandidateWriter::Impl::compare(Statement& row, const CandidateRecord& record, std::vector<Became>& became) {
    bool differs = false;
    std::optional<std::string> was;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].type == ColumnType::list || holds(row, record.values[i], columns[i].type, was)) {
            continue;
        }
        differs = true;
        if (is_told(columns[i].type) && folded(was.value_or("")) != folded(to_text(record.values[i]))) {
            became.push_back({i, was});
        }
    }
    differs |= email && row.maybe_array<AddrKey>() != record.email_key;
    differs |= phone && row.maybe_array<AddrKey>() != record.phone_key;
    return differs;
}

CandidateWriter::Put CandidateWriter::Impl::update(CandidateId id, const CandidateRecord& record, bool row_differs,
                                                   const std::vector<Became>& became, Instant now) {
    if (row_differs) {
        Statement& row = update_row->again();
        bind_row(row, record);
        row.bind(id);
        row.run();
    }
    int told = 0;
    bool changed = row_differs;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        changed |= columns[i].type == ColumnType::list && update_list(id, i, record.values[i], now, told);
    }
    for (const auto& change : became) {
        const Value& value = record.values[change.column];
        const bool unknown = std::holds_alternative<std::monostate>(value);
        tell(InboxKind::became, id, columns[change.column].name, change.was,
             unknown ? std::nullopt : std::optional(to_text(value)), now);
        ++told;
    }
    if (changed) {
        append(database, InboxRow{.at = now, .kind = InboxKind::changed, .first = id, .by = options.by});
    }
    return {changed ? Result::changed : Result::unchanged, id, told};
}

void CandidateWriter::Impl::put_off_indices() {
    if (Statement(database, "SELECT 1 FROM candidate").step()) {
        return;
    }
    std::vector<std::string> names;
    Statement index(
        database,
        "SELECT name, sql FROM sqlite_schema WHERE type='index' AND tbl_name='candidate' AND sql IS NOT NULL");
    while (index.step()) {
        names.push_back(index.text());
        put_off.push_back(index.text());
    }
    index.again();
    for (const auto& name : names) {
        Statement(database, "DROP INDEX " + name).run();
    }
}

void CandidateWriter::Impl::make_indices() {
    for (const auto& sql : std::exchange(put_off, {})) {
        Statement(database, sql).run();
    }
}

CandidateWriter::Put CandidateWriter::Impl::put(const CandidateRecord& record, Instant now) {
    if (options.in_bulk && !std::exchange(begun, true)) {
        put_off_indices();
    }
    if (const auto added = insert(record, now)) {
        return *added;
    }
    std::vector<Became> became;
    Statement& row = select->again();
    row.bind(record.ref);
    row.step();
    const CandidateId id = row.integer();
    const bool differs = compare(row, record, became);
    row.again();
    return update(id, record, differs, became, now);
}

CandidateWriter::CandidateWriter(Database& database, std::vector<ColumnDef> columns, Options options)
    : impl_(std::make_unique<Impl>(database, std::move(columns), std::move(options))) {}
CandidateWriter::~CandidateWriter() = default;

CandidateWriter::Put CandidateWriter::put(const CandidateRecord& record, Instant now) {
    assert(record.values.size() == impl_->columns.size());
    return impl_->put(record, now);
}

void CandidateWriter::finish_batch(Instant now) {
    impl_->make_indices();
    if (impl_->first_new == 0) {
        return;
    }
    append(impl_->database, InboxRow{.at = now,
                                     .kind = InboxKind::changed,
                                     .first = impl_->first_new,
                                     .last = impl_->last_new,
                                     .by = impl_->options.by});
    impl_->first_new = impl_->last_new = 0;
}

}  // namespace nurture::store
