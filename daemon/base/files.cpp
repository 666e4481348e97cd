// SPDX-License-Identifier: MIT
#include "daemon/base/files.hpp"

#include "daemon/base/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace nurture::base {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
    const int reason = errno;
    throw FileError(path.string() + ": cannot " + what + ": " + std::strerror(reason));
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

void write_all(int fd, std::string_view content, const std::filesystem::path& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno != EINTR)
            fail(path, "write");
        if (written > 0)
            content.remove_prefix(static_cast<std::size_t>(written));
    }
}

void write_durably(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (file.get() < 0)
        fail(path, "create");
    if (::fchmod(file.get(), mode) != 0)
        fail(path, "set the mode");
    write_all(file.get(), content, path);
    if (::fsync(file.get()) != 0)
        fail(path, "write");
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        fail(path, "open");
    std::string content;
    char chunk[65536];
    while (true) {
        const ssize_t got = ::read(file.get(), chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail(path, "read");
        if (got == 0)
            return content;
        content.append(chunk, static_cast<std::size_t>(got));
        if (content.size() > limit)
            throw FileError(path.string() + ": is larger than " + std::to_string(limit) + " bytes");
    }
}

void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    // Beside the target, because rename is atomic only within one file system. Until the rename the old content stands;
    // after it the new one does, and the directory's fsync makes that survive a power cut.
    std::filesystem::path draft = path;
    draft += ".new";
    try {
        write_durably(draft, content, mode);
        if (::rename(draft.c_str(), path.c_str()) != 0)
            fail(path, "replace");
    } catch (...) {
        ::unlink(draft.c_str());
        throw;
    }
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
        fail(folder, "write");
}

}  // namespace nurture::base
