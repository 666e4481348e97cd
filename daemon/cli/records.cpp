// SPDX-License-Identifier: MIT
// `journal` and `history`: what was done.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/service/guard.hpp"
#include "daemon/store/journal.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ostream>

namespace nurture::cli {
namespace {

using forecast::counted;

constexpr std::size_t k_short_hash = 6;

}  // namespace

int journal_verify(Session& session, bool json) {
    const auto config = load_config(session);
    const auto database = read_store(session, config);
    // The daemon notes beside the store how far it came: a journal that was shortened is found too.
    const auto mark = service::read_mark(config.state_directory);
    const bool ours = mark && mark->store_id == store::store_id(database);
    const auto found = store::verify_journal(database, ours ? std::optional(mark->head) : std::nullopt);
    if (json) {
        nlohmann::ordered_json document = {{"ok", found.ok()},
                                           {"rows", found.rows},
                                           {"head", base::hex(found.head)},
                                           {"broken_at", nullptr},
                                           {"problem", found.problem}};
        if (found.broken_at)
            document["broken_at"] = *found.broken_at;
        session.out << document.dump(2) << '\n';
    } else if (found.ok()) {
        session.out << fmt::format("The journal is whole: {}, each fits the one before. The last has the hash {}.\n",
                                   counted(found.rows, "row", "rows"), base::hex(found.head));
    } else {
        session.out << fmt::format(
            "The journal was changed: {}. Rows before it can be trusted; keep a copy of the store.\n", found.problem);
    }
    return found.ok() ? 0 : 1;
}

int journal_export(Session& session) {
    const auto config = load_config(session);
    const auto database = read_store(session, config);
    store::scan_journal(database, 0, [&](const store::JournalRow& row) {
        nlohmann::ordered_json line;
        line["seq"] = row.seq;
        line["at"] = base::format_instant(row.at);
        line["kind"] = row.kind;
        if (row.message != 0)
            line["message"] = row.message;
        if (row.enrolment != 0)
            line["enrolment"] = row.enrolment;
        // As it was hashed, so that others can verify the chain.
        line["body"] = row.body;
        line["prev"] = base::hex(row.prev);
        line["hash"] = base::hex(row.hash);
        session.out << line.dump() << '\n';
    });
    return 0;
}

int history(Session& session, const HistoryOptions& options) {
    const auto config = load_config(session);
    const auto database = read_store(session, config);
    const auto applied = store::applications(database);
    if (options.json) {
        auto all = nlohmann::ordered_json::array();
        for (const auto& one : applied)
            all.push_back(
                {{"rules", base::hex(one.hash)},
                 {"plan", one.plan},
                 {"applied_at", base::format_instant(one.at)},
                 {"applied_by", one.by},
                 {"live", one.live},
                 {"audiences", one.last_of_set ? nlohmann::ordered_json(one.bounds) : nlohmann::ordered_json()}});
        session.out << all.dump(2) << '\n';
        return 0;
    }
    if (applied.empty())
        session.out << "Nothing has been applied yet: `nurture plan` shows what would happen.\n";
    for (const auto& one : applied)
        session.out << fmt::format("{}  rules {}  plan {}  {:<12}  {}{}\n", base::format_instant(one.at),
                                   base::hex(one.hash).substr(0, k_short_hash), one.plan.substr(0, k_short_hash),
                                   one.by,
                                   counted(static_cast<std::int64_t>(one.bounds.size()), "campaign", "campaigns"),
                                   one.live ? ", live now" : "");
    if (applied.size() > 1)
        session.out << "Back to an earlier one: nurture apply --back-to RULES\n";
    return 0;
}

}  // namespace nurture::cli
