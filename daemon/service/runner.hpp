// SPDX-License-Identifier: MIT
//
// The engine and the outbox over one store: what daemon and rehearsal have in common, which is everything but where the
// time comes from and what else the loop serves. One thread (the outbox's connectors have their own). After an
// exception from the store nothing here is trusted any more: make a new Runner, which loads from the store.
#pragma once

#include "daemon/base/time.hpp"
#include "daemon/config/config.hpp"
#include "daemon/engine/run.hpp"
#include "daemon/engine/state.hpp"
#include "daemon/outbox/outbox.hpp"
#include "daemon/service/letters.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace nurture::service {

struct RunnerOptions {
    bool durable = true;      // files are flushed to disk
    bool run_drafts = false;  // as if they were live
    bool digests = false;     // colleagues get a mail about what waits for them
};

class Runner {
public:
    struct Hooks {
        std::function<void()> wake;     // from connector threads: pump() has something to do
        std::function<void()> between;  // between two chunks of a large tick: serve the others, feed the watchdog
        std::function<void(std::span<const engine::Decision>)> decided{};  // after each commit; for reports
        std::function<void(int percent)>
            reading{};  // while people are loaded: at the start, and when rules are applied
        std::function<void(outbox::Outbox&)> attach{};  // other ways out than those of nurtured.toml
    };

    /// Whatever a dead process left in flight is in doubt from here on.
    Runner(store::Database& database, const config::Config& config, base::IdSource ids, Hooks hooks, base::Second now,
           RunnerOptions options = {});
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    /// Why nothing is decided: no rule set is applied, or the applied one does not compile any more. Empty: all is
    /// well.
    const std::string& trouble() const;
    /// Null while there is trouble.
    std::shared_ptr<const dsl::Rules> rules() const;
    /// What is known after the last settle; null while there is trouble.
    const engine::State* state() const;

    /// Everything there is to decide at this minute, and the first round of handing over.
    void settle(base::Second now);
    /// Has somebody written to the inbox since the last settle?
    bool news() const;
    /// One round of the outbox; true if it did anything.
    bool pump(base::Second now, bool claim = true);
    bool idle() const;

    /// The hash of the text that an approval is for, as it would look now; none: it cannot be made.
    std::optional<store::Hash> shown(const store::HumanStep& question, base::Second now);

    base::Minute next_wake() const;  // k_never: nothing
    std::optional<base::Second> next_due(base::Second now) const;
    bool stopped() const;
    /// Why a guard holds everything; none: it does not.
    std::optional<std::string> hold() const;

    /// Another nurtured.toml: connectors first (throws base::ConfigError and changes nothing if they cannot be made).
    void reconfigure(const config::Config& config, base::Second now);
    /// Finish what is under way, start nothing.
    void stop(base::Second now);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace nurture::service
