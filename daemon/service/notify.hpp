// SPDX-License-Identifier: MIT
//
// What systemd is told (sd_notify(3)). Does nothing when the process was not started by systemd. Loop thread.
#pragma once

#include <chrono>
#include <string>

namespace nurture::service {

class Notify {
public:
    void ready(const std::string& status);
    void reloading();  // followed by ready()
    void stopping();
    void status(const std::string& status);  // one line, no names, no addresses
    void reading(int percent);               // of the store: it takes its time, and is alive
    void watchdog();
    /// How often watchdog() is expected; zero: never.
    std::chrono::milliseconds watchdog_interval() const;
};

}  // namespace nurture::service
