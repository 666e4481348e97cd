// SPDX-License-Identifier: MIT
#include "daemon/inbound/feedback.hpp"

#include "daemon/store/breakers.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/suppressions.hpp"

namespace nurture::inbound {
namespace {

/// A complaint or a bounce says something of the address, of the campaign, and, if the message was in doubt, of what
/// became of it.
void draw_conclusions(store::Database& database, const store::Message& message, std::string_view kind,
                      store::Instant at) {
    if (kind == "complained")
        store::suppress(database, message.addr_key, message.channel, "complaint", at);
    if (kind == "bounced")
        store::suppress(database, message.addr_key, message.channel, "hard-bounce", at);
    if (kind == "complained" || kind == "bounced") {
        store::Tallies tallies;
        tallies.add(message, {0, kind == "bounced" ? 1 : 0, kind == "complained" ? 1 : 0, 0});
        tallies.write(database, at);
    }
    if (kind == "bounced")
        store::settle_doubt(database, message.id, false, "it bounced", at);
    else  // whoever clicked, answered or complained has it
        store::settle_doubt(database, message.id, true, std::string("it was ").append(kind), at);
}

}  // namespace

bool feedback(store::Database& database, const store::Message& message, std::string_view kind, store::Instant at,
              std::string_view by) {
    store::Transaction transaction(database);
    if (!store::add_feedback(database, message.id, kind, at))
        return false;
    store::InboxRow row;
    row.at = at;
    row.kind = kind == "replied" ? store::InboxKind::replied : store::InboxKind::feedback;
    row.first = row.last = message.candidate;
    row.subject = message.id;
    row.field = kind;
    row.happened_at = at;
    row.live = true;
    row.by = by;
    store::append(database, row);
    draw_conclusions(database, message, kind, at);
    transaction.commit();
    return true;
}

}  // namespace nurture::inbound
