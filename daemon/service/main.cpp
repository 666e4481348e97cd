// SPDX-License-Identifier: MIT
#include "daemon/base/clock.hpp"
#include "daemon/base/log.hpp"
#include "daemon/config/config.hpp"
#include "daemon/service/daemon.hpp"

#include <getopt.h>
#include <sys/stat.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <string>

using namespace nurture;

namespace {

constexpr const char* k_usage =
    "Usage: nurtured [--config FILE] [--check-config] [--version]\n"
    "\n"
    "  --config FILE    default: $NURTURE_CONFIG, ./nurtured.toml, /etc/nurtured/nurtured.toml\n"
    "  --check-config   read the configuration, report every mistake, and leave\n"
    "\n"
    "Runs the rule set that `nurture apply` made live. See nurtured(8).\n";

struct Arguments {
    std::string config;
    bool check = false;
};

/// Nothing, with the exit code, when there is nothing to run.
std::optional<Arguments> arguments(int argc, char** argv, int& exit_code) {
    const option options[] = {{"config", required_argument, nullptr, 'c'},
                              {"check-config", no_argument, nullptr, 'k'},
                              {"version", no_argument, nullptr, 'v'},
                              {"help", no_argument, nullptr, 'h'},
                              {}};
    Arguments wanted;
    for (int option = 0; (option = ::getopt_long(argc, argv, "", options, nullptr)) != -1;) {
        switch (option) {
        case 'c': wanted.config = optarg; break;
        case 'k': wanted.check = true; break;
        case 'v': std::puts("nurtured " NURTURED_VERSION); return std::nullopt;
        case 'h': std::fputs(k_usage, stdout); return std::nullopt;
        default: exit_code = 2; return std::nullopt;
        }
    }
    if (optind != argc) {
        std::fputs(k_usage, stderr);
        exit_code = 2;
        return std::nullopt;
    }
    return wanted;
}

/// Every mistake on standard error; nothing when there is one.
std::optional<config::Config> read_config(const Arguments& wanted) {
    auto loaded = config::load(config::find_file(wanted.config));
    for (const auto& diagnostic : loaded.diagnostics)
        std::fprintf(stderr, "%s\n", dsl::render(diagnostic, loaded.source).c_str());
    if (loaded.config) {
        auto secrets = std::vector{loaded.config->email_password, loaded.config->sms_password};
        for (const auto& relay : loaded.config->more_relays)
            secrets.push_back(relay.password);
        for (const auto& secret : secrets)
            if (secret.given())
                config::read_secret(secret);  // a missing credential is found at start, not at the first mail
    }
    return std::move(loaded.config);
}

}  // namespace

int main(int argc, char** argv) {
    int exit_code = 0;
    const auto wanted = arguments(argc, argv, exit_code);
    if (!wanted)
        return exit_code;
    // Group members may read and write what the daemon makes, nobody else may.
    ::umask(0007);
    try {
        auto config = read_config(*wanted);
        if (!config)
            return 1;
        if (wanted->check)
            return 0;
        const base::SystemClock clock;
        service::Daemon daemon(std::move(*config), clock);
        daemon.run();
        return 0;
    } catch (const std::exception& trouble) {
        base::log(base::Level::error, "nurtured cannot go on", {{"because", trouble}});
        return 1;
    }
}
