// SPDX-License-Identifier: MIT
//
// At most one process decides: flock(2) on `<store>.lock`, which names its holder for people. The kernel lets go of it
// when the process dies, however it dies. Only the daemon takes it; commands and imports do not need it.
// Throws LockHeld when somebody has it, base::StoreError when the file cannot be made.
#pragma once

#include "daemon/base/error.hpp"
#include "daemon/store/types.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace nurture::store {

struct LockHolder {
    std::int64_t pid = 0;
    std::string host;
    Instant since;
};
struct LockHeld : base::StoreError {
    LockHeld(const std::filesystem::path& path, std::optional<LockHolder> holder);
    std::optional<LockHolder> holder;  // none: it died, or let go, between our try and our look
};

class EngineLock {
public:
    EngineLock(const std::filesystem::path& store, Instant since);
    EngineLock(const EngineLock&) = delete;
    EngineLock& operator=(const EngineLock&) = delete;
    ~EngineLock();

private:
    int file_ = -1;
};

/// Who says in the lock file that he has it and is alive on this host; for `status`, not for decisions.
std::optional<LockHolder> lock_holder(const std::filesystem::path& store);

}  // namespace nurture::store
