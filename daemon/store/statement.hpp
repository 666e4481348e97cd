// SPDX-License-Identifier: MIT
//
// One SQL statement of this folder; nobody outside daemon/store includes this. Prepared once per connection and kept;
// the destructor resets it and hands it back. Values are always bound. Columns are read in order: each row type has one
// column list and, beside it, one reader that takes them one after the other.
#pragma once

#include "daemon/store/connection.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace SQLite {
class Column;
}

namespace nurture::store {

/// An id of 0 is NULL in a row.
inline std::optional<std::int64_t> unless_zero(std::int64_t id) { return id == 0 ? std::nullopt : std::optional(id); }

class Statement {
public:
    template<class... Values>
    Statement(const Database& database, std::string_view sql, const Values&... values)
        : Statement(database, sql, Plain{}) {
        (bind(values), ...);
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    /// Binds the next parameter.
    void bind(std::int64_t value);
    void bind(int value) { bind(std::int64_t{value}); }
    void bind(bool value) { bind(std::int64_t{value}); }
    void bind(double value);
    void bind(std::string_view value);
    void bind(const std::string& value);
    void bind(const char* value) { bind(std::string_view(value)); }
    void bind(std::span<const std::uint8_t> bytes);
    template<std::size_t n>
    void bind(const std::array<std::uint8_t, n>& bytes) {
        bind(std::span<const std::uint8_t>(bytes));
    }
    void bind(const base::UniqueId& id) { bind(id.bytes); }
    void bind(Instant value) { bind(std::int64_t{value.time_since_epoch().count()}); }
    void bind(Channel value) { bind(to_text(value)); }
    void bind(std::nullopt_t);
    template<class T>
    void bind(const std::optional<T>& value) {
        value ? bind(*value) : bind(std::nullopt);
    }

    /// As bind(), but the value is not copied: it must stay until again() or the end.
    void bind_view(const std::string& value);
    template<std::size_t n>
    void bind_view(const std::array<std::uint8_t, n>& bytes) {
        bind_view(std::span<const std::uint8_t>(bytes));
    }
    void bind_view(std::span<const std::uint8_t> bytes);

    bool step();                  // a row is there
    int run();                    // to the end; rows changed
    std::int64_t row_id() const;  // of the row that an INSERT has just made: cheaper than RETURNING
    Statement& again();           // reset for other values

    // The next column of the current row.
    std::int64_t integer();
    double number();
    std::string_view view();  // until the next step
    std::string text() { return std::string(view()); }
    std::span<const std::uint8_t> bytes();
    Instant instant() { return Instant(std::chrono::seconds(integer())); }
    bool is_null() const;  // looks at the next column without taking it
    void skip() { ++column_; }
    /// A blob of exactly the array's size; base::StoreError for any other.
    template<class Array>
    Array array() {
        Array value{};
        fill(value);
        return value;
    }
    base::UniqueId unique_id() { return {array<decltype(base::UniqueId::bytes)>()}; }
    template<class Array>
    std::optional<Array> maybe_array() {
        return maybe([this] { return array<Array>(); });
    }
    template<class Read>
    auto maybe(Read read) -> std::optional<decltype(read())> {
        if (is_null()) {
            skip();
            return std::nullopt;
        }
        return read();
    }
    std::optional<std::string> maybe_text() {
        return maybe([this] { return text(); });
    }
    std::optional<std::int64_t> maybe_integer() {
        return maybe([this] { return integer(); });
    }
    std::optional<Instant> maybe_instant() {
        return maybe([this] { return instant(); });
    }

    /// Continues reading at that column, from 0.
    Statement& at(int column) {
        column_ = column;
        return *this;
    }

private:
    struct Plain {};
    void fill(std::span<std::uint8_t> bytes);
    SQLite::Column& column(int number) const;
    Statement(const Database& database, std::string_view sql, Plain);

    Database::Impl& owner_;
    Database::Impl::Idle& idle_;  // where it goes back to
    Database::Impl::PreparedPtr prepared_;
    int parameter_ = 0;
    int column_ = 0;
};

}  // namespace nurture::store
