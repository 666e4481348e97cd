// SPDX-License-Identifier: MIT
#include "daemon/store/engine_lock.hpp"

#include "daemon/base/calendar.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace nurture::store {
namespace {

/// Beside the file itself: two names of one store, by a symbolic link, have one lock, as they have one -wal.
std::filesystem::path lock_path(const std::filesystem::path& store) {
    std::error_code unknown;
    const auto file = std::filesystem::weakly_canonical(store, unknown);
    return (unknown ? store : file).string() + ".lock";
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string("unknown");
}

std::string reason() { return std::generic_category().message(errno); }

/// The value behind `key=` in the lock file, to the end of its line.
std::string_view value_of(std::string_view text, std::string_view key) {
    const auto at = text.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(at + key.size());
    return text.substr(0, text.find('\n'));
}

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<LockHolder> read_holder(int file) {
    std::array<char, 512> content{};
    const auto size = ::pread(file, content.data(), content.size(), 0);
    const std::string_view text(content.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    LockHolder holder{number(value_of(text, "pid=")), std::string(value_of(text, "host=")),
                      base::from_unix(number(value_of(text, "since=")))};
    return holder.pid > 0 ? std::optional(std::move(holder)) : std::nullopt;
}

std::string describe(const std::filesystem::path& path, const std::optional<LockHolder>& holder) {
    if (!holder) {
        return fmt::format("another nurtured is starting or stopping on this store ({})", path.string());
    }
    return fmt::format("another nurtured runs on this store: pid {} on {}, since {} ({})", holder->pid, holder->host,
                       base::format_instant(holder->since), path.string());
}

}  // namespace

LockHeld::LockHeld(const std::filesystem::path& path, std::optional<LockHolder> who)
    : StoreError(describe(path, who)),
      holder(std::move(who)) {}

EngineLock::EngineLock(const std::filesystem::path& store, Instant since) {
    const auto path = lock_path(store);
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (file_ < 0) {
        throw base::StoreError(fmt::format("cannot make the lock file {}: {}", path.string(), reason()));
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        const bool held = errno == EWOULDBLOCK;
        const std::string why = reason();
        const auto holder = read_holder(file_);
        ::close(file_);
        if (held) {
            throw LockHeld(path, holder);
        }
        throw base::StoreError(fmt::format("cannot lock {}: {}", path.string(), why));
    }
    const std::string text = fmt::format("pid={}\nhost={}\nsince={}\n", ::getpid(), host_name(), base::to_unix(since));
    // The text is for people; the lock is the kernel's.
    if (::ftruncate(file_, 0) != 0 ||
        ::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        const std::string why = reason();
        ::close(file_);
        throw base::StoreError(fmt::format("cannot write the lock file {}: {}", path.string(), why));
    }
}

EngineLock::~EngineLock() {
    // Emptied, not removed: a file that somebody else has just opened must stay the one that is locked.
    [[maybe_unused]] const int ignored = ::ftruncate(file_, 0);
    ::close(file_);
}

std::optional<LockHolder> lock_holder(const std::filesystem::path& store) {
    const int file = ::open(lock_path(store).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return std::nullopt;
    }
    auto holder = read_holder(file);
    ::close(file);
    const bool ours = holder && holder->host == host_name();
    const bool dead = ours && ::kill(static_cast<pid_t>(holder->pid), 0) != 0 && errno == ESRCH;
    return dead ? std::nullopt : holder;
}

}  // namespace nurture::store
