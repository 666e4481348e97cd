// SPDX-License-Identifier: MIT
#include "daemon/store/inbox.hpp"

#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"

#include <algorithm>

namespace nurture::store {
namespace {

constexpr std::string_view k_kinds[] = {"changed",    "became", "gained",  "lost",    "happened", "joined",
                                        "suppressed", "lifted", "erased",  "replied", "feedback", "outcome",
                                        "decided",    "noted",  "applied", "stopped", "resumed",  "gate"};

InboxRow read(Statement& row) {
    InboxRow entry;
    entry.seq = row.integer();
    entry.at = row.instant();
    entry.kind = named<InboxKind>(k_kinds, row.view());
    entry.first = row.integer();  // NULL reads as 0
    entry.last = row.integer();
    entry.subject = row.integer();
    entry.field = row.text();
    entry.old = row.maybe_text();
    entry.now = row.maybe_text();
    entry.happened_at = row.maybe_instant();
    entry.live = row.integer() != 0;
    entry.by = row.text();
    return entry;
}

}  // namespace

std::string_view to_text(InboxKind kind) { return name_of(k_kinds, kind); }

InboxSeq append(Database& database, const InboxRow& row) {
    const CandidateId last = row.last == 0 ? row.first : row.last;
    Statement insert(database,
                     "INSERT INTO inbox(at,kind,first,last,subject,field,old,new,happened_at,live,by)"
                     " VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                     row.at, to_text(row.kind), unless_zero(row.first), unless_zero(last), unless_zero(row.subject),
                     row.field, row.old, row.now, row.happened_at, row.live, row.by);
    insert.run();
    return insert.row_id();
}

void append_changed(Database& database, std::vector<CandidateId> candidates, Instant at, std::string_view by) {
    std::sort(candidates.begin(), candidates.end());
    for (auto run = candidates.begin(); run != candidates.end();) {
        auto last = run;
        while (last + 1 != candidates.end() && *(last + 1) <= *last + 1) {
            ++last;
        }
        append(database,
               InboxRow{.at = at, .kind = InboxKind::changed, .first = *run, .last = *last, .by = std::string(by)});
        run = last + 1;
    }
}

std::vector<InboxRow> inbox_after(const Database& database, InboxSeq cursor, int limit) {
    std::vector<InboxRow> rows;
    Statement query(database,
                    "SELECT seq,at,kind,first,last,subject,field,old,new,happened_at,live,by FROM inbox"
                    " WHERE seq>? ORDER BY seq LIMIT ?",
                    cursor, limit);
    while (query.step()) {
        rows.push_back(read(query));
    }
    return rows;
}

InboxSeq inbox_end(const Database& database) {
    Statement query(database, "SELECT max(seq) FROM inbox");
    query.step();
    return query.integer();
}

void prune_inbox(Database& database, InboxSeq cursor) {
    Statement(database, "DELETE FROM inbox WHERE seq<=? AND seq<(SELECT max(seq) FROM inbox)", cursor).run();
}

}  // namespace nurture::store
