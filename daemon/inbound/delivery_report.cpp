// SPDX-License-Identifier: MIT
#include "daemon/inbound/delivery_report.hpp"

#include "daemon/inbound/feedback.hpp"
#include "daemon/inbound/unsubscribe.hpp"
#include "daemon/store/handover.hpp"

namespace nurture::inbound {

bool delivery_report(store::Database& database, store::MessageId id, Delivery what, store::Instant now) {
    const auto message = store::message(database, id);
    if (!message)
        return false;
    // A report may be here before the answer that it is about.
    using State = store::MessageState;
    if (message->state != State::inflight && message->state != State::sent && message->state != State::in_doubt)
        return false;
    if (what == Delivery::address_dead)
        stop_writing(database, *message, "hard-bounce", "gateway", now);
    if (what == Delivery::opted_out)
        stop_writing(database, *message, "opted-out-upstream", "gateway", now);
    // Whatever it says, the gateway had the message.
    if (message->state == State::inflight)
        store::add_feedback(database, id, store::k_reported, now);
    if (message->state == State::in_doubt)
        store::settle_doubt(database, id, true, store::k_reported, now);
    if (what == Delivery::delivered)
        feedback(database, *message, "delivered", now, "gateway");
    if (what == Delivery::address_dead)
        feedback(database, *message, "bounced", now, "gateway");
    return true;
}

}  // namespace nurture::inbound
