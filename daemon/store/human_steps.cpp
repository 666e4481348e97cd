// SPDX-License-Identifier: MIT
// What humans are asked (enrolments.hpp).
#include "daemon/store/enrolments.hpp"
#include "daemon/store/names.hpp"
#include "daemon/store/statement.hpp"

namespace nurture::store {
namespace {

constexpr std::string_view k_kinds[] = {"approval", "note", "task", "reply"};
constexpr std::string_view k_select =
    "SELECT "
    "id,enrolment,candidate,campaign,step,kind,owner,text,channel,template,thread,asked_at,"
    "deadline,shown,note,decided_at,decision,by,why"
    " FROM human_step ";

HumanStep read(Statement& row) {
    HumanStep step;
    step.id = row.integer();
    step.enrolment = row.integer();  // NULL reads as 0
    step.candidate = row.integer();
    step.campaign = row.text();
    step.step = row.text();
    step.kind = named<HumanKind>(k_kinds, row.view());
    step.owner = row.text();
    step.text = row.text();
    step.channel = row.view() == "sms" ? Channel::sms : Channel::email;
    step.message_template = row.text();
    step.thread = row.integer();
    step.asked_at = row.instant();
    step.deadline = row.maybe_instant();
    step.shown = row.maybe_array<Hash>();
    step.note = row.text();
    step.decided_at = row.maybe_instant();
    step.decision = row.text();
    step.by = row.text();
    step.why = row.text();
    return step;
}

template<class... Values>
std::vector<HumanStep> several(const Database& database, std::string_view where, const Values&... values) {
    std::vector<HumanStep> all;
    Statement query(database, std::string(k_select).append(where), values...);
    while (query.step()) {
        all.push_back(read(query));
    }
    return all;
}

}  // namespace

std::string_view to_text(HumanKind kind) { return name_of(k_kinds, kind); }

HumanStepId insert_human_step(Database& database, const HumanStep& step) {
    Statement insert(
        database,
        "INSERT INTO human_step(enrolment,candidate,campaign,step,kind,owner,text,channel,template,thread,asked_at,"
        "deadline,shown,note,decided_at,decision,by,why) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id",
        unless_zero(step.enrolment), step.candidate, step.campaign, step.step, to_text(step.kind), step.owner,
        step.text, to_text(step.channel), step.message_template, unless_zero(step.thread), step.asked_at, step.deadline,
        step.shown, step.note, step.decided_at, step.decision, step.by, step.why);
    insert.step();
    return insert.integer();
}

std::optional<HumanStep> human_step(const Database& database, HumanStepId id) {
    const auto found = several(database, "WHERE id=?", id);
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::vector<HumanStep> open_human_steps(const Database& database, std::string_view owner) {
    // Without a deadline comes last.
    constexpr std::string_view k_order = " ORDER BY deadline IS NULL, deadline, id";
    if (owner.empty()) {
        return several(database, std::string("WHERE decided_at IS NULL").append(k_order));
    }
    return several(database, std::string("WHERE decided_at IS NULL AND owner=?").append(k_order), owner);
}

std::vector<HumanStep> human_steps_of(const Database& database, EnrolmentId enrolment) {
    return several(database, "WHERE enrolment=? ORDER BY id", enrolment);
}

bool show_human_step(Database& database, HumanStepId id, const Hash& shown) {
    return Statement(database, "UPDATE human_step SET shown=? WHERE id=? AND decided_at IS NULL", shown, id).run() > 0;
}

bool decide_human_step(Database& database, HumanStepId id, std::string_view decision, Instant at, std::string_view by,
                       std::string_view why, std::string_view note) {
    return Statement(
               database,
               "UPDATE human_step SET decided_at=?,decision=?,by=?,why=?,note=? WHERE id=? AND decided_at IS NULL", at,
               decision, by, why, note, id)
               .run() > 0;
}

}  // namespace nurture::store
