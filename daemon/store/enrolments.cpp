// SPDX-License-Identifier: MIT
#include "daemon/store/enrolments.hpp"

#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"

namespace nurture::store {
namespace {

constexpr std::string_view k_phases[] = {"pending", "waiting", "asked", "ready", "released", "ended"};

// Reader and both writers take the columns in this order.
constexpr std::string_view k_select =
    "SELECT candidate,campaign,step_list,round,addr_key,entered_at,event_value,event_at,position,step,phase,anchor,"
    "months_anchor,ready_since,due,paused_until,held_since,approval,muted,blocked,ended_at,end_reason,id FROM "
    "enrolment ";

constexpr const char* k_insert =
    "INSERT INTO enrolment(candidate,campaign,step_list,round,addr_key,entered_at,event_value,event_at,position,step,"
    "phase,anchor,months_anchor,ready_since,due,paused_until,held_since,approval,muted,blocked,ended_at,end_reason,id)"
    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
// Who is in which campaign never changes. By which steps is settled when somebody comes in: who was pending until then
// may come in after an apply, by other steps than when the row was made.
constexpr const char* k_or_update =
    " ON CONFLICT(id) DO UPDATE SET "
    "step_list=excluded.step_list,round=excluded.round,addr_key=excluded.addr_key,entered_at=excluded.entered_at,"
    "event_value=excluded.event_value,event_at=excluded.event_at,position=excluded.position,step=excluded.step,"
    "phase=excluded.phase,anchor=excluded.anchor,months_anchor=excluded.months_anchor,"
    "ready_since=excluded.ready_since,due=excluded.due,paused_until=excluded.paused_until,"
    "held_since=excluded.held_since,approval=excluded.approval,muted=excluded.muted,blocked=excluded.blocked,"
    "ended_at=excluded.ended_at,end_reason=excluded.end_reason";

Enrolment read(Statement& row) {
    Enrolment e;
    e.candidate = row.integer();
    e.campaign = row.text();
    e.step_list = row.array<Hash>();
    e.round = static_cast<int>(row.integer());
    e.addr_key = row.maybe_array<AddrKey>();
    e.entered_at = row.instant();
    e.event_value = row.text();
    e.event_at = row.maybe_instant();
    e.position = static_cast<int>(row.integer());
    e.step = row.text();
    e.phase = named<Phase>(k_phases, row.view());
    e.anchor = row.maybe_instant();
    e.months_anchor = row.maybe_instant();
    e.ready_since = row.maybe_instant();
    e.due = row.maybe_instant();
    e.paused_until = row.maybe_instant();
    e.held_since = row.maybe_instant();
    if (const auto approval = row.maybe_integer()) {
        e.approval = static_cast<int>(*approval);
    }
    e.muted = row.integer() != 0;
    e.blocked = row.text();
    e.ended_at = row.maybe_instant();
    e.end_reason = row.text();
    e.id = row.integer();
    return e;
}

void bind(Statement& to, const Enrolment& e) {
    to.bind(e.candidate);
    to.bind(e.campaign);
    to.bind(e.step_list);
    to.bind(e.round);
    to.bind(e.addr_key);
    to.bind(e.entered_at);
    to.bind(e.event_value);
    to.bind(e.event_at);
    to.bind(e.position);
    to.bind(e.step);
    to.bind(to_text(e.phase));
    to.bind(e.anchor);
    to.bind(e.months_anchor);
    to.bind(e.ready_since);
    to.bind(e.due);
    to.bind(e.paused_until);
    to.bind(e.held_since);
    to.bind(e.approval);
    to.bind(e.muted ? 1 : 0);
    to.bind(e.blocked);
    to.bind(e.ended_at);
    to.bind(e.end_reason);
}

std::string select(std::string_view where) { return std::string(k_select).append(where); }

template<class... Values>
std::vector<Enrolment> several(const Database& database, std::string_view where, const Values&... values) {
    std::vector<Enrolment> all;
    Statement query(database, select(where), values...);
    while (query.step())
        all.push_back(read(query));
    return all;
}

}  // namespace

std::string_view to_text(Phase phase) { return name_of(k_phases, phase); }

EnrolmentId insert_enrolment(Database& database, const Enrolment& enrolment) {
    Statement insert(database, std::string(k_insert) + " RETURNING id");
    bind(insert, enrolment);
    insert.bind(enrolment.id == 0 ? std::nullopt : std::optional(enrolment.id));
    insert.step();
    return insert.integer();
}

void put_enrolment(Database& database, const Enrolment& enrolment) {
    Statement put(database, std::string(k_insert) + k_or_update);
    bind(put, enrolment);
    put.bind(enrolment.id);
    put.run();
}

std::optional<Enrolment> enrolment(const Database& database, EnrolmentId id) {
    Statement query(database, select("WHERE id=?"), id);
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

std::vector<Enrolment> enrolments_of(const Database& database, CandidateId candidate) {
    return several(database, "WHERE candidate=? ORDER BY id", candidate);
}

int next_round(const Database& database, std::string_view campaign, CandidateId candidate,
               const std::optional<AddrKey>& key) {
    Statement query(database,
                    key ? "SELECT count(*) FROM enrolment WHERE campaign=? AND addr_key=? AND phase<>'pending'"
                        : "SELECT count(*) FROM enrolment WHERE campaign=? AND candidate=? AND phase<>'pending'",
                    campaign);
    key ? query.bind(*key) : query.bind(candidate);
    query.step();
    return 1 + static_cast<int>(query.integer());
}

void scan_enrolments(const Database& database, const std::function<void(const Enrolment&)>& each) {
    Statement query(database, select("ORDER BY id"));
    while (query.step()) {
        each(read(query));
    }
}

EnrolmentId last_enrolment(const Database& database) {
    Statement query(database, "SELECT max(id) FROM enrolment");
    query.step();
    return query.integer();
}

std::vector<Enrolment> live_enrolments_in(const Database& database, std::string_view campaign) {
    return several(database, "WHERE ended_at IS NULL AND campaign=? ORDER BY id", campaign);
}

std::vector<Enrolment> live_enrolments_of_erased(const Database& database) {
    return several(database,
                   "WHERE ended_at IS NULL AND candidate IN (SELECT id FROM candidate WHERE erased_at IS NOT NULL)"
                   " ORDER BY id");
}

}  // namespace nurture::store
