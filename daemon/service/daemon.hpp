// SPDX-License-Identifier: MIT
//
// The daemon: one loop thread that owns the store for writing, the engine's state and the outbox. It sleeps until the
// engine's next wake, the outbox's next try, or a poke; reads everything again from the store after any trouble it
// cannot explain, which is to say: it exits and is started anew. Nothing is sent before READY.
#pragma once

#include "daemon/base/clock.hpp"
#include "daemon/config/config.hpp"

#include <memory>

namespace nurture::service {

class Daemon {
public:
    /// Opens the store and takes the engine lock; throws what cannot be had (base::StoreError names the holder).
    /// Blocks SIGHUP, SIGTERM and SIGINT in this thread and all later ones: create it before any thread.
    Daemon(config::Config config, const base::Clock& clock);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Until SIGTERM or SIGINT. Throws base::StoreError when the store fails: exit, and let systemd start again.
    void run();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace nurture::service
