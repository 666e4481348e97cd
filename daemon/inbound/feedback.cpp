// SPDX-License-Identifier: MIT
#include "daemon/inbound/feedback.hpp"

#include "daemon/store/inbox.hpp"

namespace nurture::inbound {

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
    transaction.commit();
    return true;
}

}  // namespace nurture::inbound
