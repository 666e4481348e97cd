// SPDX-License-Identifier: MIT
//
// From READY to a final state: claims due messages, has them composed, hands them to connectors, and stands between the
// two halves of a hand-over. Nothing leaves before its T2 is on the disk; what happened after that is T3, or doubt.
// A claim lives in this object alone; whatever a dead process left INFLIGHT is in doubt (store::recover, at start).
// Threads: everything but the Gate belongs to the loop thread; Gate calls only queue and wake. Throws base::StoreError
// from pump(): then nothing was committed, and what waited still waits.
#pragma once

#include "connectors/connector.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/outbox/domains.hpp"
#include "daemon/store/handover.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace nurture::outbox {

/// A message row turned into something to hand over.
struct Letter {
    connectors::Job job;        // id and file_stem are the outbox's
    store::AddrKey addr_key{};  // of the address in it
    store::Hash text_hash{};
};
/// Why a row cannot become a letter, and what it becomes instead (FAILED_RENDER, CANCELLED, SUPPRESSED, HELD).
struct Unsendable {
    store::MessageState state = store::MessageState::failed_render;
    std::string reason;
};

class Composer {
public:
    virtual ~Composer() = default;
    /// `now` is for the Date header only.
    virtual std::variant<Letter, Unsendable> letter(const store::Message& message, store::Instant now) = 0;
};

class Outbox final : public connectors::Gate {
public:
    /// `wake` is called from connector threads when pump() has something to do.
    Outbox(store::Database& database, Composer& composer, base::IdSource ids, std::function<void()> wake);
    ~Outbox() override;

    /// The way out for a channel, which has refused nobody yet. Never waits: what the old one has been let go ends
    /// there, in its own time, and all else goes by the new one. `per_minute`: how much one recipient's domain gets of
    /// it (domains.hpp); 0: any number.
    void attach(store::Channel channel, std::unique_ptr<connectors::Connector> connector, int per_minute = 0);
    /// There is none: what is due on that channel is held until attach().
    void detach(store::Channel channel);

    /// One round: commit what waits (every T3, then every T2, in one transaction), let go who may, claim what is due.
    /// True if it did anything; call again until it did not. `claim` false: finish what is under way, start nothing.
    bool pump(store::Instant now, const store::T2Policy& policy, bool claim = true);

    /// When to pump again if nobody wakes us; none: no message waits, or its channel is held. What is due and could not
    /// be claimed (no room, or claimed already) is looked at again after a second.
    std::optional<store::Instant> next_due(store::Instant now) const;
    bool idle() const { return jobs_.empty(); }

    /// Aborts what has not been let go, waits for what has (also on ways that were replaced), writes the outcomes.
    void stop(store::Instant now, const store::T2Policy& policy);

    void ready(connectors::JobId id) override;
    void done(connectors::JobId id, connectors::Outcome outcome) override;

private:
    struct Job {
        store::MessageId message = 0;
        store::AttemptId attempt{};
        store::Channel channel{};
        store::AddrKey addr_key{};
        store::Hash text_hash{};
        std::string subject;
        std::string recipient;
        std::string domain;  // of the recipient; SMS: empty
        int tries = 0;
        // Its way out, also after another one was attached; the last job of an old one takes it along.
        std::shared_ptr<connectors::Connector> by;
        bool let_go = false;  // T2 is committed: from here on only an outcome ends it
    };
    struct Way {
        std::shared_ptr<connectors::Connector> connector;  // null: detached
        Domains domains{0};
        std::deque<store::Message> backlog;  // read ahead, in their order; T2 looks at each of them again
        std::optional<store::Instant> read_at;
        int under_way = 0;     // on this connector
        bool fresh = true;     // the store may still say that there is no way
        bool refused = false;  // it does not let us in, and the log says so
    };

    Way& part_with(store::Channel channel);
    std::set<std::shared_ptr<connectors::Connector>> connectors() const;
    bool hold_without_way(store::Channel channel, Way& way, store::Instant now);
    void gather();
    void take_queues();
    void enter(const std::function<void()>& put);
    void finish(connectors::JobId id, const connectors::Outcome& outcome, store::Instant now);
    bool commit(store::Instant now, const store::T2Policy& policy);
    bool claim(store::Channel channel, Way& way, store::Instant now);
    void read_ahead(store::Channel channel, Way& way, store::Instant now);
    std::optional<store::Instant> start(const store::Message& message, Way& way, store::Instant now);
    void sweep(store::Instant now);

    store::Database& database_;
    Composer& composer_;
    base::IdSource ids_;
    std::function<void()> wake_;
    std::map<store::Channel, Way> ways_{{store::Channel::email, {}}, {store::Channel::sms, {}}};
    std::map<connectors::JobId, Job> jobs_;
    std::set<store::MessageId> claimed_;
    connectors::JobId last_job_ = 0;
    std::optional<store::Instant> swept_;

    // Taken from the queues, not committed yet. Kept when a commit throws.
    std::vector<connectors::JobId> requests_;
    std::vector<store::T3> outcomes_;
    std::vector<std::pair<connectors::JobId, connectors::Outcome>> finished_;

    std::mutex mutex_;  // guards the two queues
    std::condition_variable gathered_;
    std::vector<connectors::JobId> ready_queue_;
    std::vector<std::pair<connectors::JobId, connectors::Outcome>> done_queue_;
};

/// What an outcome asks for beyond the message itself: suppress the address, for how long, when to try again, what to
/// hold.
/// Pure; delivery.md "Blame" is its table.
store::T3 record_of(store::MessageId message, const store::AttemptId& attempt, std::string relay, int tries,
                    const connectors::Outcome& outcome, store::Instant now);

}  // namespace nurture::outbox
