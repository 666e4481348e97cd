// SPDX-License-Identifier: MIT
#include "daemon/service/control.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace nurture::service;

namespace {

struct Directory {
    std::filesystem::path path;
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "nurtured-control-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Directory() { std::filesystem::remove_all(path); }
};

std::optional<std::string> ask_and_serve(Control& control, const std::filesystem::path& directory,
                                         const std::string& request) {
    std::optional<std::string> answer;
    std::atomic<bool> done{false};
    std::jthread client([&] {
        answer = ask(directory, request);
        done = true;
    });
    while (!done) {
        std::vector<pollfd> waited;
        control.add_to(waited);
        ::poll(waited.data(), waited.size(), 10);
        control.serve([](const std::string& line) { return "you said " + line; });
    }
    return answer;
}

}  // namespace

TEST_CASE("a command asks the daemon and gets one answer") {
    Directory directory;
    Control control(directory.path);
    CHECK(ask_and_serve(control, directory.path, "status") == "you said status");
    CHECK(ask_and_serve(control, directory.path, "poke") == "you said poke");
}

TEST_CASE("without a daemon a command learns so at once") {
    Directory directory;
    CHECK_FALSE(ask(directory.path, "status"));
    { Control control(directory.path); }
    CHECK_FALSE(ask(directory.path, "status"));
    CHECK_FALSE(ask(directory.path / "nowhere", "status"));
}

TEST_CASE("a socket that a dead daemon left behind does not keep the next one from starting") {
    Directory directory;
    const auto path = directory.path / "control.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(path.c_str(), path.native().size(), address.sun_path);
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(dead);
    REQUIRE(std::filesystem::exists(path));
    Control control(directory.path);
    CHECK(ask_and_serve(control, directory.path, "poke") == "you said poke");
}

TEST_CASE("a client that says nothing holds up nobody") {
    Directory directory;
    Control control(directory.path);
    const auto path = directory.path / "control.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(path.c_str(), path.native().size(), address.sun_path);
    const int silent = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::connect(silent, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK(ask_and_serve(control, directory.path, "status") == "you said status");
    ::close(silent);
}

TEST_CASE("a directory with a long path can hold the socket") {
    Directory directory;
    const auto deep = directory.path / std::string(100, 'a') / std::string(100, 'b');
    std::filesystem::create_directories(deep);
    Control control(deep);
    CHECK(ask_and_serve(control, deep, "poke") == "you said poke");
}
