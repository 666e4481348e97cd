// SPDX-License-Identifier: MIT
//
// A relay on this machine that takes every mail and keeps none, in a process of its own, so that its time is not the
// sender's. Start it before there are threads. Throws std::system_error.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace nurture::bench {

class Sink {
public:
    Sink();
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink();

    std::uint16_t port() const { return port_; }
    /// Mails that were answered 250 after the final dot.
    std::uint64_t taken() const { return *taken_; }

private:
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
    std::atomic<std::uint64_t>* taken_ = nullptr;  // shared with the process
};

}  // namespace nurture::bench
