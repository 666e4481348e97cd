// SPDX-License-Identifier: MIT
#include "daemon/store/histories.hpp"

#include "daemon/store/statement.hpp"

namespace nurture::store {
namespace {

template<class Row>
struct Source;

template<>
struct Source<ItemRow> {
    static constexpr std::string_view k_sql =
        "SELECT candidate,field,value FROM candidate_item WHERE candidate BETWEEN ? AND ? ORDER BY candidate,field,pos";
    static void read(Statement& from, ItemRow& row) {
        row.candidate = from.integer();
        row.field = from.view();
        row.value = from.view();
    }
};
template<>
struct Source<EventRow> {
    static constexpr std::string_view k_sql =
        "SELECT candidate,kind,at,detail,message FROM event WHERE candidate BETWEEN ? AND ?"
        " ORDER BY candidate,kind,at,detail";
    static void read(Statement& from, EventRow& row) {
        row.candidate = from.integer();
        row.kind = from.view();
        row.at = from.instant();
        row.detail = from.view();
        row.message = from.integer();  // NULL reads as 0
    }
};
template<>
struct Source<ConsentRow> {
    // 'given' sorts before 'withdrawn': of two words at one instant the withdrawal comes last, and holds.
    static constexpr std::string_view k_sql =
        "SELECT candidate,name,at,status,source,text FROM consent WHERE candidate BETWEEN ? AND ?"
        " ORDER BY candidate,name,at,status";
    static void read(Statement& from, ConsentRow& row) {
        row.candidate = from.integer();
        row.name = from.view();
        row.at = from.instant();
        row.given = from.view() == "given";
        row.source = from.view();
        row.text = from.view();
    }
};
template<>
struct Source<ListMemberRow> {
    static constexpr std::string_view k_sql =
        "SELECT candidate,list,since,until FROM list_member WHERE candidate BETWEEN ? AND ? ORDER BY candidate,list";
    static void read(Statement& from, ListMemberRow& row) {
        row.candidate = from.integer();
        row.list = from.view();
        row.since = from.instant();
        row.until = from.maybe_instant();
    }
};

std::vector<NameCount> names(const Database& database, std::string_view sql) {
    std::vector<NameCount> all;
    Statement query(database, sql);
    while (query.step()) {
        std::string name = query.text();
        all.push_back({std::move(name), query.integer()});
    }
    return all;
}

}  // namespace

template<class Row>
struct HistoryScan<Row>::Impl {
    Statement query;
};
template<class Row>
HistoryScan<Row>::HistoryScan(const Database& database, IdRange range)
    : impl_(new Impl{Statement(database, Source<Row>::k_sql, range.first, range.last)}) {}
template<class Row>
HistoryScan<Row>::~HistoryScan() = default;
template<class Row>
bool HistoryScan<Row>::next(Row& row) {
    if (!impl_->query.step()) {
        return false;
    }
    Source<Row>::read(impl_->query, row);
    return true;
}

template class HistoryScan<ItemRow>;
template class HistoryScan<EventRow>;
template class HistoryScan<ConsentRow>;
template class HistoryScan<ListMemberRow>;

bool add_event(Database& database, const EventRow& event) {
    const auto message = event.message == 0 ? std::nullopt : std::optional(event.message);
    return Statement(database, "INSERT INTO event VALUES(?,?,?,?,?) ON CONFLICT DO NOTHING", event.candidate,
                     event.kind, event.at, event.detail, message)
               .run() > 0;
}

bool add_consent(Database& database, const ConsentRow& consent) {
    return Statement(database, "INSERT INTO consent VALUES(?,?,?,?,?,?) ON CONFLICT DO NOTHING", consent.candidate,
                     consent.name, consent.at, consent.given ? "given" : "withdrawn", consent.source, consent.text)
               .run() > 0;
}

bool add_list_member(Database& database, const ListMemberRow& member) {
    // A membership without an end, or with a later one, replaces the one that is there.
    return Statement(database,
                     "INSERT INTO list_member VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET until=excluded.until,"
                     "since=CASE WHEN until<=excluded.since THEN excluded.since ELSE since END"
                     " WHERE until IS NOT NULL AND (excluded.until IS NULL OR excluded.until>until)",
                     member.candidate, member.list, member.since, member.until)
               .run() > 0;
}

bool remove_list_member(Database& database, CandidateId candidate, std::string_view list) {
    return Statement(database, "DELETE FROM list_member WHERE candidate=? AND list=?", candidate, list).run() > 0;
}

ConsentStatus consent_status(const Database& database, CandidateId candidate, std::string_view name) {
    Statement query(database,
                    "SELECT status FROM consent WHERE candidate=? AND name=? ORDER BY at DESC, status DESC LIMIT 1",
                    candidate, name);
    if (!query.step()) {
        return ConsentStatus::unknown;
    }
    return query.view() == "given" ? ConsentStatus::given : ConsentStatus::withdrawn;
}

bool is_list_member(const Database& database, CandidateId candidate, std::string_view list, Instant now) {
    return Statement(database, "SELECT 1 FROM list_member WHERE candidate=? AND list=? AND (until IS NULL OR until>?)",
                     candidate, list, now)
        .step();
}

std::vector<NameCount> list_names(const Database& database) {
    return names(database, "SELECT list,count(*) FROM list_member GROUP BY list ORDER BY list");
}
std::vector<NameCount> consent_names(const Database& database) {
    return names(database, "SELECT name,count(DISTINCT candidate) FROM consent GROUP BY name ORDER BY name");
}
std::vector<NameCount> event_names(const Database& database) {
    return names(database, "SELECT kind,count(DISTINCT candidate) FROM event GROUP BY kind ORDER BY kind");
}

}  // namespace nurture::store
