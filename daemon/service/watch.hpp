// SPDX-License-Identifier: MIT
//
// What the loop waits for besides time: signals, and files that others write beside the store (the -wal of a writer
// that did not poke, STOP). Descriptors for poll(); loop thread. Throws std::system_error when the kernel refuses.
#pragma once

#include <filesystem>

namespace nurture::service {

/// SIGHUP, SIGTERM, SIGINT as events. Blocks them in this thread and all threads made later.
class Signals {
public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    int fd() const { return fd_; }
    /// Zero: none is waiting.
    int take();

private:
    int fd_;
};

/// Says that something in a directory was written, made or removed; not what.
class DirectoryWatch {
public:
    explicit DirectoryWatch(const std::filesystem::path& directory);
    ~DirectoryWatch();
    DirectoryWatch(const DirectoryWatch&) = delete;
    DirectoryWatch& operator=(const DirectoryWatch&) = delete;
    int fd() const { return fd_; }
    void clear();

private:
    int fd_;
};

}  // namespace nurture::service
