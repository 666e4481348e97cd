// SPDX-License-Identifier: MIT
#include "daemon/store/candidates.hpp"

#include "daemon/base/calendar.hpp"
#include "daemon/store/columns.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/statement.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::store {
namespace {

constexpr std::string_view k_fixed = "id,ref,joined_at,erased_at,email_key,phone_key";
constexpr int k_fixed_columns = 6;

std::string scan_sql(std::span<const std::string> fields, IdRange range) {
    std::string sql = fmt::format("SELECT {}", k_fixed);
    for (const auto& field : fields) {
        sql += ',' + quoted_column(field);
    }
    sql += " FROM candidate WHERE id BETWEEN ? AND ?";
    if (range.first != range.last) {
        sql += " AND erased_at IS NULL";
    }
    return sql + " ORDER BY id";
}

std::vector<std::string> list_values(const Database& database, CandidateId id, std::string_view field) {
    std::vector<std::string> values;
    Statement query(database, "SELECT value FROM candidate_item WHERE candidate=? AND field=? ORDER BY pos", id, field);
    while (query.step()) {
        values.push_back(query.text());
    }
    return values;
}

Value read_value(const Database& database, CandidateId id, const ColumnDef& column, Statement& row) {
    if (column.type == ColumnType::list) {
        auto values = list_values(database, id, column.name);
        return values.empty() ? Value() : Value(std::move(values));
    }
    if (row.is_null()) {
        row.skip();
        return {};
    }
    switch (column.type) {
    case ColumnType::number: return row.number();
    case ColumnType::yes_no: return row.integer() != 0;
    case ColumnType::date: {
        const auto day = base::parse_day(row.view());
        return day ? Value(*day) : Value();
    }
    case ColumnType::place: {
        const auto place = parse_place(row.view());
        return place ? Value(*place) : Value();
    }
    default: return row.text();
    }
}

}  // namespace

// --- scan -------------------------------------------------------------------------------------------------------

struct CandidateScan::Impl {
    Impl(const Database& database, std::span<const std::string> fields, IdRange range)
        : query(database, scan_sql(fields, range), range.first, range.last) {}

    Statement query;
    CandidateId id = 0;
    std::string_view ref;
    Instant joined_at;
    bool erased = false;
    std::optional<AddrKey> email_key, phone_key;

    Statement& field(std::size_t number) { return query.at(k_fixed_columns + static_cast<int>(number)); }
};

CandidateScan::CandidateScan(const Database& database, std::span<const std::string> fields, IdRange range)
    : impl_(std::make_unique<Impl>(database, fields, range)) {}
CandidateScan::~CandidateScan() = default;

bool CandidateScan::next() {
    auto& row = impl_->query;
    if (!row.step()) {
        return false;
    }
    impl_->id = row.integer();
    impl_->ref = row.view();
    impl_->joined_at = row.instant();
    impl_->erased = !row.is_null();
    row.skip();
    impl_->email_key = row.maybe_array<AddrKey>();
    impl_->phone_key = row.maybe_array<AddrKey>();
    return true;
}

CandidateId CandidateScan::id() const { return impl_->id; }
std::string_view CandidateScan::ref() const { return impl_->ref; }
Instant CandidateScan::joined_at() const { return impl_->joined_at; }
bool CandidateScan::erased() const { return impl_->erased; }
const AddrKey* CandidateScan::email_key() const { return impl_->email_key ? &*impl_->email_key : nullptr; }
const AddrKey* CandidateScan::phone_key() const { return impl_->phone_key ? &*impl_->phone_key : nullptr; }

bool CandidateScan::known(std::size_t field) const { return !impl_->field(field).is_null(); }
std::string_view CandidateScan::text(std::size_t field) const { return impl_->field(field).view(); }
double CandidateScan::number(std::size_t field) const { return impl_->field(field).number(); }
bool CandidateScan::yes(std::size_t field) const { return impl_->field(field).integer() != 0; }
std::optional<base::Day> CandidateScan::date(std::size_t field) const {
    return base::parse_day(impl_->field(field).view());
}
std::optional<Place> CandidateScan::place(std::size_t field) const { return parse_place(impl_->field(field).view()); }

// --- few people ---------------------------------------------------------------------------------------------------

