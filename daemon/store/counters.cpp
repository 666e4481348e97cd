// SPDX-License-Identifier: MIT
// Quotas, check runs and gates (enrolments.hpp).
#include "daemon/store/enrolments.hpp"
#include "daemon/store/statement.hpp"

namespace nurture::store {

void put_quota(Database& database, const Quota& quota) {
    Statement(database,
              "INSERT INTO quota VALUES(0,?,?,?,?,?)"
              " ON CONFLICT DO UPDATE SET granted=excluded.granted, used=excluded.used",
              quota.scope, quota.name, quota.period, quota.granted, quota.used)
        .run();
}

std::vector<Quota> quotas(const Database& database) {
    std::vector<Quota> all;
    Statement row(database, "SELECT scope,name,period,granted,used FROM quota WHERE part=0 ORDER BY scope,name,period");
    while (row.step()) {
        Quota quota;
        quota.scope = row.text();
        quota.name = row.text();
        quota.period = row.integer();
        quota.granted = row.maybe_integer();
        quota.used = row.integer();
        all.push_back(std::move(quota));
    }
    return all;
}

void prune_quotas(Database& database, std::string_view scope, std::int64_t before_period) {
    Statement(database, "DELETE FROM quota WHERE part=0 AND scope=? AND period<?", scope, before_period).run();
}

void put_check_run(Database& database, const CheckRun& run) {
    Statement(database,
              "INSERT INTO check_run VALUES(?,?,?) ON CONFLICT DO UPDATE SET ran_for=excluded.ran_for,"
              "left_over=excluded.left_over",
              run.campaign, run.ran_for, run.left_over)
        .run();
}

std::vector<CheckRun> check_runs(const Database& database) {
    std::vector<CheckRun> all;
    Statement row(database, "SELECT campaign,ran_for,left_over FROM check_run ORDER BY campaign");
    while (row.step()) {
        std::string campaign = row.text();
        const auto ran_for = row.instant();
        all.push_back({std::move(campaign), ran_for, row.integer()});
    }
    return all;
}

void put_gate(Database& database, const Gate& gate) {
    Statement(
        database,
        "INSERT INTO gate VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET since=excluded.since, until=excluded.until,"
        " value=excluded.value, why=excluded.why",
        gate.kind, gate.name, gate.since, gate.until, gate.value, gate.why)
        .run();
}

bool remove_gate(Database& database, std::string_view kind, std::string_view name) {
    return Statement(database, "DELETE FROM gate WHERE kind=? AND name=?", kind, name).run() > 0;
}

std::vector<Gate> gates(const Database& database) {
    std::vector<Gate> all;
    Statement row(database, "SELECT kind,name,since,until,value,why FROM gate ORDER BY kind,name");
    while (row.step()) {
        Gate gate;
        gate.kind = row.text();
        gate.name = row.text();
        gate.since = row.instant();
        gate.until = row.maybe_instant();
        gate.value = row.integer();
        gate.why = row.text();
        all.push_back(std::move(gate));
    }
    return all;
}

}  // namespace nurture::store
