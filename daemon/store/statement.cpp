// SPDX-License-Identifier: MIT
#include "daemon/store/statement.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>

namespace nurture::store {

struct Database::Impl::Prepared {
    Prepared(const SQLite::Database& database, const std::string& sql) : statement(database, sql) {
        columns.reserve(static_cast<std::size_t>(statement.getColumnCount()));
    }
    SQLite::Statement statement;
    std::vector<SQLite::Column> columns;  // from the first on
};

namespace {

Database::Impl::Idle& idle_of(Database::Impl& owner, std::string_view sql) {
    const auto found = owner.idle.find(sql);
    return found != owner.idle.end() ? found->second : owner.idle[std::string(sql)];
}

Database::Impl::PreparedPtr borrow(Database::Impl& owner, Database::Impl::Idle& idle, std::string_view sql) {
    if (!idle.empty()) {
        auto prepared = std::move(idle.back());
        idle.pop_back();
        return prepared;
    }
    try {
        using Prepared = Database::Impl::Prepared;
        return {new Prepared(*owner.sqlite, std::string(sql)), [](Prepared* done) { delete done; }};
    } catch (const SQLite::Exception& trouble) {
        raise(trouble, owner.path);
    }
}

}  // namespace

Statement::Statement(const Database& database, std::string_view sql, Plain)
    : owner_(database.impl()),
      idle_(idle_of(owner_, sql)),
      prepared_(borrow(owner_, idle_, sql)) {}

Statement::~Statement() {
    // Its error, if any, was thrown by step().
    prepared_->statement.tryReset();
    idle_.push_back(std::move(prepared_));
}

void Statement::bind(std::int64_t value) { prepared_->statement.bind(++parameter_, value); }
void Statement::bind(double value) { prepared_->statement.bind(++parameter_, value); }
void Statement::bind(std::string_view value) { prepared_->statement.bind(++parameter_, std::string(value)); }
void Statement::bind(const std::string& value) { prepared_->statement.bind(++parameter_, value); }
void Statement::bind(std::span<const std::uint8_t> bytes) {
    prepared_->statement.bind(++parameter_, bytes.data(), static_cast<int>(bytes.size()));
}
void Statement::bind(std::nullopt_t) { prepared_->statement.bind(++parameter_); }

void Statement::bind_view(const std::string& value) { prepared_->statement.bindNoCopy(++parameter_, value); }
void Statement::bind_view(std::span<const std::uint8_t> bytes) {
    prepared_->statement.bindNoCopy(++parameter_, bytes.data(), static_cast<int>(bytes.size()));
}

bool Statement::step() {
    column_ = 0;
    try {
        return prepared_->statement.executeStep();
    } catch (const SQLite::Exception& trouble) {
        raise(trouble, owner_.path);
    }
}

int Statement::run() {
    while (step()) {
    }
    return prepared_->statement.getChanges();
}

std::int64_t Statement::row_id() const { return owner_.sqlite->getLastInsertRowid(); }

Statement& Statement::again() {
    prepared_->statement.tryReset();
    parameter_ = 0;
    column_ = 0;
    return *this;
}

SQLite::Column& Statement::column(int number) const {
    auto& [statement, columns] = *prepared_;
    while (columns.size() <= static_cast<std::size_t>(number))
        columns.push_back(statement.getColumn(static_cast<int>(columns.size())));
    return columns[static_cast<std::size_t>(number)];
}

std::int64_t Statement::integer() { return column(column_++).getInt64(); }
double Statement::number() { return column(column_++).getDouble(); }

std::string_view Statement::view() {
    const auto bytes = this->bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// As a blob text needs no copy with a zero behind it. Before getBytes(): numbers are converted.
std::span<const std::uint8_t> Statement::bytes() {
    const auto& taken = column(column_++);
    const auto* blob = static_cast<const std::uint8_t*>(taken.getBlob());
    return {blob, static_cast<std::size_t>(taken.getBytes())};
}

bool Statement::is_null() const { return column(column_).isNull(); }

void Statement::fill(std::span<std::uint8_t> target) {
    const auto blob = bytes();
    if (blob.size() != target.size()) {
        throw base::StoreError("the store holds a key or hash of the wrong length: it was changed by hand");
    }
    std::copy(blob.begin(), blob.end(), target.begin());
}

}  // namespace nurture::store
