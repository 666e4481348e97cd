// SPDX-License-Identifier: MIT
#include "daemon/inbound/answer.hpp"

#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"

namespace nurture::inbound {
namespace {

/// What the engine waits for; a task waits for nothing.
std::optional<store::InboxRow> inbox_row(const store::HumanStep& step, const Answer& answer, store::Instant now) {
    if (step.kind != store::HumanKind::approval && step.kind != store::HumanKind::note)
        return std::nullopt;
    store::InboxRow row;
    row.at = now;
    row.kind = store::InboxKind::decided;
    row.first = row.last = step.candidate;
    row.subject = step.id;
    row.field = answer.yes ? "approved" : "refused";
    row.happened_at = now;
    row.by = answer.by;
    return row;
}

}  // namespace

bool answer(store::Database& database, store::HumanStepId question, const Answer& answer, store::Instant now) {
    store::Transaction transaction(database);
    const auto step = store::human_step(database, question);
    if (!step || step->decided_at)
        return false;
    if (answer.shown)
        store::show_human_step(database, question, *answer.shown);
    const bool waits = step->kind != store::HumanKind::task && step->kind != store::HumanKind::reply;
    const auto* decision = !waits ? "done" : answer.yes ? "approved" : "refused";
    store::decide_human_step(database, question, decision, now, answer.by, answer.why);
    if (const auto row = inbox_row(*step, answer, now))
        store::append(database, *row);
    store::append(database, {now, "answer", 0, step->enrolment,
                             store::JournalBody().add("question", question).add("decision", decision).text()});
    transaction.commit();
    return true;
}

}  // namespace nurture::inbound
