// SPDX-License-Identifier: MIT
//
// The small HTTP listener: the unsubscribe page and /healthz. GET /u/TOKEN shows a button and changes nothing (scanners
// follow links); POST /u/TOKEN (RFC 8058) is answered 200 only after the suppression is committed, which the loop
// thread does: the handler waits for it. Handlers run on the listener's own threads and touch nothing but the two
// functions they are given.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace nurture::service {

enum class Unsubscribed : std::uint8_t { done, bad_token, failed };

struct ListenerCalls {
    /// Is the token one of ours? Pure, any thread.
    std::function<bool(const std::string& token)> known;
    /// Blocks until the suppression is committed or has failed. Any thread.
    std::function<Unsubscribed(const std::string& token)> unsubscribe;
    /// Is the loop alive? Any thread.
    std::function<bool()> healthy;
    std::string organisation;
};

class Listener {
public:
    /// Binds at once and throws std::runtime_error, naming the address, when that fails. Port 0: any free port.
    Listener(const std::string& host, std::uint16_t port, ListenerCalls calls);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    std::uint16_t port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace nurture::service
