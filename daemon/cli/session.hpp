// SPDX-License-Identifier: MIT
//
// What a command has around it: streams, terminal, clock, who runs it. Commands are plain functions over a Session and
// return the exit code: 0 fine, 1 mistakes, 2 wrong use, 3 warnings under --strict, 4 changes (plan). What stops a
// command half-way is thrown as one of the types below and becomes one sentence on standard error. One thread.
#pragma once

#include "daemon/base/clock.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/store/types.hpp"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nurture::cli {

/// The command line cannot be used as it is: exit 2.
struct Usage : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// It did not work, and this is why and what to do: exit 1.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// Every mistake stands on standard error already: exit 1.
struct Reported {};

struct Session {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    const base::Clock& clock;
    std::filesystem::path program;  // this executable: its data lie beside it
    std::string user;               // who runs it, for the record
    std::string version;
    std::string config_file{};      // --config
    std::filesystem::path store{};  // --store: read this one instead, for example a rehearsal's
    bool colour = false;            // of `out`
    bool err_colour = false;
    bool progress = false;  // somebody watches standard error
    bool asks = false;      // somebody can answer questions
    int columns = 80;

    store::Instant now() const { return clock.now(); }
    forecast::Page page() const { return {columns, colour}; }
};

/// A line on a terminal's standard error that is drawn over again, gone at the end; nothing when nobody watches.
class Progress {
public:
    Progress(Session& session, std::string what);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();
    void show(std::uint64_t done, std::uint64_t total, std::string_view note = {});

private:
    Session& session_;
    std::string what_;
    int shown_ = -1;  // per cent
};

/// `text`, or, for `-`, the next line of standard input: personal data stay out of process lists.
std::string or_from_input(Session& session, const std::string& text);

}  // namespace nurture::cli
