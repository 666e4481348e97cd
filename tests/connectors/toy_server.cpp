// SPDX-License-Identifier: MIT
#include "tests/connectors/toy_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace nurture::test {

std::string Peer::until(std::string_view end) {
    char buffer[4096];
    std::size_t at = 0;
    while ((at = read_.find(end)) == std::string::npos) {
        ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
        if (got <= 0)
            return {};
        read_.append(buffer, static_cast<std::size_t>(got));
    }
    std::string found = read_.substr(0, at);
    read_.erase(0, at + end.size());
    return found;
}

std::string Peer::line() { return until("\r\n"); }

void Peer::say(std::string_view text) { (void)!send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }

void Peer::hang_up() { shutdown(fd_, SHUT_RDWR); }

void Peer::reset() {
    linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

ToyServer::ToyServer(std::function<void(Peer&)> handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 50) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        std::abort();
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
}

ToyServer::~ToyServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        std::lock_guard lock(mutex_);
        for (int fd : open_)
            shutdown(fd, SHUT_RDWR);
    }
    handlers_.clear();
    close(listener_);
}

void ToyServer::accept_all() {
    for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        ++connections_;
        std::lock_guard lock(mutex_);
        open_.push_back(fd);
        handlers_.emplace_back([this, fd] {
            Peer peer(fd);
            handler_(peer);
            std::lock_guard done(mutex_);
            std::erase(open_, fd);
            close(fd);
        });
    }
}

}  // namespace nurture::test
