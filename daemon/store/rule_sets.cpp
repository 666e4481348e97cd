// SPDX-License-Identifier: MIT
#include "daemon/store/rule_sets.hpp"

#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/statement.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace nurture::store {
namespace {

std::string files_text(const std::vector<StoredFile>& files) {
    auto json = nlohmann::json::array();
    for (const auto& file : files) {
        json.push_back({{"path", file.path}, {"text", file.text}});
    }
    try {
        return json.dump();
    } catch (const nlohmann::json::exception&) {
        // The compiler refuses such files, so this is a caller's slip; half a rule set must not be stored.
        throw base::StoreError("a rule file is not UTF-8 and cannot be stored");
    }
}

std::vector<StoredFile> read_files(std::string_view text) {
    std::vector<StoredFile> files;
    for (const auto& file : nlohmann::json::parse(text)) {
        files.push_back({file.at("path").get<std::string>(), file.at("text").get<std::string>()});
    }
    return files;
}

[[noreturn]] void changed_by_hand() {
    throw base::StoreError("a stored rule set cannot be read: it was changed by hand");
}

std::map<std::string, std::int64_t> read_bounds(std::string_view text) {
    try {
        return nlohmann::json::parse(text).get<std::map<std::string, std::int64_t>>();
    } catch (const nlohmann::json::exception&) {
        changed_by_hand();
    }
}

RuleSet read(Statement& row) {
    RuleSet set;
    set.id = row.integer();
    set.hash = row.array<Hash>();
    try {
        set.files = read_files(row.view());
    } catch (const nlohmann::json::exception&) {
        changed_by_hand();
    }
    set.bounds = read_bounds(row.view());
    set.plan = row.text();
    set.applied_at = row.instant();
    set.applied_by = row.text();
    set.live = row.integer() != 0;
    return set;
}

constexpr std::string_view k_select = "SELECT id,hash,files,bounds,plan,applied_at,applied_by,live FROM rule_set ";

template<class... Values>
std::optional<RuleSet> one(const Database& database, std::string_view where, const Values&... values) {
    Statement query(database, std::string(k_select).append(where), values...);
    return query.step() ? std::optional(read(query)) : std::nullopt;
}

/// The next campaign and list that somebody live is on; before the first: none, and zeros.
bool next_in_use(const Database& database, std::string& campaign, Hash& hash) {
    Statement query(database,
                    "SELECT campaign,step_list FROM enrolment WHERE ended_at IS NULL AND (campaign,step_list)>(?,?)"
                    " ORDER BY campaign,step_list LIMIT 1",
                    campaign, hash);
    if (!query.step())
        return false;
    campaign = query.text();
    hash = query.array<Hash>();
    return true;
}

}  // namespace

RuleSetId apply_rule_set(Database& database, const RuleSet& set, const std::vector<StepListRef>& step_lists) {
    Statement(database, "UPDATE rule_set SET live=0 WHERE live=1").run();
    Statement insert(database,
                     "INSERT INTO rule_set(hash,files,bounds,plan,applied_at,applied_by,live) VALUES(?,?,?,?,?,?,1)"
                     " ON CONFLICT(hash) DO UPDATE SET bounds=excluded.bounds, plan=excluded.plan,"
                     " applied_at=excluded.applied_at, applied_by=excluded.applied_by, live=1 RETURNING id",
                     set.hash, files_text(set.files), nlohmann::json(set.bounds).dump(), set.plan, set.applied_at,
                     set.applied_by);
    insert.step();
    const RuleSetId id = insert.integer();
    for (const auto& list : step_lists) {
        Statement(database, "INSERT INTO step_list VALUES(?,?,?) ON CONFLICT DO NOTHING", list.hash, list.campaign, id)
            .run();
    }
    append(database, InboxRow{.at = set.applied_at, .kind = InboxKind::applied, .subject = id, .by = set.applied_by});
    append(database, JournalEntry{.at = set.applied_at,
                                  .kind = "applied",
                                  .body = JournalBody()
                                              .add("rule_set", id)
                                              .add("hash", set.hash)
                                              .add("plan", set.plan)
                                              .add("by", set.applied_by)
                                              .text()});
    return id;
}

std::optional<RuleSet> live_rule_set(const Database& database) { return one(database, "WHERE live=1"); }
std::optional<RuleSet> rule_set(const Database& database, RuleSetId id) { return one(database, "WHERE id=?", id); }
std::optional<RuleSet> rule_set(const Database& database, const Hash& hash) {
    return one(database, "WHERE hash=?", hash);
}

