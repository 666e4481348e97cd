// SPDX-License-Identifier: MIT
//
// The disk under the store: SQLite's files in memory, with the faults that disks have. It knows what was flushed and
// what only lies in the system's cache, so that a power cut loses what nobody flushed. While it lives it is the default
// VFS of this process. One connection at a time; one thread.
#pragma once

#include "tests/simulation/dice.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace nurture::simulation {

enum class Trouble : std::uint8_t {
    none,
    write_error,  // EIO while writing
    full,         // ENOSPC
    sync_error,   // EIO while flushing
    killed,       // the process ends in the middle of this call
};

class Disk {
public:
    struct File;

    Disk();
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// The n-th write or flush from now on goes wrong; 0: none does. `killed`: nothing changes from there on.
    void trouble_after(int operations, Trouble trouble);
    /// The process has gone: whatever it still calls fails and changes nothing.
    void die() { dead_ = true; }
    /// A new process. After a power cut some of what was not flushed is not there, from some write on.
    void come_back(bool power_was_cut, Dice& dice);

    // for the functions of the VFS
    bool fails(bool flushing, int& code);
    bool dead() const { return dead_; }
    /// What lies in a file; nothing where there is none.
    std::string bytes(const std::string& name) const;
    std::map<std::string, std::shared_ptr<File>> files;

private:
    std::unique_ptr<sqlite3_vfs> vfs_;
    sqlite3_vfs* before_ = nullptr;
    int countdown_ = 0;
    Trouble trouble_ = Trouble::none;
    bool dead_ = false;
};

}  // namespace nurture::simulation
