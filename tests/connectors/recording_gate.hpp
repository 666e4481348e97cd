// SPDX-License-Identifier: MIT
//
// The outbox's side of a Connector in tests: answers each ready() as told, and hands out outcomes as they come.
#pragma once

#include "connectors/connector.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace nurture::test {

class RecordingGate final : public connectors::Gate {
public:
    /// What happens on ready(): by default the test calls release() itself.
    std::function<void(connectors::JobId)> on_ready = [](connectors::JobId) {};

    void ready(connectors::JobId id) override {
        on_ready(id);
        std::lock_guard lock(mutex_);
        asked_.push_back(id);
        changed_.notify_all();
    }
    void done(connectors::JobId id, connectors::Outcome outcome) override {
        std::lock_guard lock(mutex_);
        outcomes_[id].push_back(std::move(outcome));
        changed_.notify_all();
    }

    void wait_for_ready(connectors::JobId id) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return std::find(asked_.begin(), asked_.end(), id) != asked_.end(); });
    }
    connectors::Outcome outcome(connectors::JobId id) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !outcomes_[id].empty(); });
        return outcomes_[id].front();
    }
    std::size_t outcomes(connectors::JobId id) {
        std::lock_guard lock(mutex_);
        return outcomes_[id].size();
    }
    std::vector<connectors::JobId> asked() {
        std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<connectors::JobId> asked_;
    std::map<connectors::JobId, std::vector<connectors::Outcome>> outcomes_;
};

}  // namespace nurture::test
