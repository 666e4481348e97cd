// SPDX-License-Identifier: MIT
#include "tests/bench/sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace nurture::bench {
namespace {

int checked(int result) {
    if (result < 0)
        throw std::system_error(errno, std::generic_category());
    return result;
}

class Session {
public:
    explicit Session(int socket) : socket_(socket) {
        constexpr std::string_view k_greeting = "220 sink.example ESMTP\r\n";
        (void)!::send(socket_, k_greeting.data(), k_greeting.size(), MSG_NOSIGNAL);
    }

    /// False: the other side is gone.
    bool read(std::atomic<std::uint64_t>& taken) {
        char bytes[65536];
        const ssize_t size = ::read(socket_, bytes, sizeof bytes);
        if (size <= 0)
            return false;
        text_.append(bytes, static_cast<std::size_t>(size));
        while (in_message_ ? message(taken) : command()) {
        }
        // Those to commands that came together leave together, as with any relay that offers PIPELINING.
        if (!replies_.empty() && ::send(socket_, replies_.data(), replies_.size(), MSG_NOSIGNAL) >= 0)
            replies_.clear();
        return true;
    }

private:
    bool message(std::atomic<std::uint64_t>& taken) {
        const auto end = text_.find("\r\n.\r\n");
        if (end == std::string::npos)
            return false;
        text_.erase(0, end + 5);
        in_message_ = false;
        ++taken;
        say("250 2.0.0 taken\r\n");
        return true;
    }

    bool command() {
        const auto end = text_.find("\r\n");
        if (end == std::string::npos)
            return false;
        const auto verb = text_.substr(0, 4);
        text_.erase(0, end + 2);
        if (verb == "EHLO")
            say("250-sink.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
        else if (verb == "DATA") {
            in_message_ = true;
            text_.insert(0, "\r\n");  // a message may be empty: its dot then follows the command
            say("354 go on\r\n");
        } else
            say(verb == "QUIT" ? "221 2.0.0 bye\r\n" : "250 2.0.0 ok\r\n");
        return true;
    }

    void say(std::string_view reply) { replies_ += reply; }

    int socket_;
    std::string text_, replies_;
    bool in_message_ = false;
};

[[noreturn]] void serve(int listener, std::atomic<std::uint64_t>& taken) {
    std::map<int, Session> sessions;
    for (;;) {
        std::vector<pollfd> waiting = {{listener, POLLIN, 0}};
        for (const auto& [socket, session] : sessions)
            waiting.push_back({socket, POLLIN, 0});
        ::poll(waiting.data(), waiting.size(), -1);
        for (const auto& one : waiting) {
            if (one.revents == 0)
                continue;
            if (one.fd == listener) {
                const int socket = ::accept(listener, nullptr, nullptr), on = 1;
                ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                sessions.emplace(socket, Session(socket));
            } else if (!sessions.at(one.fd).read(taken)) {
                sessions.erase(one.fd);
                ::close(one.fd);
            }
        }
    }
}

}  // namespace

Sink::Sink() {
    const int listener = checked(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address));
    checked(::listen(listener, 256));
    socklen_t size = sizeof address;
    checked(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size));
    port_ = ntohs(address.sin_port);
    void* page = ::mmap(nullptr, sizeof *taken_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        checked(-1);
    taken_ = new (page) std::atomic<std::uint64_t>(0);
    process_ = checked(::fork());
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, *taken_);
    }
    ::close(listener);
}

Sink::~Sink() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::munmap(taken_, sizeof *taken_);
}

}  // namespace nurture::bench
