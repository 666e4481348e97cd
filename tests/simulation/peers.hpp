// SPDX-License-Identifier: MIT
//
// The relay and the gateway: they take what the program hands over, and lose, refuse, delay and forget as the seed has
// it. What they accepted stands in the record, whether or not the program ever heard of it. No thread: everything
// happens in the order of one queue, and Gate is called from there. They outlive the program's crashes.
#pragma once

#include "connectors/connector.hpp"
#include "tests/simulation/record.hpp"
#include "tests/simulation/traits.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nurture::simulation {

/// The program is killed at this very point. Nothing may catch it but the simulation.
struct Killed {};

/// A message as it lies in somebody's inbox.
struct Received {
    std::string address, unsubscribe_url;
    Channel channel{};
    base::MessageId message = 0;
};

class Peers {
public:
    Peers(const Traits& traits, std::uint64_t seed, Record& record)
        : traits_(traits),
          dice_(seed, "peers"),
          record_(record) {}

    /// A way out for one process of the program.
    std::unique_ptr<connectors::Connector> connector(connectors::Gate& gate, Channel channel);

    std::int64_t next() const;  // seconds of true time
    void run(std::int64_t now);
    void set_time(std::int64_t now) { now_ = now; }

    /// Connections break. What was let go before may still arrive. The number of those.
    int process_died();
    void kill_at_next_release() { kill_at_release_ = true; }
    /// From now on everything is accepted at once.
    void recover() { healthy_ = true; }
    /// At most once each: addresses that the program was told are dead.
    std::vector<std::pair<Channel, std::string>> take_bounced() { return std::exchange(bounced_, {}); }

    std::vector<Received> received;
    /// Called between the program's question whether a message may go and its answer: what happens there comes at the
    /// last moment at which it must still count.
    std::function<void(const Received&)> before_answer;
    /// So many seconds more before a connection answers.
    std::function<int(base::MessageId)> how_late;

private:
    friend class WayOut;
    enum class Next : std::uint8_t { answer_connection, answer_body, tell };
    struct Transfer {
        connectors::Gate* gate = nullptr;  // null: nobody listens any more
        connectors::JobId job = 0;
        Channel channel{};
        std::string key, address, unsubscribe_url, wire;
        base::MessageId message = 0;
        bool let_go = false;
        bool waits = false;  // for release()
        Next next{};
        connectors::Outcome outcome{};
    };

    void submit(connectors::Gate& gate, Channel channel, connectors::Job job);
    void release(connectors::JobId job, Channel channel, bool go);
    void hang_up(connectors::Gate& gate, Channel channel);
    void schedule(std::uint64_t id, Next next, int seconds);
    void step(std::uint64_t id);
    void answer_connection(std::uint64_t id);
    void answer_body(std::uint64_t id);
    void tell(std::uint64_t id);
    void end(std::uint64_t id, connectors::Outcome outcome, int seconds);
    bool draw(double percent) { return !healthy_ && dice_.chance(percent); }

    const Traits& traits_;
    Dice dice_;
    Record& record_;
    std::map<std::uint64_t, Transfer> transfers_;
    std::map<std::pair<std::int64_t, std::uint64_t>, std::uint64_t> queue_;
    std::vector<std::pair<Channel, std::string>> bounced_;
    std::uint64_t last_ = 0, events_ = 0;
    std::int64_t now_ = 0;
    bool kill_at_release_ = false, healthy_ = false;
};

}  // namespace nurture::simulation
