// SPDX-License-Identifier: MIT
#include "daemon/service/control.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace nurture::service {
namespace {

constexpr const char* k_name = "control.sock";
constexpr std::size_t k_longest_line = 200;  // requests are single words; more is somebody else's protocol
constexpr std::size_t k_most_clients = 16;   // each is a command that a person typed
constexpr int k_patience_seconds = 10;       // of a command for a daemon that is busy with a large tick

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

/// Socket paths end at 107 characters, directories do not: go through the descriptor of the directory.
struct Address {
    int directory;
    sockaddr_un address{};

    explicit Address(const std::filesystem::path& path)
        : directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        address.sun_family = AF_UNIX;
        const auto short_path = "/proc/self/fd/" + std::to_string(directory) + "/" + k_name;
        std::copy(short_path.begin(), short_path.end(), address.sun_path);
    }
    ~Address() {
        if (directory >= 0)
            ::close(directory);
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

}  // namespace

Control::Control(const std::filesystem::path& directory)
    : path_(directory / k_name),
      fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const Address address(directory);
    if (fd_ < 0 || address.directory < 0)
        fail("cannot make the control socket in " + directory.string());
    ::unlink(path_.c_str());
    if (::bind(fd_, address.get(), sizeof address.address) != 0 || ::listen(fd_, static_cast<int>(k_most_clients)) != 0)
        fail("cannot listen on " + path_.string());
}

Control::~Control() {
    for (const auto& client : clients_)
        ::close(client.fd);
    ::close(fd_);
    ::unlink(path_.c_str());
}

void Control::add_to(std::vector<pollfd>& waited) const {
    waited.push_back({fd_, POLLIN, 0});
    for (const auto& client : clients_)
        waited.push_back({client.fd, POLLIN, 0});
}

void Control::serve(const std::function<std::string(const std::string& request)>& answer) {
    accept_all();
    std::erase_if(clients_, [&](Client& client) {
        if (read_some(client))
            return false;
        const auto end = client.line.find('\n');
        if (end != std::string::npos) {
            const auto text = answer(client.line.substr(0, end)) + "\n";
            // An answer fits the socket's buffer; a client that has gone is not our trouble.
            [[maybe_unused]] const auto sent = ::send(client.fd, text.data(), text.size(), MSG_NOSIGNAL);
        }
        ::close(client.fd);
        return true;
    });
}

void Control::accept_all() {
    for (;;) {
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        if (clients_.size() == k_most_clients) {  // the oldest has had its chance
            ::close(clients_.front().fd);
            clients_.erase(clients_.begin());
        }
        clients_.push_back({fd, {}});
    }
}

/// True while the line is not whole.
bool Control::read_some(Client& client) const {
    char buffer[k_longest_line];
    const auto got = ::read(client.fd, buffer, sizeof buffer);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    client.line.append(buffer, static_cast<std::size_t>(got));
    return got > 0 && client.line.find('\n') == std::string::npos && client.line.size() < k_longest_line;
}

std::optional<std::string> ask(const std::filesystem::path& directory, const std::string& request) {
    const Address address(directory);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    const timeval patience{k_patience_seconds, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::optional<std::string> answer;
    const auto line = request + "\n";
    if (address.directory >= 0 && ::connect(fd, address.get(), sizeof address.address) == 0 &&
        ::send(fd, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
        answer.emplace();
        char buffer[4096];
        for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
            answer->append(buffer, static_cast<std::size_t>(got));
        while (answer->ends_with('\n'))
            answer->pop_back();
    }
    ::close(fd);
    return answer;
}

}  // namespace nurture::service
