// SPDX-License-Identifier: MIT
//
// How commands talk to the daemon: a Unix socket in the state directory, one line in, one answer out. Who may open the
// directory may ask. `poke` wakes the loop after a commit, `status` answers a JSON document, without personal data.
// Control belongs to the loop thread and never blocks it: a slow client waits in its own buffer. ask() is for any
// process. Throws std::system_error when the socket cannot be made.
#pragma once

#include <poll.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nurture::service {

class Control {
public:
    /// Replaces a socket that a dead daemon left: the caller holds the engine lock, so nobody else listens there.
    explicit Control(const std::filesystem::path& directory);
    ~Control();
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    void add_to(std::vector<pollfd>& waited) const;
    /// Takes what came in and answers whole lines.
    void serve(const std::function<std::string(const std::string& request)>& answer);

private:
    struct Client {
        int fd;
        std::string line;
    };
    void accept_all();
    bool read_some(Client& client) const;

    std::filesystem::path path_;
    int fd_;
    std::vector<Client> clients_;
};

/// Nothing: no daemon listens there.
std::optional<std::string> ask(const std::filesystem::path& directory, const std::string& request);

}  // namespace nurture::service
