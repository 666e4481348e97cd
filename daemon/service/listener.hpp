// SPDX-License-Identifier: MIT
//
// The small HTTP listener: the pages behind the links of messages (/u/TOKEN unsubscribe, /p/TOKEN preferences, /c/TOKEN
// renew a consent), /r/TOKEN for the SMS gateway's delivery reports, and /healthz. GET shows buttons and changes
// nothing (scanners follow links); POST (RFC 8058 for /u/) is answered 200 only after the loop thread has committed:
// the handler waits for it. Handlers run on the listener's own threads and touch nothing but the functions they are
// given.
#pragma once

#include "daemon/service/pages.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nurture::service {

enum class Recorded : std::uint8_t { done, bad_token, failed };

/// What a page shows; meant when it could be had (`done`).
template<class Page>
struct Asked {
    Recorded recorded = Recorded::failed;
    Page page{};
};

/// A call by the SMS gateway, as it came.
struct GatewayCall {
    std::string target;  // path and query
    std::vector<std::pair<std::string, std::string>> fields;
    std::string signature;
};

struct ListenerCalls {
    /// Is the token one of ours? Pure, any thread.
    std::function<bool(const std::string& token)> known;
    /// Blocks until the suppression is committed or has failed. Any thread.
    std::function<Recorded(const std::string& token)> unsubscribe;
    /// Of the other pages, likewise: each blocks until the loop has read, or committed.
    std::function<Asked<PreferencesPage>(const std::string& token)> preferences;
    std::function<Recorded(const std::string& token, const std::string& consent)> withdraw;
    std::function<Asked<RenewalPage>(const std::string& token)> renewal;
    std::function<Asked<RenewalPage>(const std::string& token)> renew;
    /// The SMS gateway tells what became of a message. Blocks until it is committed. `signature` may be empty.
    std::function<Recorded(const std::string& token, const GatewayCall& call)> report;
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
