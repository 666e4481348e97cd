// SPDX-License-Identifier: MIT
//
// A server on a loopback port whose every word is the test's: one handler per connection, each on a thread of its own.
// Handlers may use Catch only through what they return to the test. The destructor shuts all connections and joins.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nurture::test {

class Peer {
public:
    explicit Peer(int fd) : fd_(fd) {}
    /// Up to and without the CRLF; empty when the other side has gone.
    std::string line();
    /// Up to and without `end`.
    std::string until(std::string_view end);
    void say(std::string_view text);
    /// FIN, now.
    void hang_up();
    /// RST instead of FIN.
    void reset();

private:
    int fd_;
    std::string read_;
};

class ToyServer {
public:
    explicit ToyServer(std::function<void(Peer&)> handler);
    ~ToyServer();
    ToyServer(const ToyServer&) = delete;
    ToyServer& operator=(const ToyServer&) = delete;

    int port() const { return port_; }
    int connections() const { return connections_; }

private:
    void accept_all();
    int listener_ = -1;
    int port_ = 0;
    std::function<void(Peer&)> handler_;
    std::atomic<int> connections_ = 0;
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::jthread> handlers_;
    std::jthread acceptor_;
};

}  // namespace nurture::test
