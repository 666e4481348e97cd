// SPDX-License-Identifier: MIT
#include "tests/bench/peer.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

namespace nurture::bench {
namespace {

class Writer {
public:
    Writer(const std::vector<Segment>& segments, const Moment& moment, SqlForm form)
        : segments_(segments),
          moment_(moment),
          form_(form) {}

    std::string all(const std::vector<Test>& tests, const char* with) const {
        std::string sql;
        for (const auto& test : tests)
            sql += fmt::format("{}{}", sql.empty() ? "" : with, one(test));
        return "(" + sql + ")";
    }

private:
    std::string one(const Test& test) const {
        const auto sql = plain(test);
        // Two-valued: the complement of a test on NULL holds.
        return test.negated ? fmt::format("coalesce({},0)=0", sql) : sql;
    }

    std::string plain(const Test& test) const {
        switch (test.kind) {
        case Test::Kind::text: return fmt::format("c.{} IN ({})", test.name, values(test));
        case Test::Kind::number: return number(test);
        case Test::Kind::day: return day(test);
        case Test::Kind::yes: return fmt::format("c.{}=1", test.name);
        case Test::Kind::near: return fmt::format("near(c.home,{},{},{})", test.lat, test.lon, test.miles);
        case Test::Kind::items:
            return of("candidate_item", fmt::format("field='{}' AND value IN ({})", test.name, values(test)));
        case Test::Kind::happened: return happened(test);
        case Test::Kind::listed: return of("list_member", fmt::format("list='{}'", test.name));
        case Test::Kind::agreed:  // one word per consent is what this store has
            return of("consent", fmt::format("name='{}' AND status='given'", test.name));
        case Test::Kind::segment: return all(segments_[test.segment].lines, " AND ");
        case Test::Kind::any_of: return all(test.of, " OR ");
        case Test::Kind::none_of: return fmt::format("coalesce({},0)=0", all(test.of, " OR "));
        }
        std::abort();
    }

    std::string of(const std::string& table, const std::string& where) const {
        return form_ == SqlForm::exists
                   ? fmt::format("EXISTS(SELECT 1 FROM {} t WHERE t.candidate=c.id AND {})", table, where)
                   : fmt::format("c.id IN (SELECT candidate FROM {} WHERE {})", table, where);
    }

    std::string happened(const Test& test) const {
        auto where = fmt::format("kind='{}' AND at<{}", test.name, (moment_.now.time_since_epoch().count() + 1) * 60);
        if (test.from)
            where += fmt::format(" AND at>={}", moment_.start_of(*test.from).time_since_epoch().count() * 60);
        if (test.count == 1)
            return of("event", where);
        return form_ == SqlForm::exists
                   ? fmt::format("EXISTS(SELECT 1 FROM event t WHERE t.candidate=c.id AND {} LIMIT 1 OFFSET {})", where,
                                 test.count - 1)
                   : fmt::format(
                         "c.id IN (SELECT candidate FROM event WHERE {} GROUP BY candidate HAVING count(*)>={})", where,
                         test.count);
    }

    std::string day(const Test& test) const {
        std::string sql = fmt::format("c.{0} IS NOT NULL", test.name);
        const auto date = [&](int days) { return base::format_day(moment_.today() + std::chrono::days{days}); };
        if (test.from)
            sql = fmt::format("c.{}>='{}'", test.name, date(*test.from));
        if (test.to)
            sql = fmt::format("{}c.{}<='{}'", test.from ? sql + " AND " : "", test.name, date(*test.to));
        return test.or_unknown ? fmt::format("({} OR c.{} IS NULL)", sql, test.name) : fmt::format("({})", sql);
    }

    static std::string number(const Test& test) {
        auto sql = fmt::format("c.{}>={}", test.name, test.low);
        return std::isinf(test.high) ? sql : fmt::format("({} AND c.{}<={})", sql, test.name, test.high);
    }

    static std::string values(const Test& test) {
        std::string list;
        for (const auto& value : test.values)
            list += fmt::format("{}'{}'", list.empty() ? "" : ",", value);  // the vocabulary has no quotes
        return list;
    }

    const std::vector<Segment>& segments_;
    const Moment& moment_;
    SqlForm form_;
};

/// near(home, lat, lon, miles), as a colleague would write it.
void near(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto* home = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
    if (home == nullptr)
        return sqlite3_result_int(context, 0);
    constexpr double radians = std::numbers::pi / 180;
    char* comma = nullptr;
    const double lat = std::strtod(home, &comma), lon = std::strtod(comma + 1, nullptr);
    const double to_lat = sqlite3_value_double(arguments[1]), to_lon = sqlite3_value_double(arguments[2]);
    const double reach = sqlite3_value_double(arguments[3]) * 1609.344 / 6371008.8;
    const double a = std::sin((lat - to_lat) * radians / 2), b = std::sin((lon - to_lon) * radians / 2);
    const double apart = a * a + std::cos(to_lat * radians) * std::cos(lat * radians) * b * b;
    sqlite3_result_int(context, apart <= std::sin(reach / 2) * std::sin(reach / 2) ? 1 : 0);
}

}  // namespace

std::string segment_sql(const std::vector<Segment>& segments, std::size_t ix, const Moment& moment, SqlForm form) {
    return "SELECT c.id FROM candidate c WHERE c.erased_at IS NULL AND " +
           Writer(segments, moment, form).all(segments[ix].lines, " AND ");
}

std::vector<Words> ask_sqlite(const std::filesystem::path& store, const std::vector<Segment>& segments,
                              const Moment& moment, SqlForm form) {
    SQLite::Database db(store.string());
    db.exec("PRAGMA cache_size=-400000; PRAGMA mmap_size=4000000000");
    sqlite3_create_function(db.getHandle(), "near", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, near, nullptr,
                            nullptr);
    const auto last = static_cast<std::size_t>(db.execAndGet("SELECT max(id) FROM candidate").getInt64());
    std::vector<Words> members(segments.size(), Words((last + 63) / 64));
    for (std::size_t ix = 0; ix < segments.size(); ++ix) {
        SQLite::Statement query(db, segment_sql(segments, ix, moment, form));
        while (query.executeStep()) {
            const auto row = static_cast<std::size_t>(query.getColumn(0).getInt64() - 1);
            members[ix][row / 64] |= std::uint64_t{1} << (row % 64);
        }
    }
    return members;
}

}  // namespace nurture::bench
