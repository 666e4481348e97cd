// SPDX-License-Identifier: MIT
#include "daemon/inbound/answer.hpp"

#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"

namespace nurture::inbound {
namespace {

/// What the engine waits for; a task waits for nothing.
std::optional<store::InboxRow> inbox_row(const store::HumanStep& step, const Answer& answer, store::Instant now) {
    if (!store::waits(step.kind))
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
    const bool is_note = step && step->kind == store::HumanKind::note && answer.yes;
    if (!step || step->decided_at || (is_note && answer.note.empty()))
        return false;
    if (answer.shown)
        store::show_human_step(database, question, *answer.shown);
    const auto* decision = !store::waits(step->kind) ? "done" : is_note ? "noted" : answer.yes ? "approved" : "refused";
    store::decide_human_step(database, question, decision, now, answer.by, answer.why, is_note ? answer.note : "");
    if (const auto row = inbox_row(*step, answer, now))
        store::append(database, *row);
    store::append(database, {now, "answer", 0, step->enrolment,
                             store::JournalBody().add("question", question).add("decision", decision).text()});
    transaction.commit();
    return true;
}

}  // namespace nurture::inbound
