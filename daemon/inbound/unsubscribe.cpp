// SPDX-License-Identifier: MIT
#include "daemon/inbound/unsubscribe.hpp"

#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/suppressions.hpp"

namespace nurture::inbound {

bool unsubscribe(store::Database& database, store::MessageId id, store::Instant now) {
    const auto message = store::message(database, id);
    if (!message)
        return false;
    store::Transaction transaction(database);
    if (store::suppress(database, message->addr_key, message->channel, "unsubscribed", now)) {
        // Everybody with this mailbox, not only the one the mail was written to.
        for (const auto candidate : store::find_by_key(database, message->channel, message->addr_key)) {
            store::add_event(database, {candidate, "unsubscribed", now, "", id});
            store::InboxRow row;
            row.at = now;
            row.kind = store::InboxKind::suppressed;
            row.first = row.last = candidate;
            row.subject = id;
            row.field = store::to_text(message->channel);
            row.now = "unsubscribed";
            row.by = "link";
            store::append(database, row);
        }
        store::append(database, {now, "unsubscribed", id, message->enrolment, "{}"});
    }
    transaction.commit();
    return true;
}

}  // namespace nurture::inbound
