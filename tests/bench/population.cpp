// SPDX-License-Identifier: MIT
#include "tests/bench/population.hpp"

#include "connectors/address.hpp"
#include "daemon/base/calendar.hpp"
#include "daemon/base/hash.hpp"
#include "daemon/store/database.hpp"
#include "tests/bench/vocabulary.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace nurture::bench {
namespace {

constexpr std::int64_t k_day = 86'400;

/// A person's own numbers, whoever else there is.
class Dice {
public:
    Dice(std::uint64_t seed, std::int64_t person) : seed_(base::spread(seed, static_cast<std::uint64_t>(person))) {}

    std::uint64_t next() { return base::spread(seed_, count_++); }
    int below(int end) { return static_cast<int>(next() % static_cast<std::uint64_t>(end)); }
    bool chance(int percent) { return below(100) < percent; }
    /// Early ones more often: the smaller of two throws.
    std::size_t rank(std::size_t size) {
        const int end = static_cast<int>(size);
        return static_cast<std::size_t>(std::min(below(end), below(end)));
    }
    template<std::size_t Size>
    std::string_view of(const std::array<std::string_view, Size>& words) {
        return words[rank(Size)];
    }
    /// How many of something that has `per_thousand` for a thousand people: most have none or few, some have many.
    int many(int per_thousand) {
        int count = 0;
        while (count < 60 && below(1000 + per_thousand) < per_thousand)
            ++count;
        return count;
    }

private:
    std::uint64_t seed_, count_ = 0;
};

class Writer {
public:
    Writer(SQLite::Database& db, const Population& population, std::string pepper)
        : population_(population),
          pepper_(std::move(pepper)),
          now_((population.today.time_since_epoch().count() + 1) * k_day),
          candidate_(db,
                     "INSERT INTO candidate(id,ref,joined_at,email_key,phone_key,first_name,last_name,email,phone,city,"
                     "state,time_zone,language,owner,created,profession,license_state,stage,source,years,pay_rate,"
                     "last_conversation,license_expires,certification_expires,home,travels) "
                     "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
          item_(db, "INSERT INTO candidate_item VALUES(?,?,?,?)"),
          event_(db, "INSERT OR IGNORE INTO event VALUES(?,?,?,?,NULL)"),
          consent_(db, "INSERT INTO consent VALUES(?,?,?,?,'import','')"),
          member_(db, "INSERT INTO list_member VALUES(?,?,?,NULL)"),
          suppression_(db, "INSERT OR IGNORE INTO suppression(key,channel,reason,at) VALUES(?,?,?,?)") {}

    void person(std::int64_t id) {
        Dice dice(population_.seed, id);
        fields(id, dice);
        written_.certifications += items(id, "certifications", k_certifications, 1400, dice);
        written_.tags += items(id, "tags", k_tags, 1900, dice);
        events(id, dice);
        consents(id, dice);
        if (dice.chance(1))
            member(id, k_list_never, dice);
        if (dice.chance(3))
            member(id, k_list_later, dice);
        ++written_.people;
    }

    const Written& written() const { return written_; }

private:
    std::string date(int days) const { return base::format_day(population_.today + std::chrono::days{days}); }
    std::int64_t ago(Dice& dice, int days) const { return now_ - 1 - dice.below(days) * k_day - dice.below(k_day); }

    static double near(double degrees, Dice& dice) {
        return std::round(degrees * 64) / 64 + (dice.below(129) - 64) / 64.0;
    }

    template<typename... Values>
    static void run(SQLite::Statement& statement, const Values&... values) {
        int at = 0;
        (statement.bind(++at, values), ...);
        statement.exec();
        statement.reset();
    }

    void fields(std::int64_t id, Dice& dice) {
        static constexpr std::string_view first_names[] = {"Ana", "Ben", "Chi", "Dev", "Eva", "Finn", "Gita", "Hana"};
        static constexpr std::string_view last_names[] = {"Ruiz", "Okafor", "Tanaka", "Novak", "Silva", "Haddad"};
        int at = 0;
        const auto known = [&](int percent, const auto& value) {
            if (dice.chance(percent))
                candidate_.bind(++at, value);
            else
                candidate_.bind(++at);
        };
        const City& city = k_cities[dice.rank(k_cities.size())];
        const auto email = fmt::format("person{}@candidates.example", id);
        const auto phone = fmt::format("+1512{}", 2'000'000 + id % 8'000'000);
        candidate_.bind(++at, id);
        candidate_.bind(++at, fmt::format("ats-{:08}", id));
        candidate_.bind(++at, ago(dice, 2000));
        const bool has_email = dice.chance(95), has_phone = dice.chance(75);
        key(++at, has_email, "email", connectors::EmailAddress::parse(email), dice);
        key(++at, has_phone, "sms", connectors::PhoneNumber::parse(phone), dice);
        known(98, std::string(first_names[dice.rank(8)]));
        known(99, std::string(last_names[dice.rank(6)]));
        known(has_email ? 100 : 0, email);
        known(has_phone ? 100 : 0, phone);
        known(90, std::string(city.name.substr(0, city.name.find(','))));
        known(92, std::string(city.state));
        known(60, std::string(city.zone));
        known(80, std::string(dice.chance(90) ? "en" : "es"));
        known(70, std::string(dice.of(k_owners)));
        known(90, date(-dice.below(3000)));
        known(96, std::string(dice.of(k_professions)));
        known(85, std::string(dice.of(k_states)));
        known(90, std::string(dice.of(k_stages)));
        known(80, std::string(dice.of(k_sources)));
        known(85, dice.below(60) / 2.0);
        known(60, 25.0 + dice.below(160) / 2.0);
        known(80, date(-dice.below(1500)));
        known(75, date(dice.below(1100) - 200));
        known(50, date(dice.below(900) - 150));
        // Sixty-fourths of a degree: exact as text, float and double, so that distances come out the same everywhere.
        known(70, fmt::format("{:.6f},{:.6f}", near(city.lat, dice), near(city.lon, dice)));
        known(65, dice.below(2));
        candidate_.exec();
        candidate_.reset();
    }

    /// The key of an address that the person has; one in a hundred is suppressed.
    template<typename Address>
    void key(int at, bool has, const char* channel, const std::optional<Address>& address, Dice& dice) {
        if (!has || !address)
            return candidate_.bind(at);
        const auto bytes = connectors::address_key(pepper_, *address);
        candidate_.bind(at, bytes.data(), static_cast<int>(bytes.size()));
        if (!dice.chance(1))
            return;
        suppression_.bind(1, bytes.data(), static_cast<int>(bytes.size()));
        suppression_.bind(2, channel);
        suppression_.bind(3, "unsubscribed");
        suppression_.bind(4, ago(dice, 900));
        written_.suppressions += suppression_.exec();
        suppression_.reset();
    }

    template<std::size_t Size>
    int items(std::int64_t id, const char* field, const std::array<std::string_view, Size>& words, int per_thousand,
              Dice& dice) {
        std::vector<std::string_view> mine;
        for (int i = dice.many(per_thousand * 27 / 25); i > 0; --i)  // some are drawn twice and count once
            if (const auto word = dice.of(words); std::find(mine.begin(), mine.end(), word) == mine.end())
                mine.push_back(word);
        for (std::size_t i = 0; i < mine.size(); ++i)
            run(item_, id, field, static_cast<int>(i), std::string(mine[i]));
        return static_cast<int>(mine.size());
    }

    void events(std::int64_t id, Dice& dice) {
        for (const auto& happening : k_happenings) {
            std::vector<std::int64_t> when;
            int count = dice.many(happening.per_thousand);
            if (id == 1 && happening.kind == "received")
                count += population_.busy_events;
            for (; count > 0; --count)
                when.push_back(ago(dice, happening.years_back * 365));
            std::sort(when.begin(), when.end());
            for (const auto at : when) {
                run(event_, id, std::string(happening.kind), at,
                    name_of(happening, static_cast<unsigned>(dice.below(12))));
                ++written_.events;
            }
        }
    }

    void consents(std::int64_t id, Dice& dice) {
        const auto word = [&](std::string_view name, int given, int withdrawn) {
            const int drawn = dice.below(100);
            if (drawn >= given + withdrawn)
                return;
            run(consent_, id, std::string(name), ago(dice, 1200), drawn < given ? "given" : "withdrawn");
            ++written_.consents;
        };
        word(k_consent_email, 82, 5);
        word(k_consent_sms, 30, 4);
    }

    void member(std::int64_t id, std::string_view list, Dice& dice) {
        run(member_, id, std::string(list), ago(dice, 900));
        ++written_.members;
    }

    const Population& population_;
    std::string pepper_;
    std::int64_t now_;  // the end of that day, UTC
    Written written_;
    SQLite::Statement candidate_, item_, event_, consent_, member_, suppression_;
};

std::string make_schema(const std::filesystem::path& path, std::uint64_t seed) {
    using Type = store::ColumnType;
    base::IdSource ids("bench " + std::to_string(seed));
    auto database = store::Database::open(path, store::make_birth(ids));
    store::ensure_columns(database, {{"profession", Type::text},
                                     {"license_state", Type::text},
                                     {"stage", Type::text},
                                     {"source", Type::text},
                                     {"years", Type::number},
                                     {"pay_rate", Type::number},
                                     {"last_conversation", Type::date},
                                     {"license_expires", Type::date},
                                     {"certification_expires", Type::date},
                                     {"home", Type::place},
                                     {"travels", Type::yes_no},
                                     {"tags", Type::list},
                                     {"certifications", Type::list}});
    return store::pepper(database);
}

}  // namespace

std::string name_of(const Happening& happening, unsigned number) {
    if (happening.has_template)
        return fmt::format("old-mail-{}", number);
    if (happening.kind == "applied")
        return fmt::format("Opening {}", number);
    return happening.kind == "attended" ? fmt::format("Fair {}", number) : std::string();
}

Written make_store(const std::filesystem::path& path, const Population& population) {
    const auto pepper = make_schema(path, population.seed);
    SQLite::Database db(path.string(), SQLite::OPEN_READWRITE);
    // Nobody else reads this file yet, and who is cut off begins anew.
    db.exec(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA locking_mode=EXCLUSIVE");
    SQLite::Transaction transaction(db);
    // Keys are random: an index over them is made quicker when all are there.
    std::vector<std::string> indices;
    for (SQLite::Statement query(db,
                                 "SELECT sql FROM sqlite_schema WHERE name IN ('candidate_email','candidate_phone')");
         query.executeStep();)
        indices.push_back(query.getColumn(0).getString());
    db.exec("DROP INDEX candidate_email; DROP INDEX candidate_phone");
    Writer writer(db, population, pepper);
    for (std::int64_t id = 1; id <= population.people; ++id)
        writer.person(id);
    for (const auto& sql : indices)
        db.exec(sql);
    transaction.commit();
    db.exec("PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL");
    return writer.written();
}

}  // namespace nurture::bench
