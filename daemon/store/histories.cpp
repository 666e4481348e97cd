// SPDX-License-Identifier: MIT
#include "daemon/store/histories.hpp"

#include "daemon/store/statement.hpp"

#include <fmt/format.h>

#include <utility>

namespace nurture::store {
namespace {

/// Everybody is not a range: a comparison with its end for each of millions of rows costs too.
Statement select(const Database& database, std::string_view columns, std::string_view from, std::string_view order,
                 IdRange range) {
    const bool everybody = range.first <= 1 && range.last == IdRange{}.last;
    const std::string_view where = everybody ? "" : " WHERE candidate BETWEEN ? AND ?";
    const std::string sql = fmt::format("SELECT {} FROM {}{} ORDER BY {}", columns, from, where, order);
    if (everybody)
        return Statement(database, sql);
    return Statement(database, sql, range.first, range.last);
}

template<class Row>
struct Source;

template<>
struct Source<ItemRow> {
    static constexpr std::string_view k_columns = "candidate,field,value", k_from = "candidate_item",
                                      k_order = "candidate,field,pos";
    static void read(Statement& from, ItemRow& row) {
        row.candidate = from.integer();
        row.field = from.view();
        row.value = from.view();
    }
};
template<>
struct Source<EventRow> {
    static constexpr std::string_view k_columns = "candidate,kind,at,detail,message", k_from = "event",
                                      k_order = "candidate,kind,at,detail";
    static void read(Statement& from, EventRow& row) {
        row.candidate = from.integer();
        row.kind = from.view();
        row.at = from.instant();
        read_rest(from, row);
    }
    static void read_rest(Statement& from, EventRow& row) {
        row.detail = from.view();
        row.message = from.integer();  // NULL reads as 0
    }
};
template<>
struct Source<ConsentWord> {
    // 'given' sorts before 'withdrawn': of two words at one instant the withdrawal comes last, and holds.
    static constexpr std::string_view k_columns = "candidate,name,at,status", k_from = "consent",
                                      k_order = "candidate,name,at,status";
    static void read(Statement& from, auto& row) {
        row.candidate = from.integer();
        row.name = from.view();
        row.at = from.instant();
        row.given = from.view() == "given";
    }
};
template<>
struct Source<ConsentRow> {
    static constexpr std::string_view k_columns = "candidate,name,at,status,source,text", k_from = "consent",
                                      k_order = Source<ConsentWord>::k_order;
    static void read(Statement& from, ConsentRow& row) {
        Source<ConsentWord>::read(from, row);
        row.source = from.view();
        row.text = from.view();
    }
};
template<>
struct Source<ListMemberRow> {
    static constexpr std::string_view k_columns = "candidate,list,since,until", k_from = "list_member",
                                      k_order = "candidate,list";
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
    : impl_(new Impl{select(database, Source<Row>::k_columns, Source<Row>::k_from, Source<Row>::k_order, range)}) {}
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
template class HistoryScan<ConsentWord>;
template class HistoryScan<ListMemberRow>;

struct EventPick::Impl {
    Statement query;
    std::function<Part(std::string_view)> wanted;
};
EventPick::EventPick(const Database& database, IdRange range, std::function<Part(std::string_view)> wanted)
    : impl_(new Impl{select(database, Source<EventRow>::k_columns, "event", Source<EventRow>::k_order, range),
                     std::move(wanted)}) {}
EventPick::~EventPick() = default;
bool EventPick::next(EventRow& row) {
    Statement& query = impl_->query;
    while (query.step()) {
        row.kind = query.at(1).view();
        const Part part = impl_->wanted(row.kind);
        if (part == Part::nothing)
            continue;
        row.at = query.instant();
        row.detail = {};
        row.message = 0;
        if (part == Part::whole)
            Source<EventRow>::read_rest(query, row);
        row.candidate = query.at(0).integer();
        return true;
    }
    return false;
}

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