std::vector<RuleSet> rule_set_history(const Database& database) {
    std::vector<RuleSet> all;
    Statement query(database, "SELECT id,hash,'[]',bounds,plan,applied_at,applied_by,live FROM rule_set"
                              " ORDER BY applied_at DESC, id DESC");
    while (query.step()) {
        all.push_back(read(query));
    }
    return all;
}

std::vector<Applied> applications(const Database& database) {
    std::vector<Applied> all;
    std::set<RuleSetId> seen;
    Statement query(database,
                    "SELECT s.id,s.hash,s.bounds,j.body->>'plan',j.body->>'by',j.at,s.live FROM journal j"
                    " JOIN rule_set s ON s.id=j.body->>'rule_set' WHERE j.kind='applied' ORDER BY j.seq DESC");
    while (query.step()) {
        Applied one;
        one.last_of_set = seen.insert(query.integer()).second;
        one.hash = query.array<Hash>();
        one.bounds = read_bounds(query.view());
        one.plan = query.text();
        one.by = query.text();
        one.at = query.instant();
        one.live = query.integer() != 0 && one.last_of_set;
        all.push_back(std::move(one));
    }
    return all;
}

std::int64_t StepListRow::people() const {
    std::int64_t people = 0;
    for (const auto& [position, there] : positions) {
        people += there;
    }
    return people;
}

std::vector<StepListRow> older_step_lists(const Database& database, const IsTodays& is_todays) {
    std::vector<StepListRow> all;
    StepListRow row;
    while (next_in_use(database, row.campaign, row.hash)) {
        if (is_todays(row.campaign, row.hash))
            continue;
        // A step that has a name and is waited behind is done: the line after it comes next.
        Statement query(
            database,
            "SELECT s.rule_set,"
            " e.position + coalesce(e.phase='waiting' AND e.step<>'' AND e.due=e.anchor,0) AS next, count(*)"
            " FROM enrolment e JOIN step_list s ON s.hash=e.step_list"
            " WHERE e.campaign=? AND e.step_list=? AND e.ended_at IS NULL AND e.phase<>'pending'"
            " GROUP BY next",
            row.campaign, row.hash);
        row.positions.clear();
        while (query.step()) {
            row.rule_set = query.integer();
            const auto position = static_cast<int>(query.integer());
            row.positions[position] = query.integer();
        }
        if (!row.positions.empty())
            all.push_back(row);
    }
    std::sort(all.begin(), all.end(), [](const StepListRow& a, const StepListRow& b) {
        return std::tie(a.campaign, a.rule_set, a.hash) < std::tie(b.campaign, b.rule_set, b.hash);
    });
    return all;
}

std::optional<RuleSetId> rule_set_of_steps(const Database& database, const Hash& hash) {
    Statement query(database, "SELECT rule_set FROM step_list WHERE hash=?", hash);
    return query.step() ? std::optional(query.integer()) : std::nullopt;
}

std::map<std::string, std::int64_t> people_in_campaigns(const Database& database) {
    std::map<std::string, std::int64_t> all;
    Statement query(database, "SELECT campaign, count(*) FROM enrolment WHERE ended_at IS NULL GROUP BY campaign");
    while (query.step()) {
        std::string campaign = query.text();
        all[std::move(campaign)] = query.integer();
    }
    return all;
}

void rename_campaign(Database& database, std::string_view from, std::string_view to) {
    Statement(database, "UPDATE enrolment SET campaign=? WHERE campaign=?", to, from).run();
    Statement(database, "UPDATE message SET campaign=? WHERE campaign=?", to, from).run();
    Statement(database, "UPDATE human_step SET campaign=? WHERE campaign=?", to, from).run();
    Statement(database, "UPDATE OR REPLACE check_run SET campaign=? WHERE campaign=?", to, from).run();
    Statement(database, "UPDATE OR REPLACE quota SET name=? WHERE name=?", to, from).run();
    Statement(database, "UPDATE OR REPLACE gate SET name=? WHERE name=?", to, from).run();
}

bool knows_campaign(const Database& database, std::string_view campaign) {
    return Statement(database, "SELECT 1 FROM enrolment WHERE campaign=? LIMIT 1", campaign).step();
}

}  // namespace nurture::store
