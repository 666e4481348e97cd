// SPDX-License-Identifier: MIT
#include "daemon/inbound/unsubscribe.hpp"

#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/suppressions.hpp"

namespace nurture::inbound {

bool stop_writing(store::Database& database, const store::Message& message, std::string_view reason,
                  std::string_view by, store::Instant now) {
    store::Transaction transaction(database);
    if (!store::suppress(database, message.addr_key, message.channel, reason, now))
        return false;
    // Everybody with this mailbox, not only the one the mail was written to.
    for (const auto candidate : store::find_by_key(database, message.channel, message.addr_key)) {
        if (reason == "unsubscribed")
            store::add_event(database, {candidate, "unsubscribed", now, "", message.id});
        store::InboxRow row;
        row.at = now;
        row.kind = store::InboxKind::suppressed;
        row.first = row.last = candidate;
        row.subject = message.id;
        row.field = store::to_text(message.channel);
        row.now = reason;
        row.by = by;
        store::append(database, row);
    }
    store::append(database,
                  {now, reason == "unsubscribed" ? "unsubscribed" : "suppressed", message.id, message.enrolment, "{}"});
    transaction.commit();
    return true;
}

bool unsubscribe(store::Database& database, store::MessageId id, store::Instant now) {
    const auto message = store::message(database, id);
    if (!message)
        return false;
    stop_writing(database, *message, "unsubscribed", "link", now);
    return true;
}

}  // namespace nurture::inbound
