// SPDX-License-Identifier: MIT
#include "daemon/service/notify.hpp"

#include <systemd/sd-daemon.h>

namespace nurture::service {

void Notify::ready(const std::string& status) { sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str()); }

void Notify::reloading() { sd_notify(0, "RELOADING=1"); }

void Notify::stopping() { sd_notify(0, "STOPPING=1\nSTATUS=Stopping: finishing what is being handed over."); }

void Notify::status(const std::string& status) { sd_notifyf(0, "STATUS=%s", status.c_str()); }

void Notify::reading(int percent) {
    // systemd waits for READY no longer than TimeoutStartSec, unless it is told that there is progress.
    sd_notifyf(0, "EXTEND_TIMEOUT_USEC=60000000\nWATCHDOG=1\nSTATUS=Reading the store: %d %%.", percent);
}

void Notify::watchdog() { sd_notify(0, "WATCHDOG=1"); }

std::chrono::milliseconds Notify::watchdog_interval() const {
    std::uint64_t limit = 0;
    if (sd_watchdog_enabled(0, &limit) <= 0)
        return std::chrono::milliseconds(0);
    return std::chrono::milliseconds(limit / 1000 / 2);  // half the limit, as sd_watchdog_enabled(3) advises
}

}  // namespace nurture::service
