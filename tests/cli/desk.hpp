// SPDX-License-Identifier: MIT
//
// A directory that `nurture init` made, and `nurture` typed in this process.
#pragma once

#include "daemon/base/files.hpp"
#include "daemon/cli/arguments.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace nurture::cli::test {

using support::at;

struct Typed {
    int code = 0;
    std::string out, err;
};

inline constexpr std::size_t k_most = 1u << 20;

class Desk {
public:
    Desk() {
        std::filesystem::create_directories(top_.path() / "data/rules");
        std::filesystem::create_directories(top_.path() / "data/sample");
        base::write_file(top_.path() / "data/rules/house.nurture", "edition 2026\n");
        base::write_file(top_.path() / "data/sample/people.csv",
                         "ref,license_expires,phone\nc1,2026-03-01,+12145550142\nc2,2026-12-31T10:00:00Z,\n");
        ::setenv("NURTURE_DATA", (top_.path() / "data").c_str(), 1);
    }
    ~Desk() { ::unsetenv("NURTURE_DATA"); }

    std::filesystem::path path() const { return top_.path() / "desk"; }
    std::string config() const { return (path() / "nurtured.toml").string(); }

    Typed type(std::vector<std::string> words, const std::string& input = {}) {
        words.insert(words.begin(), "nurture");
        std::vector<const char*> argv;
        for (const auto& word : words)
            argv.push_back(word.c_str());
        std::istringstream in(input);
        std::ostringstream out, err;
        cli::Session session{in, out, err, clock_, "/usr/bin/nurture", "dana", "1.2.3"};
        session.progress = watched;
        const int code = cli::run(session, static_cast<int>(argv.size()), argv.data());
        return {code, out.str(), err.str()};
    }
    Typed type_there(std::vector<std::string> words, const std::string& input = {}) {
        words.insert(words.end(), {"--config", config()});
        return type(std::move(words), input);
    }

    bool watched = false;  // somebody sits before the terminal

private:
    support::TempDirectory top_;
    base::SteppedClock clock_{at("2026-03-12T07:00Z")};
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace nurture::cli::test