std::int64_t candidate_count(const Database& database) {
    Statement query(database, "SELECT count(*) FROM candidate WHERE erased_at IS NULL");
    query.step();
    return query.integer();
}

bool has_candidates(const Database& database) {
    return Statement(database, "SELECT 1 FROM candidate WHERE erased_at IS NULL LIMIT 1").step();
}

CandidateId last_candidate(const Database& database) {
    Statement query(database, "SELECT max(id) FROM candidate");
    query.step();
    return query.integer();
}

std::optional<CandidateRow> read_candidate(const Database& database, CandidateId id,
                                           const std::vector<ColumnDef>& columns) {
    std::vector<std::string> fields;
    for (const auto& column : columns) {
        if (column.type != ColumnType::list) {
            fields.push_back(column.name);
        }
    }
    Statement row(database, scan_sql(fields, {id, id}), id, id);
    if (!row.step()) {
        return std::nullopt;
    }
    CandidateRow person;
    person.id = row.integer();
    person.ref = row.text();
    person.joined_at = row.instant();
    person.erased_at = row.maybe_instant();
    person.email_key = row.maybe_array<AddrKey>();
    person.phone_key = row.maybe_array<AddrKey>();
    for (const auto& column : columns) {
        person.values.push_back(read_value(database, id, column, row));
    }
    return person;
}

std::optional<CandidateId> find_by_ref(const Database& database, std::string_view ref) {
    Statement query(database, "SELECT id FROM candidate WHERE ref=?", ref);
    return query.step() ? std::optional(query.integer()) : std::nullopt;
}

std::vector<CandidateId> find_by_key(const Database& database, Channel channel, const AddrKey& key) {
    std::vector<CandidateId> all;
    Statement query(database,
                    channel == Channel::email ? "SELECT id FROM candidate WHERE email_key=? ORDER BY id"
                                              : "SELECT id FROM candidate WHERE phone_key=? ORDER BY id",
                    key);
    while (query.step()) {
        all.push_back(query.integer());
    }
    return all;
}

std::vector<std::string> refs_like(const Database& database, std::string_view prefix, int limit) {
    std::vector<std::string> all;
    Statement query(database,
                    "SELECT ref FROM candidate WHERE substr(ref,1,length(?))=? AND erased_at IS NULL ORDER BY ref"
                    " LIMIT ?",
                    prefix, prefix, limit);
    while (query.step()) {
        all.push_back(query.text());
    }
    return all;
}

void erase_candidate(Database& database, CandidateId id, Instant at, std::string_view by) {
    const auto person = read_candidate(database, id, {});
    if (!person || person->erased_at) {
        return;
    }
    // First the suppressions: their inbox rows find the person by the keys that go next.
    if (person->email_key) {
        suppress(database, *person->email_key, Channel::email, "erased", at);
    }
    if (person->phone_key) {
        suppress(database, *person->phone_key, Channel::sms, "erased", at);
    }
    std::string blank = "UPDATE candidate SET ref='erased-'||id,erased_at=?,email_key=NULL,phone_key=NULL";
    for (const auto& column : columns(database)) {
        if (column.type != ColumnType::list) {
            blank += ',' + quoted_column(column.name) + "=NULL";
        }
    }
    Statement(database, blank + " WHERE id=?", at, id).run();
    for (const char* sql :
         {"DELETE FROM candidate_item WHERE candidate=?", "DELETE FROM event WHERE candidate=?",
          "DELETE FROM list_member WHERE candidate=?", "UPDATE consent SET source='' WHERE candidate=?",
          "UPDATE human_step SET text='',note='' WHERE candidate=?", "UPDATE message SET subject='' WHERE candidate=?",
          "UPDATE enrolment SET event_value='' WHERE candidate=?",
          "UPDATE inbox SET old=NULL,new=NULL WHERE first=? AND kind IN ('became','gained','lost','happened')"}) {
        Statement(database, sql, id).run();
    }
    append(database, InboxRow{.at = at, .kind = InboxKind::erased, .first = id, .by = std::string(by)});
    append(database,
           JournalEntry{.at = at, .kind = "erased", .body = JournalBody().add("candidate", id).add("by", by).text()});
}

}  // namespace nurture::store
