// SPDX-License-Identifier: MIT
#include "connectors/relay_pool.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace nurture::connectors {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds k_rest{60};

class RelayPool final : public Connector {
public:
    RelayPool(const std::vector<RelayMember>& members, Gate& gate) : gate_(gate) {
        for (const RelayMember& member : members) {
            auto& relay = *relays_.emplace_back(std::make_unique<Relay>(*this, relays_.size(), member.weight));
            relay.connector = member.make(relay);
        }
    }
    ~RelayPool() override { RelayPool::stop(); }
    RelayPool(const RelayPool&) = delete;
    RelayPool& operator=(const RelayPool&) = delete;

    int capacity() const override {
        const std::lock_guard lock(mutex_);
        int all = 0, working = 0;
        for (const auto& relay : relays_) {
            all += relay->connector->capacity();
            working += works(*relay) ? relay->connector->capacity() : 0;
        }
        return working > 0 ? working : all;  // where none works somebody has to find out
    }

    void submit(Job job) override {
        Relay* to = nullptr;
        {
            const std::lock_guard lock(mutex_);
            to = pick({});
            under_way_[job.id] = {job, to->number, {to->number}};
            ++to->jobs;
        }
        to->connector->submit(std::move(job));
    }

    void release(JobId id, bool go) override {
        Connector* connector = nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (const auto found = under_way_.find(id); found != under_way_.end())
                connector = relays_[found->second.relay]->connector.get();
        }
        if (connector)
            connector->release(id, go);
    }

    void close() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        for (auto& relay : relays_)
            relay->connector->close();
    }

    void stop() override {
        RelayPool::close();
        for (auto& relay : relays_)
            relay->connector->stop();
    }

    std::string name() const override {
        std::string names;
        for (const auto& relay : relays_)
            names += (names.empty() ? "" : ", ") + relay->connector->name();
        return names;
    }

    std::string name_of(JobId id) const override {
        const std::lock_guard lock(mutex_);
        const auto found = under_way_.find(id);
        return found == under_way_.end() ? name() : relays_[found->second.relay]->connector->name();
    }

private:
    struct Relay final : Gate {
        Relay(RelayPool& of, std::size_t place, int share) : pool(of), number(place), weight(std::max(1, share)) {}
        void ready(JobId id) override { pool.ready(id); }
        void done(JobId id, Outcome outcome) override { pool.done(*this, id, std::move(outcome)); }

        RelayPool& pool;
        const std::size_t number;
        const int weight;
        std::unique_ptr<Connector> connector;
        int jobs = 0;
        int turn = 0;       // of the round below
        bool held = false;  // it refused our credentials, or we its certificate
        std::optional<Clock::time_point> rests_until = {};
    };
    struct UnderWay {
        Job job;  // for the next relay, should there be one
        std::size_t relay = 0;
        std::vector<std::size_t> tried = {};
        bool asked = false;
        bool out_of_reach = false;  // one that was tried might have taken it
    };

    static bool works(const Relay& relay) {
        return !relay.held && (!relay.rests_until || *relay.rests_until <= Clock::now());
    }

    /// By weight, in turns that are as even as can be (the round robin of nginx): among those that work and have room,
    /// else among those that work, else among all. Null: every one was tried.
    Relay* pick(const std::vector<std::size_t>& tried) {
        for (const int wish : {2, 1, 0}) {
            Relay* best = nullptr;
            int all = 0;
            for (auto& relay : relays_) {
                const bool fresh = std::find(tried.begin(), tried.end(), relay->number) == tried.end();
                const bool room = relay->jobs < relay->connector->capacity();
                if (!fresh || (wish >= 1 && !works(*relay)) || (wish == 2 && !room) || (wish == 0 && !tried.empty()))
                    continue;
                all += relay->weight;
                relay->turn += relay->weight;
                if (!best || relay->turn > best->turn)
                    best = relay.get();
            }
            if (best) {
                best->turn -= all;
                return best;
            }
        }
        return nullptr;
    }

    void ready(JobId id) {
        {
            const std::lock_guard lock(mutex_);
            UnderWay& way = under_way_.at(id);
            way.asked = true;  // from here on no other relay gets it
            way.job = {};
        }
        gate_.ready(id);
    }

    void done(Relay& from, JobId id, Outcome outcome) {
        {
            const std::lock_guard lock(mutex_);
            auto& way = under_way_.at(id);
            --from.jobs;
            if (Relay* next = judge(from, way, outcome)) {
                way.relay = next->number;
                way.tried.push_back(next->number);
                ++next->jobs;
                return next->connector->submit(way.job);  // locked, so that stop() comes before it or after
            }
            outcome.relay = from.connector->name();
            under_way_.erase(id);
        }
        gate_.done(id, std::move(outcome));
    }

    /// What this outcome says about the relay, and who gets the message instead.
    Relay* judge(Relay& from, UnderWay& way, Outcome& outcome) {
        if (outcome.blame == Blame::no_smtputf8)
            return another_alphabet(way, outcome);
        const bool out_of_reach = outcome.answer == Answer::deferred && !way.asked &&
                                  (outcome.blame == Blame::connection || outcome.blame == Blame::credentials);
        if (!out_of_reach) {
            from.rests_until.reset();
            return nullptr;
        }
        way.out_of_reach = true;
        from.held |= outcome.blame == Blame::credentials;
        from.rests_until = Clock::now() + k_rest;
        Relay* next = stopping_ ? nullptr : pick(way.tried);
        // One relay's credentials hold the channel only when there is no other to send by.
        const bool all_held =
            std::all_of(relays_.begin(), relays_.end(), [](const auto& relay) { return relay->held; });
        if (!next && outcome.blame == Blame::credentials && !all_held)
            outcome.blame = Blame::connection;
        return next;
    }

    /// The relay is well, and this address is not for it. Only when none of all takes it that is the last word.
    Relay* another_alphabet(const UnderWay& way, Outcome& outcome) {
        Relay* next = stopping_ ? nullptr : pick(way.tried);
        if (!next && (way.out_of_reach || way.tried.size() < relays_.size()))
            outcome = {.answer = Answer::deferred, .blame = Blame::connection};
        return next;
    }

    Gate& gate_;
    mutable std::mutex mutex_;  // guards all below but the connectors, which are fixed
    std::vector<std::unique_ptr<Relay>> relays_;
    std::map<JobId, UnderWay> under_way_;
    bool stopping_ = false;
};

}  // namespace

std::unique_ptr<Connector> make_relay_pool(const std::vector<RelayMember>& members, Gate& gate) {
    return std::make_unique<RelayPool>(members, gate);
}

}  // namespace nurture::connectors
