// SPDX-License-Identifier: MIT
//
// The daemon's own path (engine, T0, outbox, connectors) over a copy of the store with a stepped clock: what preview
// foretells, done. Messages become files, or go to a relay on this machine. The copy has an id of its own and a mark,
// so that no daemon ever runs it. Interrupted and started again on the same directory, it goes on where its store
// stands. Throws base::StoreError, base::FileError, base::ConfigError.
#pragma once

#include "daemon/base/time.hpp"
#include "daemon/config/config.hpp"
#include "daemon/forecast/assumptions.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace nurture::service {

struct RehearsalOptions {
    base::Minute from{};
    int days = 30;
    std::filesystem::path into;
    std::string relay;  // smtp://127.0.0.1:PORT; empty: files in into/messages
    forecast::Assumptions assumptions;
    bool test_mode = false;  // keep the allow-list; else as in live mode
    std::function<void(base::Minute now, base::Minute until)> progress;
};

struct Rehearsed {
    std::filesystem::path store;  // of the copy: reports read it
    base::Minute from{}, until{};
    bool continued = false;  // an interrupted rehearsal was finished
    std::int64_t ticks = 0;
};

Rehearsed rehearse(const config::Config& config, const RehearsalOptions& options);

}  // namespace nurture::service
