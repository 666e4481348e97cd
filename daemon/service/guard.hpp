// SPDX-License-Identifier: MIT
//
// Is this the store, and is this the time? A store that was put back from a backup has forgotten who was written to; a
// copy on another machine would write to the same people; a clock that jumped makes everything due, or nothing. Each
// puts the store on hold (store::Guard) until a person reconciles; the clock also releases itself when it is right
// again. What is compared lies in `high-water`, a file beside the store that a backup of the store alone does not
// bring back: store id, the journal's head, and the difference between wall clock and time since boot. Written after
// commits, in place and without fsync: a mark that is older than the store is never wrong, only less sharp. Loop
// thread.
// Throws base::StoreError.
#pragma once

#include "daemon/base/clock.hpp"
#include "daemon/store/journal.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace nurture::service {

struct Mark {
    std::string store_id;
    store::JournalHead head;
    std::string boot;                     // which run of the machine …
    std::chrono::seconds clock_offset{};  // … in which wall clock minus time since boot was this
};
std::filesystem::path high_water_file(const std::filesystem::path& state_directory);
std::optional<Mark> read_mark(const std::filesystem::path& state_directory);

/// Why this may not be the store that it seems to be, in sentences for the sysadmin; empty: it is. Only looks.
std::string suspicion(const store::Database& database, const std::filesystem::path& state_directory);

/// A person has looked at it: this store, on this machine, at this time, is the one that goes on. Wants a write
/// transaction; the mark is written by mark_again() after its commit.
void accept(store::Database& database, store::Instant now, std::string_view by, std::string_view why);
void mark_again(const store::Database& database, const std::filesystem::path& state_directory,
                const base::Clock& clock);

class Guards {
public:
    /// Looks at the store before anybody writes to it.
    Guards(store::Database& database, std::filesystem::path state_directory, const base::Clock& clock);

    /// Once per turn: the clock. False: nothing may be decided now.
    bool look();
    /// After commits: how far the journal has come.
    void note();

private:
    std::string clock_trouble() const;

    store::Database& database_;
    std::filesystem::path state_directory_;
    const base::Clock& clock_;
    std::string store_id_;
    std::string boot_;
    std::chrono::seconds offset_{};
    std::int64_t noted_ = -1;
    bool held_ = false;    // for the clock, as far as this process knows
    bool unsure_ = false;  // held since before the machine started anew: by what would it be right again?
};

}  // namespace nurture::service
